//! Keys in the app's hardware between their making and the storing of the card they are for. They are written down
//! before they are used, so that none is left behind however an issuance ends: refused, cancelled, or killed.

use super::Wallet;
use super::holder_keys::NewKey;
use super::records::{KeyPlace, KeyRecord, Other, PendingRecord, RecordName};
use super::store::{self, Batch, Stored, make_name};
use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::random::Random;
use crate::vault::database::{Database, RecordKind};

/// Longest time between making a key and storing its card, in seconds.
const CLAIM_SECONDS: i64 = 3600;

impl Wallet {
    /// The handles of all keys in the app's hardware that this store uses or still has to delete. An app whose key store
    /// serves this store alone may delete all others while nothing is received or renewed: keys are made before they can
    /// be written down. The wallet does not, because it cannot know whose they are.
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub fn hardware_keys(&self) -> Result<Vec<String>, WalletError> {
        self.with_store(|db| {
            let keys: Vec<Stored<KeyRecord>> = store::list(db, RecordKind::KEY)?;
            let used = keys.into_iter().filter_map(|key| match key.value.place {
                KeyPlace::Hardware { handle } => Some(handle),
                KeyPlace::Store { .. } => None,
            });
            let pending: Vec<Stored<PendingRecord>> = store::list(db, RecordKind::PENDING)?;
            let pending = pending.into_iter().filter_map(|todo| match todo.value {
                PendingRecord::UnclaimedKey { handle, .. }
                | PendingRecord::DeleteHardwareKey { handle, .. } => Some(handle),
                _ => None,
            });
            Ok(used.chain(pending).collect())
        })
    }

    /// Writes new keys down, before anything is done with them.
    pub(super) fn note_keys(&self, keys: &[NewKey], now: UnixTime) -> Result<(), WalletError> {
        if keys.iter().all(|key| key.handle().is_none()) {
            return Ok(());
        }
        self.commit(|_, batch| {
            for handle in keys.iter().filter_map(NewKey::handle) {
                let note = PendingRecord::UnclaimedKey {
                    handle: handle.to_owned(),
                    since: now.as_secs(),
                    other: Other::new(),
                };
                batch.insert(RecordKind::PENDING, &make_name(self.random())?, &note)?;
            }
            Ok(())
        })
    }

    /// Deletes keys no stored card needs; what cannot be deleted now is on the to-do list. Keys that were claimed by a
    /// stored card are left alone.
    pub(super) async fn release_keys(&self, keys: &[NewKey]) {
        if keys.iter().all(|key| key.handle().is_none()) {
            return;
        }
        // If the wallet is locked by now, the notes stay and run out.
        let _ = self.commit(|db, batch| {
            for note in unclaimed(db)? {
                if keys.iter().any(|key| key.handle() == Some(note.handle())) {
                    note.give_up(batch, self.random())?;
                }
            }
            Ok(())
        });
        let _ = self.do_pending().await;
    }

    /// Puts keys nobody claimed in time on the to-do list.
    pub(super) fn give_up_old_notes(&self, now: UnixTime) -> Result<(), WalletError> {
        let is_old = |note: &Note| note.since.saturating_add(CLAIM_SECONDS) < now.as_secs();
        if !self.with_store(|db| Ok(unclaimed(db)?.iter().any(is_old)))? {
            return Ok(());
        }
        self.commit(|db, batch| {
            for note in unclaimed(db)?.into_iter().filter(is_old) {
                note.give_up(batch, self.random())?;
            }
            Ok(())
        })
    }
}

/// A key that is written down and not claimed yet.
pub(super) struct Note {
    name: RecordName,
    handle: String,
    since: i64,
}

impl Note {
    fn handle(&self) -> &str {
        &self.handle
    }

    /// From now on the key is to be deleted. Deleting the note makes a card that wanted to claim it fail as a whole.
    fn give_up(self, batch: &mut Batch, random: &dyn Random) -> Result<(), WalletError> {
        batch.delete(&self.name)?;
        let todo = PendingRecord::DeleteHardwareKey {
            handle: self.handle,
            other: Other::new(),
        };
        batch.insert(RecordKind::PENDING, &make_name(random)?, &todo)
    }
}

/// All notes.
pub(super) fn unclaimed(db: &Database) -> Result<Vec<Note>, WalletError> {
    let pending: Vec<Stored<PendingRecord>> = store::list(db, RecordKind::PENDING)?;
    let notes = pending.into_iter().filter_map(|todo| match todo.value {
        PendingRecord::UnclaimedKey { handle, since, .. } => Some(Note {
            name: todo.name,
            handle,
            since,
        }),
        _ => None,
    });
    Ok(notes.collect())
}

/// A card takes over the key with this handle.
pub(super) fn claim(notes: &[Note], handle: &str, batch: &mut Batch) -> Result<(), WalletError> {
    let note = notes.iter().find(|note| note.handle == handle);
    let note =
        note.ok_or_else(|| WalletError::new(ErrorCode::KeyUnavailable).about("unclaimed"))?;
    batch.delete(&note.name)
}
