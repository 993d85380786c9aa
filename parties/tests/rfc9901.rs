//! The parties' SD-JWT code against the examples of RFC 9901 and the test cases of sd-jwt-python.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

use serde_json::{Value, json};
use wallet_parties::VerificationKey;
use wallet_parties::sd_jwt::{Audience, IssuerTrust, PresentationCheck, verify};

/// The issuer's key in the settings.yml of both sets.
fn issuer_key() -> VerificationKey {
    VerificationKey::from_jwk(&json!({
        "kty": "EC", "crv": "P-256",
        "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
        "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8",
    }))
    .unwrap()
}

fn read(path: &Path) -> Option<String> {
    Some(std::fs::read_to_string(path).ok()?.trim().to_owned())
}

/// Verifies every presentation of a set and returns how many there were.
fn check_set(set: &str) -> usize {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-fixtures/vectors/sd-jwt");
    let mut checked = 0;
    for entry in std::fs::read_dir(vectors.join(set)).unwrap() {
        let case = entry.unwrap().path();
        let Some(presentation) = read(&case.join("sd_jwt_presentation.txt")) else {
            continue;
        };
        let binding: Option<Value> = read(&case.join("kb_jwt_payload.json"))
            .map(|text| serde_json::from_str(&text).unwrap());
        let text = |name: &str| binding.as_ref().and_then(|b| b[name].as_str());
        let check = PresentationCheck {
            trust: IssuerTrust::Key(issuer_key()),
            key_binding: text("aud")
                .zip(text("nonce"))
                .map(|(audience, nonce)| Audience { audience, nonce }),
            at: binding
                .as_ref()
                .map_or(1_700_000_000, |b| b["iat"].as_u64().unwrap()),
        };
        let verified = verify(&presentation, &check).unwrap_or_else(|e| panic!("{case:?}: {e}"));
        let expected = read(&case.join("verified_contents.json")).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        assert_eq!(verified.claims, expected, "{case:?}");
        checked += 1;
    }
    checked
}

#[test]
fn every_example_of_the_rfc_is_verified_as_printed() {
    assert!(check_set("rfc9901-examples") >= 12);
}

#[test]
fn every_case_of_sd_jwt_python_is_verified_as_expected() {
    assert!(check_set("sd-jwt-python-testcases") >= 14);
}
