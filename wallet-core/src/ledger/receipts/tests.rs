#![allow(clippy::unwrap_used)]

use super::*;
use crate::ledger::test_chain::{
    accept, accepted, bytes, ethr, hash, header_fields, list, number, receipts, string,
};
use serde_json::Value;

/// A block with these receipts.
fn block_of(receipts: &[Bytes]) -> AcceptedBlock {
    let mut fields = header_fields(&ethr()["block"]);
    fields[5] = string(ordered_trie_root_encoded(receipts).as_slice());
    accept(&list(&fields))
}

fn log(address: u8, topics: usize, data: &[u8]) -> Vec<u8> {
    list(&[
        string(&[address; 20]),
        list(&vec![string(&[7; 32]); topics]),
        string(data),
    ])
}

fn body(logs: &[Vec<u8>]) -> Vec<Vec<u8>> {
    vec![number(1), number(21_000), string(&[0; 256]), list(logs)]
}

fn receipt(logs: &[Vec<u8>]) -> Bytes {
    [vec![2], list(&body(logs))].concat().into()
}

fn data_of(receipts: &[Bytes], address: u8) -> Vec<Bytes> {
    let verified = BlockReceipts::verify(&block_of(receipts), receipts).unwrap();
    let logs = verified.logs_of(Address::repeat_byte(address));
    logs.map(|log| log.data.clone()).collect()
}

#[test]
fn the_receipts_of_a_nodes_block_give_its_events() {
    let answer = ethr();
    let registry = Address::from_slice(&bytes(&answer["registry"]));
    for (block, name) in [("block", "receipts"), ("previousBlock", "previousReceipts")] {
        let given = receipts(&answer[name]);
        let verified = BlockReceipts::verify(&accepted(&answer[block]), &given).unwrap();
        let told = &answer[name][0]["logs"][0];
        let topics = told["topics"].as_array().unwrap();
        let expected = Log {
            address: registry,
            topics: topics.iter().map(hash).collect(),
            data: bytes(&told["data"]),
        };
        assert_eq!(verified.logs_of(registry).collect::<Vec<_>>(), [&expected]);
        assert_eq!(verified.logs_of(Address::ZERO).count(), 0);
        let hash: Value = verified.block_hash().to_string().into();
        assert_eq!(hash, answer[block]["hash"]);
    }
}

#[test]
fn events_come_in_the_order_of_the_block_however_many_receipts_it_has() {
    for count in [1, 2, 127, 128, 129, 300_u16] {
        let receipts: Vec<_> = (0..count)
            .map(|n| receipt(&[log(1, 2, &n.to_be_bytes()), log(9, 0, b"")]))
            .collect();
        let expected: Vec<Bytes> = (0..count)
            .map(|n| n.to_be_bytes().to_vec().into())
            .collect();
        assert_eq!(data_of(&receipts, 1), expected);
    }
}

#[test]
fn two_events_in_one_receipt_are_two_events() {
    let receipts = [receipt(&[
        log(1, 1, b"a"),
        log(2, 1, b"x"),
        log(1, 1, b"b"),
    ])];
    assert_eq!(
        data_of(&receipts, 1),
        [&b"a"[..], b"b"].map(Bytes::copy_from_slice)
    );
}

#[test]
fn a_list_that_is_not_complete_and_in_order_is_refused() {
    let good: Vec<_> = (0..5_u8).map(|n| receipt(&[log(1, 1, &[n])])).collect();
    let block = block_of(&good);
    let refused = |given: &[Bytes]| {
        assert_eq!(
            BlockReceipts::verify(&block, given),
            Err(LedgerError::ReceiptsMismatch)
        );
    };
    refused(&[]);
    for place in 0..good.len() {
        let mut given = good.clone();
        given.remove(place);
        refused(&given);
        let mut given = good.clone();
        given.insert(place, good[place].clone());
        refused(&given);
        let mut given = good.clone();
        given.insert(place, Bytes::new());
        refused(&given);
        let mut given = good.clone();
        given.swap(place, (place + 1) % good.len());
        refused(&given);
        refused(&good[..place]);
        for byte in 0..good[place].len() {
            let mut given = good.clone();
            let mut changed = good[place].to_vec();
            changed[byte] ^= 1;
            given[place] = changed.into();
            refused(&given);
        }
    }
    refused(&[good.clone(), vec![receipt(&[])]].concat());
    refused(&[good, vec![Bytes::new()]].concat());
}

#[test]
fn the_receipts_of_another_block_are_refused() {
    let answer = ethr();
    for (block, name) in [("previousBlock", "receipts"), ("block", "previousReceipts")] {
        assert_eq!(
            BlockReceipts::verify(&accepted(&answer[block]), &receipts(&answer[name])),
            Err(LedgerError::ReceiptsMismatch)
        );
    }
}

#[test]
fn a_block_without_transactions_has_no_events() {
    assert_eq!(data_of(&[], 1), Vec::<Bytes>::new());
}

#[test]
fn receipts_of_every_known_kind_are_read() {
    let logs = [log(1, 4, b"data")];
    let old = |outcome: Vec<u8>| {
        let mut fields = body(&logs);
        fields[0] = outcome;
        Bytes::from(list(&fields))
    };
    let typed = |kind: u8| Bytes::from([vec![kind], list(&body(&logs))].concat());
    let receipts = [
        old(number(1)),
        old(string(&[3; 32])), // the state root before Byzantium
        typed(1),
        typed(2),
        typed(3),
        typed(4),
        typed(0x16), // Metadium: the fee is another's
    ];
    assert_eq!(data_of(&receipts, 1).len(), receipts.len());
}

/// Under a root made over them: what only a broken chain, or one with other receipts, could give.
#[test]
fn what_is_no_receipt_is_refused_even_under_the_root() {
    let field = |place: usize, field: Vec<u8>| {
        let mut fields = body(&[log(1, 1, b"")]);
        fields[place] = field;
        list(&fields)
    };
    let entry = |entry: Vec<u8>| field(3, list(&[entry]));
    let good = list(&body(&[]));
    for (receipt, why) in [
        (vec![], "no bytes"),
        (vec![0x02], "a type alone"),
        (
            [vec![0x00], good.clone()].concat(),
            "type 0 has no envelope",
        ),
        ([vec![0x80], good.clone()].concat(), "no type"),
        ([vec![0x02, 0x02], good.clone()].concat(), "two types"),
        ([good.clone(), vec![0x80]].concat(), "a byte after"),
        (list(&body(&[])[..3]), "three fields"),
        (list(&[body(&[]), vec![number(1)]].concat()), "five fields"),
        (field(0, number(2)), "status 2"),
        (field(0, vec![0x81, 0x01]), "a status with a length"),
        (field(0, list(&[])), "a status that is a list"),
        (field(0, string(&[1; 31])), "a short state root"),
        (field(1, string(&[1; 9])), "gas of 9 bytes"),
        (field(2, string(&[0; 255])), "a short bloom filter"),
        (field(3, string(b"logs")), "logs that are a string"),
        (entry(string(b"log")), "a log that is a string"),
        (entry(list(&[])), "an empty log"),
        (
            entry(list(&[string(&[1; 19]), list(&[]), string(&[])])),
            "a short address",
        ),
        (entry(list(&[string(&[1; 20]), list(&[])])), "no data"),
        (
            entry(list(&[string(&[1; 20]), list(&[]), list(&[])])),
            "data that is a list",
        ),
        (
            entry(list(&[string(&[1; 20]), string(&[]), string(&[])])),
            "topics that are a string",
        ),
        (
            entry(list(&[
                string(&[1; 20]),
                list(&[string(&[1; 31])]),
                string(&[]),
            ])),
            "a short topic",
        ),
        (
            entry(list(&[
                string(&[1; 20]),
                list(&[]),
                string(&[]),
                string(&[]),
            ])),
            "four fields of a log",
        ),
        (entry(log(1, 5, b"")), "five topics"),
    ] {
        let receipts = [Bytes::from(receipt)];
        assert_eq!(
            BlockReceipts::verify(&block_of(&receipts), &receipts),
            Err(LedgerError::Receipt),
            "{why}"
        );
    }
}

#[test]
fn receipts_are_bounded_before_they_are_hashed() {
    let block = block_of(&[]);
    for given in [
        vec![Bytes::new(); MAX_RECEIPTS + 1],
        vec![Bytes::from(vec![0; MAX_RECEIPT_BYTES + 1])],
        vec![Bytes::from(vec![0; MAX_RECEIPT_BYTES / 2 + 1]); 2],
    ] {
        assert_eq!(
            BlockReceipts::verify(&block, &given),
            Err(LedgerError::TooLarge)
        );
    }
}
