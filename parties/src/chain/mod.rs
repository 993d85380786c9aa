//! What an issuer or a registry does on an EVM chain: deploys, writes identities, anchors batches, and hands out the raw
//! bytes proofs are made of. For the demo and the tests; written apart from the wallet's own ledger code.

mod abi;
mod anchoring;
mod blocks;
mod checkpoints;
mod evidence;
mod key;
mod ledger;
mod rlp;
mod served;
mod write;

pub use anchoring::{AnchoredBatch, Batch, Kind, SMALLEST_BATCH};
pub use blocks::{raw_header, raw_receipt};
pub use checkpoints::{CheckpointSigners, IssuedCheckpoint};
pub use evidence::{AnchorPlace, Question};
pub use key::ChainKey;
pub use ledger::{Artefact, Chain, Receipt};
pub use served::ServedLedger;
pub use write::Write;

use alloy_primitives::keccak256;

/// Keccak-256.
#[must_use]
pub fn keccak(bytes: &[u8]) -> [u8; 32] {
    keccak256(bytes).0
}

/// `0x` and hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    alloy_primitives::hex::encode_prefixed(bytes)
}

/// The bytes of `0x…`.
///
/// # Errors
/// Another text.
pub fn from_hex(text: &str) -> crate::Result<Vec<u8>> {
    use crate::refused::OrRefuse;
    alloy_primitives::hex::decode(text).or_refuse("not hexadecimal")
}
