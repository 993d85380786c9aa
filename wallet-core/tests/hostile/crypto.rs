//! Items 22 and 23: algorithms and keys.

use crate::attack::Attack;
use crate::world::{age, approve};
use pollster::block_on;
use serde_json::{Map, Value, json};
use wallet_core::ErrorCode::{
    AlgorithmNotAllowed, Malformed, NoEncryptionKey, RequestInvalid, SignatureInvalid,
    UntrustedIssuer, UntrustedVerifier,
};
use wallet_parties::EcKey;
use wallet_parties::hostile::{ForgedRequest, parameter};
use wallet_parties::jws::Jws;

// shows: HOSTILE 22, VP 7, SDJWT 3
#[test]
fn the_algorithm_is_ours_to_choose_and_no_key_comes_with_the_token() {
    let attack = Attack::begin();
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS256", "HS512", "RS256", "PS256", "ES256K", "ES384",
        "ES512", "es256", "EdDSA", "RSA1_5", "dir",
    ] {
        let request = attack.forged_with(|r| drop(r.header.insert("alg".into(), alg.into())));
        let error = attack.ask(&request.link()).err().unwrap();
        let codes = [AlgorithmNotAllowed, SignatureInvalid];
        assert!(codes.contains(&error.code()), "{alg}: {error:?}");
        assert!(error.failed_rule().is_some(), "{alg}");
        attack.issues(move |impostor, request| {
            impostor
                .card(request, Map::new(), &[], &json!({ "alg": alg }))
                .unwrap()
        });
        let error = attack.receive(&attack.impostor_offer()).err().unwrap();
        assert!(
            codes.contains(&error.code()),
            "a card with {alg}: {error:?}"
        );
    }
    // The signer's own key, an address to fetch it from, a parameter that must be understood and is not.
    type Break = fn(&mut ForgedRequest);
    let own_key: Break = |r| {
        r.key = EcKey::generate().unwrap();
        r.header.remove("x5c");
        r.header.insert("jwk".into(), r.key.public_jwk());
    };
    let cases: [(&str, Break); 5] = [
        ("its own key", own_key),
        ("jku", |r| {
            r.header.remove("x5c");
            r.header
                .insert("jku".into(), "https://keys.example/".into());
        }),
        ("x5u", |r| {
            r.header.remove("x5c");
            r.header
                .insert("x5u".into(), "https://keys.example/".into());
        }),
        ("crit", |r| {
            drop(r.header.insert("crit".into(), json!(["exp"])))
        }),
        ("an unencoded payload", |r| {
            r.header.insert("b64".into(), false.into());
            r.header.insert("crit".into(), json!(["b64"]));
        }),
    ];
    for (name, change) in cases {
        let error = attack
            .ask(&attack.forged_with(change).link())
            .err()
            .unwrap();
        let codes = [
            AlgorithmNotAllowed,
            SignatureInvalid,
            Malformed,
            RequestInvalid,
            UntrustedVerifier,
        ];
        assert!(codes.contains(&error.code()), "{name}: {error:?}");
        assert!(error.failed_rule().is_some(), "{name}");
    }
    attack.issues(|impostor, request| {
        let key = impostor.leaf.key.public_jwk();
        impostor
            .card(request, Map::new(), &[], &json!({"x5c": null, "jwk": key}))
            .unwrap()
    });
    let error = attack.receive(&attack.impostor_offer()).err().unwrap();
    assert!(
        [UntrustedIssuer, Malformed].contains(&error.code()),
        "{error:?}"
    );
    attack.unharmed();
}

// shows: HOSTILE 22, VP 35
#[test]
fn an_answer_is_encrypted_for_a_sound_key_or_not_sent() {
    let attack = Attack::begin();
    let good = EcKey::generate().unwrap().public_jwk();
    let keys = [
        (
            "off the curve",
            json!({"kty": "EC", "crv": "P-256", "x": good["y"], "y": good["x"]}),
        ),
        (
            "at nought",
            json!({"kty": "EC", "crv": "P-256", "x": "A".repeat(43), "y": "A".repeat(43)}),
        ),
        ("with its private half", {
            let mut key = good.clone();
            key["d"] = good["x"].clone();
            key
        }),
        (
            "of another curve",
            json!({"kty": "EC", "crv": "secp256k1", "x": good["x"], "y": good["y"]}),
        ),
        ("symmetric", json!({"kty": "oct", "k": "AAAA"})),
        ("for signing", {
            let mut key = good.clone();
            key["use"] = "sig".into();
            key
        }),
        ("for another algorithm", {
            let mut key = good.clone();
            key["alg"] = "RSA-OAEP".into();
            key
        }),
    ];
    for (name, mut key) in keys {
        key["kid"] = "1".into();
        if key.get("alg").is_none() {
            key["alg"] = "ECDH-ES".into();
        }
        let request = attack.forged_with(|r| {
            r.payload
                .insert("response_mode".into(), "direct_post.jwt".into());
            r.payload["client_metadata"]["jwks"] = json!({ "keys": [key] });
        });
        let error = attack
            .ask(&request.link())
            .err()
            .unwrap_or_else(|| panic!("{name}"));
        assert_eq!(error.code(), NoEncryptionKey, "{name}: {error:?}");
        assert!(error.failed_rule().is_some(), "{name}");
    }
    attack.unharmed();
}

/// What a signature of the holder is over, as it was sent.
fn signed(text: &str) -> Jws {
    Jws::parse(text).unwrap()
}

// shows: HOSTILE 23
#[test]
fn a_holder_key_signs_typed_statements_only_and_no_text_of_anybody_elses() {
    let attack = Attack::begin();
    // A verifier whose nonce looks like a proof for an issuer, or closes the JSON it stands in.
    for nonce in [
        r#"","aud":"https://bank.example","nonce":""#,
        "eyJhbGciOiJFUzI1NiIsInR5cCI6Im9wZW5pZDR2Y2ktcHJvb2Yrand0In0.e30",
    ] {
        let request = attack.forged_with(|r| drop(r.payload.insert("nonce".into(), nonce.into())));
        let Ok(wallet_core::presentation::Proposal::Plan(plan)) = attack.ask(&request.link())
        else {
            continue;
        };
        let approved = approve(&attack.world.wallet, *plan);
        block_on(attack.world.wallet.present(approved)).unwrap();
        let body = String::from_utf8(attack.world.phone.network.answers().pop().unwrap()).unwrap();
        let token = parameter(&format!("?{body}"), "vp_token").unwrap();
        let token: Value = serde_json::from_str(&token).unwrap();
        let binding = signed(
            token["card"][0]
                .as_str()
                .unwrap()
                .rsplit_once('~')
                .unwrap()
                .1,
        );
        assert_eq!(binding.typ(), Some("kb+jwt"));
        let names: Vec<_> = binding.payload.keys().map(String::as_str).collect();
        assert_eq!(names.len(), 4, "{names:?}");
        for name in ["aud", "nonce", "iat", "sd_hash"] {
            assert!(names.contains(&name), "{names:?}");
        }
        assert_eq!(binding.payload["nonce"], nonce);
        assert_eq!(binding.payload["aud"], "x509_san_dns:localhost");
    }
    // An issuer whose nonce is a key binding for somebody's request.
    let request = attack.forger().request(&age()).unwrap();
    let stolen = format!(
        "eyJ0eXAiOiJrYitqd3QifQ.{}",
        request.payload["nonce"].as_str().unwrap()
    );
    let impostor = attack.impostor();
    attack.issues(|impostor, request| impostor.card(request, Map::new(), &[], &json!({})).unwrap());
    let answer = wallet_parties::hostile::Trick::json(&json!({ "c_nonce": stolen }));
    attack.hostile.set("/nonce", answer);
    let ordered = attack.order(&impostor.offer());
    if let Ok(card) = ordered {
        block_on(attack.world.wallet.decline(card));
    }
    let seen = attack.hostile.seen();
    let order = seen.iter().find(|r| r.target == "/credential").unwrap();
    let order: Value = serde_json::from_slice(&order.body).unwrap();
    let proof = signed(order["proofs"]["jwt"][0].as_str().unwrap());
    assert_eq!(proof.typ(), Some("openid4vci-proof+jwt"));
    assert_eq!(proof.payload["aud"], json!(impostor.identifier));
    assert_eq!(proof.payload["nonce"], json!(stolen));
    let names: Vec<_> = proof.payload.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 3, "{names:?}");
}
