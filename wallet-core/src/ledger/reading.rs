//! Reading a chain's state in rounds. The same code reads what was proven and, before that, learns from answers nobody has
//! checked yet what has to be proven: an array's elements are known only when its length is.

use super::receipts::Log;
use super::{LedgerError, layout};
use alloy_primitives::{Address, B256, U256};
use std::collections::BTreeMap;

/// What is known of a chain as it was after one block.
pub trait ChainState {
    /// The word in a slot of a contract; `None` if it is not known. An empty slot is zero.
    fn word(&self, contract: Address, slot: B256) -> Option<U256>;

    /// All events a contract told in a block, in order; `None` if not all are known.
    fn events(&self, contract: Address, block: u64) -> Option<Vec<&Log>>;
}

/// What has to be known before reading goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// A storage slot, after the block the question is about.
    Slot {
        /// The contract.
        contract: Address,
        /// The slot.
        slot: B256,
    },
    /// The header and the complete list of receipts of a block.
    Receipts {
        /// The block's number.
        block: u64,
    },
}

/// What was learned so far, by anyone's word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownState {
    words: BTreeMap<(Address, B256), U256>,
    events: BTreeMap<u64, Vec<Log>>,
}

impl KnownState {
    /// A word.
    pub fn learn_word(&mut self, contract: Address, slot: B256, word: U256) {
        self.words.insert((contract, slot), word);
    }

    /// All events of a block, those of all contracts, in order.
    pub fn learn_events(&mut self, block: u64, events: Vec<Log>) {
        self.events.insert(block, events);
    }
}

impl ChainState for KnownState {
    fn word(&self, contract: Address, slot: B256) -> Option<U256> {
        self.words.get(&(contract, slot)).copied()
    }

    fn events(&self, contract: Address, block: u64) -> Option<Vec<&Log>> {
        let events = self.events.get(&block)?.iter();
        Some(events.filter(|log| log.address == contract).collect())
    }
}

/// Why reading stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// These are not known yet. Never empty.
    Needs(Vec<Need>),
    /// What is known cannot be.
    Refused(LedgerError),
}

impl From<LedgerError> for ReadError {
    fn from(error: LedgerError) -> Self {
        Self::Refused(error)
    }
}

impl From<ReadError> for LedgerError {
    /// For a state that was proven and has no more to come.
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Refused(error) => error,
            ReadError::Needs(needs) => match needs.first() {
                Some(Need::Receipts { .. }) => Self::BlockMissing,
                _ => Self::SlotNotProven,
            },
        }
    }
}

/// Two readings that do not wait for each other: what either needs is asked for in one round.
pub(crate) fn both<A, B>(
    first: Result<A, ReadError>,
    second: Result<B, ReadError>,
) -> Result<(A, B), ReadError> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(ReadError::Needs(mut needs)), Err(ReadError::Needs(more))) => {
            needs.extend(more);
            Err(ReadError::Needs(needs))
        }
        (Err(refused @ ReadError::Refused(_)), _) | (_, Err(refused @ ReadError::Refused(_))) => {
            Err(refused)
        }
        (Err(needs), Ok(_)) | (Ok(_), Err(needs)) => Err(needs),
    }
}

/// What is needed next; nothing if `read` came to its end.
///
/// # Errors
/// What `read` refuses.
pub fn needs<T>(read: Result<T, ReadError>) -> Result<Vec<Need>, LedgerError> {
    match read {
        Ok(_) => Ok(Vec::new()),
        Err(ReadError::Needs(needs)) => Ok(needs),
        Err(ReadError::Refused(error)) => Err(error),
    }
}

/// These words, all of them or the list of those that are missing.
pub(crate) fn words(
    state: &dyn ChainState,
    slots: impl IntoIterator<Item = (Address, B256)>,
) -> Result<Vec<U256>, ReadError> {
    let mut words = Vec::new();
    let mut missing = Vec::new();
    for (contract, slot) in slots {
        match state.word(contract, slot) {
            Some(word) => words.push(word),
            None => missing.push(Need::Slot { contract, slot }),
        }
    }
    match missing.is_empty() {
        true => Ok(words),
        false => Err(ReadError::Needs(missing)),
    }
}

/// [`words`] for a number of slots known beforehand.
pub(crate) fn exact_words<const N: usize>(
    state: &dyn ChainState,
    contract: Address,
    slots: [B256; N],
) -> Result<[U256; N], ReadError> {
    let words = words(state, slots.map(|slot| (contract, slot)))?;
    words
        .try_into()
        .map_err(|_| LedgerError::SlotNotProven.into())
}

/// The byte strings at these slots: their heads, then what stands after the hash of the slot.
pub(crate) fn byte_strings(
    state: &dyn ChainState,
    slots: Vec<(Address, B256)>,
) -> Result<Vec<Vec<u8>>, ReadError> {
    let heads = words(state, slots.iter().copied())?;
    let mut rest = Vec::new();
    for ((contract, slot), head) in slots.iter().zip(heads) {
        let count = layout::words_after(head)?;
        rest.extend((0..count).map(|index| (*contract, layout::element(*slot, index))));
    }
    words(state, rest)?;
    let read = |(contract, slot)| {
        let word = |slot| state.word(contract, slot).ok_or(LedgerError::SlotNotProven);
        layout::bytes(word, slot).map_err(ReadError::from)
    };
    slots.into_iter().map(read).collect()
}
