//! What an issuer could hide in a document from the wallet, or pass through it to verifiers.

use super::issuer::{Issuer, MANDATORY, SUITES};
use super::*;
use crate::formats::data_integrity::json_ld::JsonLdError;
use crate::formats::data_integrity::leaves::leaves;
use serde_json::{Map, json};

const HEADER: &[u8] = b"for this occasion";

/// The citizen's card under a proof made for a pointer more. No signature would verify: what is refused here is refused
/// before.
fn with_mandatory(
    issuer: &Issuer,
    change: impl Fn(&mut Map<String, Value>),
    pointer: &str,
) -> Value {
    let card = issuer.card();
    let mut document = issuer.citizen();
    let pointers = [&MANDATORY[..], &[pointer]].concat();
    change(document.as_object_mut().unwrap());
    document["proof"] = super::hostile::with_part(&card, 4, |encoder| {
        super::hostile::pointers(encoder, &pointers);
    })["proof"]
        .clone();
    document
}

// shows: BBS 9
#[test]
fn contexts_are_no_claim() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let last = |document: &mut Map<String, Value>| {
            let contexts = document.shift_remove("@context").unwrap();
            document.insert("@context".to_owned(), contexts);
        };
        for pointer in ["/@context", "/@context/0"] {
            let card = with_mandatory(&issuer, last, pointer);
            let refusal = issuer.verified(&card).err();
            assert_eq!(refusal, Some(DataIntegrityError::MandatoryPointer));
        }
        let mut card = issuer.card();
        last(card.as_object_mut().unwrap());
        let credential = issuer.verified(&card).unwrap();
        for claim in [json!(["@context"]), json!(["@context", 1])] {
            let refusal = credential.present(&[path(&claim)]).err();
            assert_eq!(refusal, Some(DataIntegrityError::NoSuchClaim));
        }
    }
}

#[test]
fn an_identifier_under_another_name_is_refused() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let spelled_out = |document: &mut Map<String, Value>| {
            document["credentialSubject"]["@id"] = "urn:holder:123".into();
        };
        let card = with_mandatory(&issuer, spelled_out, "/credentialSubject/@id");
        let refusal = issuer.verified(&card).err();
        let expected = DataIntegrityError::JsonLd(JsonLdError::Unsupported);
        assert_eq!(refusal, Some(expected));

        // A context could give it yet another name. What it says would be mandatory, and no claim.
        let renamed = |document: &mut Map<String, Value>| {
            let contexts = document["@context"].as_array_mut().unwrap();
            contexts.push("https://wallet.test/other-identifier".into());
            document["credentialSubject"]["holderNumber"] = "urn:holder:123".into();
        };
        let card = with_mandatory(&issuer, renamed, "/credentialSubject/holderNumber");
        let refusal = issuer.verified(&card).err();
        assert_eq!(refusal, Some(DataIntegrityError::MandatoryPointer));
    }
}

#[test]
fn an_end_under_another_name_is_refused() {
    let issuer = Issuer::of(Cryptosuite::Bbs2023);
    let mut card = issuer.card();
    card["https://www.w3.org/2018/credentials#validUntil"] = "2026-01-02T00:00:00Z".into();
    let expected = DataIntegrityError::JsonLd(JsonLdError::UndefinedTerm);
    assert_eq!(issuer.verified(&card).err(), Some(expected));
}

#[test]
fn long_names_count_against_the_room_of_a_document() {
    let claims: Map<_, _> = (0..900).map(|n| (format!("n{n}"), json!(n))).collect();
    let within = |length: usize| {
        let name = "x".repeat(length);
        let document = (0..20).fold(json!(claims), |inner, _| {
            let mut outer = Map::new();
            outer.insert(name.clone(), inner);
            outer.into()
        });
        leaves(document.as_object().unwrap()).map(|leaves| leaves.len())
    };
    assert_eq!(within(100), Ok(900));
    assert_eq!(within(1000), Err(DataIntegrityError::TooLarge));
}

/// The same card, every object of it turned round.
fn turned(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().rev();
            let members = members.map(|(name, value)| (name.clone(), turned(value)));
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

#[test]
fn how_the_issuer_spells_a_document_is_not_passed_on() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let card = issuer.card();
        let mut other = turned(&card);
        other["type"] = json!(["CitizenIdCredential", "VerifiableCredential"]);
        let shown = |card: &Value| {
            let credential = issuer.verified(card).unwrap();
            let chosen = path(&json!(["credentialSubject", "address"]));
            let text = credential.present(&[chosen]).unwrap().derive(HEADER);
            let text = text.unwrap();
            assert!(credential.read_presentation(&text, HEADER).is_ok());
            let (before, rest) = text.split_once("\"proofValue\":\"").unwrap();
            let (_, after) = rest.split_once('"').unwrap();
            format!("{before}{after}")
        };
        assert_ne!(card.to_string(), other.to_string());
        assert_eq!(shown(&card), shown(&other));
    }
}

#[test]
fn members_types_and_language_tags_have_one_spelling() {
    let mut spelled = json!({
        "type": ["B", "A", "B"], "credentialSubject": [{"b": 1, "a": {"@value": "x", "@language": "ko-KR"}}, "y"],
    });
    let received = spelled.clone();
    spelling::normalize(spelled.as_object_mut().unwrap());
    assert_eq!(
        spelled.to_string(),
        r#"{"credentialSubject":[{"a":{"@language":"ko-kr","@value":"x"},"b":1},"y"],"type":["A","B"]}"#
    );
    assert!(spelling::is_part(&spelled, &received));
    for other in [
        json!({"type": ["C"]}),
        json!({"type": "A"}),
        json!({"credentialSubject": ["y", {"b": 1}]}),
        json!({"credentialSubject": {"b": 1}}),
        json!({"credentialSubject": [{"b": "1"}]}),
        json!({"credentialSubject": [{"a": {"@value": "X"}}]}),
        json!({"name": "x"}),
    ] {
        assert!(!spelling::is_part(&other, &received), "{other}");
    }
    assert!(spelling::is_part(
        &json!({"credentialSubject": ["y"]}),
        &received
    ));
}

#[test]
fn a_presentation_with_other_contexts_or_words_is_not_of_the_credential() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let credential = issuer.credential();
        let text = credential.present(&[]).unwrap().derive(HEADER).unwrap();
        let shown: Value = serde_json::from_str(&text).unwrap();
        assert!(credential.read_presentation(&text, HEADER).is_ok());
        // Neither changes a statement.
        let mut contexts = shown.clone();
        let more = "https://w3id.org/security/multikey/v1";
        contexts["@context"]
            .as_array_mut()
            .unwrap()
            .push(more.into());
        let mut words = shown.clone();
        words["issuer"] = json!({"id": shown["issuer"]});
        for changed in [contexts, words] {
            let text = changed.to_string();
            let verified = DerivedCredential::parse(&text)
                .unwrap()
                .verify(&credential.key);
            assert_eq!(verified, Ok(()), "{changed}");
            let refusal = credential.read_presentation(&text, HEADER).err();
            assert_eq!(refusal, Some(DataIntegrityError::ForeignPresentation));
        }
    }
}
