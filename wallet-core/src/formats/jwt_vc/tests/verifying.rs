//! Signature, validity, and the key of the holder.

use super::issuer::{
    Draft, did, encode, holder_signing_key, issuer_key, jwk, public, sign_jwt, signing_key,
};
use super::{JwtVc, JwtVcError, NOW, VerifyPolicy, refused, verify};
use crate::clock::UnixTime;
use crate::formats::IssuerEvidence;
use crate::formats::sd_jwt_vc::IssuerKey;
use crate::jose::JoseError;
use serde_json::json;

#[test]
fn a_sound_credential_verifies_and_keeps_its_bytes() {
    for draft in [Draft::v1(), Draft::v2()] {
        let text = draft.sign();
        let credential = JwtVc::parse(&text).unwrap();
        let credential = credential
            .verify(&issuer_key(), &VerifyPolicy::at(NOW))
            .unwrap();
        assert_eq!(credential.text(), text);
        assert_eq!(
            credential.holder_key(),
            Some(&public(&holder_signing_key()))
        );
    }
}

#[test]
fn no_algorithm_but_ours_and_the_keys_is_taken() {
    for alg in ["none", "HS256", "RS256", "ES256K1"] {
        let error = refused(&Draft::v1().with_header(json!({"alg": alg})));
        assert_eq!(
            error,
            JwtVcError::Jose(JoseError::AlgorithmNotAllowed),
            "{alg}"
        );
    }
    let unsigned = format!("{}.{}.", encode(br#"{"alg":"none"}"#), encode(b"{}"));
    let error = JwtVc::parse(&unsigned).err().unwrap();
    assert_eq!(error, JwtVcError::Jose(JoseError::AlgorithmNotAllowed));
    let error = refused(&Draft::v1().with_header(json!({"alg": "EdDSA"})));
    assert_eq!(error, JwtVcError::Jose(JoseError::AlgorithmMismatch));
}

#[test]
fn extensions_of_the_header_are_refused() {
    for header in [
        json!({"crit": ["exp"], "exp": 1}),
        json!({"b64": false, "crit": ["b64"]}),
        json!({"b64": false}),
    ] {
        let error = refused(&Draft::v1().with_header(header));
        assert_eq!(error, JwtVcError::Jose(JoseError::CriticalHeader));
    }
}

#[test]
fn a_key_that_stands_in_the_header_is_not_trusted() {
    let header =
        json!({"alg": "ES256", "typ": "JWT", "jwk": jwk(&holder_signing_key())}).to_string();
    let text = sign_jwt(
        &header,
        &Draft::v1().payload.to_string(),
        &holder_signing_key(),
    );
    let judged = JwtVc::parse(&text)
        .unwrap()
        .verify(&issuer_key(), &VerifyPolicy::at(NOW));
    assert_eq!(
        judged.err(),
        Some(JwtVcError::Jose(JoseError::SignatureInvalid))
    );
}

#[test]
fn a_changed_part_is_refused() {
    let text = Draft::v1().sign();
    let other = Draft::v1()
        .with("/vc/credentialSubject", json!({"name": "Sim Cheong"}))
        .sign();
    let parts: Vec<_> = text.split('.').collect();
    let others: Vec<_> = other.split('.').collect();
    let mixed = [parts[0], others[1], parts[2]].join(".");
    let judged = JwtVc::parse(&mixed)
        .unwrap()
        .verify(&issuer_key(), &VerifyPolicy::at(NOW));
    assert_eq!(
        judged.err(),
        Some(JwtVcError::Jose(JoseError::SignatureInvalid))
    );
    assert!(JwtVc::parse(&format!("{text}~")).is_err());
    assert!(JwtVc::parse(&format!("{text}.")).is_err());
}

#[test]
fn a_credential_is_refused_outside_its_validity_with_a_minute_of_leeway_at_most() {
    let judged = |draft: &Draft, at: i64| {
        let policy = VerifyPolicy {
            at: UnixTime::from_secs(at),
            leeway: 3600,
        };
        let parsed = JwtVc::parse(&draft.sign()).unwrap();
        parsed.verify(&issuer_key(), &policy).err()
    };
    for draft in [Draft::v1(), Draft::v2()] {
        assert_eq!(judged(&draft, 1_683_000_000 - 60), None);
        assert_eq!(
            judged(&draft, 1_683_000_000 - 61),
            Some(JwtVcError::NotYetValid)
        );
        assert_eq!(judged(&draft, 1_883_000_000 + 59), None);
        assert_eq!(
            judged(&draft, 1_883_000_000 + 60),
            Some(JwtVcError::Expired)
        );
    }
    let later = Draft::v2().with("", json!({"nbf": 1_700_000_100}));
    assert_eq!(judged(&later, 1_700_000_000), Some(JwtVcError::NotYetValid));
    let sooner = Draft::v1().with("/vc", json!({"validUntil": "2023-11-14T00:00:00Z"}));
    assert_eq!(judged(&sooner, 1_700_000_000), Some(JwtVcError::Expired));
}

#[test]
fn the_holders_key_is_that_of_the_subject_or_of_cnf_and_never_two() {
    let key = public(&holder_signing_key());
    let own = json!({"cnf": {"jwk": jwk(&holder_signing_key())}});
    let other = json!({"cnf": {"jwk": jwk(&signing_key())}});
    let bound = |draft: Draft| verify(&draft).unwrap().holder_key().cloned();
    assert_eq!(bound(Draft::v1().with("", own.clone())), Some(key.clone()));
    assert_eq!(
        bound(Draft::v1().without("", "sub").with("", own.clone())),
        Some(key.clone())
    );
    let by_name = json!({"sub": "https://citizens.example/4711"});
    assert_eq!(bound(Draft::v1().with("", by_name.clone())), None);
    assert_eq!(
        bound(Draft::v1().with("", by_name).with("", own)),
        Some(key)
    );
    for refused_draft in [
        Draft::v1().with("", other),
        Draft::v1().with("", json!({"cnf": {"kid": did(&holder_signing_key())}})),
        Draft::v1().with("", json!({"cnf": {"jwk": {"kty": "oct"}}})),
        Draft::v1().with("", json!({"sub": "did:jwk:e30"})),
        Draft::v1().with("", json!({"sub": "did:key:z0"})),
        Draft::v1().with(
            "",
            json!({"sub": format!("{}#0", did(&holder_signing_key()))}),
        ),
    ] {
        assert_eq!(refused(&refused_draft), JwtVcError::HolderKey);
    }
}

#[test]
fn a_key_known_by_an_identifier_speaks_for_that_issuer_alone_and_a_certificate_for_no_did() {
    let key = public(&signing_key());
    let judged = |draft: &Draft, evidence| {
        let key = IssuerKey::new(key.clone(), evidence);
        let parsed = JwtVc::parse(&draft.sign()).unwrap();
        parsed.verify(&key, &VerifyPolicy::at(NOW)).err()
    };
    let web = IssuerEvidence::Web {
        issuer: "https://other.example".into(),
        address_checked: true,
    };
    assert_eq!(judged(&Draft::v1(), web), Some(JwtVcError::WrongIssuerKey));
    let certificate = || IssuerEvidence::Certificate {
        subject: "CN=Office".into(),
        organisation: None,
        leaf_sha256: [0; 32],
        authority_key_ids: Vec::new(),
    };
    assert_eq!(judged(&Draft::v1(), certificate()), None);
    let of_did = Draft::v1().with("", json!({"iss": "did:web:issuer.example"}));
    assert_eq!(
        judged(&of_did, certificate()),
        Some(JwtVcError::WrongIssuerKey)
    );
}
