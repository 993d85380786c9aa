use super::{IDENTITY, OTHER, REGISTRY, attribute_changed, chain, delegate_changed, owner_changed};
use crate::did::did_ethr::History;
use crate::did::did_ethr::history::{MAX_BLOCKS, MAX_EVENTS};
use crate::ledger::reading::{self, KnownState, Need, ReadError};
use crate::ledger::receipts::Log;
use crate::ledger::{Address, LedgerError, U256, layout};

const NOBODY: Address = Address::ZERO;

fn read(state: &KnownState) -> Result<History, ReadError> {
    History::read(REGISTRY, IDENTITY, state)
}

fn refused(state: &KnownState) -> LedgerError {
    match read(state).unwrap_err() {
        ReadError::Refused(error) => error,
        ReadError::Needs(needs) => panic!("{needs:?}"),
    }
}

fn key(number: u8, previous: u64) -> Log {
    attribute_changed("did/pub/Ed25519/veriKey/hex", &[number; 32], 100, previous)
}

#[test]
fn a_history_is_read_from_the_newest_block_to_the_first_and_told_in_time() {
    let state = chain(
        OTHER,
        9,
        &[
            (9, &[key(3, 5), key(4, 9)]),
            (5, &[owner_changed(OTHER, 2)]),
            (2, &[key(1, 0), key(2, 2)]),
        ],
    );
    let history = read(&state).unwrap();
    let blocks: Vec<_> = history.changes.iter().map(|(block, _)| *block).collect();
    assert_eq!(blocks, [2, 2, 5, 9, 9]);
    assert_eq!(history.newest_block(), Some(9));
}

#[test]
fn an_identity_that_was_never_changed_has_no_history() {
    assert!(read(&chain(NOBODY, 0, &[])).unwrap().is_empty());
}

#[test]
fn events_of_others_in_the_same_block_are_passed_over() {
    let mut other = key(7, 3);
    other.topics[1] = OTHER.into_word();
    let mut elsewhere = key(8, 3);
    elsewhere.address = OTHER;
    let state = chain(
        NOBODY,
        9,
        &[(9, &[other.clone(), key(3, 0), elsewhere, other, key(4, 9)])],
    );
    assert_eq!(read(&state).unwrap().len(), 2);
}

#[test]
fn what_is_needed_is_asked_for_round_by_round() {
    let slot = |number| Need::Slot {
        contract: REGISTRY,
        slot: layout::mapping_of_address(layout::slot(number), IDENTITY),
    };
    let needs = |state: &KnownState| reading::needs(read(state)).unwrap();
    assert_eq!(needs(&KnownState::default()), [slot(0), slot(2)]);
    assert_eq!(needs(&chain(NOBODY, 9, &[])), [Need::Receipts { block: 9 }]);
    let state = chain(NOBODY, 9, &[(9, &[key(1, 4)])]);
    assert_eq!(needs(&state), [Need::Receipts { block: 4 }]);
    let state = chain(NOBODY, 9, &[(9, &[key(1, 4)]), (4, &[key(2, 0)])]);
    assert_eq!(needs(&state), []);
}

#[test]
fn a_block_that_is_not_given_is_an_error_and_no_shorter_history() {
    let state = chain(NOBODY, 9, &[(9, &[key(1, 4)])]);
    let error = LedgerError::from(read(&state).unwrap_err());
    assert_eq!(error, LedgerError::BlockMissing);
    let error = LedgerError::from(read(&KnownState::default()).unwrap_err());
    assert_eq!(error, LedgerError::SlotNotProven);
}

#[test]
fn a_block_that_is_named_has_an_event() {
    assert_eq!(
        refused(&chain(NOBODY, 9, &[(9, &[])])),
        LedgerError::HistoryOrder
    );
    let mut other = key(7, 3);
    other.topics[1] = OTHER.into_word();
    assert_eq!(
        refused(&chain(NOBODY, 9, &[(9, &[other])])),
        LedgerError::HistoryOrder
    );
}

#[test]
fn blocks_go_back_in_time() {
    for previous in [9, 10, u64::MAX] {
        let state = chain(NOBODY, 9, &[(9, &[key(1, previous)]), (10, &[key(2, 0)])]);
        assert_eq!(refused(&state), LedgerError::HistoryOrder, "{previous}");
    }
}

#[test]
fn a_second_event_of_a_block_follows_the_first() {
    for previous in [0, 4, 8, 10] {
        let state = chain(
            NOBODY,
            9,
            &[(9, &[key(1, 4), key(2, previous)]), (4, &[key(3, 0)])],
        );
        assert_eq!(refused(&state), LedgerError::HistoryOrder, "{previous}");
    }
}

#[test]
fn an_event_left_out_of_a_block_is_noticed() {
    // The first of two is hidden: the second then claims to follow its own block.
    let state = chain(NOBODY, 9, &[(9, &[key(2, 9)])]);
    assert_eq!(refused(&state), LedgerError::HistoryOrder);
}

#[test]
fn the_events_end_with_the_owner_in_storage() {
    let owners = [owner_changed(OTHER, 4), owner_changed(REGISTRY, 9)];
    assert!(read(&chain(REGISTRY, 9, &[(9, &owners), (4, &[key(1, 0)])])).is_ok());
    for owner in [NOBODY, OTHER, IDENTITY] {
        let state = chain(owner, 9, &[(9, &owners), (4, &[key(1, 0)])]);
        assert_eq!(refused(&state), LedgerError::HistoryOwner);
    }
    // An owner without any event.
    assert_eq!(refused(&chain(OTHER, 0, &[])), LedgerError::HistoryOwner);
}

#[test]
fn storage_holds_addresses_and_block_numbers() {
    let slot = |number| layout::mapping_of_address(layout::slot(number), IDENTITY);
    for number in [0, 2] {
        let mut state = chain(NOBODY, 0, &[]);
        state.learn_word(REGISTRY, slot(number), U256::MAX);
        assert_eq!(refused(&state), LedgerError::Layout);
    }
}

#[test]
fn a_history_without_end_is_cut_off() {
    let blocks: Vec<_> = (1..=MAX_BLOCKS as u64 + 1)
        .map(|block| (block, vec![delegate_changed("x", OTHER, 1, block - 1)]))
        .collect();
    let state = |count: usize| {
        let mut state = chain(NOBODY, count as u64, &[]);
        for (block, logs) in &blocks[..count] {
            state.learn_events(*block, logs.clone());
        }
        state
    };
    assert_eq!(read(&state(MAX_BLOCKS)).unwrap().len(), MAX_BLOCKS);
    assert_eq!(refused(&state(MAX_BLOCKS + 1)), LedgerError::TooLarge);
}

#[test]
fn ten_thousand_keys_are_refused() {
    let logs: Vec<_> = (0..10_000)
        .map(|n| key(0, if n == 0 { 0 } else { 9 }))
        .collect();
    assert_eq!(
        refused(&chain(NOBODY, 9, &[(9, &logs)])),
        LedgerError::TooLarge
    );
    let state = chain(NOBODY, 9, &[(9, &logs[..MAX_EVENTS])]);
    assert_eq!(read(&state).unwrap().len(), MAX_EVENTS);
}
