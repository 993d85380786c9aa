//! What shows that a key is a DID's.

use crate::redacted::redacted;
use crate::time::system_time;
use std::time::SystemTime;
use wallet_core::did;
use wallet_core::text::display_text;

redacted!(DidEvidence, DatedDidEvidence, LedgerBlock, LedgerAnchor);

/// Longest host that is shown: none is longer (RFC 1035 2.3.4), but for a port.
const MAX_HOST_CHARS: usize = 300;

/// A block of a chain.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct LedgerBlock {
    /// The chain's number (EIP-155).
    pub chain_id: u64,
    /// The block's number.
    pub number: u64,
    /// The hash of its header.
    pub hash: Vec<u8>,
}

/// Why a block is believed to be of its chain.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum LedgerAnchor {
    /// Keys pinned in the app signed a checkpoint.
    Checkpoint {
        /// How many signed.
        signers: u32,
        /// Of how many.
        of: u32,
    },
    /// Endpoints of different operators named the same hash.
    Endpoints {
        /// How many agree.
        agreed: u32,
        /// Of how many.
        of: u32,
    },
    /// Pinned validators sealed its whole header.
    Seals {
        /// How many sealed, at least: counted up to the quorum.
        signers: u32,
        /// Of how many.
        of: u32,
    },
    /// Pinned nodes sealed its height and state only: experimental.
    StateSeals {
        /// How many sealed, at least: counted up to the quorum.
        signers: u32,
        /// Of how many.
        of: u32,
    },
    /// Something that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// What shows that a document is a DID's.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum DidEvidence {
    /// The key stands in the identifier itself.
    SelfCertifying,
    /// The chain's state at a recent block was proven on this device.
    LedgerProof {
        /// The block.
        block: LedgerBlock,
        /// Why it is believed.
        anchor: LedgerAnchor,
    },
    /// The chain's state at this block was proven; what came after it is not known.
    VerifiedAt {
        /// The block.
        block: LedgerBlock,
        /// Why it is believed.
        anchor: LedgerAnchor,
    },
    /// This host said so, and the app believes it.
    TransportOnly {
        /// The host, with its port where it is not the usual one.
        host: String,
    },
    /// Proven for a block that is too old to speak of now.
    Stale {
        /// The block.
        block: LedgerBlock,
    },
    /// Nothing shows it.
    Unverified {
        /// Why, as a stable text.
        why: String,
    },
    /// Something that came after these bindings were written: treat it as `Unverified`.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// Evidence, and the time it speaks of.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct DatedDidEvidence {
    /// The evidence.
    pub evidence: DidEvidence,
    /// The time it speaks of: that of the block, or that of the reading. None where nobody vouches for the block's time: it
    /// may be of any day, and must not be shown as of today.
    pub as_of: Option<SystemTime>,
}

impl LedgerBlock {
    fn of(block: &did::BlockRef) -> Self {
        Self {
            chain_id: block.chain_id,
            number: block.number,
            hash: block.hash.to_vec(),
        }
    }
}

impl LedgerAnchor {
    pub(super) fn of(anchor: &did::Anchor) -> Self {
        let (signers, of) = anchor.count();
        match anchor {
            did::Anchor::Checkpoint { .. } => Self::Checkpoint { signers, of },
            did::Anchor::Endpoints { .. } => Self::Endpoints {
                agreed: signers,
                of,
            },
            did::Anchor::Seals { .. } => Self::Seals { signers, of },
            did::Anchor::StateSeals { .. } => Self::StateSeals { signers, of },
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }
}

impl DidEvidence {
    fn of(evidence: &did::Evidence) -> Self {
        match evidence {
            did::Evidence::SelfCertifying => Self::SelfCertifying,
            did::Evidence::LedgerProof { block, anchor } => Self::LedgerProof {
                block: LedgerBlock::of(block),
                anchor: LedgerAnchor::of(anchor),
            },
            did::Evidence::VerifiedAt { block, anchor } => Self::VerifiedAt {
                block: LedgerBlock::of(block),
                anchor: LedgerAnchor::of(anchor),
            },
            did::Evidence::TransportOnly { host } => Self::TransportOnly {
                host: display_text(host, MAX_HOST_CHARS),
            },
            did::Evidence::Stale { block } => Self::Stale {
                block: LedgerBlock::of(block),
            },
            did::Evidence::Unverified { why } => Self::Unverified {
                why: why.as_str().to_owned(),
            },
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }
}

impl DatedDidEvidence {
    pub(super) fn of(dated: &did::DatedEvidence) -> Self {
        Self {
            evidence: DidEvidence::of(&dated.evidence),
            as_of: dated.as_of.map(system_time),
        }
    }
}
