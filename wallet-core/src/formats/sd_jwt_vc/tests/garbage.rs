//! Foreign input never panics, whatever it is.

use super::issuer::{Draft, digest, disclosure};
use super::{SdJwt, verify};
use crate::formats::sd_jwt_vc::KeyBinding;
use proptest::prelude::*;
use serde_json::{Value, json};

/// JSON made of the words that mean something to the format.
fn tricky() -> impl Strategy<Value = Value> {
    let word = || {
        prop_oneof![
            Just("_sd"),
            Just("..."),
            Just("_sd_alg"),
            Just("sha-256"),
            Just("sha-512"),
            Just("cnf"),
            Just("jwk"),
            Just("exp"),
            Just("status"),
            Just("a"),
            Just(""),
        ]
    };
    let leaf = prop_oneof![
        word().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::Null),
        // The digest of the disclosure that the test adds.
        Just(json!(disclosure(r#"["salt","a",{"_sd":[]}]"#).1)),
        Just(json!(digest("decoy"))),
    ];
    leaf.prop_recursive(6, 40, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec((word(), inner), 0..5).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

/// Whatever verifies can be listed, presented and read back, and holds nothing of the mechanism.
fn use_it(text: &str) {
    let Ok(credential) = verify(text) else { return };
    let disclosable = credential.disclosable();
    for path in disclosable.iter().chain(&credential.always_disclosed()) {
        assert!(path.value_in(credential.claims()).is_some());
    }
    assert_eq!(credential.present(&disclosable).unwrap().text(), text);
    let shown = credential.read_presentation(text, None).unwrap();
    assert_eq!(shown.claims, *credential.claims());
    assert_eq!(shown.disclosed, disclosable);
    assert!(!has_mechanism(credential.claims()));
}

fn has_mechanism(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, child)| {
            matches!(name.as_str(), "_sd" | "..." | "_sd_alg") || has_mechanism(child)
        }),
        Value::Array(elements) => elements.iter().any(has_mechanism),
        _ => false,
    }
}

proptest! {
    #[test]
    fn random_text_is_refused(text in "\\PC{0,200}") {
        prop_assert!(SdJwt::parse(&text).is_err());
    }

    #[test]
    fn random_parts_do_not_panic(text in "[A-Za-z0-9_.~-]{0,300}") {
        let _ = SdJwt::parse(&text);
        let credential = verify(&Draft::new().sign()).unwrap();
        let binding = KeyBinding {
            audience: String::new(),
            nonce: String::new(),
            issued_at: super::NOW,
            transaction_data_hashes: None,
        };
        prop_assert!(credential.read_presentation(&text, Some(&binding)).is_err());
    }

    #[test]
    fn signed_nonsense_is_refused_or_sound(payload in tricky(), value in tricky(), element in tricky()) {
        let mut draft = Draft::new();
        if payload.is_object() {
            draft = draft.with(payload);
        }
        draft.disclosures.push(disclosure(r#"["salt","a",{"_sd":[]}]"#).0);
        use_it(&draft.sign());
        let mut draft = Draft::new();
        let element = draft.disclose(&json!(["salt", element]));
        use_it(&draft.with(json!({"list": [{"...": element}]})).with_disclosed("b", &value).sign());
    }

    #[test]
    fn a_text_changed_in_one_place_is_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let text = Draft::new().with_disclosed("given_name", &json!("Erika")).sign();
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(changed == text || verify(&changed).is_err());
        }
    }
}
