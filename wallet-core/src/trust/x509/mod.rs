//! X.509 certification paths (RFC 5280 6.1), as strict as a wallet needs and no more general.
//!
//! What is supported: paths of at most four certificates in the order of RFC 7515 4.1.6, P-256, P-384 and Ed25519 keys,
//! signatures with ECDSA and SHA-256 or SHA-384 and with Ed25519, name constraints on DNS names and URIs. Everything
//! critical beyond that (RSA, certificate policies, other name constraints) is refused with a reason, never ignored.
//! Revocation of certificates is not checked here.

pub(super) mod certificate;
mod chain;
mod error;
mod extensions;
mod names;
mod signature;
mod subject;
mod usage;

pub(crate) use chain::is_haip_chain;
pub use chain::{AnchorInChain, ChainRules, VerifiedChain, verify_chain};
pub use error::{RejectReason, TrustError};
pub use usage::CertificateUsage;

/// Most certificates in a chain, the anchor not counted.
pub const MAX_CHAIN: usize = 4;

pub use crate::jose::MAX_CERTIFICATE_BYTES;

/// Seconds by which clocks may differ when validity is checked.
pub const CLOCK_SKEW_SECONDS: i64 = 60;
