//! The text form (RFC 9901 4) and one disclosure by itself (RFC 9901 4.2).

use super::issuer::{Draft, disclosure, encode};
use super::{SdJwtError, refusal, verify};
use crate::formats::sd_jwt_vc::limits::{MAX_CLAIMS, MAX_DISCLOSURES, MAX_TEXT};
use crate::jose::JoseError;
use crate::json::JsonError;
use serde_json::json;

/// A credential whose one disclosure is this text, referenced as it should be.
fn with_disclosure_text(text: &str) -> String {
    let mut draft = Draft::new().with(json!({"_sd": [super::issuer::digest(text)]}));
    draft.disclosures.push(text.to_owned());
    draft.sign()
}

fn with_disclosure(json: &str) -> String {
    with_disclosure_text(&disclosure(json).0)
}

// shows: SDJWT 1
#[test]
fn a_missing_final_tilde_is_refused() {
    let text = Draft::new().sign();
    assert_eq!(
        refusal(text.trim_end_matches('~')),
        SdJwtError::MissingTilde
    );
    let disclosing = Draft::new()
        .with_disclosed("given_name", &json!("Erika"))
        .sign();
    assert_eq!(
        refusal(disclosing.trim_end_matches('~')),
        SdJwtError::MissingTilde
    );
    assert_eq!(refusal(""), SdJwtError::MissingTilde);
}

// shows: SDJWT 1
#[test]
fn a_credential_that_comes_with_a_key_binding_is_refused() {
    let text = Draft::new().sign();
    assert_eq!(
        refusal(&format!("{text}e30.e30.AA")),
        SdJwtError::MissingTilde
    );
}

// shows: SDJWT 1
#[test]
fn empty_parts_are_refused() {
    let text = Draft::new()
        .with_disclosed("given_name", &json!("Erika"))
        .sign();
    assert_eq!(refusal(&format!("{text}~")), SdJwtError::EmptyPart);
    assert_eq!(refusal(&text.replacen('~', "~~", 1)), SdJwtError::EmptyPart);
    assert_eq!(refusal("~"), SdJwtError::EmptyPart);
    assert_eq!(refusal(&format!("~{text}")), SdJwtError::EmptyPart);
}

/// OpenID4VCI and OpenID4VP send the compact form only; what is not claimed is not half read.
// shows: SDJWT 17, HAIP 21
#[test]
fn the_json_serialization_is_not_claimed_and_refused() {
    let text = Draft::new()
        .with_disclosed("given_name", &json!("Erika"))
        .sign();
    let (jwt, disclosure) = text.split_once('~').unwrap();
    let [protected, payload, signature] = jwt.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts");
    };
    let header = json!({"disclosures": [disclosure.trim_end_matches('~')]});
    let flattened = json!({"payload": payload, "protected": protected, "signature": signature,
        "header": header});
    let general = json!({"payload": payload, "signatures": [
        {"protected": protected, "signature": signature, "header": header}]});
    for form in [flattened, general] {
        assert_eq!(refusal(&form.to_string()), SdJwtError::MissingTilde);
        let with_tilde = refusal(&format!("{form}~"));
        assert!(matches!(with_tilde, SdJwtError::Jose(_)), "{with_tilde}");
    }
}

#[test]
fn surrounding_blanks_are_refused() {
    let text = Draft::new().sign();
    assert_eq!(refusal(&format!("{text}\n")), SdJwtError::MissingTilde);
    assert_eq!(
        refusal(&format!(" {text}")),
        SdJwtError::Jose(JoseError::NotBase64Url)
    );
}

#[test]
fn more_than_the_limit_of_text_is_refused() {
    let text = Draft::new().sign();
    let long = format!("{text}{}~", "A".repeat(MAX_TEXT));
    assert_eq!(refusal(&long), SdJwtError::TooLarge);
}

#[test]
fn a_portrait_of_four_million_characters_is_accepted() {
    let portrait = format!("data:image/jpeg;base64,{}", "A".repeat(4_000_000));
    let draft = Draft::new().with_disclosed("portrait", &json!(portrait));
    assert_eq!(
        verify(&draft.sign()).unwrap().claims()["portrait"],
        portrait
    );
}

// shows: HOSTILE 21
#[test]
fn as_many_disclosures_as_the_limit_are_accepted_and_one_more_is_refused() {
    let mut draft = Draft::new();
    let digests: Vec<_> = (0..MAX_DISCLOSURES)
        .map(|number| draft.disclose(&json!(["salt", number.to_string(), number])))
        .collect();
    draft = draft.with(json!({"_sd": digests}));
    assert_eq!(
        verify(&draft.sign()).unwrap().disclosable().len(),
        MAX_DISCLOSURES
    );
    let one_more = draft.with_disclosed("one_more", &json!(1)).sign();
    assert_eq!(refusal(&one_more), SdJwtError::TooManyDisclosures);
}

#[test]
fn as_many_claims_as_the_limit_are_accepted_and_one_more_is_refused() {
    let base = verify(&Draft::new().sign()).unwrap();
    let base = count(base.claims()) - 1;
    let with = |count| Draft::new().with(json!({"list": vec![0; count]})).sign();
    // The list itself is one.
    let room = MAX_CLAIMS - base - 1;
    assert_eq!(count(verify(&with(room)).unwrap().claims()) - 1, MAX_CLAIMS);
    assert_eq!(refusal(&with(room + 1)), SdJwtError::TooManyClaims);
    // Wherever they hide.
    let hidden = json!(vec![0; MAX_CLAIMS]);
    let hidden = Draft::new().with_disclosed("list", &hidden).sign();
    assert_eq!(refusal(&hidden), SdJwtError::TooManyClaims);
}

#[test]
fn many_disclosures_hold_no_more_values_together_than_one_text_may() {
    let mut draft = Draft::new();
    let zeros = json!(vec![0; 60_000]);
    let digests = [
        draft.disclose(&json!(["salt", "one", zeros])),
        draft.disclose(&json!(["salt", "two", zeros])),
    ];
    let text = draft.with(json!({"_sd": digests})).sign();
    assert_eq!(refusal(&text), SdJwtError::Json(JsonError::TooLarge));
}

/// A value and all values in it.
fn count(value: &serde_json::Value) -> usize {
    let inside = match value {
        serde_json::Value::Object(members) => members.values().map(count).sum(),
        serde_json::Value::Array(elements) => elements.iter().map(count).sum(),
        _ => 0,
    };
    1 + inside
}

// shows: HOSTILE 21
#[test]
fn a_disclosure_that_is_not_canonical_base64url_is_refused() {
    let (text, _) = disclosure(r#"["salt","given_name","Erika"]"#);
    // The same bytes in the other alphabet: `+` for `-`.
    let standard = encode("[\"salt\",\"a\",\"~~~>>>\"]".as_bytes()).replace('-', "+");
    assert!(standard.contains('+'));
    for other in [
        format!("{text}="),
        format!("{text} "),
        format!("{text}."),
        standard,
    ] {
        let refused = refusal(&with_disclosure_text(&other));
        assert_eq!(refused, SdJwtError::Jose(JoseError::NotBase64Url));
    }
}

#[test]
fn a_disclosure_with_bits_beyond_its_last_byte_is_refused() {
    // "WyJzIiwx" + "XQ" ends in 4 spare bits; "XR" sets one of them.
    assert_eq!(encode(br#"["s",1]"#), "WyJzIiwxXQ");
    let refused = refusal(&with_disclosure_text("WyJzIiwxXR"));
    assert_eq!(refused, SdJwtError::Jose(JoseError::NotBase64Url));
}

#[test]
fn a_disclosure_that_is_not_json_is_refused() {
    for text in [
        "",
        "[",
        r#"["salt","a""#,
        r#"["salt","a",1,]"#,
        r#"["salt","a",NaN]"#,
    ] {
        let refused = refusal(&with_disclosure(&format!("{text} ")));
        assert_eq!(refused, SdJwtError::Json(JsonError::Malformed), "{text}");
    }
    let refused = refusal(&with_disclosure(r#"["salt","a",1]["more"]"#));
    assert_eq!(refused, SdJwtError::Json(JsonError::TrailingData));
}

#[test]
fn a_disclosure_with_a_duplicate_member_is_refused() {
    let refused = refusal(&with_disclosure(
        r#"["salt","address",{"street":1,"street":2}]"#,
    ));
    assert_eq!(refused, SdJwtError::Json(JsonError::DuplicateKey));
}

#[test]
fn a_payload_with_a_duplicate_member_is_refused() {
    let text = Draft::new().sign_raw(r#"{"vct":"a","vct":"b"}"#);
    let refused = refusal(&text);
    assert_eq!(
        refused,
        SdJwtError::Jose(JoseError::Json(JsonError::DuplicateKey))
    );
}

#[test]
fn a_disclosure_with_a_number_that_cannot_be_kept_is_refused() {
    let refused = refusal(&with_disclosure(
        r#"["salt","n",123456789012345678901234567890]"#,
    ));
    assert_eq!(refused, SdJwtError::Json(JsonError::NumberOutOfRange));
}

#[test]
fn a_disclosure_that_is_no_array_is_refused() {
    for json in ["{}", "1", r#""text""#, "null"] {
        assert_eq!(
            refusal(&with_disclosure(json)),
            SdJwtError::DisclosureShape,
            "{json}"
        );
    }
}

// shows: SDJWT 5
#[test]
fn a_disclosure_of_any_other_length_than_two_or_three_is_refused() {
    for json in ["[]", r#"["salt"]"#, r#"["salt","name",1,2]"#] {
        assert_eq!(
            refusal(&with_disclosure(json)),
            SdJwtError::DisclosureShape,
            "{json}"
        );
    }
}

#[test]
fn a_salt_or_a_name_that_is_no_string_is_refused() {
    for json in [
        r#"[1,"name",1]"#,
        r#"[null,1]"#,
        r#"["salt",1,1]"#,
        r#"["salt",null,1]"#,
    ] {
        assert_eq!(
            refusal(&with_disclosure(json)),
            SdJwtError::DisclosureShape,
            "{json}"
        );
    }
}

// shows: SDJWT 5
#[test]
fn a_disclosure_with_a_reserved_name_is_refused() {
    for json in [
        r#"["salt","_sd",["x"]]"#,
        r#"["salt","...","x"]"#,
        r#"["salt","_sd_alg","sha-256"]"#,
    ] {
        assert_eq!(
            refusal(&with_disclosure(json)),
            SdJwtError::ReservedName,
            "{json}"
        );
    }
}

#[test]
fn a_value_of_too_many_levels_is_refused() {
    let deep = format!(r#"["salt","deep",{}{}]"#, "[".repeat(40), "]".repeat(40));
    assert_eq!(
        refusal(&with_disclosure(&deep)),
        SdJwtError::Json(JsonError::TooDeep)
    );
}

// shows: SDJWT 3
#[test]
fn a_jwt_of_a_forbidden_algorithm_is_refused() {
    for alg in ["none", "HS256", "RS256", "ES256K", "es256", ""] {
        let text = Draft::new().with_header(json!({"alg": alg})).sign();
        assert_eq!(
            refusal(&text),
            SdJwtError::Jose(JoseError::AlgorithmNotAllowed),
            "{alg}"
        );
    }
}

#[test]
fn a_jwt_with_a_critical_extension_is_refused() {
    let text = Draft::new()
        .with_header(json!({"crit": ["exp"], "exp": 1}))
        .sign();
    assert_eq!(refusal(&text), SdJwtError::Jose(JoseError::CriticalHeader));
}

#[test]
fn a_payload_that_is_no_object_is_refused() {
    let refused = refusal(&Draft::new().sign_raw("[]"));
    assert_eq!(
        refused,
        SdJwtError::Jose(JoseError::Json(JsonError::NotAnObject))
    );
}
