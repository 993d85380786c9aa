#![allow(clippy::unwrap_used)]

use super::*;
use crate::ledger::contract::ContractState;
use crate::ledger::test_chain::{accepted, bytes as raw, ethr, hash, meta, pinned, proof, string};
use crate::ledger::test_trie::OneContract;

fn holder() -> Address {
    Address::from_slice(&raw(&meta()["holderAddress"]))
}

#[test]
fn a_mapping_has_its_values_where_solidity_puts_them() {
    let answer = ethr();
    let identity = Address::from_slice(&raw(&answer["identity"]));
    for (number, name) in [(0, "owners"), (2, "changed"), (3, "nonce")] {
        assert_eq!(
            mapping_of_address(slot(number), identity),
            hash(&answer["slots"][name])
        );
    }
}

#[test]
fn structs_and_arrays_have_their_words_where_solidity_puts_them() {
    let answer = meta();
    let answer = &answer["identityRegistryProof"];
    let key = |index: usize| hash(&answer["storageProof"][index]["key"]);
    let identity = mapping(slot(0), slot(1));
    assert_eq!(identity, key(0));
    assert_eq!(offset(identity, 1), key(1));
    assert_eq!(element(offset(identity, 1), 0), key(2));
    assert_eq!(offset(identity, 5), key(3));
    assert_eq!(element(offset(identity, 5), 1), key(5));
}

#[test]
fn a_long_byte_string_is_read_from_the_words_after_its_slots_hash() {
    let answer = meta();
    let resolver = &answer["publicKeyResolverProof"];
    let block = accepted(&answer["block"]);
    let state = ContractState::verify(&block, &pinned(resolver), &proof(resolver)).unwrap();
    let key = read(&state, mapping_of_address(slot(1), holder())).unwrap();
    assert_eq!(key, raw(&answer["holderPublicKey64"]).as_ref());
}

fn read(state: &ContractState, slot: B256) -> Result<Vec<u8>, LedgerError> {
    bytes(|slot| state.word(slot), slot)
}

/// A contract with these words from slot 7 on and from its hash on, everything proven.
fn words(head: [u8; 32], rest: &[[u8; 32]]) -> ContractState {
    let trimmed = |word: &[u8; 32]| string(&U256::from_be_bytes(*word).to_be_bytes_trimmed_vec());
    let entries = core::iter::once((slot(7), head)).chain(
        rest.iter()
            .enumerate()
            .map(|(index, word)| (element(slot(7), index as u64), *word)),
    );
    let slots: Vec<_> = entries.clone().map(|(slot, _)| slot).collect();
    let stored = entries.filter(|(_, word)| word != &[0; 32]);
    OneContract::new(stored.map(|(slot, word)| (slot, trimmed(&word))))
        .verify(&slots)
        .unwrap()
}

fn word(start: &[u8], tag: u8) -> [u8; 32] {
    let mut word = [0; 32];
    word[..start.len()].copy_from_slice(start);
    word[31] = tag;
    word
}

#[test]
fn a_short_byte_string_stands_in_its_slot() {
    assert_eq!(read(&words([0; 32], &[]), slot(7)), Ok(vec![]));
    assert_eq!(
        read(&words(word(b"abc", 6), &[]), slot(7)),
        Ok(b"abc".to_vec())
    );
    let longest = word(&[9; 31], 62);
    assert_eq!(read(&words(longest, &[]), slot(7)), Ok(vec![9; 31]));
}

#[test]
fn a_byte_string_no_compiler_writes_is_refused() {
    for head in [
        word(b"abcd", 6),      // longer than it says
        word(&[9; 31], 64),    // 32 bytes in the slot
        word(b"", 31 * 2 + 1), // 31 bytes elsewhere
        word(b"", 1),
    ] {
        assert_eq!(read(&words(head, &[]), slot(7)), Err(LedgerError::Layout));
    }
    let padded = words(word(b"", 33 * 2 + 1), &[[1; 32], word(&[1, 1], 0)]);
    assert_eq!(read(&padded, slot(7)), Err(LedgerError::Layout));
}

#[test]
fn a_byte_string_is_bounded_before_it_is_read() {
    for len in [[0xff; 32], U256::from(2 * MAX_BYTES + 3).to_be_bytes()] {
        assert_eq!(read(&words(len, &[]), slot(7)), Err(LedgerError::TooLarge));
    }
}

#[test]
fn a_byte_string_with_a_word_that_is_not_proven_is_refused() {
    let state = words(word(b"", 64 * 2 + 1), &[[1; 32]]);
    assert_eq!(read(&state, slot(7)), Err(LedgerError::SlotNotProven));
}

#[test]
fn a_word_is_an_address_or_a_count_only_if_it_fits() {
    let of = |byte: u8| U256::from_be_bytes(Address::repeat_byte(byte).into_word().0);
    assert_eq!(address(of(7)), Ok(Address::repeat_byte(7)));
    assert_eq!(address(U256::ZERO), Ok(Address::ZERO));
    for high_bit in [160, 255] {
        let word = of(7) | (U256::ONE << high_bit);
        assert_eq!(address(word), Err(LedgerError::Layout));
        assert_eq!(count(word, u64::MAX), Err(LedgerError::TooLarge));
    }
    assert_eq!(count(U256::from(10), 10), Ok(10));
    assert_eq!(count(U256::from(11), 10), Err(LedgerError::TooLarge));
}
