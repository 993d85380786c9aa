//! The history of an identity: from the slot that names the newest block with an event, block by block to the first.

use super::event::{Change, Event};
use crate::ledger::reading::{self, ChainState, Need, ReadError};
use crate::ledger::{LedgerError, layout};
use alloy_primitives::{Address, U256};

/// Slot of the registry's `owners`.
const OWNERS: u64 = 0;
/// Slot of the registry's `changed`.
const CHANGED: u64 = 2;

/// Most blocks with events of one identity.
pub(super) const MAX_BLOCKS: usize = 400;
/// Most events of one identity.
pub(super) const MAX_EVENTS: usize = 2048;

/// All events of an identity, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    pub(super) changes: Vec<(u64, Change)>,
}

impl History {
    /// Reads the history of `identity` from a registry. Every block that has an event is read whole; none can be left out,
    /// because each names the one before and the registry's own storage names the newest.
    ///
    /// # Errors
    /// What is not known yet; [`LedgerError::HistoryOrder`] if the blocks do not decrease or a block has no event although
    /// one was named, [`LedgerError::HistoryOwner`] if the events say another owner than the registry's storage,
    /// [`LedgerError::Event`], [`LedgerError::TooLarge`].
    pub fn read(
        registry: Address,
        identity: Address,
        state: &dyn ChainState,
    ) -> Result<Self, ReadError> {
        let slot = |number| layout::mapping_of_address(layout::slot(number), identity);
        let [owner, newest] = reading::exact_words(state, registry, [slot(OWNERS), slot(CHANGED)])?;
        let owner = layout::address(owner)?;
        let mut next = block_number(newest)?;
        let mut newest_first: Vec<(u64, Vec<Change>)> = Vec::new();
        let mut events = 0_usize;
        while next != 0 {
            if newest_first.len() == MAX_BLOCKS {
                return Err(LedgerError::TooLarge.into());
            }
            let (changes, previous) = events_of_block(registry, identity, state, next)?;
            events = events.saturating_add(changes.len());
            if events > MAX_EVENTS {
                return Err(LedgerError::TooLarge.into());
            }
            newest_first.push((next, changes));
            next = previous;
        }
        let oldest_first = newest_first.into_iter().rev();
        let changes: Vec<_> = oldest_first
            .flat_map(|(block, changes)| changes.into_iter().map(move |change| (block, change)))
            .collect();
        match last_owner(&changes) == owner {
            true => Ok(Self { changes }),
            false => Err(LedgerError::HistoryOwner.into()),
        }
    }

    /// The newest block with an event.
    #[must_use]
    pub fn newest_block(&self) -> Option<u64> {
        self.changes.last().map(|(block, _)| *block)
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether nothing was ever changed: the identity is as its identifier says.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// The changes of one block in order, and the block before it that has some.
fn events_of_block(
    registry: Address,
    identity: Address,
    state: &dyn ChainState,
    block: u64,
) -> Result<(Vec<Change>, u64), ReadError> {
    let logs = state
        .events(registry, block)
        .ok_or_else(|| ReadError::Needs(vec![Need::Receipts { block }]))?;
    let mut changes = Vec::new();
    let mut before = None;
    for log in logs {
        let Some(Event { change, previous }) = Event::of(identity, log)? else {
            continue;
        };
        let is_in_order = match before {
            // The first of a block follows an earlier block,
            None => previous < block,
            // the others follow the one before them in the same block.
            Some(_) => previous == block,
        };
        if !is_in_order {
            return Err(LedgerError::HistoryOrder.into());
        }
        before.get_or_insert(previous);
        changes.push(change);
    }
    match before {
        Some(previous) => Ok((changes, previous)),
        None => Err(LedgerError::HistoryOrder.into()),
    }
}

fn block_number(word: U256) -> Result<u64, LedgerError> {
    word.try_into().map_err(|_| LedgerError::Layout)
}

/// What the registry's `owners` must hold after these changes: zero if the owner never changed.
fn last_owner(changes: &[(u64, Change)]) -> Address {
    let owners = changes.iter().rev().filter_map(|(_, change)| match change {
        Change::Owner(owner) => Some(*owner),
        Change::Entry { .. } => None,
    });
    owners.into_iter().next().unwrap_or_default()
}
