//! What the app asks of a DID before it believes a key of it.

use super::{DidResolver, Evidence, HolderState};
use std::sync::Arc;

/// How DIDs are found, and what must show that a document is the DID's.
///
/// Without any setting only what follows from the identifier itself and what a ledger proves for now is believed.
#[derive(Clone, Default)]
pub struct DidTrust {
    /// Resolvers of further methods, asked in order.
    pub resolvers: Vec<Arc<dyn DidResolver>>,
    /// Hosts, with `:port` where it is not 443, whose word for a DID document is enough; no other host is asked for a key.
    pub web_hosts: Vec<String>,
    /// DIDs of issuers the app trusts; anyone can make a DID.
    pub issuers: Vec<String>,
    /// Whether a proof for a block of the past is enough. A key that was revoked since is then still believed.
    pub accept_verified_at: bool,
    /// What resolvers have to heed. A wallet fills it in before it resolves anything; apps leave it empty.
    pub holder: HolderState,
}

impl DidTrust {
    /// Whether a key with this evidence may be used.
    #[must_use]
    pub fn accepts(&self, evidence: &Evidence) -> bool {
        match evidence {
            Evidence::SelfCertifying | Evidence::LedgerProof { .. } => true,
            Evidence::VerifiedAt { .. } => self.accept_verified_at,
            Evidence::TransportOnly { host } => self.accepts_host(host),
            Evidence::Stale { .. } | Evidence::Unverified { .. } => false,
        }
    }

    /// Whether this host's word is enough.
    #[must_use]
    pub fn accepts_host(&self, host: &str) -> bool {
        self.web_hosts
            .iter()
            .any(|listed| listed.eq_ignore_ascii_case(host))
    }

    /// Whether the app trusts this issuer.
    #[must_use]
    pub fn trusts_issuer(&self, did: &str) -> bool {
        self.issuers.iter().any(|issuer| issuer == did)
    }
}

impl core::fmt::Debug for DidTrust {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("DidTrust")
            .field("resolvers", &self.resolvers.len())
            .field("web_hosts", &self.web_hosts)
            .field("issuers", &self.issuers)
            .field("accept_verified_at", &self.accept_verified_at)
            .finish()
    }
}
