//! One at a time makes or erases the store of a folder: what stands in it while a store is being made is else taken for what
//! a crash left, and its hardware keys for nobody's.

use super::error::VaultError;
use super::files;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

const FILE: &str = "create.lock";

/// Held from beginning to end, also while the hardware is waited for. Unlocks when dropped, also when the process dies; the
/// empty file that stays then means nothing.
pub(crate) struct CreateLock {
    path: PathBuf,
    _file: File,
}

impl CreateLock {
    /// Does not wait: the other one may be waiting for the holder.
    ///
    /// # Errors
    /// `store_busy` while another one is at it.
    pub(crate) fn acquire(dir: &Path) -> Result<Self, VaultError> {
        let path = dir.join(FILE);
        let file = files::open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { path, _file: file }),
            Err(TryLockError::WouldBlock) => Err(VaultError::Busy),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Takes the file away, once whoever comes next finds the store made or being erased.
    pub(crate) fn remove(self) {
        // What is done is done, and an empty file that stays is harmless.
        let _ = fs::remove_file(&self.path);
    }
}
