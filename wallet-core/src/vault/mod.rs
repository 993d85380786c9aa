//! The encrypted store: key slots, records, the anchor against rollback. docs/vault-format.md describes every byte.
//!
//! [`Vault`] is the store as a whole. It is locked or unlocked; the records are reached through [`Vault::with_database`]
//! while it is unlocked. Nothing is ever deleted or recreated because of an error.

pub mod anchor;
mod attempts;
mod auto_lock;
mod change_pin;
mod create;
mod create_lock;
pub mod database;
mod derive;
pub mod device_key;
mod enrol;
mod erase;
mod error;
mod files;
mod guess;
mod kdf;
mod keyring;
mod passphrase;
mod pin;
mod ports;
mod recovery;
mod rescue;
mod rotate;
mod settle;
mod slot_lock;
mod slots;
mod store_id;
mod tally;
#[cfg(test)]
mod tests;
mod unlock;
mod waits;

pub use auto_lock::AutoLock;
pub use change_pin::Retirement;
pub use create::{Created, Enrolments};
pub use erase::Erased;
pub use error::{UnsafeReason, VaultError};
pub use guess::UnlockWith;
pub use kdf::{KdfParams, KdfProfile};
pub use keyring::Keyring;
pub use passphrase::{Passphrase, PassphraseWeakness};
pub use pin::{Pin, PinWeakness};
pub use ports::{Ports, VaultSettings};
pub use recovery::RecoveryCode;
pub use rotate::{Keep, Rotated};
pub use slots::SlotKind;
pub use store_id::StoreId;
pub use unlock::{Advisory, AttemptProtection, UnlockAttempt, UnlockReport};

use crate::error::ErrorCode;
use crate::order;
use crate::secret::Secret;
use auto_lock::SessionClock;
use database::{Database, IntegrityState};
use device_key::DeviceKeyError;
use slot_lock::SlotLock;
use slots::SlotTable;
use slots::pair::{self, Pair};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use waits::Waits;

/// Where a store is and what it works with: what stays the same, locked or not.
pub(crate) struct Place {
    dir: PathBuf,
    store: StoreId,
    ports: Ports,
    waits: Waits,
}

/// A store. May be shared between threads.
///
/// The `async` methods derive keys with Argon2id while polled: poll them on a worker thread.
pub struct Vault {
    place: Place,
    settings: VaultSettings,
    /// `None` while locked. Never held across an await.
    session: Mutex<Option<Session>>,
    /// How often it was locked: what was begun before a lock does not unlock after it. Changed with `session` held only.
    locks: AtomicU64,
}

/// An unlocked store.
struct Session {
    keyring: Keyring,
    database: Database,
    clock: SessionClock,
    /// `None` where the store has no hardware key.
    device_bound: Option<Result<Arc<Secret<32>>, DeviceKeyError>>,
}

impl Session {
    /// Writes to the medium: not to be called while others wait for the session.
    fn end(session: Option<Self>) {
        if let Some(session) = session {
            // What is committed is durable; a checkpoint that fails is made up for at the next closing.
            let _ = session.database.close();
        }
    }
}

/// A slot as the app may show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotOverview {
    /// What opens it.
    pub kind: SlotKind,
    /// Whether it survives the loss of the hardware key.
    pub is_durable: bool,
    /// Wrong tries after which it is destroyed; `None` = never.
    pub erase_after: Option<u8>,
}

impl Vault {
    /// Opens the store in `dir`, locked. Nothing is written.
    ///
    /// # Errors
    /// `store_missing`, `store_too_new`, `erase_pending`, `header_corrupt`, `read_only_medium`
    pub fn open(
        dir: impl Into<PathBuf>,
        ports: Ports,
        settings: VaultSettings,
    ) -> Result<Self, VaultError> {
        let dir = dir.into();
        erase::check_not_pending(&dir)?;
        if create::is_unfinished(&dir)? {
            return Err(VaultError::StoreMissing);
        }
        let pair = Pair::load(&dir)?;
        if pair.is_missing() && !Database::exists(&dir) {
            return Err(VaultError::StoreMissing);
        }
        let store = pair.newest()?.store;
        Ok(Self::locked(dir, store, ports, settings))
    }

    fn locked(dir: PathBuf, store: StoreId, ports: Ports, settings: VaultSettings) -> Self {
        Self {
            place: Place {
                dir,
                store,
                ports,
                waits: Waits::default(),
            },
            settings,
            session: Mutex::new(None),
            locks: AtomicU64::new(0),
        }
    }

    /// The store's id.
    #[must_use]
    pub fn store_id(&self) -> StoreId {
        self.place.store
    }

    /// The folder the store is in.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.place.dir
    }

    /// What the store can be opened with.
    ///
    /// # Errors
    /// `header_corrupt`, `store_too_new`
    pub fn slots(&self) -> Result<Vec<SlotOverview>, VaultError> {
        let pair = Pair::load(&self.place.dir)?;
        let mut slots: Vec<_> = pair.newest()?.slots().map(SlotOverview::of).collect();
        // Two versions of one slot, while a change is under way.
        order::sort_by_key(&mut slots, |slot| slot.kind);
        slots.dedup_by_key(|slot| slot.kind);
        Ok(slots)
    }

    /// Locks: the keys are wiped, the database is closed. Call it when the app goes to the background. An unlocking that
    /// is under way ends with `locked`.
    pub fn lock(&self) {
        let mut slot = self.session_slot();
        self.locks.fetch_add(1, Ordering::Relaxed);
        let session = slot.take();
        drop(slot);
        Session::end(session);
    }

    /// Whether the vault is unlocked, after auto-lock.
    #[must_use]
    pub fn is_unlocked(&self) -> bool {
        self.seconds_until_lock().is_some()
    }

    /// Seconds until the vault locks itself if nothing is done; `None` if it is locked.
    #[must_use]
    pub fn seconds_until_lock(&self) -> Option<u64> {
        let mut slot = self.session_slot();
        let session = slot.as_ref()?;
        let left = session.clock.left(&*self.place.ports.clock);
        if left.is_zero() {
            // The holder may be unlocking again just now: that goes on.
            let session = slot.take();
            drop(slot);
            Session::end(session);
            return None;
        }
        Some(left.as_secs().max(1))
    }

    /// The holder did something: the idle time starts again.
    ///
    /// # Errors
    /// `locked`
    pub fn touch(&self) -> Result<(), VaultError> {
        self.with_session(|_| Ok(()))
    }

    /// Whether the records are all there, unchanged and the newest.
    ///
    /// # Errors
    /// `locked`
    pub fn integrity(&self) -> Result<IntegrityState, VaultError> {
        self.with_session(|session| Ok(session.database.integrity()))
    }

    /// Works with the records. Counts as use. Do not wait for anything inside.
    ///
    /// # Errors
    /// `locked`, and what `work` returns
    pub fn with_database<R, E: From<VaultError>>(
        &self,
        work: impl FnOnce(&Database) -> Result<R, E>,
    ) -> Result<R, E> {
        self.with_session(|session| Ok(work(&session.database)))?
    }

    /// The key that seals software holder keys of device-bound credentials. It needs the hardware key, so that the files
    /// with a recovery code give the data but never the keys. `None` in a store made without a hardware key.
    ///
    /// # Errors
    /// `locked`; `device_key_*` if the hardware key gave no answer at unlocking: the keys sealed so need reissuing
    /// (missing, invalidated) or another unlock (unavailable now).
    pub fn device_bound_key(&self) -> Result<Option<Arc<Secret<32>>>, VaultError> {
        self.with_session(|session| Ok(session.device_bound.clone().transpose()?))
    }

    fn session_slot(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works with the unlocked session, if it is not over.
    fn with_session<R>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<R, VaultError>,
    ) -> Result<R, VaultError> {
        if self.seconds_until_lock().is_none() {
            return Err(VaultError::Locked);
        }
        let mut slot = self.session_slot();
        let session = slot.as_mut().ok_or(VaultError::Locked)?;
        session.clock.touch(&*self.place.ports.clock);
        work(session)
    }

    /// The keyring of the unlocked session.
    fn keyring(&self) -> Result<Keyring, VaultError> {
        self.with_session(|session| Ok(session.keyring.clone()))
    }

    /// The slot table on disk.
    fn read_table(&self, keyring: &Keyring) -> Result<SlotTable, VaultError> {
        let pair = Pair::load(&self.place.dir)?;
        if keyring.get(pair.newest()?.mac_epoch).is_none() {
            // Another process rotated the root key.
            return Err(VaultError::Conflict);
        }
        Ok(pair.verify(keyring)?.table)
    }

    /// Changes the slot table on disk and tells the anchor.
    fn update_table(
        &self,
        keyring: &Keyring,
        edit: impl FnOnce(&mut SlotTable) -> Result<(), VaultError>,
    ) -> Result<SlotTable, VaultError> {
        let _lock = SlotLock::acquire(&self.place.dir)?;
        let mut table = self.read_table(keyring)?;
        edit(&mut table)?;
        self.with_session(|session| self.place.save(&mut table, keyring, &session.database))?;
        Ok(table)
    }
}

impl Place {
    /// Writes the table under the next sequence number and tells the anchor.
    fn save(
        &self,
        table: &mut SlotTable,
        keyring: &Keyring,
        database: &Database,
    ) -> Result<(), VaultError> {
        require_sound(database)?;
        table.sequence = table.sequence.checked_add(1).ok_or(VaultError::Conflict)?;
        pair::save(&self.dir, table, keyring)?;
        Ok(database.slots_changed(table.sequence)?)
    }

    /// Deletes hardware keys of this store. Slot files name keys before anyone could check who wrote them: keys of other
    /// stores, or of the app, are left alone.
    async fn delete_keys(&self, aliases: &[String]) -> Result<(), DeviceKeyError> {
        let device_key = self
            .ports
            .device_key
            .as_ref()
            .ok_or(DeviceKeyError::Unsupported)?;
        let ours = enrol::alias_prefix(&self.store);
        for alias in aliases.iter().filter(|alias| alias.starts_with(&ours)) {
            device_key.delete(alias).await?;
        }
        Ok(())
    }
}

/// The slots are changed only in a store that is as it was left.
fn require_sound(database: &Database) -> Result<(), VaultError> {
    let code = match database.integrity() {
        IntegrityState::Ok => return Ok(()),
        IntegrityState::AnchorMissing => ErrorCode::AnchorMissing,
        IntegrityState::SetMismatch { .. } => ErrorCode::SetMismatch,
        IntegrityState::RolledBack { .. } | IntegrityState::SlotsRolledBack { .. } => {
            ErrorCode::RolledBack
        }
    };
    Err(VaultError::Wallet(code.into()))
}

impl SlotOverview {
    fn of(slot: &slots::Slot) -> Self {
        let erase_after = match slot.header.method {
            slots::Method::Pin { erase_after, .. } if erase_after > 0 => Some(erase_after),
            _ => None,
        };
        Self {
            kind: slot.header.kind(),
            is_durable: slot.header.kind().is_durable(),
            erase_after,
        }
    }
}
