//! One process at a time changes the slot files and the attempt counters. Held for file operations only, never across an
//! await.

use super::error::VaultError;
use super::files;
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
    /// Waits up to five seconds.
    ///
    /// # Errors
    /// `store_busy`
    pub(crate) fn acquire(dir: &Path) -> Result<Self, VaultError> {
        let file = files::private()
            .write(true)
            .create(true)
            .truncate(false)
            .open(dir.join(FILE))?;
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
