//! The suite bbs-2023 (W3C vc-di-bbs): proof values, and what is signed and proven by them.

mod base;
mod derived;
mod feature;
mod holder_secrets;
#[cfg(test)]
mod tests;

pub(super) use base::BaseProof;
pub(super) use derived::DerivedProof;
pub use feature::Feature;
pub use holder_secrets::{HolderSecrets, ShownPseudonym};

/// What BBS signs besides the messages: `proofHash`, then `mandatoryHash`.
fn header(proof: &[u8; 32], mandatory: &[u8; 32]) -> [u8; 64] {
    let mut header = [0; 64];
    let (first, second) = header.split_at_mut(32);
    first.copy_from_slice(proof);
    second.copy_from_slice(mandatory);
    header
}
