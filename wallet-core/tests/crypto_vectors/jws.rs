//! Compact JWS: Wycheproof, and the examples of RFC 7515 and RFC 8037.

use crate::vectors::{Tally, is_valid, wycheproof};
use serde_json::{Value, json};
use wallet_core::jose::{CompactJws, JoseError, PublicKey};

const MAX_BYTES: usize = 100_000;

/// Whether our code accepts this JWS under this key.
pub(crate) fn accepts(jwk: &Value, jws: &Value) -> bool {
    let text = match jws {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let Ok(key) = PublicKey::from_jwk(jwk) else {
        return false;
    };
    CompactJws::parse(&text, MAX_BYTES).is_ok_and(|jws| jws.verify(&key).is_ok())
}

/// The public key of a group; for HMAC the secret, which is no public key and refused.
pub(crate) fn key_of(group: &Value) -> &Value {
    group.get("public").unwrap_or(&group["private"])
}

// shows: VP 7, HAIP 25, SDJWT 3, HOSTILE 22
#[test]
fn wycheproof_tokens_of_es256_are_judged_rightly_and_all_others_refused() {
    let (mut ours, mut others) = (Tally::default(), Tally::default());
    for (group, test) in wycheproof("json_web_signature") {
        let jwk = key_of(&group);
        let accepted = accepts(jwk, &test["jws"]);
        if jwk["kty"] == "EC" && jwk["crv"] == "P-256" {
            assert_eq!(accepted, is_valid(&test), "{}", test["tcId"]);
            ours.count(accepted);
        } else {
            // RSA, HMAC and P-521 are not in our policy, whatever the vector says.
            assert!(!accepted, "{}", test["tcId"]);
            others.count(accepted);
        }
    }
    ours.assert(2, 39, 0);
    others.assert(0, 360, 0);
}

/// RFC 7515 A.3.
fn es256_example() -> (Value, String) {
    let jwk = json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let jws = concat!(
        "eyJhbGciOiJFUzI1NiJ9",
        ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
        ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    );
    (jwk, jws.to_owned())
}

#[test]
fn the_es256_example_of_rfc_7515_verifies_and_its_bytes_are_kept() {
    let (jwk, text) = es256_example();
    let jws = CompactJws::parse(&text, MAX_BYTES).unwrap();
    assert!(jws.verify(&PublicKey::from_jwk(&jwk).unwrap()).is_ok());
    // The payload has line breaks that encoding again would lose.
    assert!(jws.payload().starts_with(b"{\"iss\":\"joe\",\r\n"));
    assert_eq!(jws.payload_object().unwrap()["exp"], 1_300_819_380);
    assert_eq!(jws.text(), text);
}

#[test]
fn the_same_signature_under_another_key_or_kind_of_key_is_refused() {
    let (_, text) = es256_example();
    let jws = CompactJws::parse(&text, MAX_BYTES).unwrap();
    let other = json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
        "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
    });
    let ed25519 = json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    assert_eq!(
        jws.verify(&PublicKey::from_jwk(&other).unwrap()),
        Err(JoseError::SignatureInvalid)
    );
    assert_eq!(
        jws.verify(&PublicKey::from_jwk(&ed25519).unwrap()),
        Err(JoseError::AlgorithmMismatch)
    );
}

/// The examples of RFC 7515 with other algorithms: HS256 (A.1), RS256 (A.2), ES512 (A.4), none (A.5).
#[test]
fn the_examples_of_rfc_7515_with_other_algorithms_are_refused() {
    for header in [
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
        "eyJhbGciOiJSUzI1NiJ9",
        "eyJhbGciOiJFUzUxMiJ9",
        "eyJhbGciOiJub25lIn0",
    ] {
        for signature in ["", "AAAA"] {
            assert_eq!(
                CompactJws::parse(&format!("{header}.e30.{signature}"), MAX_BYTES).err(),
                Some(JoseError::AlgorithmNotAllowed)
            );
        }
    }
}

#[test]
fn the_critical_header_example_of_rfc_7515_is_refused() {
    // RFC 7515 appendix E: alg "none" and an unknown extension in `crit`.
    let text = concat!(
        "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0",
        "dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA."
    );
    assert_eq!(
        CompactJws::parse(text, MAX_BYTES).err(),
        Some(JoseError::CriticalHeader)
    );
}
