//! The examples and test vectors of the Token Status List draft.

use super::refusal;
use crate::cose::CoseSign1;
use crate::jose::{CompactJws, PublicKey, base64url};
use crate::trust::status::{StatusArray, StatusError, StatusValue};
use minicbor::Decoder;
use serde_json::Value;
use std::collections::HashMap;

fn file(name: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    let folder = format!("{root}/../test-fixtures/vectors/token-status-list");
    std::fs::read_to_string(format!("{folder}/{name}")).unwrap()
}

fn example_key() -> PublicKey {
    PublicKey::from_jwk(&serde_json::from_str(&file("example_key.json")).unwrap()).unwrap()
}

/// Without the line breaks of print, and without what comes before the vector.
fn unwrapped(name: &str) -> String {
    let text = file(name);
    let vector = text.split("encoded:").last().unwrap();
    vector.split_whitespace().collect()
}

fn hex(text: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(pair).collect()
}

fn of_json(name: &str) -> StatusArray {
    let list: Value = serde_json::from_str(&unwrapped(name)).unwrap();
    let lst = base64url::decode(list["lst"].as_str().unwrap()).unwrap();
    StatusArray::inflate(list["bits"].as_u64().unwrap(), &lst).unwrap()
}

fn of_cbor(name: &str) -> StatusArray {
    let bytes = hex(&unwrapped(name));
    crate::cbor::check(&bytes, bytes.len()).unwrap();
    let mut decoder = Decoder::new(&bytes);
    assert_eq!(decoder.map().unwrap(), Some(2));
    assert_eq!(decoder.str().unwrap(), "bits");
    let bits = decoder.u64().unwrap();
    assert_eq!(decoder.str().unwrap(), "lst");
    StatusArray::inflate(bits, decoder.bytes().unwrap()).unwrap()
}

// shows: SDJWT 28
#[test]
fn the_test_vectors_hold_for_every_entry_in_json_and_in_cbor() {
    let expected: HashMap<String, Vec<(u64, u8)>> =
        serde_json::from_str(&file("expected.json")).unwrap();
    for (bits, name) in [("1", "1_long"), ("2", "2_long"), ("4", "4"), ("8", "8")] {
        let values: HashMap<u64, u8> = expected[bits].iter().copied().collect();
        assert!(values.len() > 10);
        for list in [
            of_json(&format!("status_list_encoding{name}_json.md")),
            of_cbor(&format!("status_list_encoding{name}_cbor.md")),
        ] {
            assert_eq!(list.entries(), 1 << 20);
            for index in 0..list.entries() {
                let expected = values.get(&index).copied().unwrap_or(0);
                assert_eq!(
                    list.get(index),
                    Ok(StatusValue::from(expected)),
                    "{bits} {index}"
                );
            }
            assert_eq!(refusal(list.get(1 << 20)), StatusError::OutOfRange);
        }
    }
}

/// Token Status List 4.1: 1 bit, then 2 bits.
#[test]
fn the_examples_of_the_text_hold() {
    let values = |list: &StatusArray| -> Vec<u8> {
        (0..list.entries())
            .map(|index| list.get(index).unwrap().into())
            .collect()
    };
    let one = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
    assert_eq!(values(&of_json("status_list_encoding_json.md")), one);
    assert_eq!(values(&of_cbor("status_list_encoding_cbor.md")), one);
    let two = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3];
    assert_eq!(values(&of_json("status_list_encoding2_json.md")), two);
    assert_eq!(values(&of_cbor("status_list_encoding2_cbor.md")), two);
}

#[test]
fn the_signatures_of_the_example_tokens_verify() {
    let jws = CompactJws::parse(&unwrapped("status_list_jwt_raw.md"), 4096).unwrap();
    assert_eq!(jws.typ(), Some("statuslist+jwt"));
    jws.verify(&example_key()).unwrap();

    let cwt = hex(&unwrapped("status_list_cwt.md"));
    let cose = CoseSign1::parse(&cwt, 4096).unwrap();
    assert_eq!(cose.typ(), Some("application/statuslist+cwt"));
    assert_eq!(cose.kid(), Some(&b"12"[..]));
    cose.verify(&example_key(), &[]).unwrap();
    assert!(cose.verify(&example_key(), b"other").is_err());
    for place in 0..cwt.len() {
        let mut changed = cwt.clone();
        changed[place] ^= 1;
        let verified = CoseSign1::parse(&changed, 4096)
            .is_ok_and(|cose| cose.verify(&example_key(), &[]).is_ok());
        // The key identifier is not protected; nothing is found by it.
        let is_kid = verified && CoseSign1::parse(&changed, 4096).unwrap().kid() != Some(b"12");
        assert!(!verified || is_kid, "{place}");
    }
}
