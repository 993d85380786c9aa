#![allow(clippy::unwrap_used)]

use super::*;
use crate::ledger::layout::slot;
use crate::ledger::test_chain::{accepted, ethr, list, meta, number, pinned, proof, string};
use crate::ledger::test_trie::OneContract;
use serde_json::Value;

/// The two contracts of the did:meta identity.
const CONTRACTS: [&str; 2] = ["identityRegistryProof", "publicKeyResolverProof"];

fn verify(block: &Value, answer: &Value) -> Result<ContractState, LedgerError> {
    ContractState::verify(&accepted(block), &pinned(answer), &proof(answer))
}

#[test]
fn every_slot_a_node_proved_has_the_value_it_said() {
    let answer = meta();
    let mut empty_slots = 0;
    for name in CONTRACTS {
        let state = verify(&answer["block"], &answer[name]).unwrap();
        for slot in answer[name]["storageProof"].as_array().unwrap() {
            let key: B256 = slot["key"].as_str().unwrap().parse().unwrap();
            let value: U256 = slot["value"].as_str().unwrap().parse().unwrap();
            assert_eq!(state.word(key), Ok(value));
            empty_slots += usize::from(value.is_zero());
        }
        assert_eq!(state.address(), pinned(&answer[name]).address);
        assert_eq!(state.block_number(), 5);
    }
    assert_eq!(empty_slots, 1);
}

/// anvil keeps zeros that a contract has read: the leaf is there and holds the one encoding of zero.
#[test]
fn a_zero_a_development_node_stored_is_zero() {
    let answer = ethr();
    let state = verify(&answer["block"], &answer["proof"]).unwrap();
    let slot = |name: &str| answer["slots"][name].as_str().unwrap().parse().unwrap();
    assert_eq!(state.word(slot("owners")), Ok(U256::ZERO));
    assert_eq!(state.word(slot("changed")), Ok(U256::from(3)));
    assert_eq!(state.word(slot("nonce")), Ok(U256::ZERO));
}

#[test]
fn nothing_is_said_of_a_slot_that_was_not_proven() {
    let answer = meta();
    let state = verify(&answer["block"], &answer[CONTRACTS[0]]).unwrap();
    for other in [B256::ZERO, slot(99)] {
        assert_eq!(state.word(other), Err(LedgerError::SlotNotProven));
    }
}

/// Every list of nodes in a proof: the account's, then each slot's.
fn node_lists(proof: &mut ContractProof) -> impl Iterator<Item = &mut Vec<Bytes>> {
    let slots = proof.storage.iter_mut().map(|slot| &mut slot.proof);
    core::iter::once(&mut proof.account_proof).chain(slots)
}

#[test]
fn nodes_left_out_added_repeated_or_moved_are_refused() {
    let answer = meta();
    let block = accepted(&answer["block"]);
    let empties = [&[][..], &[0x80], &[0xc0]].map(Bytes::copy_from_slice);
    for name in CONTRACTS {
        let good = proof(&answer[name]);
        let pinned = pinned(&answer[name]);
        let refused = |which: usize, change: &dyn Fn(&mut Vec<Bytes>)| {
            let mut proof = good.clone();
            change(node_lists(&mut proof).nth(which).unwrap());
            assert_ne!(proof, good);
            let outcome = ContractState::verify(&block, &pinned, &proof);
            assert!(
                matches!(
                    outcome,
                    Err(LedgerError::ProofMismatch
                        | LedgerError::ProofTruncated
                        | LedgerError::ProofNotConsumed)
                ),
                "{outcome:?}"
            );
        };
        let lens: Vec<_> = node_lists(&mut good.clone())
            .map(|list| list.len())
            .collect();
        for (which, len) in lens.into_iter().enumerate() {
            refused(which, &Vec::clear);
            for place in 0..len {
                refused(which, &|nodes| nodes.truncate(place));
                refused(which, &|nodes| drop(nodes.remove(place)));
                refused(which, &|nodes| nodes.insert(place, nodes[place].clone()));
                refused(which, &|nodes| nodes.push(nodes[place].clone()));
                for empty in &empties {
                    refused(which, &|nodes| nodes.insert(place, empty.clone()));
                    refused(which, &|nodes| nodes.push(empty.clone()));
                }
                if place > 0 {
                    refused(which, &|nodes| nodes.swap(0, place));
                }
            }
        }
    }
}

#[test]
fn any_bit_changed_in_any_node_is_refused() {
    let answer = meta();
    let block = accepted(&answer["block"]);
    for name in CONTRACTS {
        let good = proof(&answer[name]);
        let pinned = pinned(&answer[name]);
        // The account's nodes, and the slots one by one.
        for slot in &good.storage {
            let one = ContractProof {
                storage: vec![slot.clone()],
                ..good.clone()
            };
            assert!(ContractState::verify(&block, &pinned, &one).is_ok());
            let lists = if slot == &good.storage[0] { 0..2 } else { 1..2 };
            for which in lists {
                let nodes = node_lists(&mut one.clone()).nth(which).unwrap().clone();
                for (index, node) in nodes.iter().enumerate() {
                    for place in 0..node.len() {
                        let mut changed = node.to_vec();
                        changed[place] ^= 1 << (place % 8);
                        let mut proof = one.clone();
                        node_lists(&mut proof).nth(which).unwrap()[index] = changed.into();
                        assert_eq!(
                            ContractState::verify(&block, &pinned, &proof),
                            Err(LedgerError::ProofMismatch)
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_proof_of_one_slot_is_none_of_another() {
    let answer = meta();
    let block = accepted(&answer["block"]);
    for name in CONTRACTS {
        let good = proof(&answer[name]);
        for asked in 0..good.storage.len() {
            for given in (0..good.storage.len()).filter(|given| *given != asked) {
                let mut proof = good.clone();
                proof.storage[asked].proof = good.storage[given].proof.clone();
                assert!(ContractState::verify(&block, &pinned(&answer[name]), &proof).is_err());
            }
        }
    }
}

#[test]
fn the_proof_of_one_contract_is_none_of_another() {
    let answer = meta();
    let block = accepted(&answer["block"]);
    let [one, other] = CONTRACTS.map(|name| &answer[name]);
    assert_eq!(
        ContractState::verify(&block, &pinned(one), &proof(other)),
        Err(LedgerError::WrongContract)
    );
    // Under the right address.
    let renamed = ContractProof {
        address: pinned(one).address,
        ..proof(other)
    };
    assert!(ContractState::verify(&block, &pinned(one), &renamed).is_err());
    // The right account with the other's storage.
    let mixed = ContractProof {
        storage: proof(other).storage,
        ..proof(one)
    };
    assert_eq!(
        ContractState::verify(&block, &pinned(one), &mixed),
        Err(LedgerError::ProofMismatch)
    );
}

#[test]
fn a_proof_of_another_block_or_chain_is_refused() {
    let (meta, ethr) = (meta(), ethr());
    for (block, answer) in [
        (&ethr["block"], &meta[CONTRACTS[0]]),
        (&meta["block"], &ethr["proof"]),
        // The same chain, one block earlier.
        (&ethr["previousBlock"], &ethr["proof"]),
    ] {
        assert_eq!(verify(block, answer), Err(LedgerError::ProofMismatch));
    }
}

#[test]
fn a_slot_proven_twice_is_refused() {
    let answer = meta();
    let mut proof = proof(&answer[CONTRACTS[0]]);
    proof.storage.push(proof.storage[0].clone());
    assert_eq!(
        ContractState::verify(
            &accepted(&answer["block"]),
            &pinned(&answer[CONTRACTS[0]]),
            &proof
        ),
        Err(LedgerError::SlotRepeated)
    );
}

#[test]
fn slots_are_bounded_before_they_are_checked() {
    let answer = meta();
    let mut proof = proof(&answer[CONTRACTS[0]]);
    proof.storage = vec![proof.storage[0].clone(); MAX_SLOTS + 1];
    assert_eq!(
        ContractState::verify(
            &accepted(&answer["block"]),
            &pinned(&answer[CONTRACTS[0]]),
            &proof
        ),
        Err(LedgerError::TooLarge)
    );
}

fn one_contract() -> OneContract {
    OneContract::new([(slot(1), number(5)), (slot(2), string(&[0xff; 32]))])
}

#[test]
fn proven_absence_is_zero() {
    let state = one_contract().verify(&[slot(1), slot(2), slot(3)]).unwrap();
    assert_eq!(state.word(slot(1)), Ok(U256::from(5)));
    assert_eq!(state.word(slot(2)), Ok(U256::MAX));
    assert_eq!(state.word(slot(3)), Ok(U256::ZERO));
}

#[test]
fn a_contract_without_storage_has_zero_everywhere_and_nothing_else_is_taken_for_that() {
    let empty = OneContract::new([]);
    let state = empty.verify(&[slot(1)]).unwrap();
    assert_eq!(state.word(slot(1)), Ok(U256::ZERO));

    let accounts = empty.accounts();
    let block = empty.block(&accounts);
    for nodes in [
        one_contract().storage.proof(keccak256(slot(1))).1,
        vec![Bytes::new()],
        vec![Bytes::from_static(&[0x80]); 2],
    ] {
        let mut proof = empty.proof(&accounts, &[slot(1)]);
        proof.storage[0].proof = nodes;
        assert_eq!(
            ContractState::verify(&block, &empty.pinned, &proof),
            Err(LedgerError::ProofNotConsumed)
        );
    }
}

#[test]
fn an_address_without_account_is_no_contract_without_keys() {
    let contract = one_contract();
    let mut accounts = contract.accounts();
    accounts.0.remove(&keccak256(contract.pinned.address));
    // The proof is good: it proves that there is nothing.
    let proof = contract.proof(&accounts, &[]);
    assert_eq!(
        ContractState::verify(&contract.block(&accounts), &contract.pinned, &proof),
        Err(LedgerError::NoContract)
    );
}

#[test]
fn a_chain_without_any_account_has_no_contract() {
    let contract = one_contract();
    let accounts = crate::ledger::test_trie::Trie::default();
    for account_proof in [vec![], vec![Bytes::from_static(&[0x80])]] {
        let proof = ContractProof {
            account_proof,
            ..contract.proof(&accounts, &[])
        };
        assert_eq!(
            ContractState::verify(&contract.block(&accounts), &contract.pinned, &proof),
            Err(LedgerError::NoContract)
        );
    }
}

#[test]
fn an_account_without_code_is_no_contract_without_keys() {
    let mut contract = one_contract();
    contract.account[3] = string(keccak256([]).as_slice());
    assert_eq!(contract.verify(&[slot(1)]), Err(LedgerError::NoCode));
    // Not even if that is what was pinned.
    contract.pinned.code_hash = keccak256([]);
    assert_eq!(contract.verify(&[slot(1)]), Err(LedgerError::NoCode));
}

/// A proxy (EIP-1167 here) has code of its own: whose storage layout is meant cannot be known.
#[test]
fn other_code_than_the_pinned_is_refused_such_as_a_proxys() {
    let mut contract = one_contract();
    let proxy = [
        alloy_primitives::hex!("363d3d373d3d3d363d73").as_slice(),
        &[0xbe; 20],
        &alloy_primitives::hex!("5af43d82803e903d91602b57fd5bf3"),
    ]
    .concat();
    for code in [proxy.as_slice(), b"code of another version"] {
        contract.account[3] = string(keccak256(code).as_slice());
        assert_eq!(contract.verify(&[slot(1)]), Err(LedgerError::WrongCode));
    }
    let answer = meta();
    let wrong = PinnedContract {
        code_hash: pinned(&answer[CONTRACTS[1]]).code_hash,
        ..pinned(&answer[CONTRACTS[0]])
    };
    let outcome = ContractState::verify(
        &accepted(&answer["block"]),
        &wrong,
        &proof(&answer[CONTRACTS[0]]),
    );
    assert_eq!(outcome, Err(LedgerError::WrongCode));
}

#[test]
fn a_storage_value_has_one_form() {
    for value in [
        vec![],                 // nothing
        vec![0x00],             // zero as a byte
        vec![0x82, 0x00, 0x05], // a leading zero
        vec![0x81, 0x05],       // a byte with a length
        vec![0x05, 0x05],       // two items
        string(&[1; 33]),       // more than a word
        [string(&[0]), string(&[1; 31])].concat(),
        list(&[number(5)]),
        list(&[]),
    ] {
        let contract = OneContract::new([(slot(1), value), (slot(2), number(1))]);
        assert_eq!(
            contract.verify(&[slot(1)]),
            Err(LedgerError::ValueNotCanonical)
        );
    }
}

type Change = fn(&mut Vec<Vec<u8>>);

#[test]
fn an_account_has_one_form() {
    let changes: [(&str, Change); 8] = [
        ("three fields", |account| drop(account.remove(0))),
        ("five fields", |account| account.push(number(1))),
        ("a nonce with a leading zero", |account| {
            account[0] = vec![0x82, 0, 1]
        }),
        ("a nonce of 9 bytes", |account| account[0] = string(&[1; 9])),
        ("a balance of 33 bytes", |account| {
            account[1] = string(&[1; 33])
        }),
        ("a balance that is a list", |account| account[1] = list(&[])),
        ("a short storage root", |account| {
            account[2] = string(&[1; 31])
        }),
        ("a long code hash", |account| account[3] = string(&[1; 33])),
    ];
    for (what, change) in changes {
        let mut contract = one_contract();
        change(&mut contract.account);
        assert_eq!(
            contract.verify(&[slot(1)]),
            Err(LedgerError::ValueNotCanonical),
            "{what}"
        );
    }
}
