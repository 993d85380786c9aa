//! Anchor cells in memory, for tests: with failures on demand and with restoring an older state.

use super::{AnchorError, AnchorStore};
use crate::vault::files;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A double for tests.
#[derive(Debug)]
pub struct InMemoryAnchorStore {
    cells: Mutex<BTreeMap<String, Vec<u8>>>,
    failing: Mutex<Option<AnchorError>>,
    writes_left: AtomicU64,
}

impl Default for InMemoryAnchorStore {
    fn default() -> Self {
        Self {
            cells: Mutex::default(),
            failing: Mutex::default(),
            writes_left: AtomicU64::new(u64::MAX),
        }
    }
}

impl InMemoryAnchorStore {
    /// Every call fails from now on (or works again).
    pub fn set_failing(&self, failing: bool) {
        self.fail_with(failing.then_some(AnchorError::Failed));
    }

    /// Every call fails in this way from now on.
    pub fn fail_with(&self, error: Option<AnchorError>) {
        *self.failing() = error;
    }

    fn failing(&self) -> MutexGuard<'_, Option<AnchorError>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `writes` more writes work, then every write fails; reading goes on. `u64::MAX`: all work.
    pub fn fail_after_writes(&self, writes: u64) {
        self.writes_left.store(writes, Ordering::SeqCst);
    }

    /// A copy of all cells, for [`Self::restore`].
    #[must_use]
    pub fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        self.lock().clone()
    }

    /// Puts back an older state, as a thief who restores files would.
    pub fn restore(&self, cells: BTreeMap<String, Vec<u8>>) {
        *self.lock() = cells;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self) -> Result<(), AnchorError> {
        files::step("anchor").map_err(|_| AnchorError::Failed)?;
        self.failing().map_or(Ok(()), Err)
    }
}

impl AnchorStore for InMemoryAnchorStore {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, AnchorError> {
        self.check()?;
        Ok(self.lock().get(name).cloned())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), AnchorError> {
        self.check()?;
        match self.writes_left.load(Ordering::SeqCst) {
            0 => return Err(AnchorError::Failed),
            u64::MAX => {}
            left => self.writes_left.store(left - 1, Ordering::SeqCst),
        }
        self.lock().insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), AnchorError> {
        self.check()?;
        self.lock().remove(name);
        Ok(())
    }

    fn is_rollback_safe(&self) -> bool {
        true
    }
}
