//! DIDs of a ledger by asking servers for proofs, and checking them here.

use super::blocks::Blocks;
use super::cache::Cache;
use super::collect::{Collected, collect};
use super::{CheckpointFile, OwnDids, PartyDid, RpcError};
use crate::clock::UnixTime;
use crate::did::{
    Asked, ChainDid, Did, DidError, DidResolver, Evidence, HolderState, ResolvedDid, Resolving,
};
use crate::http::Fetcher;
use crate::ledger::LedgerError;
use crate::ledger::chain_profile::ChainProfile;
use crate::ledger::policy::{
    Agreement, LastSeen, PolicyError, Regression, TrustBasis, TrustPolicy,
};
use async_trait::async_trait;
use std::sync::Mutex;
use url::Url;

/// Seconds for which an answer about now is not asked for again.
pub const CACHE_SECONDS: u64 = 60;

/// Resolves the did:ethr and did:meta of one chain. Every answer of a server is checked by the chain's profile; where one
/// server's answers do not stand the check, the next is asked.
pub struct LedgerResolver {
    profile: ChainProfile,
    servers: Vec<Url>,
    checkpoint: Option<CheckpointFile>,
    at: Option<u64>,
    own: OwnDids,
    seen: Mutex<Option<LastSeen>>,
    contradiction: Mutex<Option<LastSeen>>,
    cache: Mutex<Cache>,
}

impl LedgerResolver {
    /// A resolver for the chain of this profile. It asks the endpoints of the profile's policy, if it has some.
    #[must_use]
    pub fn new(profile: ChainProfile) -> Self {
        let servers = match &profile.trust {
            TrustPolicy::Endpoints(endpoints) => {
                endpoints.iter().map(|it| it.url.clone()).collect()
            }
            _ => Vec::new(),
        };
        Self {
            profile,
            servers,
            checkpoint: None,
            at: None,
            own: OwnDids::none(),
            seen: Mutex::new(None),
            contradiction: Mutex::new(None),
            cache: Mutex::new(Cache::default()),
        }
    }

    /// Asks these servers for proofs, before those of the policy. Nothing that they say is believed.
    #[must_use]
    pub fn asking(mut self, servers: Vec<Url>) -> Self {
        self.servers.splice(0..0, servers);
        self
    }

    /// Judges by this checkpoint and asks about its block.
    #[must_use]
    pub fn with_checkpoint(mut self, checkpoint: CheckpointFile) -> Self {
        self.checkpoint = Some(checkpoint);
        self
    }

    /// Asks how things were after this block, instead of now. What comes of it is never current.
    #[must_use]
    pub const fn at(mut self, block: u64) -> Self {
        self.at = Some(block);
        self
    }

    /// Asks nobody about these DIDs: they are the holder's own. A wallet says by itself which those are
    /// ([`HolderState::own`]).
    #[must_use]
    pub fn not_about(mut self, own: OwnDids) -> Self {
        self.own = own;
        self
    }

    /// Refuses to go behind this block when asked about now, as behind those in [`HolderState::ledgers_seen`].
    #[must_use]
    pub fn not_before(self, seen: LastSeen) -> Self {
        if let Ok(mut last) = self.seen.lock() {
            *last = Some(seen);
        }
        self
    }

    /// The newest block that was taken for current, to be kept for [`Self::not_before`].
    #[must_use]
    pub fn last_seen(&self) -> Option<LastSeen> {
        self.seen.lock().ok()?.clone()
    }

    /// The chain's profile.
    #[must_use]
    pub const fn profile(&self) -> &ChainProfile {
        &self.profile
    }

    /// Collects the evidence about a DID from one server, to be recorded, or checked elsewhere with [`ChainDid`]. It was not
    /// checked here. Nothing carries it along with a card or a request (docs/ledger.md).
    ///
    /// # Errors
    /// [`DidError::Rpc`]; [`DidError::NotOnChain`] for a DID of another chain; [`DidError::Ledger`] for what no chain holds.
    pub async fn collect(
        &self,
        did: &PartyDid,
        fetcher: &Fetcher<'_>,
    ) -> Result<Collected, DidError> {
        let question = ChainDid::parse(did.did().as_str())?;
        let blocks = Blocks::new(fetcher, &self.profile, self.checkpoint.as_ref());
        let mut failed = RpcError::NoEndpoint.into();
        for number in self.numbers(&blocks, &HolderState::default()).await? {
            for server in &self.servers {
                match collect(&blocks, server, number, &question).await {
                    Ok(collected) => return Ok(collected),
                    Err(error) => failed = error,
                }
            }
        }
        Err(failed)
    }

    /// The blocks to ask about, the best first. That of the last answer is one of them: servers that lag behind it have
    /// less to say than those that do not.
    async fn numbers(
        &self,
        blocks: &Blocks<'_>,
        holder: &HolderState,
    ) -> Result<Vec<u64>, RpcError> {
        if let Some(number) = self.at {
            return Ok(vec![number]);
        }
        let mut numbers = blocks.newest(&self.servers).await?;
        if let Some(seen) = self.newest_seen(holder)
            && self.checkpoint.is_none()
            && numbers.first().is_some_and(|best| *best < seen)
        {
            numbers.insert(0, seen);
        }
        Ok(numbers)
    }

    /// The newest block of this chain that was taken for current under this policy, by this resolver or by the wallet.
    fn newest_seen(&self, holder: &HolderState) -> Option<u64> {
        let policy = self.profile.trust.fingerprint();
        let own = self.last_seen();
        let all = holder.ledgers_seen.iter().chain(&own);
        let of_this = all.filter(|seen| seen.chain == self.profile.chain && seen.policy == policy);
        of_this.map(|seen| seen.number).max()
    }

    /// What was found a short while ago, unless a newer block was seen since.
    fn cached(&self, did: &Did, with: &Resolving<'_>) -> Option<ResolvedDid> {
        let found = self.cache.lock().ok()?.get(did, with.now)?;
        let newest = self.newest_seen(with.holder);
        let block = found.evidence().block()?;
        newest
            .is_none_or(|newest| newest <= block.number)
            .then_some(found)
    }

    /// For how many seconds an answer may be given again: while it is current, and not for long. What is of the past was
    /// asked for once.
    fn lifetime(&self, found: &ResolvedDid, now: UnixTime) -> u64 {
        let (Evidence::LedgerProof { .. }, Some(as_of)) = (found.evidence(), found.as_of()) else {
            return 0;
        };
        let age = now.as_secs().saturating_sub(as_of.as_secs());
        let age = u64::try_from(age).unwrap_or(0);
        CACHE_SECONDS.min(self.profile.max_age_seconds.saturating_sub(age))
    }

    /// Asks until an answer stands the check. One that does but is too old is kept for when no better one comes.
    async fn ask(
        &self,
        question: &ChainDid,
        with: &Resolving<'_>,
    ) -> Result<ResolvedDid, DidError> {
        let checkpoint = self.checkpoint.as_ref();
        let blocks = Blocks::new(with.fetcher, &self.profile, checkpoint).judging();
        let mut best: Option<ResolvedDid> = None;
        let mut failed: Option<DidError> = None;
        for number in self.numbers(&blocks, with.holder).await? {
            for server in &self.servers {
                match self.ask_one(question, &blocks, server, number, with).await {
                    Ok(found) if !matches!(found.evidence(), Evidence::Stale { .. }) => {
                        return Ok(found);
                    }
                    Ok(stale) => best = best.or(Some(stale)),
                    // What the first proved wrong is what is told, before what any did not say.
                    Err(error) => match failed {
                        None | Some(DidError::Rpc(_)) => failed = Some(error),
                        Some(_) => {}
                    },
                }
            }
        }
        match (best, failed) {
            (Some(stale), _) => Ok(stale),
            (None, Some(error)) => Err(error),
            (None, None) => Err(RpcError::NoEndpoint.into()),
        }
    }

    async fn ask_one(
        &self,
        question: &ChainDid,
        blocks: &Blocks<'_>,
        server: &Url,
        number: u64,
        with: &Resolving<'_>,
    ) -> Result<ResolvedDid, DidError> {
        let collected = collect(blocks, server, number, question).await?;
        let accepted = self.profile.accept(&collected.bundle, &collected.answers)?;
        let asked = self.at.map_or(Asked::Now, |_| Asked::AtBlock);
        let resolved =
            question.resolve(&self.profile, &collected.bundle, &accepted, asked, with.now)?;
        if matches!(resolved.evidence(), Evidence::LedgerProof { .. }) {
            self.remember(accepted.last_seen(&self.profile)?, with.holder)?;
        }
        let host = server.host_str().unwrap_or_default();
        let resolved = resolved.step(format!("the proofs came from {host}"));
        Ok(match accepted.head()?.basis() {
            TrustBasis::Endpoints(agreement) => resolved.step(said_by(agreement)),
            _ => resolved,
        })
    }

    /// Keeps what was taken for current, unless it goes behind what this resolver or the wallet saw before.
    fn remember(&self, seen: LastSeen, holder: &HolderState) -> Result<(), DidError> {
        let Ok(mut last) = self.seen.lock() else {
            return Err(DidError::ResolverFailed);
        };
        let before = holder.ledgers_seen.iter().chain(last.as_ref());
        for before in before.filter(|before| seen.is_beside(before)) {
            let Err(regression) = seen.follows(before) else {
                continue;
            };
            let error = PolicyError::from(&regression);
            if let Regression::Equivocation(_) = regression
                && let Ok(mut contradiction) = self.contradiction.lock()
            {
                *contradiction = Some(seen);
            }
            return Err(LedgerError::Policy(error).into());
        }
        *last = Some(seen);
        Ok(())
    }
}

/// Which operators gave the block's hash, and which did not: names of the app's own.
fn said_by(agreement: &Agreement) -> String {
    let mut step = format!("its hash is given by {}", agreement.agreed.join(", "));
    if !agreement.differed.is_empty() {
        step += &format!("; another by {}", agreement.differed.join(", "));
    }
    if !agreement.silent.is_empty() {
        step += &format!("; no usable answer by {}", agreement.silent.join(", "));
    }
    step
}

#[async_trait]
impl DidResolver for LedgerResolver {
    fn last_seen(&self) -> Option<LastSeen> {
        Self::last_seen(self)
    }

    fn contradiction(&self) -> Option<LastSeen> {
        self.contradiction.lock().ok()?.clone()
    }

    fn resolves(&self, did: &Did) -> bool {
        ChainDid::parse(did.as_str()).is_ok_and(|did| did.is_of(&self.profile))
    }

    async fn resolve(&self, did: &Did, with: &Resolving<'_>) -> Result<ResolvedDid, DidError> {
        let party = PartyDid::new(did, &self.own)?;
        let party = PartyDid::new(party.did(), &with.holder.own)?;
        if with.holder.is_memory_damaged && self.at.is_none() {
            return Err(LedgerError::Policy(PolicyError::MemoryDamaged).into());
        }
        let question = ChainDid::parse(party.did().as_str())?;
        if let Some(known) = self.cached(did, with) {
            return Ok(known);
        }
        let found = self.ask(&question, with).await?;
        if let Ok(mut cache) = self.cache.lock() {
            let seconds = self.lifetime(&found, with.now);
            cache.put(did, found.clone(), with.now, seconds);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests;
