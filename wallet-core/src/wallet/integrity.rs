//! A store that is not the one last committed on this device: reading and rescue only, until the holder adopts it.

use super::Wallet;
use super::records::{
    CopyRecord, CopyState, CredentialRecord, HistoryEvent, KeyPlace, KeyRecord, ReusePolicy,
};
use super::store::{self, Batch, Stored};
use super::{delete, history, kept_answers};
use crate::error::{ErrorCode, WalletError};
use crate::random::Random;
use crate::vault::database::{Database, IntegrityState, RecordKind};

impl Wallet {
    /// Whether the records are all there, unchanged and the newest.
    ///
    /// # Errors
    /// `locked`
    pub fn integrity(&self) -> Result<IntegrityState, WalletError> {
        Ok(self.vault.integrity()?)
    }

    /// The holder takes the store as it is, after authenticating afresh: every copy that may be shown a limited number
    /// of times counts as used up, because nobody knows what was shown since, and answers of issuers that could not be
    /// verified yet are given up, for their cards may have been kept since. Does nothing in a store that is sound.
    ///
    /// # Errors
    /// `user_auth_required`, `locked` and those of the store.
    pub fn adopt(&self, auth: &super::FreshAuth) -> Result<(), WalletError> {
        self.require_fresh(auth)?;
        if self.integrity()? == IntegrityState::Ok {
            return Ok(());
        }
        let now = self.now()?;
        self.with_store(|db| {
            let mut batch = Batch::default();
            burn_limited(db, &mut batch, self.random())?;
            kept_answers::end_answered(db, &mut batch, self.random())?;
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

/// Ends every copy that may be shown a limited number of times. What is damaged or missing stays so; the rest must not
/// be lost with it.
pub(super) fn burn_limited(
    db: &Database,
    batch: &mut Batch,
    random: &dyn Random,
) -> Result<(), WalletError> {
    let cards: Vec<Stored<CredentialRecord>> = store::list_readable(db, RecordKind::CREDENTIAL)?;
    let copies: Vec<Stored<CopyRecord>> = store::list_readable(db, RecordKind::COPY)?;
    for mut copy in copies {
        let card = cards.iter().find(|card| card.name == copy.value.credential);
        let is_limited = card.is_none_or(|card| card.value.reuse != ReusePolicy::Rotating);
        if is_limited && copy.value.state != CopyState::Burned {
            burn_key(db, batch, &mut copy, random)?;
            batch.update(&copy)?;
        }
    }
    Ok(())
}

/// Ends a copy: nothing can be signed with its key any more.
fn burn_key(
    db: &Database,
    batch: &mut Batch,
    copy: &mut Stored<CopyRecord>,
    random: &dyn Random,
) -> Result<(), WalletError> {
    copy.value.state = CopyState::Burned;
    // A key that cannot be read cannot be used either: it stays where it is.
    let name = copy.value.key.as_ref();
    let key = name.and_then(|name| store::get::<KeyRecord>(db, name).ok());
    if let Some(key) = key.filter(|key| has_secret(db, &key.value)) {
        delete::remove_key(db, batch, &key, random)?;
        copy.value.key = None;
    }
    Ok(())
}

/// Whether the secret of a key is where its record says.
pub(super) fn has_secret(db: &Database, key: &KeyRecord) -> bool {
    match &key.place {
        KeyPlace::Store { body, .. } => store::body(db, body).is_ok(),
        KeyPlace::Hardware { .. } => true,
    }
}
