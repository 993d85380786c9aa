//! Bitstring Status List v1.0 (W3C).

use super::{NOW, World, refusal};
use crate::trust::status::{BitstringEntry, BitstringList, StatusError};
use flate2::Compression;
use flate2::write::GzEncoder;
use pollster::block_on;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::io::Write as _;
use wallet_parties::{base64url, jws};

const LIST: &str = "https://issuer.example/status/3";

fn example(number: u8) -> Value {
    let root = env!("CARGO_MANIFEST_DIR");
    let folder = format!("{root}/../test-fixtures/vectors/bitstring-status-list");
    let text = std::fs::read_to_string(format!("{folder}/example-0{number}.txt")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn encoded(bytes: &[u8]) -> String {
    format!("u{}", base64url(&gzip(bytes)))
}

fn entry(changes: &Value) -> BitstringEntry {
    let mut status = json!({
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": LIST,
    });
    let members = status.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    BitstringEntry::read(&status).unwrap().remove(0)
}

/// A list of the smallest length in which this bit, counted from the left, is set.
fn bits_with(place: usize) -> Vec<u8> {
    let mut bytes = vec![0; 16 * 1024];
    bytes[place / 8] |= 0x80 >> (place % 8);
    bytes
}

// shows: BBS 25 (vector)
#[test]
fn the_examples_of_the_specification_are_read() {
    let entries = BitstringEntry::read(&example(1)["credentialStatus"]).unwrap();
    let read: Vec<_> = entries
        .iter()
        .map(|e| (e.purpose(), e.index(), e.bits()))
        .collect();
    assert_eq!(read, [("revocation", 94_567, 1), ("suspension", 23_452, 1)]);
    assert_eq!(
        entries[0].list(),
        "https://example.com/credentials/status/3"
    );

    let alone = BitstringEntry::read(&example(4)["credentialStatus"]).unwrap();
    let list = example(3)["credentialSubject"]["encodedList"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(BitstringList::decode(&list).unwrap().get(&alone[0]), Ok(0));
}

#[test]
fn the_first_entry_is_in_the_most_significant_bits() {
    let list = BitstringList::decode(&encoded(&bits_with(94_567))).unwrap();
    assert_eq!(list.get(&entry(&json!({}))), Ok(1));
    for index in ["94566", "94568", "0", "131071"] {
        assert_eq!(list.get(&entry(&json!({"statusListIndex": index}))), Ok(0));
    }
    assert_eq!(
        list.get(&entry(&json!({"statusListIndex": "131072"}))),
        Err(StatusError::OutOfRange)
    );
    assert_eq!(
        list.get(&entry(&json!({"statusListIndex": "18446744073709551615"}))),
        Err(StatusError::OutOfRange)
    );
    let huge = json!({"statusListIndex": "18446744073709551615", "statusSize": 8});
    assert_eq!(list.get(&entry(&huge)), Err(StatusError::TooShort));
}

#[test]
fn a_list_in_which_the_holder_could_be_found_is_refused() {
    let short = BitstringList::decode(&encoded(&vec![0; 16 * 1024 - 1])).unwrap();
    assert_eq!(short.get(&entry(&json!({}))), Err(StatusError::TooShort));
    // Long enough for entries of one bit, too short for entries of two.
    let list = BitstringList::decode(&encoded(&vec![0; 32 * 1024 - 1])).unwrap();
    assert_eq!(list.get(&entry(&json!({}))), Ok(0));
    assert_eq!(
        list.get(&entry(&json!({"statusSize": 2}))),
        Err(StatusError::TooShort)
    );
}

proptest! {
    #[test]
    fn entries_of_several_bits_are_read_from_the_left(size in 1u64..=8, index in 0u64..131_072, seed in any::<u64>()) {
        let mut state = seed | 1;
        let bytes: Vec<u8> = (0..131_072).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        }).collect();
        // As a text of binary digits.
        let from = index * size;
        let digits: String = (from..from + size).map(|bit| {
            let digits = format!("{:08b}", bytes[usize::try_from(bit / 8).unwrap()]);
            digits.chars().nth(usize::try_from(bit % 8).unwrap()).unwrap()
        }).collect();
        let expected = u8::from_str_radix(&digits, 2).unwrap();
        let stored = GzEncoder::new(Vec::new(), Compression::none());
        let mut stored = stored;
        stored.write_all(&bytes).unwrap();
        let list = BitstringList::decode(&format!("u{}", base64url(&stored.finish().unwrap()))).unwrap();
        let entry = entry(&json!({"statusSize": size, "statusListIndex": index.to_string()}));
        prop_assert_eq!(list.get(&entry), Ok(expected));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let with_header = [&[0x1F, 0x8B, 8], bytes.as_slice()].concat();
        let _ = BitstringList::decode(&format!("u{}", base64url(&with_header)));
    }
}

#[test]
fn entries_of_wrong_form_are_refused() {
    for (status, error) in [
        (json!("status"), StatusError::Reference),
        (
            json!({"type": "BitstringStatusListEntry"}),
            StatusError::Reference,
        ),
        (
            json!([{"type": "BitstringStatusListEntry"}]),
            StatusError::Reference,
        ),
        (Value::Array(vec![json!({}); 17]), StatusError::Reference),
    ] {
        assert_eq!(BitstringEntry::read(&status), Err(error), "{status}");
    }
    for (member, value, error) in [
        ("statusListIndex", json!(94_567), StatusError::Reference),
        ("statusListIndex", json!("-1"), StatusError::Reference),
        ("statusListIndex", json!("+1"), StatusError::Reference),
        ("statusListIndex", json!("0x1"), StatusError::Reference),
        ("statusListIndex", json!(""), StatusError::Reference),
        (
            "statusListIndex",
            json!("18446744073709551616"),
            StatusError::Reference,
        ),
        ("statusPurpose", json!(1), StatusError::Reference),
        ("statusListCredential", json!(null), StatusError::Reference),
        ("statusSize", json!(0), StatusError::EntrySize),
        ("statusSize", json!(9), StatusError::EntrySize),
        ("statusSize", json!("1"), StatusError::EntrySize),
    ] {
        let mut status = example(4)["credentialStatus"].clone();
        status[member] = value;
        assert_eq!(BitstringEntry::read(&status), Err(error), "{member}");
    }
    // Other ways to say a status are passed over.
    assert_eq!(BitstringEntry::read(&json!({"type": "Other"})), Ok(vec![]));
}

// shows: HOSTILE 20
#[test]
fn only_one_whole_gzip_member_is_inflated_and_no_bomb() {
    let whole = gzip(&bits_with(0));
    let decode = |bytes: &[u8]| BitstringList::decode(&format!("u{}", base64url(bytes)));
    assert!(decode(&whole).is_ok());
    for end in 0..whole.len() {
        assert!(decode(&whole[..end]).is_err(), "cut at {end}");
    }
    for place in (0..3).chain(10..whole.len()) {
        let mut changed = whole.clone();
        changed[place] ^= 0x10;
        // Padding inside the stream means nothing.
        assert!(
            decode(&changed).is_err() || decode(&changed) == decode(&whole),
            "changed at {place}"
        );
    }
    assert_eq!(
        refusal(decode(&[whole.as_slice(), &[0]].concat())),
        StatusError::TrailingData
    );
    assert_eq!(
        refusal(decode(&[whole.as_slice(), &whole].concat())),
        StatusError::TrailingData
    );
    let bomb = gzip(&vec![0; super::super::MAX_LIST_BYTES + 1]);
    assert_eq!(refusal(decode(&bomb)), StatusError::Bomb);
    for text in ["", "H4sI", "zH4sI", "u?", "u"] {
        assert!(BitstringList::decode(text).is_err(), "{text}");
    }
}

#[test]
fn a_gzip_header_may_hold_a_name_and_extra_fields() {
    let mut encoder = flate2::GzBuilder::new()
        .filename("list")
        .comment("of status")
        .extra(vec![1, 2, 3])
        .write(Vec::new(), Compression::best());
    encoder.write_all(&bits_with(94_567)).unwrap();
    let text = format!("u{}", base64url(&encoder.finish().unwrap()));
    assert_eq!(
        BitstringList::decode(&text)
            .unwrap()
            .get(&entry(&json!({}))),
        Ok(1)
    );
}

fn credential() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "https://issuer.example",
        "validFrom": "2021-04-05T14:27:40Z",
        "credentialSubject": {
            "id": format!("{LIST}#list"),
            "type": "BitstringStatusList",
            "statusPurpose": ["revocation", "suspension"],
            "encodedList": encoded(&bits_with(94_567)),
        },
    })
}

fn status(typ: &str, credential: &Value) -> Result<u8, StatusError> {
    let world = World::new();
    let header = json!({"typ": typ, "cty": "vc", "x5c": world.leaf.x5c()});
    let object = |value: &Value| -> Map<String, Value> { value.as_object().unwrap().clone() };
    let text = jws::sign(&object(&header), &object(credential), &world.leaf.key);
    block_on(entry(&json!({})).status_in(&text, &world.signers()))
}

#[test]
fn a_list_credential_signed_under_an_anchor_is_believed() {
    assert_eq!(status("vc+jwt", &credential()), Ok(1));
    assert_eq!(status("application/vc+jwt", &credential()), Ok(1));
    let mut with_object = credential();
    with_object["issuer"] = json!({"id": "https://issuer.example", "name": "Issuer"});
    with_object["iss"] = json!("https://issuer.example");
    assert_eq!(status("vc+jwt", &with_object), Ok(1));
}

#[test]
fn a_list_credential_that_breaks_a_rule_is_refused() {
    assert_eq!(status("JWT", &credential()), Err(StatusError::WrongTyp));
    for (pointer, value, error) in [
        ("/@context", json!([]), StatusError::Claim),
        (
            "/@context",
            json!(["https://www.w3.org/2018/credentials/v1"]),
            StatusError::Claim,
        ),
        (
            "/type",
            json!("VerifiableCredential"),
            StatusError::WrongTyp,
        ),
        (
            "/id",
            json!("https://issuer.example/status/4"),
            StatusError::WrongSubject,
        ),
        ("/issuer", json!(null), StatusError::Claim),
        (
            "/validFrom",
            json!("2099-01-01T00:00:00Z"),
            StatusError::NotYetIssued,
        ),
        ("/validFrom", json!("yesterday"), StatusError::Claim),
        ("/credentialSubject", json!([]), StatusError::Claim),
        (
            "/credentialSubject/type",
            json!("StatusList2021"),
            StatusError::Claim,
        ),
        (
            "/credentialSubject/statusPurpose",
            json!("suspension"),
            StatusError::WrongPurpose,
        ),
        (
            "/credentialSubject/statusPurpose",
            json!(null),
            StatusError::WrongPurpose,
        ),
        (
            "/credentialSubject/encodedList",
            json!(null),
            StatusError::Claim,
        ),
    ] {
        let mut changed = credential();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert_eq!(status("vc+jwt", &changed), Err(error), "{pointer}");
    }
    for (name, value, error) in [
        ("iss", json!("https://other.example"), StatusError::Claim),
        ("exp", json!(NOW - 60), StatusError::Expired),
        (
            "validUntil",
            json!("2022-01-01T00:00:00Z"),
            StatusError::Expired,
        ),
    ] {
        let mut changed = credential();
        changed[name] = value;
        assert_eq!(status("vc+jwt", &changed), Err(error), "{name}");
    }
}

#[test]
fn a_list_credential_with_a_proof_inside_is_said_not_to_be_supported() {
    let world = World::new();
    let text = credential().to_string();
    let error = refusal(block_on(
        entry(&json!({})).status_in(&text, &world.signers()),
    ));
    assert_eq!(error, StatusError::DataIntegrity);
    let error = crate::WalletError::from(error);
    assert_eq!(error.code(), crate::ErrorCode::NotSupported);
}
