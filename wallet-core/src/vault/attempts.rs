//! Counting wrong tries, in a cell of the anchor. The count is durable before the guess is made.

use super::anchor::AnchorStore;
use super::derive::{hkdf, hmac, hmac_matches};
use super::error::VaultError;
use super::slots::SlotId;
use super::store_id::StoreId;
use crate::clock::UnixTime;
use crate::labels;
use crate::secret::Secret;

/// Tries without waiting.
pub(crate) const FREE_TRIES: u32 = 5;
/// Seconds to wait after the fifth, sixth, … wrong try; the last one after every further try.
const WAITS: [u64; 5] = [30, 5 * 60, 60 * 60, 8 * 60 * 60, 24 * 60 * 60];

const VERSION: u8 = 1;
const SIGNED_BYTES: usize = 13;
const CELL_BYTES: usize = SIGNED_BYTES + 32;

/// The count with which a counter begins that was lost or forged; wrong tries are added. It waits an hour first, then
/// longer: who can delete the cell before each try has one in an hour. The tries before are not known, so that none of
/// them destroys a key.
pub(crate) const LOST: u32 = 1 << 31;
/// Where in [`WAITS`] a lost counter begins.
const LOST_WAITS: u32 = 2;

/// Wrong tries that are known to have been made.
pub(crate) fn wrong_tries(failures: u32) -> u32 {
    failures & !LOST
}

/// Seconds to wait after this many wrong tries.
pub(crate) fn wait_after(failures: u32) -> u64 {
    let over = match failures.checked_sub(LOST) {
        Some(since_lost) => Some(since_lost.saturating_add(LOST_WAITS)),
        None => failures.checked_sub(FREE_TRIES),
    };
    let Some(over) = over else {
        return 0;
    };
    let [.., longest] = WAITS;
    usize::try_from(over)
        .ok()
        .and_then(|over| WAITS.get(over))
        .copied()
        .unwrap_or(longest)
}

/// How many wrong tries were made and when the wait for the next began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tries {
    pub(crate) failures: u32,
    pub(crate) since: UnixTime,
}

/// What the wall clock says about waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    Over,
    Seconds(u64),
    /// The clock was set back: the whole wait starts again.
    ClockSetBack(u64),
}

impl Tries {
    pub(crate) fn wait(&self, now: UnixTime) -> Wait {
        let wait = wait_after(self.failures);
        let Ok(passed) = u64::try_from(now.as_secs().saturating_sub(self.since.as_secs())) else {
            return if wait == 0 {
                Wait::Over
            } else {
                Wait::ClockSetBack(wait)
            };
        };
        match wait.saturating_sub(passed) {
            0 => Wait::Over,
            left => Wait::Seconds(left),
        }
    }
}

/// What protects a counter against being changed in the anchor.
pub(crate) enum Guard {
    /// A MAC under a key from the store's hardware key.
    Hardware(Secret<32>),
    /// Nothing: there is no hardware key.
    None,
}

impl Guard {
    /// From the answer of the store's hardware key.
    pub(crate) fn hardware(store: &StoreId, answer: &Secret<32>) -> Result<Self, VaultError> {
        hkdf(
            Some(store.as_bytes()),
            answer.expose(),
            &[labels::ATTEMPTS_MAC],
        )
        .map(Self::Hardware)
    }
}

/// What was found in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Tries(Tries),
    /// No cell, or not one of ours.
    Nothing,
}

/// The counter of one slot.
pub(crate) struct Counter<'a> {
    pub(crate) anchor: &'a dyn AnchorStore,
    pub(crate) store: StoreId,
    pub(crate) slot: SlotId,
}

impl Counter<'_> {
    fn name(&self) -> String {
        cell_name(&self.store, &self.slot)
    }

    /// The cell without looking at its MAC, for refusing early.
    pub(crate) fn peek(&self) -> Result<Found, VaultError> {
        let cell = self.anchor.read(&self.name())?;
        Ok(cell
            .and_then(|cell| parse(&cell))
            .map_or(Found::Nothing, |(tries, _, _)| Found::Tries(tries)))
    }

    /// The cell, if it is as `guard` demands.
    pub(crate) fn read(&self, guard: &Guard) -> Result<Found, VaultError> {
        let Some(cell) = self.anchor.read(&self.name())? else {
            return Ok(Found::Nothing);
        };
        let Some((tries, signed, mac)) = parse(&cell) else {
            return Ok(Found::Nothing);
        };
        let is_ours = match guard {
            Guard::Hardware(key) => {
                hmac_matches(key, &[self.store.as_bytes(), &self.slot, &signed], &mac)?
            }
            Guard::None => true,
        };
        Ok(if is_ours {
            Found::Tries(tries)
        } else {
            Found::Nothing
        })
    }

    /// Writes the cell durably.
    pub(crate) fn write(&self, guard: &Guard, tries: Tries) -> Result<(), VaultError> {
        let mut cell = Vec::with_capacity(CELL_BYTES);
        cell.push(VERSION);
        cell.extend_from_slice(&tries.failures.to_be_bytes());
        cell.extend_from_slice(&tries.since.as_secs().to_be_bytes());
        let mac = match guard {
            Guard::Hardware(key) => hmac(key, &[self.store.as_bytes(), &self.slot, &cell])?,
            Guard::None => [0; 32],
        };
        cell.extend_from_slice(&mac);
        Ok(self.anchor.write(&self.name(), &cell)?)
    }
}

/// The cell's name.
pub(crate) fn cell_name(store: &StoreId, slot: &SlotId) -> String {
    let slot = StoreId::from_bytes(*slot);
    format!("{store}.attempts.{slot}")
}

fn parse(cell: &[u8]) -> Option<(Tries, [u8; SIGNED_BYTES], [u8; 32])> {
    let (signed, mac) = cell.split_first_chunk::<SIGNED_BYTES>()?;
    let (version, rest) = signed.split_first()?;
    let (failures, since) = rest.split_first_chunk::<4>()?;
    let tries = Tries {
        failures: u32::from_be_bytes(*failures),
        since: UnixTime::from_secs(i64::from_be_bytes(since.try_into().ok()?)),
    };
    (*version == VERSION).then_some((tries, *signed, mac.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::vault::anchor::InMemoryAnchorStore;
    use proptest::prelude::*;

    #[test]
    fn five_tries_are_free_then_the_wait_grows_to_a_day() {
        let waits: Vec<u64> = (0..12).map(wait_after).collect();
        assert_eq!(
            waits,
            [0, 0, 0, 0, 0, 30, 300, 3600, 28_800, 86_400, 86_400, 86_400]
        );
        assert_eq!(wait_after(LOST - 1), 86_400);
        let lost: Vec<u64> = (LOST..).take(4).map(wait_after).collect();
        assert_eq!(lost, [3600, 28_800, 86_400, 86_400]);
        assert_eq!(wait_after(u32::MAX), 86_400);
    }

    #[test]
    fn a_clock_set_back_starts_the_wait_again() {
        let tries = Tries {
            failures: 6,
            since: UnixTime::from_secs(1000),
        };
        assert_eq!(tries.wait(UnixTime::from_secs(1000)), Wait::Seconds(300));
        assert_eq!(tries.wait(UnixTime::from_secs(1299)), Wait::Seconds(1));
        assert_eq!(tries.wait(UnixTime::from_secs(1300)), Wait::Over);
        assert_eq!(
            tries.wait(UnixTime::from_secs(999)),
            Wait::ClockSetBack(300)
        );
    }

    fn key() -> Guard {
        Guard::Hardware(Secret::take(&mut [9; 32]))
    }

    #[test]
    fn a_cell_with_any_bit_changed_or_of_another_slot_or_store_is_not_believed() {
        let anchor = InMemoryAnchorStore::default();
        let counter = Counter {
            anchor: &anchor,
            store: StoreId::from_bytes([1; 16]),
            slot: [2; 16],
        };
        let tries = Tries {
            failures: 3,
            since: UnixTime::from_secs(77),
        };
        counter.write(&key(), tries).unwrap();
        assert_eq!(counter.read(&key()).unwrap(), Found::Tries(tries));
        let cell = anchor.read(&counter.name()).unwrap().unwrap();
        for bit in 0..cell.len() * 8 {
            let mut changed = cell.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            anchor.write(&counter.name(), &changed).unwrap();
            assert_eq!(counter.read(&key()).unwrap(), Found::Nothing, "{bit}");
        }
        for other in [
            Counter {
                slot: [3; 16],
                ..counter
            },
            Counter {
                store: StoreId::from_bytes([4; 16]),
                ..counter
            },
        ] {
            anchor.write(&other.name(), &cell).unwrap();
            assert_eq!(other.read(&key()).unwrap(), Found::Nothing);
        }
    }

    proptest! {
        #[test]
        fn no_cell_makes_it_panic(cell in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&cell);
        }

        #[test]
        fn moving_the_clock_back_never_shortens_a_wait(failures in 5..12_u32, since in 0..1_000_000_i64, back in 1..1_000_000_i64) {
            let tries = Tries { failures, since: UnixTime::from_secs(since) };
            prop_assert_eq!(
                tries.wait(UnixTime::from_secs(since - back)),
                Wait::ClockSetBack(wait_after(failures))
            );
        }
    }
}
