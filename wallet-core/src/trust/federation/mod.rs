//! OpenID Federation 1.0, as far as a wallet needs it to know a verifier: from its entity identifier over statements of
//! its superiors to a trust anchor whose keys the app pinned.

mod chain;
mod collect;
mod constraints;
mod error;
mod metadata_policy;
mod statement;

pub use chain::{ResolvedVerifier, verify_chain};
pub(crate) use collect::MAX_FETCHES;
pub use collect::collect;
pub use error::FederationError;

/// The entity type of verifiers (OpenID4VP 1.0 11.1, OpenID Federation for Wallet Architectures).
const VERIFIER: &str = "openid_credential_verifier";

/// Most statements of superiors in a chain.
const MAX_DEPTH: usize = 5;

#[cfg(test)]
pub(crate) mod tests;
