//! The JOSE cookbook (RFC 7520): what is in our policy is read, the rest refused for the right reason.

use crate::jwe::{any_key, p256_private};
use crate::vectors::read;
use serde_json::Value;
use wallet_core::jose::jwe;
use wallet_core::jose::{CompactJws, JoseError, PublicKey};

const MAX_BYTES: usize = 100_000;

#[test]
fn the_ed25519_example_verifies_and_not_with_a_changed_payload() {
    let example = read("jose/curve25519/jws.json");
    let mut jwk = example["input"]["key"].clone();
    jwk.as_object_mut().unwrap().remove("d");
    let key = PublicKey::from_jwk(&jwk).unwrap();
    let text = example["output"]["compact"].as_str().unwrap();
    let jws = CompactJws::parse(text, MAX_BYTES).unwrap();
    assert!(jws.verify(&key).is_ok());
    assert_eq!(jws.signing_input(), example["signing"]["sig-input"]);
    assert_eq!(jws.payload(), b"Example of Ed25519 signing");

    let changed = text.replacen(".RXhh", ".SXhh", 1);
    let jws = CompactJws::parse(&changed, MAX_BYTES).unwrap();
    assert_eq!(jws.verify(&key), Err(JoseError::SignatureInvalid));
}

#[test]
fn private_keys_and_unsupported_kinds_of_key_are_refused() {
    for (name, error) in [
        ("3_1.ec_public_key", JoseError::UnsupportedKey),
        ("3_2.ec_private_key", JoseError::PrivateKey),
        ("3_3.rsa_public_key", JoseError::UnsupportedKey),
        ("3_4.rsa_private_key", JoseError::PrivateKey),
        ("3_5.symmetric_key_mac_computation", JoseError::PrivateKey),
        ("3_6.symmetric_key_encryption", JoseError::PrivateKey),
    ] {
        let jwk = read(&format!("jose/jwk/{name}.json"));
        assert_eq!(PublicKey::from_jwk(&jwk), Err(error), "{name}");
    }
    let jwk = &read("jose/curve25519/jws.json")["input"]["key"];
    assert_eq!(PublicKey::from_jwk(jwk), Err(JoseError::PrivateKey));
}

/// The compact form where the example has one, else the JSON forms, which this wallet does not read.
fn forms(example: &Value) -> Vec<(bool, String)> {
    ["compact", "json", "json_flat"]
        .into_iter()
        .filter_map(|form| Some((form == "compact", example["output"].get(form)?)))
        .map(|(is_compact, form)| {
            let text = form
                .as_str()
                .map_or_else(|| form.to_string(), str::to_owned);
            (is_compact, text)
        })
        .collect()
}

#[test]
fn signatures_outside_our_policy_are_refused() {
    let mut compact = 0;
    for (path, error) in [
        ("jws/4_1.rsa_v15_signature", JoseError::AlgorithmNotAllowed),
        ("jws/4_2.rsa-pss_signature", JoseError::AlgorithmNotAllowed),
        ("jws/4_3.ecdsa_signature", JoseError::AlgorithmNotAllowed),
        (
            "jws/4_4.hmac-sha2_integrity_protection",
            JoseError::AlgorithmNotAllowed,
        ),
        (
            "jws/4_5.signature_with_detached_content",
            JoseError::AlgorithmNotAllowed,
        ),
        (
            "jws/4_6.protecting_specific_header_fields",
            JoseError::MalformedJws,
        ),
        ("jws/4_7.protecting_content_only", JoseError::MalformedJws),
        ("jws/4_8.multiple_signatures", JoseError::MalformedJws),
        ("rfc7797/4.2.hmac-sha2_b64_false", JoseError::MalformedJws),
        ("rfc7797/hmac-sha2_b64_false", JoseError::CriticalHeader),
    ] {
        let forms = forms(&read(&format!("jose/{path}.json")));
        assert!(!forms.is_empty(), "{path}");
        for (is_compact, text) in forms {
            let refused = CompactJws::parse(&text, MAX_BYTES).err();
            if is_compact {
                assert_eq!(refused, Some(error), "{path}");
                compact += 1;
            } else {
                assert!(refused.is_some(), "{path}");
            }
        }
    }
    assert_eq!(compact, 6);
}

#[test]
fn encryption_outside_our_policy_is_refused() {
    let mut run = 0;
    for name in [
        "5_1.key_encryption_using_rsa_v15_and_aes-hmac-sha2",
        "5_2.key_encryption_using_rsa-oaep_with_aes-gcm",
        "5_3.key_wrap_using_pbes2-aes-keywrap_with-aes-cbc-hmac-sha2",
        "5_4.key_agreement_with_key_wrapping_using_ecdh-es_and_aes-keywrap_with_aes-gcm",
        "5_5.key_agreement_using_ecdh-es_with_aes-cbc-hmac-sha2",
        "5_6.direct_encryption_using_aes-gcm",
        "5_7.key_wrap_using_aes-gcm_keywrap_with_aes-cbc-hmac-sha2",
        "5_8.key_wrap_using_aes-keywrap_with_aes-gcm",
        "5_9.compressed_content",
        "5_10.including_additional_authentication_data",
        "5_11.protecting_specific_header_fields",
        "5_12.protecting_content_only",
        "5_13.encrypting_to_multiple_recipients",
    ] {
        let example = read(&format!("jose/jwe/{name}.json"));
        let key = p256_private(&example["input"]["key"]).unwrap_or_else(any_key);
        for (_, text) in forms(&example) {
            assert!(jwe::decrypt(&text, &key, MAX_BYTES).is_err(), "{name}");
            run += 1;
        }
    }
    assert_eq!(run, 34);
}

/// 5.5 is ECDH-ES on P-256 with the right key in hand: only the cipher, CBC with HMAC, is not ours.
#[test]
fn the_direct_agreement_example_is_refused_for_its_cipher_alone() {
    let example = read("jose/jwe/5_5.key_agreement_using_ecdh-es_with_aes-cbc-hmac-sha2.json");
    let key = p256_private(&example["input"]["key"]).unwrap();
    let text = example["output"]["compact"].as_str().unwrap();
    assert_eq!(
        jwe::decrypt(text, &key, MAX_BYTES).err(),
        Some(JoseError::AlgorithmNotAllowed)
    );
}
