//! Digests and the places they name (RFC 9901 4.2.3 to 4.2.6, 7.1).

use super::issuer::{Draft, digest, disclosure};
use super::{SdJwtError, refusal, to_json, verify};
use crate::formats::sd_jwt_vc::limits::{MAX_DEPTH, MAX_RECURSION};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha384, Sha512};

// shows: SDJWT 7, HOSTILE 21
#[test]
fn a_disclosure_that_nothing_references_is_refused() {
    let mut draft = Draft::new();
    draft.disclose(&json!(["salt", "given_name", "Erika"]));
    assert_eq!(refusal(&draft.sign()), SdJwtError::UnreferencedDisclosure);
}

// shows: SDJWT 10
#[test]
fn a_disclosure_whose_parent_is_missing_is_refused() {
    let mut draft = Draft::new();
    let child = draft.disclose(&json!(["salt", "street", "Main"]));
    let (_, parent) = disclosure(&json!(["salt", "address", {"_sd": [child]}]).to_string());
    let text = draft.with(json!({"_sd": [parent]})).sign();
    assert_eq!(refusal(&text), SdJwtError::UnreferencedDisclosure);
}

// shows: SDJWT 7
#[test]
fn a_disclosure_that_occurs_twice_is_refused() {
    let mut draft = Draft::new().with_disclosed("given_name", &json!("Erika"));
    draft.disclosures.push(draft.disclosures[0].clone());
    assert_eq!(refusal(&draft.sign()), SdJwtError::DuplicateDisclosure);
}

// shows: SDJWT 7, HOSTILE 21
#[test]
fn a_disclosure_referenced_twice_is_refused() {
    let mut draft = Draft::new();
    let digest = draft.disclose(&json!(["salt", "given_name", "Erika"]));
    let twice = draft.clone().with(json!({"_sd": [digest, digest]}));
    assert_eq!(refusal(&twice.sign()), SdJwtError::DuplicateDigest);
    let elsewhere = draft.with(json!({"_sd": [digest], "person": {"_sd": [digest]}}));
    assert_eq!(refusal(&elsewhere.sign()), SdJwtError::DuplicateDigest);
}

// shows: SDJWT 8
#[test]
fn a_disclosure_referenced_by_the_payload_and_by_a_disclosure_is_refused() {
    let mut draft = Draft::new();
    let inner = draft.disclose(&json!(["salt", "street", "Main"]));
    let outer = draft.disclose(&json!(["salt", "address", {"_sd": [inner]}]));
    let text = draft.with(json!({"_sd": [inner, outer]})).sign();
    assert_eq!(refusal(&text), SdJwtError::DuplicateDigest);
}

// shows: SDJWT 8
#[test]
fn a_decoy_that_occurs_twice_is_refused() {
    let decoy = digest("decoy");
    let text = Draft::new().with(json!({"_sd": [decoy], "list": [{"...": decoy}]}));
    assert_eq!(refusal(&text.sign()), SdJwtError::DuplicateDigest);
}

// shows: SDJWT 11
#[test]
fn decoys_are_ignored() {
    let decoys = [
        digest("a"),
        digest("b"),
        "no digest at all".to_owned(),
        String::new(),
    ];
    let draft = Draft::new().with(json!({"_sd": decoys, "list": [{"...": digest("c")}, 1]}));
    let credential = verify(&draft.sign()).unwrap();
    assert_eq!(credential.claims()["list"], json!([1]));
    assert!(credential.disclosable().is_empty());
}

// shows: SDJWT 9, HOSTILE 21
#[test]
fn a_disclosed_name_that_exists_already_is_refused() {
    let draft = Draft::new().with(json!({"given_name": "Max"}));
    let text = draft.with_disclosed("given_name", &json!("Erika")).sign();
    assert_eq!(refusal(&text), SdJwtError::NameCollision);
}

// shows: SDJWT 9
#[test]
fn two_disclosures_of_one_name_at_one_level_are_refused() {
    let mut draft = Draft::new();
    let digests = [
        draft.disclose(&json!(["salt 1", "given_name", "Max"])),
        draft.disclose(&json!(["salt 2", "given_name", "Max"])),
    ];
    assert_eq!(
        refusal(&draft.with(json!({"_sd": digests})).sign()),
        SdJwtError::NameCollision
    );
}

#[test]
fn a_name_may_be_disclosed_at_two_levels() {
    let draft = Draft::new().with_disclosed("country", &json!("DE"));
    let text = draft.with(json!({"place": {"country": "AT"}})).sign();
    assert_eq!(verify(&text).unwrap().claims()["place"]["country"], "AT");
}

#[test]
fn digests_that_are_no_array_of_strings_are_refused() {
    for wrong in [
        json!("digest"),
        json!({}),
        json!(null),
        json!([1]),
        json!([["digest"]]),
    ] {
        let top = Draft::new().with(json!({"_sd": wrong}));
        assert_eq!(refusal(&top.sign()), SdJwtError::DigestsShape, "{wrong}");
        let nested = Draft::new().with(json!({"person": {"_sd": wrong}}));
        assert_eq!(refusal(&nested.sign()), SdJwtError::DigestsShape, "{wrong}");
    }
}

#[test]
fn an_array_digest_with_other_members_is_refused() {
    for wrong in [
        json!({"...": digest("a"), "more": 1}),
        json!({"more": 1, "...": digest("a")}),
        json!({"...": 1}),
        json!({"...": null}),
    ] {
        let text = Draft::new().with(json!({"list": [wrong]})).sign();
        assert_eq!(refusal(&text), SdJwtError::DigestsShape, "{wrong}");
    }
}

#[test]
fn an_array_digest_outside_an_array_is_refused() {
    let text = Draft::new()
        .with(json!({"name": {"...": digest("a")}}))
        .sign();
    assert_eq!(refusal(&text), SdJwtError::ReservedName);
    let disclosed = Draft::new()
        .with_disclosed("name", &json!({"...": digest("a")}))
        .sign();
    assert_eq!(refusal(&disclosed), SdJwtError::ReservedName);
}

// shows: SDJWT 5
#[test]
fn a_disclosure_of_the_wrong_kind_for_its_place_is_refused() {
    let mut draft = Draft::new();
    let element = draft.disclose(&json!(["salt", "DE"]));
    let text = draft.with(json!({"_sd": [element]})).sign();
    assert_eq!(refusal(&text), SdJwtError::DisclosureMisplaced);
    let mut draft = Draft::new();
    let member = draft.disclose(&json!(["salt", "name", "DE"]));
    let text = draft.with(json!({"list": [{"...": member}]})).sign();
    assert_eq!(refusal(&text), SdJwtError::DisclosureMisplaced);
}

// shows: SDJWT 4, HOSTILE 21
#[test]
fn an_unknown_hash_algorithm_is_refused() {
    for wrong in [
        json!("md5"),
        json!("SHA-256"),
        json!("sha-1"),
        json!("sha3-256"),
        json!(1),
        json!(null),
    ] {
        let text = Draft::new().with(json!({"_sd_alg": wrong})).sign();
        assert_eq!(refusal(&text), SdJwtError::HashAlgorithm, "{wrong}");
    }
}

#[test]
fn a_hash_algorithm_below_the_top_level_is_refused() {
    let text = Draft::new()
        .with(json!({"person": {"_sd_alg": "sha-256"}}))
        .sign();
    assert_eq!(refusal(&text), SdJwtError::ReservedName);
    let disclosed = Draft::new().with_disclosed("person", &json!({"_sd_alg": "sha-256"}));
    assert_eq!(refusal(&disclosed.sign()), SdJwtError::ReservedName);
}

#[test]
fn a_disclosure_hashed_with_another_algorithm_than_named_is_refused() {
    let draft = Draft::new().with(json!({"_sd_alg": "sha-512"}));
    let text = draft.with_disclosed("given_name", &json!("Erika")).sign();
    assert_eq!(refusal(&text), SdJwtError::UnreferencedDisclosure);
}

// shows: SDJWT 4
#[test]
fn every_allowed_hash_algorithm_is_used() {
    let (text, sha256) = disclosure(r#"["salt","given_name","Erika"]"#);
    let sha384 = Base64UrlUnpadded::encode_string(&Sha384::digest(&text));
    let sha512 = Base64UrlUnpadded::encode_string(&Sha512::digest(&text));
    for (name, digest) in [
        ("sha-256", sha256),
        ("sha-384", sha384),
        ("sha-512", sha512),
    ] {
        let mut draft = Draft::new().with(json!({"_sd_alg": name, "_sd": [digest]}));
        draft.disclosures.push(text.clone());
        let credential = verify(&draft.sign()).unwrap();
        assert_eq!(credential.claims()["given_name"], "Erika", "{name}");
    }
}

// shows: SDJWT 13
#[test]
fn a_changed_disclosure_is_refused() {
    let draft = Draft::new().with_disclosed("age_over_18", &json!(false));
    let (forged, _) = disclosure(&json!(["salt of age_over_18", "age_over_18", true]).to_string());
    let text = draft.sign().replace(&draft.disclosures[0], &forged);
    assert_eq!(refusal(&text), SdJwtError::UnreferencedDisclosure);
}

// shows: SDJWT 6
#[test]
fn the_digest_is_over_the_text_as_received() {
    // Blanks, an escape that need not be one, and a raw umlaut: any re-encoding would change the text.
    let (text, digest) = disclosure("[ \"s\\u0061lt\" ,\n\t\"city\", \"K\u{f6}ln\" ]");
    let mut draft = Draft::new().with(json!({"_sd": [digest]}));
    draft.disclosures.push(text.clone());
    let credential = verify(&draft.sign()).unwrap();
    assert_eq!(credential.claims()["city"], "K\u{f6}ln");
    let shown = credential
        .present(&[super::path(&json!(["city"]))])
        .unwrap();
    assert!(shown.text().ends_with(&format!("~{text}~")));
}

// shows: SDJWT 32
#[test]
fn numbers_and_unicode_keep_their_value() {
    let value = json!({"max": u64::MAX, "min": i64::MIN, "half": 0.5, "text": "\u{1f600} Þykkvabæjarklaustur"});
    let draft = Draft::new().with_disclosed("values", &value);
    assert_eq!(verify(&draft.sign()).unwrap().claims()["values"], value);
}

// shows: SDJWT 12
#[test]
fn nothing_of_the_mechanism_is_left_in_the_claims() {
    let mut draft = Draft::new().with(json!({"_sd_alg": "sha-256"}));
    let element = draft.disclose(&json!(["salt", {"name": "plain"}]));
    let street = draft.disclose(&json!(["salt", "street", "Main"]));
    draft = draft.with_disclosed("address", &json!({"_sd": [street, digest("decoy")]}));
    draft = draft.with(json!({"list": [{"...": element}, {"...": digest("decoy 2")}]}));
    let credential = verify(&draft.sign()).unwrap();
    let text = credential.claims().to_string();
    assert!(!text.contains("_sd") && !text.contains("..."), "{text}");
    assert_eq!(credential.claims()["list"], json!([{"name": "plain"}]));
    assert_eq!(credential.claims()["address"], json!({"street": "Main"}));
}

/// A claim `n0` that holds `n1` that holds … in `levels` disclosures within each other.
fn recursive(levels: usize) -> Draft {
    let mut draft = Draft::new();
    let mut value = json!("innermost");
    for level in (0..levels).rev() {
        let digest = draft.disclose(&json!(["salt", format!("n{level}"), value]));
        value = json!({"_sd": [digest]});
    }
    draft.with(value)
}

// shows: HOSTILE 21
#[test]
fn disclosures_may_lie_within_each_other_up_to_the_limit() {
    let credential = verify(&recursive(MAX_RECURSION).sign()).unwrap();
    let longest = credential
        .disclosable()
        .into_iter()
        .map(|path| path.segments().len())
        .max();
    assert_eq!(longest, Some(MAX_RECURSION));
    assert_eq!(
        refusal(&recursive(MAX_RECURSION + 1).sign()),
        SdJwtError::TooDeep
    );
}

#[test]
fn claims_put_together_may_not_be_deeper_than_the_limit() {
    let nest = |levels: usize, inner: Value| (0..levels).fold(inner, |value, _| json!([value]));
    let put_together = |inner: usize| {
        let mut draft = Draft::new();
        let digest = draft.disclose(&json!(["salt", "inner", nest(inner, json!(1))]));
        draft
            .with(json!({"outer": nest(15, json!({"_sd": [digest]}))}))
            .sign()
    };
    // Payload object, 15 arrays, the object with `_sd`, then the disclosed value.
    assert!(verify(&put_together(MAX_DEPTH - 17)).is_ok());
    assert_eq!(refusal(&put_together(MAX_DEPTH - 16)), SdJwtError::TooDeep);
}

#[test]
fn paths_are_those_of_the_claims_with_everything_disclosed() {
    let mut draft = Draft::new();
    let first = draft.disclose(&json!(["salt 1", "DE"]));
    let second = draft.disclose(&json!(["salt 2", {"code": "FR"}]));
    let list = json!([{"...": digest("decoy")}, {"...": first}, "AT", {"...": second}]);
    draft = draft.with_disclosed("nationalities", &list);
    let credential = verify(&draft.sign()).unwrap();
    assert_eq!(
        credential.claims()["nationalities"],
        json!(["DE", "AT", {"code": "FR"}])
    );
    let paths = to_json(&credential.disclosable());
    let expected = [
        json!(["nationalities", 0]),
        json!(["nationalities", 2]),
        json!(["nationalities"]),
    ];
    assert_eq!(paths, expected);
}
