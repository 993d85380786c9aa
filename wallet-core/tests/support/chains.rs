//! Chains judged in short words.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use super::pki::*;
use wallet_core::clock::UnixTime;
use wallet_core::trust::{CertificateUsage, RejectReason, TrustAnchor, TrustError, verify_chain};

pub const AT: UnixTime = UnixTime::from_secs(NOW);

pub fn anchors(chain: &Chain) -> Vec<TrustAnchor> {
    vec![TrustAnchor::from_der(&chain.root_der()).unwrap()]
}

/// Verifies as a verifier's chain; `None` is success.
pub fn verdict(chain: &Chain) -> Option<TrustError> {
    verdict_for(chain, CertificateUsage::Verifier)
}

pub fn verdict_for(chain: &Chain, usage: CertificateUsage) -> Option<TrustError> {
    verify_chain(&chain.x5c(), &anchors(chain), usage, AT).err()
}

pub fn reason(chain: &Chain) -> Option<RejectReason> {
    verdict(chain).and_then(TrustError::reason)
}

pub fn changed(change: impl FnOnce(&mut Chain)) -> Chain {
    let mut chain = Chain::new();
    change(&mut chain);
    chain
}
