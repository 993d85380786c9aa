//! What is refused of an issuer.

use super::issuer::{Issuer, MANDATORY, SUITES};
use super::*;
use serde_json::json;

/// Why this is refused as a base proof.
pub(super) fn refusal(issuer: &Issuer, card: &Value) -> Option<DataIntegrityError> {
    issuer.verified(card).err()
}

pub(super) fn changed(document: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = document.clone();
    *changed.pointer_mut(pointer).expect(pointer) = value;
    changed
}

pub(super) fn with(document: &Value, at: &str, name: &str, value: Value) -> Value {
    let mut changed = document.clone();
    let members = changed.pointer_mut(at).unwrap().as_object_mut().unwrap();
    members.insert(name.to_owned(), value);
    changed
}

pub(super) fn without(document: &Value, at: &str, name: &str) -> Value {
    let mut changed = document.clone();
    let members = changed.pointer_mut(at).unwrap().as_object_mut().unwrap();
    members.shift_remove(name).unwrap();
    changed
}

// shows: BBS 1, BBS 2
#[test]
fn a_proof_of_another_form_is_refused() {
    use DataIntegrityError as E;
    let issuer = Issuer::of(Cryptosuite::Bbs2023);
    let card = issuer.card();
    let other = format!("{}#other", issuer.did);
    for (name, value, expected) in [
        ("type", json!("BbsBlsSignature2020"), E::Proof("proof_type")),
        (
            "proofPurpose",
            json!("authentication"),
            E::Proof("proof_purpose"),
        ),
        ("cryptosuite", json!("eddsa-rdfc-2022"), E::Suite),
        ("cryptosuite", json!("ecdsa-sd-2023"), E::ProofKind),
        ("verificationMethod", json!(other), E::WrongKey),
        (
            "verificationMethod",
            json!({"id": issuer.did}),
            E::Proof("verification_method"),
        ),
        ("created", json!("yesterday"), E::Proof("created")),
        ("proofValue", json!("zAAAA"), E::ProofValue),
        ("proofValue", json!("u2V0C="), E::ProofValue),
        ("proofValue", json!(7), E::ProofValue),
    ] {
        let card = changed(&card, &format!("/proof/{name}"), value);
        assert_eq!(refusal(&issuer, &card), Some(expected), "{name}");
    }
    for name in [
        "id",
        "nonce",
        "domain",
        "challenge",
        "previousProof",
        "@context",
    ] {
        let card = with(&card, "/proof", name, json!("urn:x:1"));
        assert_eq!(
            refusal(&issuer, &card),
            Some(E::Proof("proof_member")),
            "{name}"
        );
    }
    assert_eq!(
        refusal(&issuer, &without(&card, "", "proof")),
        Some(E::ProofCount)
    );
    let twice = changed(&card, "/proof", json!([card["proof"], card["proof"]]));
    assert_eq!(refusal(&issuer, &twice), Some(E::ProofCount));
}

#[test]
fn what_is_no_credential_is_refused() {
    use DataIntegrityError as E;
    let issuer = Issuer::of(Cryptosuite::Bbs2023);
    let card = issuer.card();
    for (pointer, value, expected) in [
        ("/type", json!(["CitizenIdCredential"]), "type"),
        ("/type", json!(["VerifiableCredential", 1]), "type"),
        ("/issuer", json!(["https://issuer.example"]), "issuer"),
        ("/issuer", json!({"name": "nobody"}), "issuer"),
        ("/validFrom", json!(1_700_000_000), "validity"),
        ("/validUntil", json!("2027-01-01"), "validity"),
        (
            "/@context",
            json!("https://www.w3.org/ns/credentials/v2"),
            "@context",
        ),
        (
            "/@context/0",
            json!("https://w3id.org/security/data-integrity/v2"),
            "@context",
        ),
    ] {
        let card = changed(&card, pointer, value);
        assert_eq!(
            refusal(&issuer, &card),
            Some(E::Credential(expected)),
            "{pointer}"
        );
    }
    let no_subject = without(&card, "", "credentialSubject");
    assert_eq!(
        refusal(&issuer, &no_subject),
        Some(E::Credential("credentialSubject"))
    );
    let text = format!("{card}x");
    assert!(matches!(
        DataIntegrity::parse(&text).err(),
        Some(E::Json(_))
    ));
    let large = " ".repeat(limits::MAX_TEXT + 1);
    assert_eq!(DataIntegrity::parse(&large).err(), Some(E::TooLarge));
}

// shows: BBS 3
#[test]
fn a_document_other_than_the_signed_one_is_refused() {
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let card = issuer.card();
        assert_eq!(refusal(&issuer, &card), None);
        for changed in [
            changed(&card, "/credentialSubject/age_over_65", json!(true)),
            changed(&card, "/credentialSubject/name", json!("홍길동")),
            changed(&card, "/validUntil", json!("2037-01-01T00:00:00Z")),
            changed(&card, "/type", json!(["VerifiableCredential"])),
            changed(&card, "/proof/created", json!("2026-01-02T00:00:00Z")),
            without(&card, "/proof", "created"),
            without(&card, "/credentialSubject", "age_over_65"),
            with(&card, "/credentialSubject", "age_over_14", json!(true)),
            with(&card, "/proof", "expires", json!("2026-12-01T00:00:00Z")),
            with(
                &card,
                "",
                "id",
                json!("urn:uuid:8d5f7c0e-9b7b-4d1c-8a36-0a59d7a1b001"),
            ),
        ] {
            let expected = Some(DataIntegrityError::ProofInvalid);
            assert_eq!(refusal(&issuer, &changed), expected, "{changed}");
        }
    }
}

#[test]
fn a_key_of_another_issuer_or_kind_is_refused() {
    for (suite, other) in [(SUITES[0], SUITES[1]), (SUITES[1], SUITES[0])] {
        let issuer = Issuer::of(suite);
        let verify = |key: &IssuerKey| {
            let parsed = DataIntegrity::parse(&issuer.card().to_string()).unwrap();
            parsed
                .verify(key, &VerifyPolicy::at(super::issuer::NOW))
                .err()
        };
        let stranger = IssuerKey::pinned("https://other.example", &issuer.did).unwrap();
        assert_eq!(verify(&stranger), Some(DataIntegrityError::WrongIssuer));
        assert_eq!(
            verify(&Issuer::of(suite).pinned()),
            Some(DataIntegrityError::WrongKey)
        );

        // Another key under the name of the issuer's.
        let document = |key: &str| {
            let method = format!(
                "{0}#{1}",
                issuer.did,
                issuer.did.strip_prefix("did:key:").unwrap()
            );
            let key = json!({
                "id": method, "type": "Multikey", "controller": issuer.did,
                "publicKeyMultibase": key.strip_prefix("did:key:").unwrap(),
            });
            let document = json!({"id": issuer.did, "assertionMethod": [key]});
            let document = document.as_object().unwrap();
            IssuerKey::of_controller(&issuer.did, document, &method, true).unwrap()
        };
        assert_eq!(verify(&document(&issuer.did)), None);
        let expected = match suite {
            Cryptosuite::Bbs2023 => DataIntegrityError::WrongKey,
            Cryptosuite::EcdsaSd2023 => DataIntegrityError::ProofInvalid,
        };
        assert_eq!(verify(&document(&Issuer::of(suite).did)), Some(expected));
        let kind = verify(&document(&Issuer::of(other).did));
        assert_eq!(kind, Some(DataIntegrityError::WrongKey));
    }
}

// shows: BBS 2
#[test]
fn a_controller_document_that_does_not_give_the_key_for_assertions_is_refused() {
    let issuer = "https://issuer.example/controller";
    let method = "https://issuer.example/controller#key-1";
    let key = Issuer::of(Cryptosuite::Bbs2023).did;
    let entry = json!({
        "id": method, "type": "Multikey", "controller": issuer,
        "publicKeyMultibase": key.strip_prefix("did:key:").unwrap(),
    });
    let found = |document: Value| {
        IssuerKey::of_controller(issuer, document.as_object().unwrap(), method, true)
            .map(|key| key.evidence().clone())
    };
    let evidence = found(json!({"id": issuer, "assertionMethod": [entry]})).unwrap();
    assert_eq!(evidence.multikey().unwrap().0, issuer);
    let by_name = json!({"id": issuer, "verificationMethod": [entry], "assertionMethod": [method]});
    assert_eq!(found(by_name).unwrap(), evidence);
    for refused in [
        json!({"id": issuer}),
        json!({"id": issuer, "verificationMethod": [entry]}),
        json!({"id": issuer, "verificationMethod": [entry], "authentication": [method]}),
        json!({"id": "https://other.example", "assertionMethod": [entry]}),
        json!({"assertionMethod": [entry]}),
        json!({"id": issuer, "assertionMethod": [entry, entry]}),
        json!({"id": issuer, "assertionMethod": [method]}),
        json!({"id": issuer, "assertionMethod": [changed(&entry, "/controller", json!("https://other.example"))]}),
        json!({"id": issuer, "assertionMethod": [changed(&entry, "/type", json!("JsonWebKey"))]}),
        json!({"id": issuer, "assertionMethod": [without(&entry, "", "controller")]}),
        json!({"id": issuer, "assertionMethod": [with(&entry, "", "revoked", json!("2026-01-01T00:00:00Z"))]}),
        json!({"id": issuer, "assertionMethod": [with(&entry, "", "expires", json!("2026-01-01T00:00:00Z"))]}),
    ] {
        assert_eq!(
            found(refused.clone()),
            Err(DataIntegrityError::Controller),
            "{refused}"
        );
    }
    let broken = changed(&entry, "/publicKeyMultibase", json!("zUC7"));
    let broken = found(json!({"id": issuer, "assertionMethod": [broken]}));
    assert_eq!(broken, Err(DataIntegrityError::Key));
}

#[test]
fn a_pinned_key_that_is_no_did_key_of_ours_is_refused() {
    let did = Issuer::of(Cryptosuite::Bbs2023).did;
    for wrong in [
        "did:web:issuer.example".to_owned(),
        format!("{did}#other"),
        format!("{did}/path#other"),
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK".to_owned(),
        did.replacen("did:key:z", "did:key:u", 1),
    ] {
        let refusal = IssuerKey::pinned("https://issuer.example", &wrong).err();
        assert_eq!(refusal, Some(DataIntegrityError::Key), "{wrong}");
    }
}

// shows: BBS 22
#[test]
fn contexts_that_would_change_what_is_said_are_refused() {
    use DataIntegrityError as E;
    for suite in SUITES {
        let issuer = Issuer::of(suite);
        let card = issuer.card();
        let [v2, citizen] = [&card["@context"][0], &card["@context"][1]];
        let data_integrity = "https://w3id.org/security/data-integrity/v2";
        for contexts in [
            json!([v2, "https://elsewhere.example/context"]),
            json!([v2, citizen, "https://elsewhere.example/context"]),
            json!([v2, citizen, {"name": "https://elsewhere.example/name"}]),
            json!([v2, citizen, {"@vocab": "https://elsewhere.example/"}]),
            json!([v2, citizen, null]),
        ] {
            let refusal = refusal(&issuer, &changed(&card, "/@context", contexts.clone()));
            assert!(
                matches!(refusal, Some(E::JsonLd(_))),
                "{contexts} {refusal:?}"
            );
        }
        for contexts in [json!([citizen, v2]), json!([v2]), json!([])] {
            let refusal = refusal(&issuer, &changed(&card, "/@context", contexts.clone()));
            assert!(refusal.is_some(), "{contexts}");
        }
        // An order or context that changes no statement is what the issuer signed.
        let known = json!([v2, citizen, data_integrity]);
        assert_eq!(refusal(&issuer, &changed(&card, "/@context", known)), None);
        let inside = with(&card, "/credentialSubject", "@context", citizen.clone());
        assert!(matches!(refusal(&issuer, &inside), Some(E::JsonLd(_))));
    }
}

#[test]
fn more_claims_or_statements_than_the_limit_are_refused() {
    let issuer = Issuer::of(Cryptosuite::Bbs2023);
    let card = issuer.card();
    let nationalities: Vec<String> = (0..=limits::MAX_CLAIMS).map(|n| n.to_string()).collect();
    let many = with(
        &card,
        "/credentialSubject",
        "nationality",
        json!(nationalities),
    );
    assert_eq!(
        refusal(&issuer, &many),
        Some(DataIntegrityError::TooManyClaims)
    );

    // A name that every statement would repeat.
    let name = format!("urn:example:{}", "a".repeat(limits::MAX_TEXT / 8));
    let large = with(&card, "/credentialSubject", "id", json!(name));
    assert_eq!(refusal(&issuer, &large), Some(DataIntegrityError::TooLarge));

    // Two statements for each claim.
    let address = |n: usize| json!({"region": n.to_string()});
    let addresses: Vec<Value> = (0..bbs::MAX_MESSAGES / 2 + 1).map(address).collect();
    let many = changed(&card, "/credentialSubject/address", json!(addresses));
    assert_eq!(
        refusal(&issuer, &many),
        Some(DataIntegrityError::TooManyStatements)
    );
}

/// A base proof value with one of its parts changed.
pub(super) fn with_part(
    card: &Value,
    part: usize,
    change: impl Fn(&mut minicbor::Encoder<&mut Vec<u8>>),
) -> Value {
    let text = card["proof"]["proofValue"].as_str().unwrap();
    let bytes = crate::jose::base64url::decode(&text[1..]).unwrap();
    let mut decoder = minicbor::Decoder::new(&bytes[3..]);
    let count = decoder.array().unwrap().unwrap();
    let mut changed = bytes[..3].to_vec();
    minicbor::Encoder::new(&mut changed).array(count).unwrap();
    for at in 0..count {
        let start = 3 + decoder.position();
        decoder.skip().unwrap();
        match at == part as u64 {
            true => change(&mut minicbor::Encoder::new(&mut changed)),
            false => changed.extend(&bytes[start..3 + decoder.position()]),
        }
    }
    let value = format!("u{}", crate::jose::base64url::encode(&changed));
    self::changed(card, "/proof/proofValue", json!(value))
}

pub(super) fn pointers(encoder: &mut minicbor::Encoder<&mut Vec<u8>>, pointers: &[&str]) {
    encoder.array(pointers.len() as u64).unwrap();
    for pointer in pointers {
        encoder.str(pointer).unwrap();
    }
}

#[test]
fn a_base_proof_with_wrong_parts_is_refused() {
    use DataIntegrityError as E;
    // Signature, header, key, HMAC key, pointers; signature, key, HMAC key, signatures, pointers.
    for (suite, hmac_key) in [(Cryptosuite::Bbs2023, 3), (Cryptosuite::EcdsaSd2023, 2)] {
        let issuer = Issuer::of(suite);
        let card = issuer.card();
        let mandatory = |list: &[&str]| {
            refusal(
                &issuer,
                &with_part(&card, 4, |encoder| pointers(encoder, list)),
            )
        };
        assert_eq!(mandatory(&MANDATORY), None);
        assert_eq!(mandatory(&MANDATORY[..2]), Some(E::ProofInvalid));
        assert_eq!(mandatory(&[]), Some(E::ProofInvalid));
        let nowhere = [&MANDATORY[..], &["/credentialStatus"]].concat();
        assert_eq!(mandatory(&nowhere), Some(E::MandatoryPointer));
        let more = [&MANDATORY[..], &["/credentialSubject/age_over_19"]].concat();
        assert_eq!(mandatory(&more), Some(E::ProofInvalid));
        assert_eq!(mandatory(&["issuer"]), Some(E::Pointer));
        assert_eq!(mandatory(&["/~2"]), Some(E::Pointer));
        for part in 0..4 {
            let wrong = with_part(&card, part, |encoder| {
                encoder.bytes(&[7; 31]).unwrap();
            });
            let is_bbs_key = (suite, part) == (Cryptosuite::Bbs2023, 2);
            let expected = if is_bbs_key { E::Key } else { E::ProofValue };
            assert_eq!(refusal(&issuer, &wrong), Some(expected), "{part}");
            let wrong = with_part(&card, part, |encoder| {
                encoder.null().unwrap();
            });
            assert_eq!(refusal(&issuer, &wrong), Some(E::ProofValue), "{part}");
        }
        let other = with_part(&card, hmac_key, |encoder| {
            encoder.bytes(&[7; 32]).unwrap();
        });
        let refused = refusal(&issuer, &other);
        // With three blank nodes one key in six gives bbs-2023 the same labels.
        assert!(matches!(refused, Some(E::ProofInvalid)) || suite == Cryptosuite::Bbs2023);
    }
    let issuer = Issuer::of(Cryptosuite::Bbs2023);
    let card = issuer.card();
    let header = with_part(&card, 1, |encoder| {
        encoder.bytes(&[7; 64]).unwrap();
    });
    assert_eq!(refusal(&issuer, &header), Some(E::ProofInvalid));
    let key = with_part(&card, 2, |encoder| {
        let other = Issuer::of(Cryptosuite::Bbs2023).did;
        let Ok(Multikey::Bls12381G2(key)) = Multikey::parse(&other["did:key:".len()..]) else {
            panic!("no key")
        };
        encoder.bytes(&key.to_bytes()).unwrap();
    });
    assert_eq!(refusal(&issuer, &key), Some(E::WrongKey));
}
