//! Data Integrity credentials against Digital Bazaar's packages (`test-fixtures/peers/vc-di-js`): they issue and we show, they
//! show and we verify, and what was changed fails on both sides.
#![allow(clippy::unwrap_used, missing_docs)]

use serde_json::{Value, json};
use wallet_core::clock::UnixTime;
use wallet_core::formats::claim_path::ClaimPath;
use wallet_core::formats::data_integrity::ecdsa_rdfc_2019::{
    Occasion, seal_presentation, verify_presentation,
};
use wallet_core::formats::data_integrity::{
    DataIntegrity, DataIntegrityCredential, DerivedCredential, IssuerKey, VerifyPolicy,
};
use wallet_core::random::OsRandom;
use wallet_parties::data_integrity::{CITIZEN_ID_CONTEXT, CREDENTIALS_CONTEXT};
use wallet_parties::peers::DataIntegrityOracle;

const SUITES: [&str; 2] = ["bbs-2023", "ecdsa-sd-2023"];
const NOW: UnixTime = UnixTime::from_secs(1_770_000_000);
const HEADER: &[u8] = &[0x00, 0xff];

fn oracle() -> DataIntegrityOracle {
    let context = include_str!("../../test-fixtures/contexts/citizen-id-v1.jsonld");
    let context: Value = serde_json::from_str(context).unwrap();
    DataIntegrityOracle::start(&json!({ CITIZEN_ID_CONTEXT: context })).unwrap()
}

/// Documents with objects, arrays of values and of objects, types, identifiers and escapes.
fn documents() -> [(Value, &'static [&'static str]); 2] {
    let citizen = json!({
        "@context": [CREDENTIALS_CONTEXT, CITIZEN_ID_CONTEXT],
        "type": ["VerifiableCredential", "CitizenIdCredential"],
        "issuer": "did:key:replaced",
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2127-01-01T00:00:00Z",
        "credentialSubject": [
            {
                "name": "홍길동 \"the\\other\"\n\u{1F600}",
                "birthdate": "1999-01-01",
                "nationality": ["KR", "UT", "ZZ"],
                "address": {"region": "가상특별시", "locality": "율도구", "street_address": "활빈로 0"},
                "age_over_19": true,
                "age_over_65": false,
            },
            {"id": "urn:example:ward", "name": "길순", "address": {"region": "가상특별시"}},
        ],
    });
    let resident = include_str!("../../test-fixtures/vectors/vc-di-bbs/prCredUnsigned.json");
    let mut resident: Value = serde_json::from_str(resident).unwrap();
    resident["validUntil"] = "2127-01-01T00:00:00Z".into();
    resident["issuer"] = "did:key:replaced".into();
    [
        (
            citizen,
            &[
                "/issuer",
                "/validUntil",
                "/credentialSubject/0/nationality/1",
            ],
        ),
        (
            resident,
            &[
                "/issuer",
                "/credentialSubject/permanentResidentCard/lprCategory",
            ],
        ),
    ]
}

fn issued(
    oracle: &mut DataIntegrityOracle,
    suite: &str,
    document: &Value,
    mandatory: &[&str],
) -> Value {
    let question = json!({
        "do": "issue", "suite": suite, "credential": document, "mandatory": mandatory,
    });
    oracle.ask(&question).unwrap()["credential"].take()
}

fn key_of(credential: &Value) -> IssuerKey {
    let issuer = credential["issuer"].as_str().unwrap();
    IssuerKey::pinned(issuer, issuer).unwrap()
}

fn verified(credential: &Value) -> DataIntegrityCredential {
    let parsed = DataIntegrity::parse(&credential.to_string()).unwrap();
    // Theirs say when they are made in one suite only, and go by the clock.
    let made = credential["proof"]["created"].as_str();
    let made = made.map_or(NOW, |made| UnixTime::from_rfc3339(made).unwrap());
    let policy = VerifyPolicy::at(made);
    parsed.verify(&key_of(credential), &policy).unwrap()
}

fn they_accept(oracle: &mut DataIntegrityOracle, shown: &Value) -> bool {
    let mut question = json!({"do": "verify", "credential": shown});
    if shown["proof"]["cryptosuite"] == "bbs-2023" {
        question["presentation_header"] = "00ff".into();
    }
    oracle
        .ask(&question)
        .is_ok_and(|answer| answer["verified"] == true)
}

fn we_accept(shown: &Value, key: &IssuerKey) -> bool {
    let parsed = DerivedCredential::parse(&shown.to_string());
    parsed.is_ok_and(|parsed| parsed.verify(key.key()).is_ok())
}

fn pointer(path: &ClaimPath) -> String {
    let segments = path.to_json();
    let segments = segments.as_array().unwrap().iter();
    segments
        .map(|segment| {
            format!(
                "/{}",
                segment.as_str().map_or(segment.to_string(), str::to_owned)
            )
        })
        .collect()
}

/// Every third claim, from each of three beginnings; all; none.
fn choices(credential: &DataIntegrityCredential) -> Vec<Vec<ClaimPath>> {
    let all = credential.disclosable();
    let third = |from: usize| all.iter().skip(from).step_by(3).cloned().collect();
    let mut choices: Vec<Vec<ClaimPath>> = (0..3).map(third).collect();
    choices.push(Vec::new());
    choices.push(all);
    choices
}

#[test]
fn what_they_issue_is_verified_shown_and_verified_by_them() {
    let mut oracle = oracle();
    for suite in SUITES {
        for (document, mandatory) in documents() {
            let base = issued(&mut oracle, suite, &document, mandatory);
            let credential = verified(&base);
            for chosen in choices(&credential) {
                let presentation = credential.present(&chosen).unwrap();
                let text = presentation.derive(HEADER).unwrap();
                let read = credential.read_presentation(&text, HEADER).unwrap();
                assert_eq!(read.disclosed, presentation.disclosed());
                assert!(chosen.iter().all(|path| read.disclosed.contains(path)));
                let shown: Value = serde_json::from_str(&text).unwrap();
                assert!(they_accept(&mut oracle, &shown), "{suite} {chosen:?}");
            }
        }
    }
}

/// Ours stand in one order.
fn sort_types(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.sort_by_key(Value::to_string);
            }
            members.values_mut().for_each(sort_types);
        }
        Value::Array(elements) => elements.iter_mut().for_each(sort_types),
        _ => {}
    }
}

#[test]
fn what_they_show_of_it_is_what_we_show() {
    let mut oracle = oracle();
    for suite in SUITES {
        for (document, mandatory) in documents() {
            let base = issued(&mut oracle, suite, &document, mandatory);
            let credential = verified(&base);
            for chosen in choices(&credential) {
                // We always show how long it is valid.
                let dates = ["/validFrom", "/validUntil"].map(str::to_owned);
                let pointers: Vec<_> = chosen.iter().map(pointer).chain(dates).collect();
                let question = json!({
                    "do": "derive", "credential": base, "pointers": pointers,
                    "presentation_header": "00ff",
                });
                let mut theirs = oracle.ask(&question).unwrap()["credential"].take();
                assert!(we_accept(&theirs, &key_of(&base)));
                let read = credential
                    .read_presentation(&theirs.to_string(), HEADER)
                    .unwrap();
                let presentation = credential.present(&chosen).unwrap();
                assert_eq!(read.disclosed, presentation.disclosed());
                let ours = presentation.derive(HEADER).unwrap();
                let mut ours: Value = serde_json::from_str(&ours).unwrap();
                if suite == "bbs-2023" {
                    // The proofs are fresh, and all else the same.
                    theirs["proof"]["proofValue"].take();
                    ours["proof"]["proofValue"].take();
                }
                sort_types(&mut theirs);
                assert_eq!(ours, theirs);
            }
        }
    }
}

#[test]
fn what_was_changed_fails_on_both_sides() {
    let mut oracle = oracle();
    for suite in SUITES {
        let [(document, mandatory), _] = documents();
        let base = issued(&mut oracle, suite, &document, mandatory);
        let credential = verified(&base);
        let all = credential.disclosable();
        let shown = credential.present(&all).unwrap().derive(HEADER).unwrap();
        let shown: Value = serde_json::from_str(&shown).unwrap();
        let key = key_of(&base);
        assert!(we_accept(&shown, &key) && they_accept(&mut oracle, &shown));
        for (pointer, value) in [
            ("/validUntil", json!("2037-01-01T00:00:00Z")),
            ("/credentialSubject/0/nationality/0", json!("XX")),
            (
                "/credentialSubject/0/nationality",
                json!(["KR", "UT", "ZZ", "XX"]),
            ),
            ("/credentialSubject/0/name", json!("another")),
            ("/type", json!(["VerifiableCredential"])),
            ("/proof/proofValue", base["proof"]["proofValue"].clone()),
            ("/@context", json!([CREDENTIALS_CONTEXT])),
        ] {
            let mut changed = shown.clone();
            *changed.pointer_mut(pointer).expect(pointer) = value;
            assert!(!we_accept(&changed, &key), "{suite} {pointer}");
            assert!(!they_accept(&mut oracle, &changed), "{suite} {pointer}");
        }
        let mut dated = shown.clone();
        dated["proof"]["created"] = "2026-01-01T00:00:00Z".into();
        assert!(!we_accept(&dated, &key) && !they_accept(&mut oracle, &dated));
        // The issuer's own proof, over something else.
        let mut changed = base.clone();
        changed["credentialSubject"][0]["age_over_65"] = true.into();
        let parsed = DataIntegrity::parse(&changed.to_string()).unwrap();
        assert!(parsed.verify(&key, &VerifyPolicy::at(NOW)).is_err());
    }
}

#[test]
fn an_outer_proof_is_verified_on_both_sides_for_its_occasion_only() {
    let mut oracle = oracle();
    let occasion = Occasion {
        challenge: "n-0S6_WzA2Mj",
        domain: "x509_san_dns:verifier.example",
    };
    let [(document, mandatory), _] = documents();
    for suite in SUITES {
        let credential = verified(&issued(&mut oracle, suite, &document, mandatory));
        let shown = credential.present(&[]).unwrap().derive(HEADER).unwrap();
        let shown = serde_json::from_str(&shown).unwrap();
        let sealed = seal_presentation(shown, &occasion, NOW, &OsRandom).unwrap();
        let sealed: Value = serde_json::from_str(&sealed).unwrap();
        let mut ask = |presentation: &Value, occasion: &Occasion<'_>| {
            let question = json!({
                "do": "verify_presentation", "presentation": presentation,
                "challenge": occasion.challenge, "domain": occasion.domain,
            });
            oracle.ask(&question).unwrap()["verified"] == true
        };
        assert!(ask(&sealed, &occasion));
        assert!(verify_presentation(sealed.as_object().unwrap(), &occasion).is_ok());
        let other = Occasion {
            challenge: "other",
            ..occasion
        };
        assert!(!ask(&sealed, &other));
        let mut changed = sealed.clone();
        changed["verifiableCredential"][0]["validUntil"] = "2037-01-01T00:00:00Z".into();
        assert!(!ask(&changed, &occasion));
        assert!(verify_presentation(changed.as_object().unwrap(), &occasion).is_err());
    }
}
