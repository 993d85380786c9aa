//! What nodes answered (`test-fixtures/vectors/korea`), as values; and what they could have answered.
#![allow(clippy::unwrap_used)]

use super::RpcError;
use super::block::{header, raw_header};
use super::receipts::receipts;
use super::storage::storage;
use crate::ledger::header::HeaderRules;
use crate::ledger::test_chain::{self, ethr, hash, meta};
use alloy_primitives::{Address, B256, hex};
use alloy_trie::root::ordered_trie_root_encoded;
use proptest::prelude::*;
use serde_json::{Value, json};

const RULES: HeaderRules = HeaderRules::Ethereum;

fn contract(answer: &Value) -> (Address, Vec<B256>) {
    let slots = answer["storageProof"].as_array().unwrap();
    let slots = slots.iter().map(|slot| hash(&slot["key"])).collect();
    (test_chain::pinned(answer).address, slots)
}

#[test]
fn a_header_is_its_fields_in_rlp_and_has_the_hash_the_node_names() {
    for block in [&meta()["block"], &ethr()["block"], &ethr()["previousBlock"]] {
        let header = header(RULES, block).unwrap();
        assert_eq!(header.hash(), hash(&block["hash"]));
        assert_eq!(header.state_root(), hash(&block["stateRoot"]));
        let raw = json!(hex::encode_prefixed(header.rlp()));
        assert_eq!(raw_header(RULES, &raw).unwrap(), header);
    }
}

#[test]
fn a_block_whose_fields_do_not_have_its_hash_is_another() {
    let block = ethr()["block"].clone();
    for name in [
        "hash",
        "stateRoot",
        "receiptsRoot",
        "parentHash",
        "requestsHash",
    ] {
        let mut other = block.clone();
        other[name] = json!(B256::repeat_byte(7).to_string());
        assert_eq!(header(RULES, &other), Err(RpcError::OtherBlock), "{name}");
    }
    for name in ["timestamp", "number", "gasUsed", "baseFeePerGas"] {
        let mut other = block.clone();
        other[name] = json!("0x7");
        assert_eq!(header(RULES, &other), Err(RpcError::OtherBlock), "{name}");
    }
    let mut shorter = block.clone();
    shorter["requestsHash"] = Value::Null;
    assert_eq!(header(RULES, &shorter), Err(RpcError::OtherBlock));
    for (name, value) in [
        ("number", json!("0x03")),
        ("number", json!(3)),
        ("nonce", json!("0x00")),
        ("logsBloom", json!("0x")),
        ("miner", json!(null)),
    ] {
        let mut odd = block.clone();
        odd[name] = value;
        assert_eq!(header(RULES, &odd), Err(RpcError::Encoding), "{name}");
    }
    let mut none = block;
    none.as_object_mut().unwrap().shift_remove("mixHash");
    assert_eq!(header(RULES, &none), Err(RpcError::Encoding));
    assert_eq!(header(RULES, &json!("0x")), Err(RpcError::Encoding));
}

#[test]
fn receipts_rebuilt_from_their_fields_make_up_the_blocks_root() {
    let ethr = ethr();
    for (block, answer) in [("block", "receipts"), ("previousBlock", "previousReceipts")] {
        let receipts = receipts(&ethr[answer]).unwrap();
        let root = ordered_trie_root_encoded(&receipts);
        assert_eq!(root, hash(&ethr[block]["receiptsRoot"]));
        assert_eq!(receipts, test_chain::receipts(&ethr[answer]));
    }
    assert_eq!(
        receipts(&json!([])).unwrap(),
        Vec::<alloy_primitives::Bytes>::new()
    );
    assert_eq!(receipts(&json!(null)), Err(RpcError::NotKnown));
}

#[test]
fn a_receipt_of_before_eip_658_or_2718_has_its_own_form() {
    let mut answer = ethr()["receipts"].clone();
    let old = answer[0].as_object_mut().unwrap();
    old.shift_remove("type");
    old.shift_remove("status");
    old.insert("root".into(), json!(B256::repeat_byte(7).to_string()));
    let [old] = receipts(&answer).unwrap().try_into().unwrap();
    assert!(old.first().unwrap() >= &0xc0, "no type before the list");
    assert!(
        old.windows(33)
            .any(|part| part == [&[0xa0][..], &[7; 32]].concat())
    );
}

#[test]
fn receipts_out_of_order_or_of_no_form_are_refused() {
    let good = ethr()["receipts"].clone();
    for (name, value) in [
        ("transactionIndex", json!("0x1")),
        ("transactionIndex", json!(null)),
        ("type", json!("0x80")),
        ("type", json!("0x1ff")),
        ("status", json!("0x01")),
        ("logsBloom", json!("0x00")),
        ("cumulativeGasUsed", json!(1)),
        ("logs", json!(null)),
        ("logs", json!([{}])),
    ] {
        let mut odd = good.clone();
        odd[0][name] = value;
        assert_eq!(receipts(&odd), Err(RpcError::Encoding), "{name}");
    }
    let mut five_topics = good.clone();
    five_topics[0]["logs"][0]["topics"] = json!(vec![B256::ZERO.to_string(); 5]);
    assert_eq!(receipts(&five_topics), Err(RpcError::Encoding));
    assert_eq!(receipts(&json!({})), Err(RpcError::Encoding));
}

#[test]
fn a_storage_answer_is_for_the_slots_asked_for_in_their_order() {
    for answer in [&meta()["identityRegistryProof"], &ethr()["proof"]] {
        let (address, slots) = contract(answer);
        let said = storage(address, &slots, answer).unwrap();
        assert_eq!(said.proof, test_chain::proof(answer));
        let words: Vec<B256> = said.words.iter().map(|(slot, _)| *slot).collect();
        assert_eq!(words, slots);

        let fewer = slots.get(1..).unwrap();
        assert_eq!(storage(address, fewer, answer), Err(RpcError::Encoding));
        let more = [&slots[..], &[B256::ZERO]].concat();
        assert_eq!(storage(address, &more, answer), Err(RpcError::Encoding));
        let other = storage(Address::ZERO, &slots, answer);
        assert_eq!(other, Err(RpcError::Encoding));
        assert_eq!(
            storage(address, &slots, &json!(null)),
            Err(RpcError::NotKnown)
        );
        let mut odd = answer.clone();
        odd["storageProof"][0]["value"] = json!("0x00");
        assert_eq!(storage(address, &slots, &odd), Err(RpcError::Encoding));
        let mut long = answer.clone();
        long["accountProof"] = json!(vec!["0x"; 1000]);
        assert_eq!(storage(address, &slots, &long), Err(RpcError::Encoding));
    }
}

/// Any JSON, of the members a node's answers have.
fn answers() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<u64>().prop_map(Value::from),
        "(0x)?[0-9a-f]{0,66}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("logs"),
        Just("type"),
        Just("status"),
        Just("logsBloom"),
        Just("hash"),
        Just("topics"),
        Just("number"),
        Just("transactionIndex"),
        Just("cumulativeGasUsed"),
        Just("accountProof"),
        Just("storageProof"),
        Just("address"),
    ];
    scalar.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..8).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_answer_is_too_odd_to_be_refused(answer in answers()) {
        let _header = header(RULES, &answer);
        let _header = header(HeaderRules::Metadium, &answer);
        let _receipts = receipts(&answer);
        let _storage = storage(Address::ZERO, &[B256::ZERO], &answer);
    }
}
