//! METADIUM's own credentials (`test-fixtures/vectors/korea`).

use super::super::legacy::LegacyJwtVc;
use super::issuer::encode;
use super::{JwtVc, JwtVcError};
use crate::clock::UnixTime;
use crate::jose::{JoseError, PublicKey};
use serde_json::{Value, json};

/// When both are valid.
const THEN: UnixTime = UnixTime::from_secs(1_570_000_000);

fn vectors() -> Vec<(String, PublicKey)> {
    let path = "/../test-fixtures/vectors/korea/did-meta-vc-jwt-es256k.json";
    let file = std::fs::read(format!("{}{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let file: Value = serde_json::from_slice(&file).unwrap();
    let vectors = file["jwt_vcs"].as_array().unwrap().iter().map(|vector| {
        let digits = vector["publicKeyHex"].as_str().unwrap();
        let byte = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap();
        let point: Vec<u8> = (0..digits.len() / 2).map(byte).collect();
        let key = PublicKey::from_secp256k1_point(&point).unwrap();
        (vector["jwt"].as_str().unwrap().to_owned(), key)
    });
    vectors.collect()
}

#[test]
fn credentials_of_metadium_verify_by_their_keys_and_in_their_time() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 2);
    for (text, key) in &vectors {
        let parsed = LegacyJwtVc::parse(text).unwrap();
        assert_eq!(parsed.issuer(), "did:meta:0x3489384932859420");
        assert_eq!(parsed.key_name(), "73875892475");
        let credential = parsed.verify(key, THEN).unwrap();
        assert_eq!(
            credential.subject.as_deref(),
            Some("did:meta:0x11111111120")
        );
        assert_eq!(
            credential.credential["credentialSubject"],
            json!({"name": "mansud"})
        );
        let judged = |key, at| LegacyJwtVc::parse(text).unwrap().verify(key, at).err();
        let late = UnixTime::from_secs(1_580_000_000);
        assert_eq!(judged(key, late), Some(JwtVcError::Expired));
        // `iat` stands for `nbf`.
        let early = UnixTime::from_secs(1_560_000_000);
        assert_eq!(judged(key, early), Some(JwtVcError::NotYetValid));
        for (_, other) in vectors.iter().filter(|(_, other)| other != key) {
            let invalid = JwtVcError::Jose(JoseError::SignatureInvalid);
            assert_eq!(judged(other, THEN), Some(invalid));
        }
    }
}

#[test]
fn the_wallet_takes_none_of_them_in() {
    for (text, _) in vectors() {
        assert!(JwtVc::parse(&text).is_err());
    }
}

/// A legacy credential with these members, signed by nobody.
fn refused(header: Value, payload: Value) -> JwtVcError {
    let mut full = json!({
        "alg": "ES256K", "typ": "JWT", "kid": "did:meta:0000382#MetaManagementKey#59dd",
    });
    full.as_object_mut()
        .unwrap()
        .extend(header.as_object().unwrap().clone());
    let mut claims = json!({
        "iss": "did:meta:0x382", "iat": 1,
        "vc": {
            "@context": ["https://w3id.org/credentials/v1"], "type": ["VerifiableCredential"],
            "credentialSubject": {},
        },
    });
    claims
        .as_object_mut()
        .unwrap()
        .extend(payload.as_object().unwrap().clone());
    let part = |value: &Value| encode(value.to_string().as_bytes());
    let text = format!("{}.{}.{}", part(&full), part(&claims), encode(&[1; 64]));
    let key = vectors().remove(0).1;
    let judged = LegacyJwtVc::parse(&text).and_then(|parsed| parsed.verify(&key, THEN));
    judged.expect_err("nobody signed it")
}

#[test]
fn what_is_no_quirk_of_that_time_is_refused() {
    let sound = refused(json!({}), json!({}));
    assert_eq!(sound, JwtVcError::Jose(JoseError::SignatureInvalid));
    for kid in [
        "did:meta:0x383#k#a",
        "did:meta:testnet:0x382#k#a",
        "did:ethr:0x382#k",
        "did:meta:#k",
    ] {
        assert_eq!(
            refused(json!({"kid": kid}), json!({})),
            JwtVcError::WrongIssuerKey,
            "{kid}"
        );
    }
    for kid in ["did:meta:0x382", ""] {
        assert_eq!(
            refused(json!({"kid": kid}), json!({})),
            JwtVcError::NoIssuerKey
        );
    }
    for alg in ["none", "ES256", "HS256"] {
        let error = refused(json!({"alg": alg}), json!({}));
        assert_eq!(error, JwtVcError::Jose(JoseError::AlgorithmNotAllowed));
    }
    let critical = refused(json!({"crit": ["x"]}), json!({}));
    assert_eq!(critical, JwtVcError::Jose(JoseError::CriticalHeader));
    assert_eq!(
        refused(json!({"typ": "vc+jwt"}), json!({})),
        JwtVcError::WrongTyp
    );
    assert_eq!(refused(json!({}), json!({"vp": {}})), JwtVcError::Mixed);
    assert_eq!(
        refused(json!({}), json!({"exp": "x"})),
        JwtVcError::ValidityType
    );
    for (payload, member) in [
        (json!({"iss": 1}), "issuer"),
        (json!({"vc": []}), "vc"),
        (
            json!({"vc": {"type": ["VerifiableCredential"]}}),
            "@context",
        ),
    ] {
        assert_eq!(refused(json!({}), payload), JwtVcError::Credential(member));
    }
}
