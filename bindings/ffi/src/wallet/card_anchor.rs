//! What shows that a card was put under a Merkle root on a ledger.

use super::did_evidence::LedgerAnchor;
use crate::error::WalletError;
use crate::redacted::redacted;
use crate::time::system_time;
use std::time::SystemTime;
use wallet_core::did::Anchor;
use wallet_core::wallet::AnchorReport;

redacted!(CardAnchor);

/// What the proof shows that came with a copy of a card, checked again just now and without a network. Verifiers get it only if
/// they ask and the holder agrees (`Linkability.AnchorProof`).
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum CardAnchor {
    /// The issuer's account had anchored the copy by this block. It says nothing of what came later, and not that the card
    /// is valid.
    Proven {
        /// The chain, as the app named it.
        chain: String,
        /// The block's number.
        block: u64,
        /// The hash of its header.
        block_hash: Vec<u8>,
        /// Why the block is believed.
        anchor: LedgerAnchor,
        /// The time of the block; none where nobody vouches for it.
        as_of: Option<SystemTime>,
        /// Under which epoch of the issuer's series.
        epoch: u64,
        /// Whether there was no later epoch after the block; none where that was not proven.
        is_newest: Option<bool>,
        /// Among how many: a card of a small batch can be recognised by its anchor.
        batch_size: u64,
    },
    /// It shows nothing any more: the app's `Policy.anchors` has changed since it was kept.
    NotProven {
        /// Why.
        error: WalletError,
    },
}

impl CardAnchor {
    pub(super) fn of(report: Result<AnchorReport, wallet_core::WalletError>) -> Self {
        match report {
            Ok(report) => Self::Proven {
                anchor: LedgerAnchor::of(&Anchor::from(&report.basis)),
                chain: report.chain,
                block: report.anchored.block,
                block_hash: report.anchored.block_hash.to_vec(),
                as_of: report
                    .basis
                    .covers_header()
                    .then(|| system_time(report.as_of)),
                epoch: report.anchored.epoch,
                is_newest: report.anchored.is_newest(),
                batch_size: report.anchored.size,
            },
            Err(error) => Self::NotProven {
                error: error.into(),
            },
        }
    }
}
