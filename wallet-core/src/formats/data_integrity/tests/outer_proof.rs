//! ecdsa-rdfc-2019: the W3C's vectors, and presentations sealed by a key for one showing.

use super::issuer::{Issuer, NOW};
use super::vectors::{document, hex, json, read};
use super::*;
use crate::formats::data_integrity::ecdsa_rdfc_2019::{
    Occasion, seal_presentation, signature, signed_bytes, verify, verify_presentation,
};
use crate::jose::PublicKey;
use crate::random::OsRandom;
use serde_json::Map;
use wallet_primitives::p256;

const OCCASION: Occasion<'_> = Occasion {
    challenge: "n-0S6_WzA2Mj",
    domain: "x509_san_dns:verifier.example",
};

/// `folder` has the steps of one credential.
fn vector(folder: &str) {
    let line = |name: &str| {
        let text = read(&format!("vc-di-ecdsa/{folder}/{name}ECDSAP256.txt"));
        hex(&text.trim().into())
    };
    let secured = document(&format!("vc-di-ecdsa/{folder}/signedECDSAP256.json"));
    let mut document = secured.as_object().unwrap().clone();
    let Some(Value::Object(mut proof)) = document.shift_remove("proof") else {
        panic!("no proof")
    };
    let value = proof.shift_remove("proofValue").unwrap();
    let signed = signed_bytes(&document, &proof).unwrap();
    assert_eq!(signed, line("combinedHash"));

    let keys = json("vc-di-ecdsa/p256KeyPair.json");
    let Ok(Multikey::P256(key)) = Multikey::parse(keys["publicKeyMultibase"].as_str().unwrap())
    else {
        panic!("no key")
    };
    let key = PublicKey::P256(key);
    let signature = signature(value.as_str().unwrap()).unwrap();
    assert_eq!(signature, *line("sigHex"));
    assert_eq!(verify(&key, &document, &proof, &signature), Ok(()));

    // The codec p256-priv, then the scalar.
    let secret = keys["secretKeyMultibase"].as_str().unwrap();
    let secret = bs58::decode(&secret[1..]).into_vec().unwrap();
    let secret: [u8; 32] = secret
        .strip_prefix(&[0x86, 0x26])
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(p256::sign(&secret, &signed).unwrap(), signature);

    document.insert("name".to_owned(), "Another".into());
    let refused = verify(&key, &document, &proof, &signature);
    assert_eq!(refused, Err(DataIntegrityError::ProofInvalid));
}

#[test]
fn ecdsa_rdfc_2019_alumni() {
    vector("ecdsa-rdfc-2019-p256");
}

#[test]
fn ecdsa_rdfc_2019_employment() {
    vector("ecdsa-rdfc-2019-p256/employ");
}

fn sealed() -> Map<String, Value> {
    let credential = Issuer::of(Cryptosuite::Bbs2023).credential();
    let shown = credential.present(&[]).unwrap().derive(b"").unwrap();
    let shown = serde_json::from_str(&shown).unwrap();
    let text = seal_presentation(shown, &OCCASION, NOW, &OsRandom).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_sealed_presentation_is_for_one_occasion() {
    let sealed = sealed();
    assert_eq!(verify_presentation(&sealed, &OCCASION), Ok(()));
    for (occasion, name) in [
        (
            Occasion {
                challenge: "other",
                ..OCCASION
            },
            "challenge",
        ),
        (
            Occasion {
                domain: "other",
                ..OCCASION
            },
            "domain",
        ),
    ] {
        let refusal = verify_presentation(&sealed, &occasion);
        assert_eq!(refusal, Err(DataIntegrityError::Proof(name)));
        // What the proof says is signed.
        let mut changed = sealed.clone();
        changed["proof"][name] = "other".into();
        let refusal = verify_presentation(&changed, &occasion);
        assert_eq!(refusal, Err(DataIntegrityError::ProofInvalid));
    }
}

#[test]
fn a_sealed_presentation_that_was_changed_is_refused() {
    use DataIntegrityError as E;
    let sealed = Value::Object(sealed());
    for (pointer, value, expected) in [
        (
            "/verifiableCredential/0/issuer",
            "https://other.example",
            E::ProofInvalid,
        ),
        (
            "/verifiableCredential/0/validUntil",
            "2037-01-01T00:00:00Z",
            E::ProofInvalid,
        ),
        (
            "/verifiableCredential/0/proof/proofValue",
            "u2V0D",
            E::ProofInvalid,
        ),
        (
            "/holder",
            "did:key:zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
            E::WrongKey,
        ),
        ("/proof/created", "2026-01-01T00:00:00Z", E::ProofInvalid),
        (
            "/proof/proofPurpose",
            "assertionMethod",
            E::Proof("proofPurpose"),
        ),
        (
            "/proof/cryptosuite",
            "ecdsa-sd-2023",
            E::Proof("cryptosuite"),
        ),
        ("/proof/proofValue", "z1", E::ProofValue),
        (
            "/proof/verificationMethod",
            "did:web:other.example",
            E::WrongKey,
        ),
        (
            "/proof/verificationMethod",
            "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            E::WrongKey,
        ),
    ] {
        let mut changed = sealed.clone();
        *changed.pointer_mut(pointer).expect(pointer) = value.into();
        let refusal = verify_presentation(changed.as_object().unwrap(), &OCCASION);
        assert_eq!(refusal, Err(expected), "{pointer}");
    }
    let mut bare = sealed.as_object().unwrap().clone();
    bare.shift_remove("proof").unwrap();
    assert_eq!(verify_presentation(&bare, &OCCASION), Err(E::ProofCount));
}

#[test]
fn a_sealed_presentation_says_nothing_that_is_not_looked_at() {
    use DataIntegrityError as E;
    let sealed = Value::Object(sealed());
    for (pointer, name, value, expected) in [
        ("", "id", "urn:x:1", E::Credential("presentation")),
        (
            "",
            "type",
            "VerifiableCredential",
            E::Credential("presentation"),
        ),
        (
            "/proof",
            "expires",
            "2020-01-01T00:00:00Z",
            E::Proof("proof_member"),
        ),
        (
            "/proof",
            "@context",
            "https://www.w3.org/ns/credentials/v2",
            E::Proof("proof_member"),
        ),
    ] {
        let mut changed = sealed.clone();
        changed.pointer_mut(pointer).unwrap()[name] = value.into();
        let refusal = verify_presentation(changed.as_object().unwrap(), &OCCASION);
        assert_eq!(refusal, Err(expected), "{pointer} {name}");
    }
}

#[test]
fn every_presentation_is_sealed_by_a_key_of_its_own() {
    let [one, other] = [sealed(), sealed()];
    assert_ne!(one["holder"], other["holder"]);
    assert_ne!(
        one["proof"]["verificationMethod"],
        other["proof"]["verificationMethod"]
    );
    let holder = one["holder"].as_str().unwrap();
    assert!(
        one["proof"]["verificationMethod"]
            .as_str()
            .unwrap()
            .starts_with(holder)
    );
}

#[test]
fn a_credential_of_the_older_data_model_is_sealed_too() {
    let mut credential = document("vc-di-bbs/HolderBinding/derivedRevealDocument.json");
    let sealed = seal_presentation(credential.clone(), &OCCASION, NOW, &OsRandom).unwrap();
    let sealed: Map<String, Value> = serde_json::from_str(&sealed).unwrap();
    assert_eq!(verify_presentation(&sealed, &OCCASION), Ok(()));
    credential["@context"][0] = "https://w3id.org/vdl/v1".into();
    let refusal = seal_presentation(credential, &OCCASION, NOW, &OsRandom);
    assert_eq!(refusal, Err(DataIntegrityError::Credential("@context")));
}
