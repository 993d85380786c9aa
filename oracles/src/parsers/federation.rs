//! OpenID Federation: chains of entity statements.

use super::fixture::{NOW, json as parse, lines, object, sign_jws};
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

/// Metadata of the verifier, and the policies of middle and anchor: what comes out keeps to each of them (6.1.3.1).
pub(super) fn metadata_policy(input: &[u8]) {
    let [own, middle, anchor] = lines::<3>(input).map(|part| parse(part).unwrap_or_default());
    let entity_type = "openid_credential_verifier";
    let mut metadata = json!({ "client_name": "Shop", "jwks": jwks(&KEYS[0]) });
    for (name, value) in own.as_object().into_iter().flatten() {
        metadata[name] = value.clone();
    }
    let about = [
        (
            VERIFIER,
            VERIFIER,
            0,
            json!({ "metadata": { entity_type: metadata } }),
        ),
        (
            MIDDLE,
            VERIFIER,
            0,
            json!({ "metadata_policy": { entity_type: middle } }),
        ),
        (
            ANCHOR,
            MIDDLE,
            1,
            json!({ "metadata_policy": { entity_type: anchor } }),
        ),
    ];
    let sign =
        |(place, (issuer, subject, key, mut claims)): (usize, (&str, &str, usize, Value))| {
            claims["iss"] = issuer.into();
            claims["sub"] = subject.into();
            claims["iat"] = (NOW.as_secs() - 10).into();
            claims["exp"] = (NOW.as_secs() + 600).into();
            claims["jwks"] = jwks(&KEYS[key]);
            if place == 0 {
                claims["authority_hints"] = json!([MIDDLE]);
            }
            let header = br#"{"alg":"EdDSA","typ":"entity-statement+jwt"}"#;
            sign_jws(&KEYS[place], header, claims.to_string().as_bytes())
        };
    let chain: Vec<_> = about.into_iter().enumerate().map(sign).collect();
    let anchors = [PinnedKeys::from_jwks(ANCHOR, &jwks(&KEYS[2])).unwrap()];
    let Ok(resolved) = verify_chain(&chain, VERIFIER, &anchors, NOW) else {
        return;
    };
    let policies = [middle, anchor];
    let policies: Vec<_> = policies.iter().filter_map(Value::as_object).collect();
    for (name, operators) in policies.iter().copied().flatten() {
        check_policy(operators, resolved.metadata().get(name));
    }
    let is_ruled = |name: &String| policies.iter().any(|policy| policy.contains_key(name));
    for (name, value) in resolved.metadata() {
        assert!(is_ruled(name) || metadata[name] == *value);
    }
}

/// Whether a parameter is what the operators on it say.
fn check_policy(operators: &Value, value: Option<&Value>) {
    let list = |name: &str| operators.get(name).and_then(Value::as_array);
    let given = value.and_then(Value::as_array);
    let holds =
        |all: &Vec<Value>| given.is_some_and(|given| all.iter().all(|one| given.contains(one)));
    match operators.get("value") {
        Some(Value::Null) => assert!(value.is_none(), "a parameter that is to go is there"),
        Some(fixed) => assert_eq!(value, Some(fixed)),
        None => {}
    }
    assert!(list("add").is_none_or(holds));
    assert!(operators.get("default").is_none() || value.is_some());
    assert!(operators.get("essential") != Some(&true.into()) || value.is_some());
    if value.is_some() {
        assert!(list("one_of").is_none_or(|allowed| allowed.contains(value.unwrap())));
        assert!(list("superset_of").is_none_or(holds));
        let is_within = |allowed: &Vec<Value>| {
            given.is_some_and(|given| given.iter().all(|one| allowed.contains(one)))
        };
        assert!(list("subset_of").is_none_or(is_within));
    }
}
