//! Data Integrity credentials of the parties, against Digital Bazaar's packages: what one side issues, the other derives
//! from and verifies.
#![allow(clippy::unwrap_used, missing_docs)]

use serde_json::{Value, json};
use wallet_parties::Refused;
use wallet_parties::data_integrity::{
    CITIZEN_ID_CONTEXT, CREDENTIALS_CONTEXT, LabelOrder, ProofKey, PublicProofKey, Signing, verify,
};
use wallet_parties::peers::DataIntegrityOracle;

const CONTEXT: &str = include_str!("../../test-fixtures/contexts/citizen-id-v1.jsonld");
const MANDATORY: [&str; 3] = ["/issuer", "/validFrom", "/validUntil"];
const SHOWN: [&str; 2] = [
    "/credentialSubject/age_over_19",
    "/credentialSubject/address/locality",
];

fn oracle() -> DataIntegrityOracle {
    let context: Value = serde_json::from_str(CONTEXT).unwrap();
    DataIntegrityOracle::start(&json!({ CITIZEN_ID_CONTEXT: context })).unwrap()
}

fn keys() -> [ProofKey; 2] {
    [ProofKey::bbs().unwrap(), ProofKey::p256().unwrap()]
}

/// The did:key of a key, and its verification method.
fn did(key: &ProofKey) -> (String, String) {
    let multibase = key.public().to_multibase().unwrap();
    let did = format!("did:key:{multibase}");
    let method = format!("{did}#{multibase}");
    (did, method)
}

fn key_of(method: &str) -> Result<PublicProofKey, Refused> {
    let multibase = method.split_once('#').unwrap().1;
    PublicProofKey::from_multibase(multibase)
}

fn sign(document: &Value, key: &ProofKey, mandatory: &[&str]) -> Result<Value, Refused> {
    let signing = Signing {
        key,
        verification_method: &did(key).1,
        created: "2026-01-01T00:00:00Z",
        mandatory,
        named: mandatory,
        labels: LabelOrder::Shuffled,
    };
    signing.issue(document)
}

fn citizen(issuer: &str) -> Value {
    json!({
        "@context": [CREDENTIALS_CONTEXT, CITIZEN_ID_CONTEXT],
        "type": ["VerifiableCredential", "CitizenIdCredential"],
        "issuer": issuer,
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2027-01-01T00:00:00Z",
        "credentialSubject": {
            "name": "홍길동 \"the\\other\"\n",
            "birthdate": "1999-01-01",
            "address": {"region": "가상특별시", "locality": "율도구", "street_address": "활빈로 0"},
            "age_over_19": true,
            "age_over_65": false,
        },
    })
}

#[test]
fn a_proof_others_derive_from_what_we_issue_is_verified_by_both() {
    let mut oracle = oracle();
    for key in keys() {
        let base = sign(&citizen(&did(&key).0), &key, &MANDATORY).unwrap();
        let question = json!({
            "do": "derive", "credential": base, "pointers": SHOWN, "presentation_header": "00ff",
        });
        let derived = oracle.ask(&question).unwrap()["credential"].take();
        let verified = verify(&derived, key_of).unwrap();
        let subject = &verified.document["credentialSubject"];
        assert_eq!(
            *subject,
            json!({"age_over_19": true, "address": {"locality": "율도구"}})
        );
        let header = verified.presentation_header;
        let bound = matches!(key, ProofKey::Bbs(_)).then(|| vec![0x00, 0xFF]);
        assert_eq!(header, bound);
        let verdict = json!({"do": "verify", "credential": derived});
        assert_eq!(oracle.ask(&verdict).unwrap()["verified"], true);
        let mut later = derived.clone();
        later["proof"]["created"] = "2026-01-02T00:00:00Z".into();
        assert!(
            verify(&later, key_of).is_err(),
            "the proof's own members are signed"
        );
        assert!(
            verify(&base, key_of).is_err(),
            "a base proof is nothing to show"
        );
    }
}

#[test]
fn a_proof_derived_from_what_others_issue_is_verified_and_a_changed_one_is_not() {
    let mut oracle = oracle();
    for key in keys() {
        let question = json!({
            "do": "issue", "suite": key.cryptosuite(), "credential": citizen("did:key:replaced"),
            "mandatory": MANDATORY,
        });
        let base = oracle.ask(&question).unwrap()["credential"].take();
        let question = json!({"do": "derive", "credential": base, "pointers": SHOWN});
        let derived = oracle.ask(&question).unwrap()["credential"].take();
        verify(&derived, key_of).unwrap();
        let changes = [
            ("/credentialSubject/age_over_19", json!(false)),
            ("/credentialSubject/address/locality", json!("다른구")),
            ("/validUntil", json!("2037-01-01T00:00:00Z")),
            ("/issuer", json!("https://other.example")),
            ("/type/1", json!("VerifiableCredential")),
            ("/proof/type", json!("DataIntegrity")),
            ("/proof/cryptosuite", json!("ecdsa-rdfc-2019")),
            ("/proof/proofPurpose", json!("authentication")),
            ("/@context/1", json!("https://other.example/context")),
            ("/credentialSubject", json!({"age_over_19": true})),
            (
                "/credentialSubject",
                json!({"age_over_19": true, "age_over_65": true, "address": {"locality": "율도구"}}),
            ),
            ("/proof/proofValue", base["proof"]["proofValue"].clone()),
        ];
        for (pointer, value) in changes {
            let mut changed = derived.clone();
            *changed.pointer_mut(pointer).expect(pointer) = value;
            assert!(verify(&changed, key_of).is_err(), "{pointer}");
        }
    }
}

#[test]
fn every_character_of_a_proof_value_counts() {
    let mut oracle = oracle();
    for key in keys() {
        let base = sign(&citizen(&did(&key).0), &key, &MANDATORY).unwrap();
        let question = json!({"do": "derive", "credential": base, "pointers": SHOWN});
        let derived = oracle.ask(&question).unwrap()["credential"].take();
        let value = derived["proof"]["proofValue"].as_str().unwrap();
        // Verifying takes milliseconds: one character in eight, and both ends.
        let places =
            (0..value.len()).filter(|at| at % 8 == 0 || *at < 16 || *at + 16 > value.len());
        for place in places {
            let mut bytes = value.as_bytes().to_vec();
            bytes[place] = if bytes[place] == b'A' { b'Q' } else { b'A' };
            let mut changed = derived.clone();
            changed["proof"]["proofValue"] = String::from_utf8(bytes).unwrap().into();
            assert!(
                verify(&changed, key_of).is_err(),
                "{place} of {}",
                value.len()
            );
        }
        let mut cut = derived.clone();
        cut["proof"]["proofValue"] = value[..value.len() - 4].into();
        assert!(verify(&cut, key_of).is_err());
    }
}

#[test]
fn an_issuer_does_not_sign_what_it_cannot_read() {
    let key = ProofKey::bbs().unwrap();
    let issuer = did(&key).0;
    let refused = |pointer: &str, value: Value, mandatory: &[&str]| {
        let mut document = citizen(&issuer);
        *document.pointer_mut(pointer).unwrap() = value;
        let issued = sign(&document, &key, mandatory);
        issued.unwrap_err().reason().to_owned()
    };
    let none = refused("/issuer", json!("not an IRI"), &[]);
    assert!(none.contains("IRI"), "{none}");
    let term = refused("/credentialSubject", json!({"shoe_size": "270"}), &[]);
    assert!(term.contains("unknown term"), "{term}");
    let nowhere = refused(
        "/type/1",
        json!("CitizenIdCredential"),
        &["/credentialStatus"],
    );
    assert!(nowhere.contains("nowhere"), "{nowhere}");
}
