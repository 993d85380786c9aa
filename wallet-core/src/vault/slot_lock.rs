//! One process at a time changes the slot files and the attempt counters. Held for file operations only, never across an
//! await.

use super::error::VaultError;
use super::slots::pair;
use super::{create, erase, files};
use core::time::Duration;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::thread::sleep;
use std::time::Instant;

pub(crate) const FILE: &str = "slots.lock";
const PATIENCE: Duration = Duration::from_secs(5);

/// Unlocks when dropped, also when the process dies.
pub(crate) struct SlotLock {
    _file: File,
}

impl SlotLock {
    /// Waits up to five seconds. What was begun before the store was erased writes nothing after it.
    ///
    /// # Errors
    /// `store_busy`; `store_missing`, `erase_pending` if it was or is being erased; `io_failed`, `read_only_medium`
    pub(crate) fn acquire(dir: &Path) -> Result<Self, VaultError> {
        check_is_there(dir)?;
        let lock = Self::acquire_for_erasing(dir)?;
        check_is_there(dir)?;
        Ok(lock)
    }

    /// Waits up to five seconds, whatever is left of the store.
    ///
    /// # Errors
    /// `store_busy`
    pub(crate) fn acquire_for_erasing(dir: &Path) -> Result<Self, VaultError> {
        let file = files::open_lock(&dir.join(FILE))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                    sleep(Duration::from_millis(5))
                }
                Err(TryLockError::WouldBlock) => return Err(VaultError::Busy),
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
    }
}

/// Whether there is a store, if only one that is being made. What cannot be looked at is not taken for missing.
fn check_is_there(dir: &Path) -> Result<(), VaultError> {
    erase::check_not_pending(dir)?;
    let files = pair::paths(dir)
        .into_iter()
        .chain([dir.join(create::MARKER)]);
    let mut outcome = Err(VaultError::StoreMissing);
    for file in files {
        match file.try_exists() {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) => outcome = Err(error.into()),
        }
    }
    outcome
}
