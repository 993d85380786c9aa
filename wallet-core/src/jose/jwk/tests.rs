#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;
use serde_json::json;

/// RFC 7517 A.1 (without `use`), RFC 7515 A.3, RFC 8037 A.2.
fn p256() -> Value {
    json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    })
}

fn ed25519() -> Value {
    json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    })
}

fn p384() -> Value {
    let secret = p384::ecdsa::SigningKey::from_slice(&[7; 48]).unwrap();
    PublicKey::P384(*secret.verifying_key()).to_jwk().into()
}

fn secp256k1() -> Value {
    let secret = k256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    PublicKey::Secp256k1(*secret.verifying_key())
        .to_jwk()
        .into()
}

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

fn without(mut jwk: Value, name: &str) -> Value {
    jwk.as_object_mut().unwrap().remove(name);
    jwk
}

#[test]
fn each_kind_of_key_comes_back_from_jwk_and_spki() {
    for (jwk, algorithm) in [
        (p256(), Algorithm::Es256),
        (p384(), Algorithm::Es384),
        (ed25519(), Algorithm::EdDsa),
    ] {
        let key = PublicKey::from_jwk(&jwk).unwrap();
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(Value::Object(key.to_jwk()), jwk);
        assert_eq!(PublicKey::from_spki_der(&key.to_spki_der()).unwrap(), key);
    }
}

#[test]
fn a_secp256k1_key_comes_back_from_jwk_and_point_and_is_in_no_certificate() {
    let key = PublicKey::from_jwk(&secp256k1()).unwrap();
    assert_eq!(key.algorithm(), Algorithm::Es256K);
    assert_eq!(Value::Object(key.to_jwk()), secp256k1());
    assert_eq!(secp256k1()["crv"], "secp256k1");
    assert_eq!(
        PublicKey::from_secp256k1_point(&key.to_bytes()),
        Ok(key.clone())
    );
    let in_der = PublicKey::from_spki_der(&key.to_spki_der());
    assert_eq!(in_der, Err(JoseError::UnsupportedKey));
    for point in [&key.to_bytes()[1..], &[6; 65], &[2; 65], &[4; 33], &[]] {
        let refused = PublicKey::from_secp256k1_point(point);
        assert_eq!(refused, Err(JoseError::MalformedKey));
    }
    // A point of another curve.
    let elsewhere = PublicKey::from_jwk(&with(p256(), "crv", json!("secp256k1")));
    assert_eq!(elsewhere, Err(JoseError::NotOnCurve));
    let nowhere = [&[2], [0xff; 32].as_slice()].concat();
    let refused = PublicKey::from_secp256k1_point(&nowhere);
    assert_eq!(refused, Err(JoseError::NotOnCurve));
}

#[test]
fn members_that_say_nothing_about_use_are_ignored() {
    let mut jwk = p256();
    jwk["kid"] = json!("k");
    jwk["ext"] = json!(true);
    jwk["x5t"] = json!("AAAA");
    assert!(PublicKey::from_jwk(&jwk).is_ok());
}

#[test]
fn a_key_that_is_for_something_else_is_refused() {
    for jwk in [
        with(p256(), "use", json!("enc")),
        with(p256(), "use", json!(null)),
        with(p256(), "key_ops", json!(["sign"])),
        with(p256(), "key_ops", json!([])),
        with(p256(), "key_ops", json!("verify")),
        with(p256(), "alg", json!("ES384")),
        with(p256(), "alg", json!("ECDH-ES")),
        with(p256(), "alg", json!("none")),
        with(p256(), "alg", json!(7)),
        with(ed25519(), "alg", json!("ES256")),
    ] {
        assert_eq!(PublicKey::from_jwk(&jwk), Err(JoseError::KeyUse), "{jwk}");
    }
    for jwk in [
        with(p256(), "use", json!("sig")),
        with(p256(), "alg", json!("ES256")),
        with(p256(), "key_ops", json!(["sign", "verify"])),
    ] {
        assert!(PublicKey::from_jwk(&jwk).is_ok(), "{jwk}");
    }
}

// shows: VCI 32
#[test]
fn any_private_member_is_refused() {
    for name in PRIVATE_MEMBERS {
        for jwk in [p256(), p384(), ed25519(), secp256k1()] {
            // Whatever it holds: even an empty one is a leak about to happen.
            let jwk = with(jwk, name, json!(""));
            assert_eq!(PublicKey::from_jwk(&jwk), Err(JoseError::PrivateKey));
        }
    }
}

#[test]
fn coordinates_of_any_other_length_are_refused() {
    let short = |jwk: Value, name: &str| {
        let bytes = base64url::decode(jwk[name].as_str().unwrap()).unwrap();
        with(jwk, name, json!(base64url::encode(&bytes[1..])))
    };
    let long = |jwk: Value, name: &str| {
        let bytes = base64url::decode(jwk[name].as_str().unwrap()).unwrap();
        let bytes = [&[0], bytes.as_slice()].concat();
        with(jwk, name, json!(base64url::encode(&bytes)))
    };
    for jwk in [
        short(p256(), "x"),
        short(p256(), "y"),
        long(p256(), "x"),
        long(p256(), "y"),
        short(p384(), "x"),
        long(p384(), "y"),
        short(ed25519(), "x"),
        long(ed25519(), "x"),
        with(p256(), "x", json!("")),
        with(p256(), "crv", json!("P-384")),
    ] {
        assert_eq!(
            PublicKey::from_jwk(&jwk),
            Err(JoseError::MalformedKey),
            "{jwk}"
        );
    }
}

#[test]
fn missing_members_and_wrong_types_are_refused() {
    for jwk in [
        json!(null),
        json!([]),
        json!("key"),
        json!({}),
        without(p256(), "kty"),
        without(p256(), "crv"),
        without(p256(), "x"),
        without(p256(), "y"),
        without(ed25519(), "x"),
        with(p256(), "x", json!(1)),
        with(p256(), "kty", json!(["EC"])),
    ] {
        assert_eq!(
            PublicKey::from_jwk(&jwk),
            Err(JoseError::MalformedKey),
            "{jwk}"
        );
    }
}

#[test]
fn kinds_of_key_outside_our_policy_are_refused() {
    for jwk in [
        json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "oct"}),
        with(p256(), "crv", json!("P-521")),
        with(p256(), "crv", json!("secp256r1")),
        with(p256(), "crv", json!("p-256")),
        with(p256(), "kty", json!("ec")),
        with(p256(), "kty", json!("OKP")),
        with(ed25519(), "crv", json!("X25519")),
        with(ed25519(), "crv", json!("Ed448")),
        with(ed25519(), "kty", json!("EC")),
    ] {
        assert_eq!(
            PublicKey::from_jwk(&jwk),
            Err(JoseError::UnsupportedKey),
            "{jwk}"
        );
    }
}

#[test]
fn coordinates_in_another_spelling_are_refused() {
    for x in [
        "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU=",
        "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV",
        "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\n",
    ] {
        let jwk = with(p256(), "x", json!(x));
        assert_eq!(PublicKey::from_jwk(&jwk), Err(JoseError::NotBase64Url));
    }
}

#[test]
fn points_off_the_curve_are_refused() {
    let zeros = base64url::encode(&[0; 32]);
    for jwk in [
        with(p256(), "y", p256()["x"].clone()),
        with(with(p256(), "x", json!(zeros)), "y", json!(zeros)),
        with(p256(), "x", json!(base64url::encode(&[0xff; 32]))),
        with(p384(), "y", p384()["x"].clone()),
    ] {
        assert_eq!(
            PublicKey::from_jwk(&jwk),
            Err(JoseError::NotOnCurve),
            "{jwk}"
        );
    }
}

/// The points of order 1, 2, 4 and 8, and spellings with y >= p (RFC 8032 5.1.3), under which anyone could sign.
// shows: HOSTILE 22
#[test]
fn ed25519_keys_of_small_order_and_other_spellings_are_refused() {
    let bytes = |first: u8, middle: u8, last: u8| {
        let mut bytes = [middle; 32];
        bytes[0] = first;
        bytes[31] = last;
        bytes
    };
    let refused = [
        bytes(1, 0, 0),
        bytes(1, 0, 0x80),
        bytes(0, 0, 0),
        bytes(0, 0, 0x80),
        bytes(0xec, 0xff, 0x7f),
        // p, p + 1, 2^255 - 1 and more
        bytes(0xed, 0xff, 0x7f),
        bytes(0xee, 0xff, 0x7f),
        bytes(0xff, 0xff, 0x7f),
        bytes(0xff, 0xff, 0xff),
        // y = p + 3: a point when reduced
        bytes(0xf0, 0xff, 0x7f),
        // y = 2 is on no point
        bytes(2, 0, 0),
    ];
    for bytes in refused {
        let jwk = with(ed25519(), "x", json!(base64url::encode(&bytes)));
        assert_eq!(
            PublicKey::from_jwk(&jwk),
            Err(JoseError::NotOnCurve),
            "{bytes:?}"
        );
    }
}

#[test]
fn public_key_infos_in_another_form_are_refused() {
    let der = |jwk: Value| PublicKey::from_jwk(&jwk).unwrap().to_spki_der();
    let (ec, okp) = (der(p256()), der(ed25519()));
    let mut compressed = ec[..ec.len() - 32].to_vec();
    let at = compressed.len() - 33;
    compressed[at] = 2;
    compressed[1] -= 32;
    compressed[at - 2] -= 32;
    let mut hybrid = ec.clone();
    hybrid[at] = 6;
    let mut other_curve = ec.clone();
    // 1.2.840.10045.3.1.7 becomes 1.2.840.10045.3.1.1 (P-192)
    other_curve[at - 4] = 1;
    let mut off_curve = ec.clone();
    *off_curve.last_mut().unwrap() ^= 1;
    let mut other_algorithm = okp.clone();
    // Ed25519 becomes Ed448
    other_algorithm[8] = 0x71;
    for (der, error) in [
        (vec![], JoseError::MalformedKey),
        (vec![0x30, 0x00], JoseError::MalformedKey),
        (compressed, JoseError::MalformedKey),
        (hybrid, JoseError::MalformedKey),
        (other_curve, JoseError::UnsupportedKey),
        (off_curve, JoseError::NotOnCurve),
        (other_algorithm, JoseError::UnsupportedKey),
        (ec[..ec.len() - 1].to_vec(), JoseError::MalformedKey),
        ([ec.as_slice(), &[0]].concat(), JoseError::MalformedKey),
        ([okp.as_slice(), &[0]].concat(), JoseError::MalformedKey),
    ] {
        assert_eq!(PublicKey::from_spki_der(&der), Err(error), "{der:02x?}");
    }
}

#[test]
fn only_our_algorithms_have_a_name_here() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa] {
        assert_eq!(
            Algorithm::from_identifier(algorithm.as_str()),
            Some(algorithm)
        );
    }
    for text in [
        "none", "None", "NONE", "", "HS256", "HS384", "HS512", "RS256", "PS256", "ES512", "ES256K",
        "es256", "ES256 ", "EDDSA", "ECDH-ES",
    ] {
        assert_eq!(Algorithm::from_identifier(text), None, "{text}");
    }
}

#[test]
fn signatures_of_any_other_length_are_refused() {
    for jwk in [p256(), p384(), ed25519(), secp256k1()] {
        let key = PublicKey::from_jwk(&jwk).unwrap();
        for length in [0, 1, 32, 63, 64, 65, 72, 95, 96, 97, 128] {
            for byte in [0, 1, 0xff] {
                assert_eq!(
                    key.verify(b"message", &vec![byte; length]),
                    Err(JoseError::SignatureInvalid)
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn any_spki_bytes_end_in_a_key_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let _ = PublicKey::from_spki_der(&bytes);
    }

    #[test]
    fn a_flipped_bit_in_an_spki_gives_another_key_or_an_error(at in 0usize..91 * 8) {
        let key = PublicKey::from_jwk(&p256()).unwrap();
        let mut der = key.to_spki_der();
        der[at / 8] ^= 1 << (at % 8);
        prop_assert_ne!(PublicKey::from_spki_der(&der).ok(), Some(key));
    }
}
