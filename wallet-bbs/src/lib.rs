#![doc = include_str!("../README.md")]

mod curve;
mod error;
mod generators;
mod keys;
mod message;
mod proof;
mod published;
mod random;
mod signature;
mod suite;
#[cfg(test)]
mod tests;

pub use curve::Scalar;
pub use error::{Error, Fault};
pub use keys::{PublicKey, SecretKey};
pub use message::Message;
pub use proof::Proof;
pub use signature::Signature;
pub use suite::Suite;

/// The most messages a signature covers. The draft has no such limit: this one bounds time and memory. Every message takes
/// 3 KB for each suite in use, once for the process.
pub const MAX_MESSAGES: usize = 1000;
