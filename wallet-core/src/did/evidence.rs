//! What shows that a DID document is the DID's: no document comes without it.

use super::{Did, DidDocument, DidError};
use crate::clock::UnixTime;
use crate::ledger::policy::{Agreement, TrustBasis};
use serde::{Deserialize, Serialize};

/// Most steps that are kept of how a document was found.
const MAX_STEPS: usize = 64;

/// A block of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlockRef {
    /// The chain's number (EIP-155).
    pub chain_id: u64,
    /// The block's number.
    pub number: u64,
    /// The hash of its header.
    pub hash: [u8; 32],
}

/// Why a block is believed to be of its chain, in numbers that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Anchor {
    /// This many of the pinned keys signed a checkpoint of it.
    Checkpoint {
        /// Keys that signed.
        signers: u32,
        /// Keys that are pinned.
        of: u32,
    },
    /// This many endpoints of different operators named the same hash.
    Endpoints {
        /// Endpoints that agree.
        agreed: u32,
        /// Endpoints that were asked.
        of: u32,
    },
    /// This many of the pinned validators sealed its whole header.
    Seals {
        /// Validators that sealed, at least: counted up to the quorum.
        signers: u32,
        /// Validators that are pinned.
        of: u32,
    },
    /// This many nodes sealed its height and state root only: experimental.
    StateSeals {
        /// Nodes that sealed, at least.
        signers: u32,
        /// Nodes that are pinned.
        of: u32,
    },
}

impl Anchor {
    /// A stable word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Checkpoint { .. } => "checkpoint",
            Self::Endpoints { .. } => "endpoints",
            Self::Seals { .. } => "seals",
            Self::StateSeals { .. } => "state_seals",
        }
    }

    /// How many vouch for the block, and of how many.
    #[must_use]
    pub const fn count(&self) -> (u32, u32) {
        match *self {
            Self::Checkpoint { signers, of }
            | Self::Seals { signers, of }
            | Self::StateSeals { signers, of } => (signers, of),
            Self::Endpoints { agreed, of } => (agreed, of),
        }
    }
}

impl From<&TrustBasis> for Anchor {
    fn from(basis: &TrustBasis) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        match basis {
            TrustBasis::Checkpoint { signers, of, .. } => Self::Checkpoint {
                signers: count(*signers),
                of: count(*of),
            },
            TrustBasis::Endpoints(Agreement {
                agreed,
                differed,
                silent,
            }) => Self::Endpoints {
                agreed: count(agreed.len()),
                of: count(agreed.len() + differed.len() + silent.len()),
            },
            TrustBasis::Seals { signers, of } => Self::Seals {
                signers: count(*signers),
                of: count(*of),
            },
            TrustBasis::ExperimentalSeals { nodes, of } => Self::StateSeals {
                signers: count(nodes.len()),
                of: count(*of),
            },
        }
    }
}

/// Why nothing shows that a document is the DID's. Only a resolver of the app's own says so: what this library reads from a
/// ledger is proven, or refused with an error and no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Unproven {
    /// There is no proof at all: somebody says so.
    NoProof,
    /// No policy accepted the block, or one of the blocks the history needs.
    BlockNotAccepted,
    /// The chain has no account at the contract's address.
    AccountAbsent,
    /// The account has no code: it is no contract.
    CodeAbsent,
    /// The contract's code is not the pinned one.
    CodeMismatch,
}

impl Unproven {
    /// A stable word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoProof => "no_proof",
            Self::BlockNotAccepted => "block_not_accepted",
            Self::AccountAbsent => "account_absent",
            Self::CodeAbsent => "code_absent",
            Self::CodeMismatch => "code_mismatch",
        }
    }
}

/// What shows that a document is the DID's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Evidence {
    /// The document follows from the identifier alone.
    SelfCertifying,
    /// The chain's state at a recent block was proven.
    LedgerProof {
        /// The block.
        block: BlockRef,
        /// Why it is believed.
        anchor: Anchor,
    },
    /// The chain's state at this block was proven. What came after it is not known: never current.
    VerifiedAt {
        /// The block.
        block: BlockRef,
        /// Why it is believed.
        anchor: Anchor,
    },
    /// This host said so, over TLS.
    TransportOnly {
        /// The host, as in the address.
        host: String,
    },
    /// Proven, but for a block that is too old to speak of now, or older than one seen before.
    Stale {
        /// The block.
        block: BlockRef,
    },
    /// Nothing shows it.
    Unverified {
        /// Why.
        why: Unproven,
    },
}

impl Evidence {
    /// A stable word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::SelfCertifying => "self_certifying",
            Self::LedgerProof { .. } => "ledger_proof",
            Self::VerifiedAt { .. } => "verified_at",
            Self::TransportOnly { .. } => "transport_only",
            Self::Stale { .. } => "stale",
            Self::Unverified { .. } => "unverified",
        }
    }

    /// The block that was proven or said, if one was.
    #[must_use]
    pub const fn block(&self) -> Option<&BlockRef> {
        match self {
            Self::LedgerProof { block, .. }
            | Self::VerifiedAt { block, .. }
            | Self::Stale { block } => Some(block),
            Self::SelfCertifying | Self::TransportOnly { .. } | Self::Unverified { .. } => None,
        }
    }

    /// Why the block is believed, if there is one.
    #[must_use]
    pub const fn anchor(&self) -> Option<&Anchor> {
        match self {
            Self::LedgerProof { anchor, .. } | Self::VerifiedAt { anchor, .. } => Some(anchor),
            _ => None,
        }
    }

    /// The host that was believed, if one was.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::TransportOnly { host } => Some(host),
            _ => None,
        }
    }
}

/// Evidence and the time it speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedEvidence {
    /// The evidence.
    pub evidence: Evidence,
    /// The time it speaks of: that of the block, or that of the reading. `None` where nobody vouches for the block's time:
    /// it may be of any day, and must not be shown as of today.
    pub as_of: Option<UnixTime>,
}

/// A DID document with what shows that it is the DID's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedDid {
    document: DidDocument,
    evidence: DatedEvidence,
    steps: Vec<String>,
}

impl ResolvedDid {
    /// A document that was found to be `did`'s by `evidence`, which speaks of the time `as_of`, if that is known.
    ///
    /// # Errors
    /// [`DidError::AnotherSubject`] if the document is of another DID.
    pub fn new(
        did: &Did,
        document: DidDocument,
        evidence: Evidence,
        as_of: impl Into<Option<UnixTime>>,
    ) -> Result<Self, DidError> {
        if document.id() != did.as_str() {
            return Err(DidError::AnotherSubject);
        }
        Ok(Self {
            document,
            evidence: DatedEvidence {
                evidence,
                as_of: as_of.into(),
            },
            steps: Vec::new(),
        })
    }

    /// Notes a step that led here, for people who check: words and numbers of this library, no text of others.
    #[must_use]
    pub fn step(mut self, step: impl Into<String>) -> Self {
        if self.steps.len() < MAX_STEPS {
            self.steps.push(step.into());
        }
        self
    }

    /// The document. Look at the evidence before you use a key of it.
    #[must_use]
    pub const fn document(&self) -> &DidDocument {
        &self.document
    }

    /// What shows that the document is the DID's.
    #[must_use]
    pub const fn evidence(&self) -> &Evidence {
        &self.evidence.evidence
    }

    /// The time the evidence speaks of, if that is known ([`DatedEvidence::as_of`]).
    #[must_use]
    pub const fn as_of(&self) -> Option<UnixTime> {
        self.evidence.as_of
    }

    /// The evidence with its time.
    #[must_use]
    pub const fn dated_evidence(&self) -> &DatedEvidence {
        &self.evidence
    }

    /// What was checked, in order.
    #[must_use]
    pub fn steps(&self) -> &[String] {
        &self.steps
    }
}
