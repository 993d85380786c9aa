//! What an app pins about a chain: its first block, its headers, who vouches for its blocks, how old an answer may be, and
//! the contracts whose storage is read.

mod form;

use super::LedgerError;
use super::accepted::AcceptedBlock;
use super::bundle::ProofBundle;
use super::contract::{ContractState, PinnedContract};
use super::header::{Header, HeaderRules};
use super::policy::{
    BlockAnswers, ChainIdentity, Currency, Judge, LastSeen, PolicyError, TrustBasis, TrustPolicy,
    VerifiedCheckpoint,
};
use crate::clock::UnixTime;
use alloy_primitives::B256;

/// Most seconds a profile may let an answer count as current: 30 days.
pub const MAX_MAX_AGE_SECONDS: u64 = 30 * 86_400;

/// What an app pins about a chain.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainProfile {
    /// A name for people, of the app's own.
    pub name: String,
    /// The chain's number and first block.
    pub chain: ChainIdentity,
    /// Which fields its headers have.
    pub header_rules: HeaderRules,
    /// For how many seconds after its time a block tells how things are now.
    pub max_age_seconds: u64,
    /// Who vouches for its blocks.
    pub trust: TrustPolicy,
    /// The contracts whose storage may be read.
    pub contracts: PinnedContracts,
}

/// The contracts of a chain that this library can read, by what they are for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PinnedContracts {
    /// The registry of did:ethr (ERC-1056).
    pub ethr_did_registry: Option<PinnedContract>,
    /// The registries of did:meta (ERC-1484).
    pub meta_did: Option<MetaDidContracts>,
    /// The registry of anchored Merkle roots.
    pub anchor_registry: Option<PinnedContract>,
}

/// The registries of did:meta.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaDidContracts {
    /// Which accounts an identity has.
    pub identity_registry: PinnedContract,
    /// The public keys of accounts.
    pub public_key_resolver: PinnedContract,
    /// Keys for services; older ones are kept beside the one in use.
    pub service_key_resolvers: Vec<PinnedContract>,
}

impl core::fmt::Debug for ChainProfile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ChainProfile")
            .field("name", &self.name)
            .field("chain_id", &self.chain.chain_id)
            .finish_non_exhaustive()
    }
}

impl ChainProfile {
    /// A profile.
    ///
    /// # Errors
    /// [`PolicyError::ProfileForm`] if the age is 0 or over [`MAX_MAX_AGE_SECONDS`]; [`PolicyError::PolicyUnfit`] if the
    /// policy reads seals that headers of these rules do not have.
    pub fn new(
        name: impl Into<String>,
        chain: ChainIdentity,
        header_rules: HeaderRules,
        max_age_seconds: u64,
        trust: TrustPolicy,
        contracts: PinnedContracts,
    ) -> Result<Self, PolicyError> {
        if !(1..=MAX_MAX_AGE_SECONDS).contains(&max_age_seconds) {
            return Err(PolicyError::ProfileForm);
        }
        if !trust.fits(header_rules) {
            return Err(PolicyError::PolicyUnfit);
        }
        Ok(Self {
            name: name.into(),
            chain,
            header_rules,
            max_age_seconds,
            trust,
            contracts,
        })
    }

    /// Accepts the blocks of a bundle: all or none. `answers` are what endpoints said of their numbers; only the policy of
    /// endpoints reads them.
    ///
    /// # Errors
    /// [`LedgerError::Policy`] if the bundle is of another chain or the policy does not accept a block; what
    /// [`Header::parse`] refuses.
    pub fn accept(
        &self,
        bundle: &ProofBundle,
        answers: &[BlockAnswers],
    ) -> Result<AcceptedBlocks, LedgerError> {
        if bundle.chain_id != self.chain.chain_id {
            return Err(PolicyError::OtherChain.into());
        }
        let mut blocks = Vec::with_capacity(bundle.blocks.len());
        for evidence in &bundle.blocks {
            blocks.push((
                Header::parse(self.header_rules, &evidence.header)?,
                evidence,
            ));
        }
        if blocks.is_empty() {
            return Err(PolicyError::NoEvidence.into());
        }
        let (blocks, checkpoint) = Judge::new(&self.trust, self.chain).accept(blocks, answers)?;
        Ok(AcceptedBlocks {
            blocks,
            checkpoint,
            chain: self.chain,
            policy: self.trust.fingerprint(),
        })
    }

    /// Whether an accepted block tells how things are at `now`. What was asked for another time, or came stapled, is never
    /// current, whatever this says.
    ///
    /// # Errors
    /// [`PolicyError::FromTheFuture`].
    pub fn currency(&self, block: &AcceptedBlock, now: UnixTime) -> Result<Currency, LedgerError> {
        let currency = Currency::of(block, self.max_age_seconds, now)?;
        Ok(match self.trust.is_of_the_past() {
            true => Currency::Undated,
            false => currency,
        })
    }
}

/// The blocks of one bundle, accepted as blocks of one chain under one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedBlocks {
    blocks: Vec<AcceptedBlock>,
    checkpoint: Option<VerifiedCheckpoint>,
    chain: ChainIdentity,
    policy: B256,
}

impl AcceptedBlocks {
    /// The blocks in the order of the bundle, at least one.
    #[must_use]
    pub fn blocks(&self) -> &[AcceptedBlock] {
        &self.blocks
    }

    /// Checks that it was this profile's policy that accepted them, as blocks of its chain.
    ///
    /// # Errors
    /// [`LedgerError::Policy`] with [`PolicyError::OtherChain`] or [`PolicyError::OtherPolicy`].
    pub fn are_of(&self, profile: &ChainProfile) -> Result<(), LedgerError> {
        if self.chain != profile.chain {
            return Err(PolicyError::OtherChain.into());
        }
        if self.policy != profile.trust.fingerprint() {
            return Err(PolicyError::OtherPolicy.into());
        }
        Ok(())
    }

    /// The block that all [`Self::state`] answers are of: the newest; with experimental seals the oldest, as only that one
    /// has all nodes behind it.
    ///
    /// # Errors
    /// None today.
    pub fn head(&self) -> Result<&AcceptedBlock, LedgerError> {
        let number = |block: &&AcceptedBlock| block.header().number();
        let head = if self.are_sealed_together() {
            self.blocks.iter().min_by_key(number)
        } else {
            self.blocks.iter().max_by_key(number)
        };
        head.ok_or(LedgerError::Policy(PolicyError::NoEvidence))
    }

    /// The proven storage of a contract at [`Self::head`]. With experimental seals it must be proven under every block, and
    /// every slot must have the same value under all.
    ///
    /// # Errors
    /// [`LedgerError::Policy`] with [`PolicyError::NoEvidence`] if the bundle has no proof of it there, with
    /// [`PolicyError::StatesDiffer`]; what [`ContractState::verify`] refuses.
    pub fn state(
        &self,
        bundle: &ProofBundle,
        contract: &PinnedContract,
    ) -> Result<ContractState, LedgerError> {
        let head = self.head()?;
        let state = self.state_at(head, bundle, contract)?;
        if self.are_sealed_together() {
            for block in &self.blocks {
                let other = self.state_at(block, bundle, contract)?;
                if !state.has_same_words(&other) {
                    return Err(PolicyError::StatesDiffer.into());
                }
            }
        }
        Ok(state)
    }

    fn state_at(
        &self,
        block: &AcceptedBlock,
        bundle: &ProofBundle,
        contract: &PinnedContract,
    ) -> Result<ContractState, LedgerError> {
        let is_of = |index: usize| self.blocks.get(index) == Some(block);
        let mut proofs = bundle.contracts.iter();
        let evidence = proofs.find(|it| it.proof.address == contract.address && is_of(it.block));
        let evidence = evidence.ok_or(PolicyError::NoEvidence)?;
        ContractState::verify(block, contract, &evidence.proof)
    }

    fn are_sealed_together(&self) -> bool {
        let mut blocks = self.blocks.iter();
        blocks.any(|block| matches!(block.basis(), TrustBasis::ExperimentalSeals { .. }))
    }

    /// What is remembered of [`Self::head`] once it was taken for current, so that no later answer goes behind it.
    ///
    /// # Errors
    /// As [`Self::head`] and [`Self::are_of`].
    pub fn last_seen(&self, profile: &ChainProfile) -> Result<LastSeen, LedgerError> {
        self.are_of(profile)?;
        let head = self.head()?.header();
        Ok(LastSeen {
            chain: self.chain,
            policy: self.policy,
            number: head.number(),
            hash: head.hash(),
            checkpoint: self.checkpoint.clone(),
        })
    }
}

#[cfg(test)]
mod tests;
