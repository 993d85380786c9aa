//! A store that is not the one last committed on this device: reading and rescue only, until the holder adopts it.

use super::Wallet;
use super::history;
use super::records::{CopyRecord, CopyState, CredentialRecord, HistoryEvent, ReusePolicy};
use super::store::{self, Batch, Stored};
use crate::error::{ErrorCode, WalletError};
use crate::vault::database::{IntegrityState, RecordKind};

impl Wallet {
    /// Whether the records are all there, unchanged and the newest.
    ///
    /// # Errors
    /// `locked`
    pub fn integrity(&self) -> Result<IntegrityState, WalletError> {
        Ok(self.vault.integrity()?)
    }

    /// The holder takes the store as it is, after authenticating afresh: every copy that may be shown a limited number
    /// of times counts as used up, because nobody knows what was shown since.
    ///
    /// # Errors
    /// `user_auth_required`, `locked` and those of the store.
    pub fn adopt(&self, auth: &super::FreshAuth) -> Result<(), WalletError> {
        self.require_fresh(auth)?;
        let now = self.now()?;
        self.with_store(|db| {
            let mut batch = Batch::default();
            let cards: Vec<Stored<CredentialRecord>> = store::list(db, RecordKind::CREDENTIAL)?;
            for card in cards
                .iter()
                .filter(|card| card.value.reuse != ReusePolicy::Rotating)
            {
                for name in &card.value.copies {
                    let mut copy: Stored<CopyRecord> = store::get(db, name)?;
                    if copy.value.state != CopyState::Burned {
                        copy.value.state = CopyState::Burned;
                        batch.update(&copy)?;
                    }
                }
            }
            history::append(db, &mut batch, now, HistoryEvent::Adopted, self.random())?;
            db.adopt(batch.into_changes())
        })
    }

    /// Unlocked, and nothing is wrong with the store.
    pub(super) fn require_sound(&self) -> Result<(), WalletError> {
        match self.integrity()? {
            IntegrityState::Ok => Ok(()),
            IntegrityState::AnchorMissing => Err(ErrorCode::AnchorMissing.into()),
            IntegrityState::SetMismatch { .. } => Err(ErrorCode::SetMismatch.into()),
            _ => Err(ErrorCode::RolledBack.into()),
        }
    }
}
