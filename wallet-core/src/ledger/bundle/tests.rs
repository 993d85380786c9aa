#![allow(clippy::unwrap_used)]

use super::*;
use crate::ledger::test_chain::{ethr, header_fields, list, proof, receipts};

fn bundle() -> ProofBundle {
    let answer = ethr();
    let checkpoint = json!({ "signatures": [] });
    ProofBundle {
        chain_id: 31337,
        blocks: vec![
            BlockEvidence {
                receipts: Some(receipts(&answer["receipts"])),
                checkpoint: checkpoint.as_object().cloned(),
                ..BlockEvidence::of(list(&header_fields(&answer["block"])).into())
            },
            BlockEvidence {
                receipts: Some(vec![]),
                inclusion: Some(Map::new()),
                ..BlockEvidence::of(list(&header_fields(&answer["previousBlock"])).into())
            },
        ],
        contracts: vec![ContractEvidence {
            block: 0,
            proof: proof(&answer["proof"]),
        }],
    }
}

fn parse(bundle: &Value) -> Result<ProofBundle, LedgerError> {
    ProofBundle::parse(bundle.to_string().as_bytes())
}

/// What a bundle with this one change is refused for.
fn refusal(change: impl FnOnce(&mut Value)) -> LedgerError {
    let mut json = bundle().to_json();
    let before = json.clone();
    change(&mut json);
    assert_ne!(json, before);
    parse(&json).unwrap_err()
}

#[test]
fn a_bundle_is_read_back_as_it_was_written() {
    assert_eq!(parse(&bundle().to_json()), Ok(bundle()));
    let Value::Object(object) = bundle().to_json() else {
        panic!("not an object");
    };
    assert_eq!(ProofBundle::from_json(object), Ok(bundle()));
}

#[test]
fn no_receipts_are_not_a_list_of_none() {
    let mut without = bundle();
    without.blocks[1].receipts = None;
    assert_ne!(without, bundle());
    assert_eq!(parse(&without.to_json()), Ok(without));
}

#[test]
fn a_member_the_format_does_not_have_is_refused() {
    for place in ["", "/blocks/0", "/contracts/0", "/contracts/0/storage/0"] {
        let error = refusal(|json| json.pointer_mut(place).unwrap()["more"] = json!(1));
        assert_eq!(error, LedgerError::Bundle, "{place}");
    }
}

#[test]
fn a_member_that_is_missing_or_of_another_type_is_refused() {
    for (place, member) in [
        ("", "version"),
        ("", "chain_id"),
        ("", "blocks"),
        ("", "contracts"),
        ("/blocks/0", "header"),
        ("/contracts/0", "block"),
        ("/contracts/0", "address"),
        ("/contracts/0", "account_proof"),
        ("/contracts/0", "storage"),
        ("/contracts/0/storage/0", "slot"),
        ("/contracts/0/storage/0", "proof"),
    ] {
        let error = refusal(|json| {
            let object = json.pointer_mut(place).unwrap().as_object_mut().unwrap();
            object.remove(member);
        });
        assert_eq!(error, LedgerError::Bundle, "without {member}");
        for other in [
            json!(null),
            json!(true),
            json!({}),
            json!([null]),
            json!(-1),
        ] {
            let error = refusal(|json| json.pointer_mut(place).unwrap()[member] = other);
            assert_eq!(error, LedgerError::Bundle, "{member}");
        }
    }
    for member in ["checkpoint", "inclusion", "receipts"] {
        for other in [json!(null), json!("0x"), json!(7)] {
            let error = refusal(|json| json["blocks"][0][member] = other);
            assert_eq!(error, LedgerError::Bundle, "{member}");
        }
    }
}

#[test]
fn another_version_is_refused() {
    for version in [json!(0), json!(2), json!("1"), json!(1.0)] {
        assert_eq!(
            refusal(|json| json["version"] = version),
            LedgerError::Bundle
        );
    }
}

#[test]
fn a_contract_of_a_block_that_is_not_there_is_refused() {
    for block in [json!(2), json!(u64::MAX)] {
        assert_eq!(
            refusal(|json| json["contracts"][0]["block"] = block),
            LedgerError::Bundle
        );
    }
}

#[test]
fn bytes_are_0x_and_two_digits_each() {
    for text in ["", "f8", "0x0", "0xzz", "0X00", "0x0x00", " 0x00", "0x00 "] {
        assert_eq!(
            refusal(|json| json["contracts"][0]["account_proof"][0] = json!(text)),
            LedgerError::Bundle,
            "{text:?}"
        );
    }
    for text in ["0x", "0x00"] {
        assert_eq!(
            refusal(|json| json["contracts"][0]["storage"][0]["slot"] = json!(text)),
            LedgerError::Bundle
        );
    }
}

#[test]
fn everything_is_bounded() {
    let many = |value: Value, count: usize| Value::Array(vec![value; count]);
    let long = |bytes: usize| json!(format!("0x{}", "00".repeat(bytes)));
    let changes: [(&str, Value); 9] = [
        ("/blocks/0/header", long(MAX_HEADER_BYTES + 1)),
        ("/contracts/0/address", long(21)),
        ("/contracts/0/storage/0/slot", long(33)),
        (
            "/contracts/0/account_proof",
            many(json!("0x"), MAX_NODES + 1),
        ),
        ("/contracts/0/account_proof/0", long(MAX_NODE_BYTES + 1)),
        ("/contracts/0/storage", many(json!({}), MAX_SLOTS + 1)),
        ("/blocks/0/receipts", many(json!("0x"), MAX_RECEIPTS + 1)),
        ("/blocks", many(json!({}), MAX_BLOCKS + 1)),
        ("/contracts", many(json!({}), MAX_CONTRACTS + 1)),
    ];
    for (place, value) in changes {
        let error = refusal(|json| *json.pointer_mut(place).unwrap() = value);
        assert_eq!(error, LedgerError::TooLarge, "{place}");
    }
    let text = vec![b' '; MAX_BUNDLE_BYTES + 1];
    assert_eq!(
        ProofBundle::parse(&text),
        Err(LedgerError::Json(crate::json::JsonError::TooLarge))
    );
}

#[test]
fn a_member_named_twice_is_refused() {
    let text = bundle().to_json().to_string();
    let twice = text.replacen("{\"version\":1", "{\"version\":1,\"version\":1", 1);
    assert_ne!(twice, text);
    assert_eq!(
        ProofBundle::parse(twice.as_bytes()),
        Err(LedgerError::Json(crate::json::JsonError::DuplicateKey))
    );
}
