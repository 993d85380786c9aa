#![doc = include_str!("../README.md")]

mod blind;
mod curve;
mod error;
mod generators;
mod keys;
mod message;
mod proof;
#[cfg(feature = "draft-pseudonym")]
mod pseudonym;
mod published;
mod random;
mod signature;
mod suite;
#[cfg(test)]
mod tests;

pub use blind::{BlindShown, BlindSigned, Blinding, Commitment, Disclosed};
pub use curve::Scalar;
pub use error::{Error, Fault};
pub use keys::{PublicKey, SecretKey};
pub use message::Message;
pub use proof::Proof;
#[cfg(feature = "draft-pseudonym")]
pub use pseudonym::{
    NymSecrets, ProverNyms, Pseudonym, PseudonymRevision, PseudonymShown, SignerNymEntropy,
};
pub use signature::Signature;
pub use suite::Suite;

/// The most messages a signature covers. The draft has no such limit: this one bounds time and memory. Every message takes
/// 3 KB for each suite in use, once for the process.
pub const MAX_MESSAGES: usize = 1000;
