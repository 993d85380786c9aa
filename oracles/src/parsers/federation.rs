//! OpenID Federation: chains of entity statements.

use super::fixture::{NOW, lines, object, sign_jws};
use ed25519_dalek::SigningKey;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use wallet_core::jose::PublicKey;
use wallet_core::trust::PinnedKeys;
use wallet_core::trust::federation::verify_chain;

const VERIFIER: &str = "https://verifier.example.org";
const MIDDLE: &str = "https://middle.example.org";
const ANCHOR: &str = "https://anchor.example.org";

/// The keys of verifier, middle and anchor, and of a stranger.
static KEYS: LazyLock<[SigningKey; 4]> =
    LazyLock::new(|| [11, 12, 13, 14].map(|seed| SigningKey::from_bytes(&[seed; 32])));

fn jwks(key: &SigningKey) -> Value {
    json!({ "keys": [PublicKey::Ed25519(key.verifying_key()).to_jwk()] })
}

/// What verifier, middle and anchor say, where it differs from a good chain; `null` leaves a claim out, `"by": 1` is a
/// stranger's signature. Only what the pinned anchor signed is believed, and only of the verifier that was asked for.
pub(super) fn chain(input: &[u8]) {
    let anchors = [PinnedKeys::from_jwks(ANCHOR, &jwks(&KEYS[2])).unwrap()];
    let verify = |chain: &[String]| verify_chain(chain, VERIFIER, &anchors, NOW);
    let texts: Vec<String> = String::from_utf8_lossy(input)
        .lines()
        .map(str::to_owned)
        .collect();
    assert!(verify(&texts).is_err(), "nobody signed that");

    let changes: [Map<String, Value>; 3] = lines::<3>(input).map(object);
    let about = [
        (VERIFIER, VERIFIER, 0),
        (MIDDLE, VERIFIER, 0),
        (ANCHOR, MIDDLE, 1),
    ];
    let mut chain = Vec::new();
    let mut said = Vec::new();
    for (place, (mut change, (issuer, subject, key))) in changes.into_iter().zip(about).enumerate()
    {
        let is_strange = change.remove("by").is_some_and(|by| by == 1);
        let mut claims = json!({
            "iss": issuer, "sub": subject, "iat": NOW.as_secs() - 10, "exp": NOW.as_secs() + 600,
            "jwks": jwks(&KEYS[key]),
        });
        if place == 0 {
            claims["authority_hints"] = json!([MIDDLE]);
            claims["metadata"] = json!({ "openid_credential_verifier": {
                "client_name": "Shop", "jwks": jwks(&KEYS[0]),
            }});
        }
        for (name, value) in change {
            match (&value, claims.as_object_mut()) {
                (Value::Null, Some(claims)) => _ = claims.remove(&name),
                _ => claims[name] = value,
            }
        }
        let signer = if is_strange { &KEYS[3] } else { &KEYS[place] };
        let header = br#"{"alg":"EdDSA","typ":"entity-statement+jwt"}"#;
        chain.push(sign_jws(signer, header, claims.to_string().as_bytes()));
        said.push((claims, is_strange));
    }
    let Ok(resolved) = verify(&chain) else { return };
    assert_eq!(resolved.anchor(), ANCHOR);
    let [(entity, _), (middle, _), (anchor, by_stranger)] = said.as_slice() else {
        panic!("three statements");
    };
    assert!(!by_stranger, "the anchor did not sign");
    assert_eq!(
        (&entity["iss"], &entity["sub"]),
        (&VERIFIER.into(), &VERIFIER.into())
    );
    assert_eq!(anchor["iss"], ANCHOR);
    assert_eq!(
        (&anchor["sub"], &middle["sub"]),
        (&middle["iss"], &entity["sub"])
    );
    let is_current =
        |(claims, _): &(Value, bool)| claims["exp"].as_i64() > Some(NOW.as_secs() - 60);
    assert!(said.iter().all(is_current));
    let other = verify_chain(&chain, MIDDLE, &anchors, NOW);
    assert!(other.is_err() && verify_chain(&chain, VERIFIER, &[], NOW).is_err());
}
