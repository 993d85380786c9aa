//! Why a trust policy was refused, or refused a block.

use crate::error::{ErrorCode, WalletError};
use thiserror::Error;

/// Why a trust policy was refused, or refused a block. Holds nothing of either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The chain profile breaks its format.
    #[error("not a chain profile")]
    ProfileForm,
    /// The profile's policy does not go with its header rules.
    #[error("the trust policy is not for headers of this chain")]
    PolicyUnfit,
    /// Not more than half of distinct keys of an allowed kind must sign, or there are too many keys.
    #[error("the set of checkpoint keys is not sound")]
    KeySet,
    /// Too few or too many endpoints, too many may lie, or two are of one operator or host.
    #[error("the set of endpoints is not sound")]
    Endpoints,
    /// Too few or too many validators or nodes, or too few of them must have sealed.
    #[error("the set of validators is not sound")]
    Validators,
    /// The policy needs evidence that did not come with the block.
    #[error("nothing came with the block that the policy could judge by")]
    NoEvidence,
    /// The blocks were accepted by another policy than the one they are taken for.
    #[error("the blocks were accepted by another policy")]
    OtherPolicy,
    /// Evidence came with the block that the policy does not judge by.
    #[error("evidence came that the policy does not judge by")]
    UnusedEvidence,
    /// The checkpoint or inclusion proof breaks its format.
    #[error("not a checkpoint")]
    CheckpointForm,
    /// The evidence is of another chain.
    #[error("the evidence is of another chain")]
    OtherChain,
    /// The checkpoint was signed by another set of keys than the pinned one.
    #[error("the checkpoint is of another key set")]
    KeySetVersion,
    /// A key that is not pinned signed the checkpoint.
    #[error("a key that is not pinned signed the checkpoint")]
    UnknownSigner,
    /// A key signed the checkpoint twice.
    #[error("a key signed the checkpoint twice")]
    SignerRepeated,
    /// A signature under the checkpoint does not verify.
    #[error("a signature under the checkpoint does not verify")]
    SignatureInvalid,
    /// Fewer keys signed the checkpoint than must.
    #[error("too few keys signed the checkpoint")]
    TooFewSignatures,
    /// The evidence speaks of another block.
    #[error("the evidence is of another block")]
    OtherBlock,
    /// The block is not proven to be one of those before the checkpoint.
    #[error("the block is not proven to be before the checkpoint")]
    NotIncluded,
    /// Too few endpoints gave the block's hash.
    #[error("too few endpoints agree on the block")]
    EndpointsDisagree,
    /// The header's extra data, or its node's seal, is not of the form of its protocol.
    #[error("not a sealed header")]
    SealForm,
    /// Too few of the pinned validators or nodes sealed.
    #[error("too few of the pinned validators sealed")]
    TooFewSeals,
    /// Before the fork from which on a Metadium node signs the height.
    #[error("seals of that time do not cover the height")]
    BeforePangyo,
    /// The policy accepts a contract's state under several roots, not a block.
    #[error("the policy does not accept a block by itself")]
    NotABlockPolicy,
    /// The values proven under the several roots are not the same.
    #[error("the sealed states differ")]
    StatesDiffer,
    /// The block's time lies ahead of the clock.
    #[error("the block is from the future")]
    FromTheFuture,
    /// The block is older than one that was seen before.
    #[error("the block is older than the last one seen")]
    RolledBack,
    /// The wallet's memory of the blocks it saw is damaged: that none is older than they cannot be known.
    #[error("the memory of blocks seen is damaged")]
    MemoryDamaged,
    /// Another block was seen at this height.
    #[error("another block was seen at this height")]
    Forked,
    /// Enough pinned keys signed two checkpoints that contradict each other.
    #[error("two valid checkpoints contradict each other")]
    Equivocation,
}

impl From<PolicyError> for WalletError {
    fn from(error: PolicyError) -> Self {
        use ErrorCode as Code;
        use PolicyError as E;
        let proof = |reason: &str| Self::new(Code::LedgerProof).about(reason);
        match error {
            E::ProfileForm => Self::new(Code::Malformed).about("chain_profile"),
            E::PolicyUnfit | E::KeySet | E::Endpoints | E::Validators => {
                Self::new(Code::UnsafeConfiguration).about("trust_policy")
            }
            E::NoEvidence | E::NotABlockPolicy => proof("no_evidence"),
            E::OtherChain => proof("other_chain"),
            E::OtherPolicy => proof("other_policy"),
            E::UnusedEvidence => proof("unused_evidence"),
            E::CheckpointForm
            | E::KeySetVersion
            | E::UnknownSigner
            | E::SignerRepeated
            | E::SignatureInvalid
            | E::TooFewSignatures => proof("checkpoint"),
            E::OtherBlock | E::NotIncluded => proof("other_block"),
            E::SealForm | E::TooFewSeals | E::BeforePangyo => proof("seals"),
            E::FromTheFuture => proof("future_block"),
            E::RolledBack => Self::new(Code::LedgerStale).about("rolled_back"),
            E::MemoryDamaged => Self::new(Code::RecordCorrupt).about("ledger_memory"),
            E::EndpointsDisagree => Self::new(Code::LedgerDisagreement).about("endpoints"),
            E::StatesDiffer => Self::new(Code::LedgerDisagreement).about("states"),
            E::Forked => Self::new(Code::LedgerDisagreement).about("forked"),
            E::Equivocation => Self::new(Code::LedgerDisagreement).about("equivocation"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_a_policy_reaches_the_facade_with_its_reason() {
        use PolicyError as E;
        for (error, code, subject) in [
            (E::ProfileForm, "malformed", "chain_profile"),
            (E::PolicyUnfit, "unsafe_configuration", "trust_policy"),
            (E::KeySet, "unsafe_configuration", "trust_policy"),
            (E::Endpoints, "unsafe_configuration", "trust_policy"),
            (E::Validators, "unsafe_configuration", "trust_policy"),
            (E::NoEvidence, "ledger_proof", "no_evidence"),
            (E::NotABlockPolicy, "ledger_proof", "no_evidence"),
            (E::OtherChain, "ledger_proof", "other_chain"),
            (E::OtherPolicy, "ledger_proof", "other_policy"),
            (E::UnusedEvidence, "ledger_proof", "unused_evidence"),
            (E::CheckpointForm, "ledger_proof", "checkpoint"),
            (E::KeySetVersion, "ledger_proof", "checkpoint"),
            (E::UnknownSigner, "ledger_proof", "checkpoint"),
            (E::SignerRepeated, "ledger_proof", "checkpoint"),
            (E::SignatureInvalid, "ledger_proof", "checkpoint"),
            (E::TooFewSignatures, "ledger_proof", "checkpoint"),
            (E::OtherBlock, "ledger_proof", "other_block"),
            (E::NotIncluded, "ledger_proof", "other_block"),
            (E::SealForm, "ledger_proof", "seals"),
            (E::TooFewSeals, "ledger_proof", "seals"),
            (E::BeforePangyo, "ledger_proof", "seals"),
            (E::FromTheFuture, "ledger_proof", "future_block"),
            (E::RolledBack, "ledger_stale", "rolled_back"),
            (E::MemoryDamaged, "record_corrupt", "ledger_memory"),
            (E::EndpointsDisagree, "ledger_disagreement", "endpoints"),
            (E::StatesDiffer, "ledger_disagreement", "states"),
            (E::Forked, "ledger_disagreement", "forked"),
            (E::Equivocation, "ledger_disagreement", "equivocation"),
        ] {
            let error = WalletError::from(error);
            assert_eq!(
                (error.code().as_str(), error.subject()),
                (code, Some(subject))
            );
        }
    }
}
