//! Trust policies: why a block is believed to be one of its chain.
//!
//! The bytes of a header give its hash and nothing more. A policy pinned in the app says who vouches for that hash:
//! [`CheckpointKeys`], [`Endpoints`] that agree, or the chain's own [`ValidatorSeals`]. [`MetadiumSeals`] are an experiment.

mod checkpoint;
mod currency;
mod endpoints;
mod error;
pub(in crate::ledger) mod json;
mod metadium_seals;
mod mountain_range;
mod recover;
mod seals;

pub use checkpoint::{
    ChainIdentity, Checkpoint, CheckpointKeys, CheckpointSignature, Equivocation, MAX_KEYS,
    SignedCheckpoint, VerifiedCheckpoint,
};
pub use currency::{Currency, FUTURE_SLACK, LastSeen, Regression};
pub use endpoints::{Agreement, BlockAnswer, BlockAnswers, Endpoint, Endpoints, MAX_ENDPOINTS};
pub use error::PolicyError;
pub use metadium_seals::{MetadiumNode, MetadiumSeals};
pub use mountain_range::{InclusionProof, MountainRange};
pub use seals::{MAX_VALIDATORS, MIN_VALIDATORS, ValidatorSeals};

use super::LedgerError;
use super::accepted::AcceptedBlock;
use super::bundle::BlockEvidence;
use super::header::{Header, HeaderRules};
use alloy_primitives::Address;
use serde_json::{Map, Value};

/// Who vouches for the blocks of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustPolicy {
    /// Enough of the keys pinned in the app signed a checkpoint.
    Checkpoints(CheckpointKeys),
    /// Enough endpoints of different operators gave the same hash.
    Endpoints(Endpoints),
    /// Enough of the pinned validators sealed the whole header.
    Seals(ValidatorSeals),
    /// Enough Metadium nodes sealed roots under which the same values stand. Experimental: no seal of a real header was
    /// seen.
    MetadiumSeals(MetadiumSeals),
}

impl TrustPolicy {
    /// Whether the policy can judge headers of these rules.
    pub(super) fn fits(&self, rules: HeaderRules) -> bool {
        match self {
            Self::Checkpoints(_) | Self::Endpoints(_) => true,
            Self::Seals(validators) => validators.rules() == rules,
            Self::MetadiumSeals(_) => rules == HeaderRules::Metadium,
        }
    }

    /// Whether the policy says itself that others have vouched for the chain since: those it pins may seal a block of an old
    /// number with the time of today.
    pub(super) fn is_of_the_past(&self) -> bool {
        matches!(self, Self::Seals(validators) if validators.blocks().1.is_some())
    }
}

/// What made a trust policy accept a block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustBasis {
    /// A checkpoint over the block, or over a later one that commits to it.
    Checkpoint {
        /// The number of the checkpoint's block.
        number: u64,
        /// How many of the pinned keys signed.
        signers: usize,
        /// How many are pinned.
        of: usize,
    },
    /// Endpoints that agreed; and who did not.
    Endpoints(Agreement),
    /// Validators that sealed the whole header.
    Seals {
        /// How many of the pinned validators sealed, counted up to the quorum.
        signers: usize,
        /// How many are pinned.
        of: usize,
    },
    /// Nodes that sealed one root each; the block alone is vouched for by one of them. Its time and receipts by none.
    ExperimentalSeals {
        /// The nodes' accounts, without repetition.
        nodes: Vec<Address>,
        /// How many are pinned.
        of: usize,
    },
}

impl TrustBasis {
    /// Whether it speaks of the whole header, or of number and state root only.
    #[must_use]
    pub const fn covers_header(&self) -> bool {
        !matches!(self, Self::ExperimentalSeals { .. })
    }

    /// A stable word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Checkpoint { .. } => "checkpoint",
            Self::Endpoints(_) => "endpoints",
            Self::Seals { .. } => "seals",
            Self::ExperimentalSeals { .. } => "experimental_seals",
        }
    }
}

/// One question's blocks as they are accepted, so that a checkpoint that comes with many is verified once.
pub(super) struct Judge<'a> {
    policy: &'a TrustPolicy,
    chain: ChainIdentity,
    verified: Vec<VerifiedCheckpoint>,
}

impl<'a> Judge<'a> {
    pub(super) const fn new(policy: &'a TrustPolicy, chain: ChainIdentity) -> Self {
        Self {
            policy,
            chain,
            verified: Vec::new(),
        }
    }

    /// Accepts blocks in the order of the evidence: all or none.
    pub(super) fn accept(
        mut self,
        blocks: Vec<(Header, &BlockEvidence)>,
        answers: &[BlockAnswers],
    ) -> Result<(Vec<AcceptedBlock>, Option<VerifiedCheckpoint>), LedgerError> {
        for (header, evidence) in &blocks {
            // What nobody reads would be kept and passed on all the same.
            let is_read = matches!(self.policy, TrustPolicy::Checkpoints(_));
            if !is_read && (evidence.checkpoint.is_some() || evidence.inclusion.is_some()) {
                return Err(PolicyError::UnusedEvidence.into());
            }
            if header.number() == 0 && header.hash() != self.chain.genesis {
                return Err(PolicyError::OtherChain.into());
            }
        }
        if let TrustPolicy::MetadiumSeals(seals) = self.policy {
            let headers = blocks.into_iter().map(|(header, _)| header).collect();
            return Ok((seals.accept(headers)?, None));
        }
        let mut accepted = Vec::with_capacity(blocks.len());
        for (header, evidence) in blocks {
            let basis = self.basis(&header, evidence, answers)?;
            accepted.push(AcceptedBlock::new(header, basis));
        }
        let verified = self.verified.into_iter();
        let newest = verified.max_by_key(|it| it.checkpoint().number);
        Ok((accepted, newest))
    }

    fn basis(
        &mut self,
        header: &Header,
        evidence: &BlockEvidence,
        answers: &[BlockAnswers],
    ) -> Result<TrustBasis, LedgerError> {
        Ok(match self.policy {
            TrustPolicy::Checkpoints(keys) => {
                let checkpoint = evidence
                    .checkpoint
                    .as_ref()
                    .ok_or(PolicyError::NoEvidence)?;
                let checkpoint = self.checkpoint(keys, checkpoint)?;
                let inclusion = evidence.inclusion.as_ref();
                let inclusion = inclusion.map(InclusionProof::from_members).transpose()?;
                checkpoint.covers(header, inclusion.as_ref())?;
                TrustBasis::Checkpoint {
                    number: checkpoint.checkpoint().number,
                    signers: checkpoint.signers(),
                    of: keys.keys().len(),
                }
            }
            TrustPolicy::Endpoints(endpoints) => {
                let answers = answers.iter().find(|it| it.number == header.number());
                let answers = answers.ok_or(PolicyError::NoEvidence)?;
                TrustBasis::Endpoints(endpoints.agree(&self.chain, header, answers)?)
            }
            TrustPolicy::Seals(validators) => TrustBasis::Seals {
                signers: validators.sealed(header)?,
                of: validators.count(),
            },
            TrustPolicy::MetadiumSeals(_) => return Err(PolicyError::NotABlockPolicy.into()),
        })
    }

    /// The checkpoint, verified; two that contradict each other accept nothing. One that was verified is known by what it
    /// states, however it is written: signatures are not verified for it again.
    fn checkpoint(
        &mut self,
        keys: &CheckpointKeys,
        members: &Map<String, Value>,
    ) -> Result<&VerifiedCheckpoint, PolicyError> {
        let signed = SignedCheckpoint::from_members(members)?;
        let states_the_same = |it: &VerifiedCheckpoint| *it.checkpoint() == signed.checkpoint;
        let index = match self.verified.iter().position(states_the_same) {
            Some(index) => index,
            None => {
                let fresh = keys.verify(&self.chain, signed)?;
                let contradicts =
                    |other: &VerifiedCheckpoint| Equivocation::between(other, &fresh).is_some();
                if self.verified.iter().any(contradicts) {
                    return Err(PolicyError::Equivocation);
                }
                self.verified.push(fresh);
                self.verified.len() - 1
            }
        };
        self.verified.get(index).ok_or(PolicyError::NoEvidence)
    }
}
