//! Deleting cards and history, and what must still be done about it.

use super::Wallet;
use super::deliver;
use super::history;
use super::records::{
    CopyRecord, CredentialRecord, HistoryEvent, KeyPlace, KeyRecord, Other, PendingRecord,
    RecordName,
};
use super::store::{self, Batch, Stored, make_name};
use crate::error::{ErrorCode, WalletError};
use crate::keys::key_store::KeyStoreError;
use crate::random::Random;
use crate::vault::database::{Database, RecordKind};

impl Wallet {
    /// Deletes a card with its copies, keys, context and display, in one transaction. The issuer is not told. Keys in
    /// hardware are deleted after it; what fails is tried again at each [`Wallet::do_pending`].
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store: then nothing was deleted.
    pub async fn delete(&self, id: &RecordName) -> Result<(), WalletError> {
        let now = self.now()?;
        self.commit(|db, batch| {
            let card: Stored<CredentialRecord> = store::get(db, id)?;
            for name in &card.value.copies {
                self.delete_copy(db, batch, name)?;
            }
            batch.delete(&card.value.display)?;
            batch.delete(&card.value.context)?;
            batch.delete(id)?;
            let showings = showings_of(db, id)?;
            deliver::forget_answers(db, batch, |history| showings.contains(history))?;
            let event = HistoryEvent::Deleted {
                credential_type: card.value.credential_type,
                issuer: card.value.issuer,
            };
            history::append(db, batch, now, event, self.random()).map(|_| ())
        })?;
        // The card is gone; a key that stays in hardware is on the to-do list.
        let _ = self.do_pending().await;
        Ok(())
    }

    /// Deletes what a history entry says. That there was an entry stays visible. A presentation whose arrival is unknown
    /// cannot be sent again afterwards.
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store.
    pub fn delete_history(&self, entry: &RecordName) -> Result<(), WalletError> {
        self.commit(|db, batch| {
            deliver::forget_answers(db, batch, |history| history == entry)?;
            history::delete(db, batch, entry)
        })
    }

    /// Does what is on the to-do list: hardware keys that could not be deleted yet, answers that can no longer be sent
    /// again. Call it after unlocking. Returns how many things are left to do.
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub async fn do_pending(&self) -> Result<usize, WalletError> {
        let now = self.now()?;
        self.give_up_old_notes(now)?;
        let pending: Vec<Stored<PendingRecord>> =
            self.with_store(|db| store::list(db, RecordKind::PENDING))?;
        let mut left = 0;
        for todo in pending {
            let is_done = match &todo.value {
                PendingRecord::DeleteHardwareKey { handle, .. } => {
                    let is_deleted = self.delete_in_hardware(handle).await;
                    left += usize::from(!is_deleted);
                    is_deleted
                }
                PendingRecord::Resend { expires_at, .. } => *expires_at < now.as_secs(),
                _ => false,
            };
            if is_done {
                match self.commit(|_, batch| batch.delete(&todo.name)) {
                    // Someone else did it too.
                    Err(error) if error.code() == ErrorCode::NotFound => {}
                    done => done?,
                }
            }
        }
        Ok(left)
    }

    async fn delete_in_hardware(&self, handle: &str) -> bool {
        match &self.platform.key_store {
            Some(store) => matches!(
                store.delete(handle.to_owned()).await,
                Ok(()) | Err(KeyStoreError::NotFound)
            ),
            None => false,
        }
    }

    fn delete_copy(
        &self,
        db: &Database,
        batch: &mut Batch,
        name: &RecordName,
    ) -> Result<(), WalletError> {
        let copy: Stored<CopyRecord> = store::get(db, name)?;
        if let Some(key) = &copy.value.key {
            let key: Stored<KeyRecord> = store::get(db, key)?;
            remove_key(batch, &key, self.random())?;
        }
        match store::body(db, &copy.value.body) {
            Ok(_) => batch.delete(&copy.value.body)?,
            // A burned copy has none.
            Err(error) if error.code() == ErrorCode::NotFound => {}
            Err(error) => return Err(error),
        }
        batch.delete(name)
    }
}

/// The presentations of a card.
fn showings_of(db: &Database, id: &RecordName) -> Result<Vec<RecordName>, WalletError> {
    let items = history::read(db)?.items.into_iter();
    let of_card = items.filter(|item| match &item.event {
        HistoryEvent::Presented { shown, .. } => shown.iter().any(|shown| shown.credential == *id),
        _ => false,
    });
    Ok(of_card.map(|item| item.name).collect())
}

/// Removes a key: its secret with it, or a to-do for the hardware.
pub(crate) fn remove_key(
    batch: &mut Batch,
    key: &Stored<KeyRecord>,
    random: &dyn Random,
) -> Result<(), WalletError> {
    match &key.value.place {
        KeyPlace::Store { body, .. } => batch.delete(body)?,
        KeyPlace::Hardware { handle } => {
            let todo = PendingRecord::DeleteHardwareKey {
                handle: handle.clone(),
                other: Other::new(),
            };
            batch.insert(RecordKind::PENDING, &make_name(random)?, &todo)?;
        }
    }
    batch.delete(&key.name)
}
