//! The phone's side: evidence is checked against what the app pins, and nothing else is believed.

use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;
use wallet_core::clock::UnixTime;

use wallet_core::did::{Asked, ChainDid, Did, DidError, DidResolver, ResolvedDid, Resolving};
use wallet_core::ledger::bundle::ProofBundle;
use wallet_core::ledger::chain_profile::ChainProfile;

/// Resolves DIDs by evidence that was handed out, without asking anybody.
pub(super) struct OnDevice {
    pub(super) profile: Arc<ChainProfile>,
    /// The time it is: that of the recording, where one is played.
    pub(super) now: UnixTime,
    /// What was handed out, by DID.
    pub(super) evidence: BTreeMap<String, ProofBundle>,
}

impl OnDevice {
    /// The document of a DID, with what these proofs are worth. They are those an honest server has at `now`, asked for
    /// this question: a recorded run plays the clock of its recording with its answers, and says that it is one.
    pub(super) fn check(&self, did: &Did, evidence: &ProofBundle) -> Result<ResolvedDid, DidError> {
        let blocks = self.profile.accept(evidence, &[])?;
        let did = ChainDid::parse(did.as_str())?;
        did.resolve(&self.profile, evidence, &blocks, Asked::Now, self.now)
    }
}

#[async_trait]
impl DidResolver for OnDevice {
    fn resolves(&self, did: &Did) -> bool {
        self.evidence.contains_key(did.as_str())
    }

    async fn resolve(&self, did: &Did, _with: &Resolving<'_>) -> Result<ResolvedDid, DidError> {
        let evidence = self.evidence.get(did.as_str());
        self.check(did, evidence.ok_or(DidError::MethodNotSupported)?)
    }
}
