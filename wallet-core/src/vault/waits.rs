//! Waiting times by the monotonic clock, so that setting the wall clock forward shortens none while the process lives.

use super::error::VaultError;
use super::slots::SlotId;
use crate::clock::Clock;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Until when, by the monotonic clock, each slot waits.
#[derive(Default)]
pub(crate) struct Waits(Mutex<BTreeMap<SlotId, Duration>>);

impl Waits {
    /// `slot` waits `seconds` from now on.
    pub(crate) fn set(
        &self,
        slot: SlotId,
        seconds: u64,
        clock: &dyn Clock,
    ) -> Result<(), VaultError> {
        let until = clock
            .monotonic()?
            .saturating_add(Duration::from_secs(seconds));
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(slot, until);
        Ok(())
    }

    /// # Errors
    /// `locked_out` while the slot waits.
    pub(crate) fn check(&self, slot: &SlotId, clock: &dyn Clock) -> Result<(), VaultError> {
        let waits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = waits.get(slot).copied().unwrap_or_default();
        let left = until.saturating_sub(clock.monotonic()?);
        if left.is_zero() {
            return Ok(());
        }
        Err(VaultError::LockedOut {
            seconds: left
                .as_secs()
                .saturating_add(u64::from(left.subsec_nanos() > 0)),
        })
    }
}
