#![allow(clippy::unwrap_used)]

mod documents;
mod events;
mod histories;
mod identifiers;

use super::event::{ATTRIBUTE_CHANGED, DELEGATE_CHANGED, OWNER_CHANGED};
use crate::ledger::reading::KnownState;
use crate::ledger::receipts::Log;
use crate::ledger::{Address, B256, U256, layout};

const REGISTRY: Address = Address::repeat_byte(0xee);
const IDENTITY: Address = Address::repeat_byte(0x11);
const OTHER: Address = Address::repeat_byte(0x22);

fn word(number: u64) -> Vec<u8> {
    U256::from(number).to_be_bytes_vec()
}

fn name(text: &str) -> Vec<u8> {
    let mut word = text.as_bytes().to_vec();
    word.resize(32, 0);
    word
}

fn log(kind: B256, identity: Address, arguments: &[Vec<u8>]) -> Log {
    Log {
        address: REGISTRY,
        topics: vec![kind, identity.into_word()],
        data: arguments.concat().into(),
    }
}

fn owner_changed(owner: Address, previous: u64) -> Log {
    let arguments = [owner.into_word().to_vec(), word(previous)];
    log(OWNER_CHANGED, IDENTITY, &arguments)
}

fn delegate_changed(role: &str, delegate: Address, valid_to: u64, previous: u64) -> Log {
    let arguments = [
        name(role),
        delegate.into_word().to_vec(),
        word(valid_to),
        word(previous),
    ];
    log(DELEGATE_CHANGED, IDENTITY, &arguments)
}

fn attribute_changed(attribute: &str, value: &[u8], valid_to: u64, previous: u64) -> Log {
    let mut padded = value.to_vec();
    padded.resize(value.len().next_multiple_of(32), 0);
    let arguments = [
        name(attribute),
        word(128),
        word(valid_to),
        word(previous),
        word(value.len() as u64),
        padded,
    ];
    log(ATTRIBUTE_CHANGED, IDENTITY, &arguments)
}

/// A chain on which the registry says this of [`IDENTITY`].
fn chain(owner: Address, newest: u64, blocks: &[(u64, &[Log])]) -> KnownState {
    let slot = |number| layout::mapping_of_address(layout::slot(number), IDENTITY);
    let mut state = KnownState::default();
    state.learn_word(REGISTRY, slot(0), owner.into_word().into());
    state.learn_word(REGISTRY, slot(2), U256::from(newest));
    for (block, logs) in blocks {
        state.learn_events(*block, logs.to_vec());
    }
    state
}
