//! The database of a store: sealed records in plain SQLite. docs/vault-format.md, "Database", describes every byte.
//!
//! A record is bound to its place (associated data), the set of records to a root (manifest), and the root to an anchor
//! outside the files. Every error is told apart, and nothing is ever deleted or recreated because of one.

mod anchoring;
mod changes;
mod commit;
mod error;
mod integrity;
mod keys;
mod manifest;
mod migration;
mod opening;
mod readings;
mod record;
mod rotation;
mod rows;
mod salvage;
mod schema;
mod seal;
mod session;
mod set_root;
#[cfg(test)]
mod tests;

pub use changes::Changes;
pub use error::DatabaseError;
pub use integrity::IntegrityState;
pub use record::{MAX_BODY_BYTES, MAX_RECORDS, Record, RecordId, RecordKind};
pub use salvage::{LossReason, SalvageReport, quarantine, salvage};

use super::StoreId;
use super::anchor::AnchorStore;
use super::keyring::Keyring;
use crate::error::WalletError;
use crate::random::Random;
use core::any::Any;
use manifest::Entry;
use readings::Readings;
use schema::{FILE_NAME, LAYOUT};
use session::Session;
use set_root::Meta;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long to wait for another process, unless set otherwise.
const DEFAULT_BUSY: Duration = Duration::from_secs(5);

/// A record, or why it cannot be read.
pub type EachRecord = (RecordId, Result<Record, WalletError>);

/// The unlocked database of one store.
///
/// Several processes of one app may have the same store open. Between calls no transaction is open; call
/// [`Self::suspend`] before the app is suspended, so that no lock on the files is held either.
pub struct Database {
    session: Mutex<Session>,
    /// Never locked while records are read.
    readings: Mutex<Readings>,
}

impl From<Session> for Database {
    fn from(session: Session) -> Self {
        Self {
            session: Mutex::new(session),
            readings: Mutex::default(),
        }
    }
}

impl Database {
    /// Makes the database of a new store in `dir`, which exists. Either all of it is there afterwards or nothing.
    ///
    /// `slots_sequence` is the sequence of the slot files made with it.
    ///
    /// # Errors
    /// `store_exists` if there is a database already: it is never overwritten. `disk_full`, `read_only_medium`,
    /// `io_failed`, `anchor_failed`.
    pub fn create(
        dir: &Path,
        store: StoreId,
        keys: Keyring,
        slots_sequence: u64,
        anchor: Arc<dyn AnchorStore>,
        random: Arc<dyn Random>,
    ) -> Result<Self, WalletError> {
        let session = opening::session(dir, store, &keys, slots_sequence, anchor, random, &LAYOUT);
        Ok(opening::create(session, &keys)?)
    }

    /// Opens the database in `dir`. The state of the set is told by [`Self::integrity`]; a bad one is no error here.
    ///
    /// # Errors
    /// `store_missing`, `store_too_new`, `store_too_old`, `store_corrupt` (salvage it), `rolled_back` (the keys are of
    /// another epoch than the file), `set_mismatch` (the file is another store's), `store_busy`, `anchor_failed`,
    /// `disk_full`, `read_only_medium`, `io_failed`, `sqlite_too_old`.
    pub fn open(
        dir: &Path,
        store: StoreId,
        keys: Keyring,
        slots_sequence: u64,
        anchor: Arc<dyn AnchorStore>,
        random: Arc<dyn Random>,
    ) -> Result<Self, WalletError> {
        let session = opening::session(dir, store, &keys, slots_sequence, anchor, random, &LAYOUT);
        Ok(opening::open(session)?)
    }

    /// Whether there is a database file in `dir`, sound or not.
    pub(crate) fn exists(dir: &Path) -> bool {
        // What cannot be looked at is not taken for absent.
        dir.join(FILE_NAME).try_exists().unwrap_or(true)
    }

    /// Every file a database leaves in its folder.
    pub(crate) fn file_names() -> impl Iterator<Item = String> {
        [
            "", "-wal", "-shm", "-journal", ".new", ".new-wal", ".new-shm",
        ]
        .into_iter()
        .map(|ending| format!("{FILE_NAME}{ending}"))
    }

    /// The name of the database's cell in the anchor.
    pub(crate) fn anchor_cell(store: &StoreId) -> String {
        anchoring::cell_name(store)
    }

    /// The epoch of the root key that the database in `dir` is sealed under. Not authenticated.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn peek_epoch(dir: &Path) -> Result<u32, WalletError> {
        let read = || -> Result<u32, DatabaseError> {
            let (conn, _) = schema::open(&dir.join(FILE_NAME), DEFAULT_BUSY, &LAYOUT)?;
            Ok(Meta::read(&conn)?.point.key_epoch)
        };
        Ok(read()?)
    }

    /// The longest to wait for another process; 5 seconds unless set.
    ///
    /// # Errors
    /// `io_failed`.
    pub fn set_busy_timeout(&self, longest: Duration) -> Result<(), WalletError> {
        let mut session = self.session();
        session.busy = longest;
        let set = |conn: &rusqlite::Connection| conn.busy_timeout(longest);
        match &session.conn {
            Some(conn) => Ok(set(conn).map_err(DatabaseError::from)?),
            None => Ok(()),
        }
    }

    /// The state of the set as last seen.
    #[must_use]
    pub fn integrity(&self) -> IntegrityState {
        self.session().integrity.clone()
    }

    /// The epoch of the root key the records are sealed under.
    ///
    /// # Errors
    /// As for reading.
    pub fn current_epoch(&self) -> Result<u32, WalletError> {
        Ok(self.session().read(|_, _, keys, _| Ok(keys.epoch))?)
    }

    /// The ids of all records of a kind, ascending.
    ///
    /// # Errors
    /// `store_busy`, `store_corrupt`, `io_failed`, `locked` (another process rotated the root key: unlock again).
    pub fn ids(&self, kind: RecordKind) -> Result<Vec<RecordId>, WalletError> {
        Ok(self.session().read(|_, _, _, loaded| {
            Ok(loaded
                .manifest
                .of_kind(kind)
                .map(|entry| entry.id)
                .collect())
        })?)
    }

    /// One record.
    ///
    /// # Errors
    /// `not_found`, `record_corrupt`, `record_misplaced`, `set_mismatch` (it should be there and is not), and as
    /// [`Self::ids`].
    pub fn get(&self, id: &RecordId) -> Result<Record, WalletError> {
        Ok(self.session().read(|conn, store, keys, loaded| {
            let entry = loaded
                .manifest
                .get(id)
                .ok_or(DatabaseError::NotFound(*id))?;
            rows::read(conn, store, keys, &loaded.manifest, &entry)
        })?)
    }

    /// What `make` makes of a record. It is kept as long as the record is as it was, the store unlocked and there is room:
    /// always ask for the same of one record.
    ///
    /// # Errors
    /// As [`Self::get`], and those of `make`.
    pub fn reading<T: Any + Send + Sync>(
        &self,
        id: &RecordId,
        make: impl FnOnce(&Record) -> Result<T, WalletError>,
    ) -> Result<Arc<T>, WalletError> {
        if let Some(made) = self.readings().get(&self.entry(id)?) {
            return Ok(made);
        }
        let (entry, record) = self.session().read(|conn, store, keys, loaded| {
            let entry = loaded
                .manifest
                .get(id)
                .ok_or(DatabaseError::NotFound(*id))?;
            let record = rows::read(conn, store, keys, &loaded.manifest, &entry)?;
            Ok((entry, record))
        })?;
        let made = Arc::new(make(&record)?);
        let kept = Arc::clone(&made);
        self.readings().keep(entry, record.body.len(), kept);
        Ok(made)
    }

    /// Keeps what [`Self::reading`] would make of a record that was just inserted with a body of so many bytes.
    ///
    /// # Errors
    /// As [`Self::reading`].
    pub(crate) fn keep_reading<T: Any + Send + Sync>(
        &self,
        id: &RecordId,
        bytes: usize,
        made: T,
    ) -> Result<(), WalletError> {
        let entry = self.entry(id)?;
        // A later version is another process's.
        if entry.version == 1 {
            self.readings().keep(entry, bytes, Arc::new(made));
        }
        Ok(())
    }

    /// What the manifest says of a record now.
    fn entry(&self, id: &RecordId) -> Result<Entry, WalletError> {
        let entry = self.session().read(|_, _, _, loaded| {
            let entry = loaded.manifest.get(id);
            entry.ok_or(DatabaseError::NotFound(*id))
        });
        Ok(entry?)
    }

    /// Whether there is a record of this id, damaged or not.
    ///
    /// # Errors
    /// As [`Self::ids`].
    pub fn contains(&self, id: &RecordId) -> Result<bool, WalletError> {
        let mut session = self.session();
        Ok(session.read(|_, _, _, loaded| Ok(loaded.manifest.get(id).is_some()))?)
    }

    /// All records of a kind, by ascending id. One damaged record fails the whole list: see [`Self::list_each`].
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn list(&self, kind: RecordKind) -> Result<Vec<Record>, WalletError> {
        Ok(self.session().read(|conn, store, keys, loaded| {
            let _one_snapshot = session::begin_read(conn)?;
            loaded
                .manifest
                .of_kind(kind)
                .map(|entry| rows::read(conn, store, keys, &loaded.manifest, &entry))
                .collect()
        })?)
    }

    /// All records of a kind, with the reason in place of one that cannot be read.
    ///
    /// # Errors
    /// As [`Self::ids`].
    pub fn list_each(&self, kind: RecordKind) -> Result<Vec<EachRecord>, WalletError> {
        Ok(self.session().read(|conn, store, keys, loaded| {
            let _one_snapshot = session::begin_read(conn)?;
            loaded
                .manifest
                .of_kind(kind)
                .map(|entry| {
                    let read = rows::read(conn, store, keys, &loaded.manifest, &entry);
                    each(entry.id, read)
                })
                .collect()
        })?)
    }

    /// Reads every record and returns those that cannot be read, with the reason.
    ///
    /// # Errors
    /// As [`Self::ids`].
    pub fn check(&self) -> Result<Vec<(RecordId, WalletError)>, WalletError> {
        Ok(self.session().read(|conn, store, keys, loaded| {
            let mut damaged = Vec::new();
            for entry in loaded.manifest.iter() {
                let read = rows::read(conn, store, keys, &loaded.manifest, &entry);
                if let (id, Err(error)) = each(entry.id, read)? {
                    damaged.push((id, error));
                }
            }
            Ok(damaged)
        })?)
    }

    /// Makes all changes or none. When it returns, they are durable and the anchor knows them.
    ///
    /// # Errors
    /// `conflict` (a record was changed meanwhile, or an id is taken), `not_found`, `quota_exceeded`, `store_busy`,
    /// `disk_full`, `read_only_medium`, `io_failed`; in another state than `Ok` its code. After `anchor_failed` and
    /// `io_failed` it is open whether the changes are there: read again.
    pub fn commit(&self, changes: Changes) -> Result<(), WalletError> {
        Ok(self.session().commit(&changes, None)?)
    }

    /// Takes the state found for the good one, together with `changes` (which must mark every one-time copy used). Call
    /// it after a full unlock and with the holder's consent. A record that is missing is missing from then on; one that
    /// does not decrypt stays.
    ///
    /// # Errors
    /// As [`Self::commit`]; `store_corrupt` if the tables themselves are damaged (salvage).
    pub fn adopt(&self, changes: Changes) -> Result<(), WalletError> {
        Ok(self.session().adopt(&changes)?)
    }

    /// Tells the database that the slot files have a new sequence: older ones are noticed from now on. Call it when the
    /// new slot files are durable and before the old device key is deleted.
    ///
    /// # Errors
    /// As [`Self::commit`].
    pub fn slots_changed(&self, sequence: u64) -> Result<(), WalletError> {
        Ok(self.session().tell_slots(sequence)?)
    }

    /// Seals everything under the newest key of `next`, which also holds the one in use. Call it when both are in the slot
    /// files; when it returns, the old key opens nothing. Calling it again after a crash is harmless.
    ///
    /// Returns the records that could not be read; they stay as they are.
    ///
    /// # Errors
    /// As [`Self::commit`].
    pub fn rotate(&self, next: &Keyring) -> Result<Vec<RecordId>, WalletError> {
        Ok(self.session().rotate(next)?)
    }

    fn readings(&self) -> MutexGuard<'_, Readings> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the files until the next call, so that no lock is held, and forgets what was made of records. The keys stay.
    ///
    /// # Errors
    /// `io_failed`, `store_corrupt`.
    pub fn suspend(&self) -> Result<(), WalletError> {
        self.readings().clear();
        let mut session = self.session();
        match session.conn.take() {
            Some(conn) => Ok(opening::close(conn)?),
            None => Ok(()),
        }
    }

    /// Closes the files and wipes the keys.
    ///
    /// # Errors
    /// As [`Self::suspend`]; the keys are wiped all the same.
    pub fn close(self) -> Result<(), WalletError> {
        self.suspend()
    }

    fn session(&self) -> MutexGuard<'_, Session> {
        // A panic in the middle of a call left the memory in the state before it, or empty.
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An error of one record is its result; any other ends the whole.
fn each(id: RecordId, read: Result<Record, DatabaseError>) -> Result<EachRecord, DatabaseError> {
    match read {
        Ok(record) => Ok((id, Ok(record))),
        Err(
            error @ (DatabaseError::RecordCorrupt(_)
            | DatabaseError::RecordMisplaced(_)
            | DatabaseError::RecordMissing(_)
            // A damaged page takes the records on it along, not the others.
            | DatabaseError::Corrupt),
        ) => Ok((id, Err(WalletError::from(error).about(id.to_string())))),
        Err(error) => Err(error),
    }
}
