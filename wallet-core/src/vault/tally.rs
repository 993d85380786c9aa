//! Counting the tries of one slot: durably before each is made, and taken back where none was made after all.

use super::Place;
use super::attempts::{self, Counter, FREE_TRIES, Found, Guard, Tries, Wait};
use super::error::VaultError;
use super::ports::Ports;
use super::slot_lock::SlotLock;
use super::slots::SlotId;
use super::waits::Waits;
use crate::clock::UnixTime;

/// A try that was counted before it was made.
pub(crate) struct Counted {
    before: Tries,
    pub(crate) written: Tries,
}

/// The count of a counter that is not there.
fn count_of_a_lost(guard: &Guard) -> u32 {
    match guard {
        Guard::Hardware(_) => attempts::LOST,
        // Anyone could have written it: a long wait would stop the honest only, who came with a copy to a new phone.
        Guard::None => FREE_TRIES,
    }
}

/// A counted try until the hardware has answered: an error, or a caller who does not wait, takes it back. Where that
/// fails it stays counted.
pub(crate) struct Unanswered<'a> {
    pub(crate) tally: &'a Tally<'a>,
    pub(crate) guard: &'a Guard,
    pub(crate) counted: Option<&'a Counted>,
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        if let Some(counted) = self.counted {
            let _ = self.tally.forget(self.guard, counted);
        }
    }
}

/// The counter of one slot, with its waiting times.
pub(crate) struct Tally<'a> {
    place: &'a Place,
    counter: Counter<'a>,
}

impl<'a> Tally<'a> {
    pub(crate) fn new(place: &'a Place, slot: SlotId) -> Self {
        Self {
            place,
            counter: Counter {
                anchor: &*place.ports.anchor,
                store: place.store,
                slot,
            },
        }
    }

    fn ports(&self) -> &Ports {
        &self.place.ports
    }

    fn waits(&self) -> &Waits {
        &self.place.waits
    }

    /// Refuses while a wait is running, before any work is done. Returns the tries so far. The cell is not
    /// authenticated here: changing it to wait less is noticed in [`Self::count`].
    pub(crate) fn refuse_early(&self) -> Result<u32, VaultError> {
        self.waits()
            .check(&self.counter.slot, &*self.ports().clock)?;
        match self.counter.peek()? {
            Found::Nothing => Ok(0),
            Found::Tries(tries) => match tries.wait(self.ports().clock.now()?) {
                Wait::Seconds(seconds) => Err(VaultError::LockedOut { seconds }),
                // Starting the wait again has to be written, under the MAC.
                Wait::Over | Wait::ClockSetBack(_) => Ok(tries.failures),
            },
        }
    }

    pub(crate) fn failures(&self, guard: &Guard) -> Result<u32, VaultError> {
        Ok(match self.counter.read(guard)? {
            Found::Tries(tries) => tries.failures,
            Found::Nothing => 0,
        })
    }

    /// Counts a try before it is made.
    pub(crate) fn count(&self, guard: &Guard) -> Result<Counted, VaultError> {
        let _lock = SlotLock::acquire(&self.place.dir)?;
        let now = self.ports().clock.now()?;
        let before = match self.counter.read(guard)? {
            Found::Tries(tries) => tries,
            // Lost or forged: whoever did that gains no free tries by it.
            Found::Nothing => return self.wait_from(now, count_of_a_lost(guard), guard),
        };
        self.waits()
            .check(&self.counter.slot, &*self.ports().clock)?;
        match before.wait(now) {
            Wait::Over => {}
            Wait::Seconds(seconds) => return Err(VaultError::LockedOut { seconds }),
            Wait::ClockSetBack(_) => return self.wait_from(now, before.failures, guard),
        }
        let written = Tries {
            failures: before.failures.saturating_add(1),
            since: now,
        };
        self.write(guard, written)?;
        Ok(Counted { before, written })
    }

    fn wait_from(
        &self,
        now: UnixTime,
        failures: u32,
        guard: &Guard,
    ) -> Result<Counted, VaultError> {
        self.write(
            guard,
            Tries {
                failures,
                since: now,
            },
        )?;
        Err(VaultError::LockedOut {
            seconds: attempts::wait_after(failures),
        })
    }

    fn write(&self, guard: &Guard, tries: Tries) -> Result<(), VaultError> {
        self.counter.write(guard, tries)?;
        let wait = attempts::wait_after(tries.failures);
        self.waits()
            .set(self.counter.slot, wait, &*self.ports().clock)
    }

    /// No guess was made after all. Another process may have counted meanwhile: then its count stands.
    fn forget(&self, guard: &Guard, counted: &Counted) -> Result<(), VaultError> {
        let _lock = SlotLock::acquire(&self.place.dir)?;
        if self.counter.read(guard)? != Found::Tries(counted.written) {
            return Ok(());
        }
        self.counter.write(guard, counted.before)?;
        self.waits().set(self.counter.slot, 0, &*self.ports().clock)
    }

    /// No wrong tries.
    pub(crate) fn start(&self, guard: &Guard) -> Result<(), VaultError> {
        let _lock = SlotLock::acquire(&self.place.dir)?;
        let since = self.ports().clock.now()?;
        self.write(guard, Tries { failures: 0, since })
    }
}
