//! JSON-LD to canonical N-Quads against another implementation: `jsonld.js` in safe mode, on thousands of generated documents
//! over the contexts that ship.
//!
//! What we take they take, and it has the same text. Where the package is known to differ from JSON-LD 1.1 and RDFC-1.0: it
//! takes fractions below 1e-6 for integers, reads texts under `xsd:double`, sorts by UTF-16 code units (the generator makes
//! none of these), and writes a JSON literal that is said twice of one node twice (its lines are taken once).
#![allow(clippy::unwrap_used, missing_docs)]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};
use std::cell::{Cell, RefCell};
use wallet_core::formats::data_integrity::json_ld::{CITIZEN_ID_CONTEXT, to_rdf};
use wallet_core::formats::data_integrity::rdf::rdfc10::canonicalize;
use wallet_parties::peers::DataIntegrityOracle;

const CASES: u32 = 1000;
const VERSION_1: &str = "https://www.w3.org/2018/credentials/v1";
const VERSION_2: &str = "https://www.w3.org/ns/credentials/v2";

type Members = Map<String, Value>;

fn oracle() -> DataIntegrityOracle {
    let context = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let documents = json!({
        CITIZEN_ID_CONTEXT: context(include_str!("../../test-fixtures/contexts/citizen-id-v1.jsonld")),
        "https://w3id.org/vdl/v1":
            context(include_str!("../src/formats/data_integrity/json_ld/contexts/vdl-v1.jsonld")),
        "https://w3id.org/vdl/aamva/v1":
            context(include_str!("../src/formats/data_integrity/json_ld/contexts/vdl-aamva-v1.jsonld")),
    });
    DataIntegrityOracle::start(&documents).unwrap()
}

fn ours(document: &Value) -> Option<String> {
    let quads = to_rdf(document.as_object().unwrap()).ok()?;
    canonicalize(&quads)
        .ok()
        .map(|canonical| canonical.n_quads.concat())
}

fn theirs(oracle: &RefCell<DataIntegrityOracle>, document: &Value) -> Result<String, String> {
    let question = json!({"do": "canonize", "document": document});
    let answer = oracle
        .borrow_mut()
        .ask(&question)
        .map_err(|refused| refused.to_string())?;
    let lines = answer["n_quads"].as_str().unwrap().split_inclusive('\n');
    let mut lines: Vec<_> = lines.collect();
    lines.dedup();
    Ok(lines.concat())
}

fn text() -> impl Strategy<Value = String> {
    "[ -~가-힣\u{1F600}\n\t\r\"\\\\\u{1}\u{7f}\u{80}]{0,8}"
}

/// Few, so that two objects may have the same.
fn identifier() -> impl Strategy<Value = String> {
    "(did:example:|urn:uuid:|https://example\\.com/é\\?)[ab]"
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        2 => (-(1i64 << 53) + 1..1i64 << 53).prop_map(Value::from),
        2 => any::<i32>().prop_map(|number| Value::from(f64::from(number) / 100.0)),
    ]
}

/// A value under a term without a type.
fn plain() -> impl Strategy<Value = Value> {
    let tagged =
        (text(), "(en|ko-KR|DE)").prop_map(|(text, tag)| json!({"@value": text, "@language": tag}));
    let typed =
        scalar().prop_map(|value| json!({"@value": value, "@type": "https://example.com/t"}));
    prop_oneof![6 => scalar(), 1 => tagged, 1 => typed]
}

/// One of these, or some of them.
fn some(one: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => one.clone(),
        1 => prop::collection::vec(one, 1..4).prop_map(Value::from),
    ]
}

/// Any JSON, for terms under `@json`.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![scalar(), Just(Value::Null)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// An object of these types with some of these members, and perhaps an identifier.
fn node(
    types: &'static [&'static str],
    members: Vec<(&'static str, BoxedStrategy<Value>)>,
) -> BoxedStrategy<Value> {
    let member = |(name, value): (&'static str, BoxedStrategy<Value>)| {
        prop::option::of(value).prop_map(move |value| Some((name.to_owned(), value?)))
    };
    let members: Vec<_> = members.into_iter().map(|one| member(one).boxed()).collect();
    (members, prop::option::of(identifier()))
        .prop_map(move |(members, id)| {
            let mut object: Members = members.into_iter().flatten().collect();
            if !types.is_empty() {
                object.insert("type".to_owned(), json!(types));
            }
            if let Some(id) = id {
                object.insert("id".to_owned(), id.into());
            }
            Value::Object(object)
        })
        .boxed()
}

/// The same value under each of these names.
fn each(
    names: &[&'static str],
    value: &BoxedStrategy<Value>,
) -> Vec<(&'static str, BoxedStrategy<Value>)> {
    names.iter().map(|name| (*name, value.clone())).collect()
}

fn citizen() -> BoxedStrategy<Value> {
    let plain = some(plain().boxed()).boxed();
    let address = node(&[], each(&["region", "locality", "country"], &plain));
    let mut members = each(
        &[
            "name",
            "sex",
            "nationality",
            "portrait",
            "age_over_19",
            "birthdate",
        ],
        &plain,
    );
    members.push(("address", some(address).boxed()));
    node(&[], members)
}

fn resident() -> BoxedStrategy<Value> {
    let plain = some(plain().boxed()).boxed();
    let id = identifier().prop_map(Value::from).boxed();
    let card = node(
        &["PermanentResidentCard"],
        each(&["identifier", "lprNumber"], &plain),
    );
    let mut members = each(
        &[
            "givenName",
            "familyName",
            "birthDate",
            "residentSince",
            "gender",
        ],
        &plain,
    );
    members.extend(each(&["image", "residence"], &id));
    members.push(("permanentResidentCard", prop_oneof![card, id].boxed()));
    node(&["PermanentResident", "Person"], members)
}

fn licence() -> BoxedStrategy<Value> {
    let plain = some(plain().boxed()).boxed();
    let mut members = each(
        &[
            "document_number",
            "sex",
            "birth_date",
            "age_over_18",
            "aamva_veteran",
        ],
        &plain,
    );
    members.extend(each(
        &["driving_privileges", "aamva_domestic_driving_privileges"],
        &any_json().boxed(),
    ));
    let document = node(&["Iso18013DriversLicense"], members);
    node(&["LicensedDriver"], vec![("driversLicense", document)])
}

/// A credential over these contexts about such a subject, perhaps with a proof.
fn credential(
    contexts: &'static [&'static str],
    types: &'static [&'static str],
    subject: BoxedStrategy<Value>,
) -> BoxedStrategy<Value> {
    let plain = plain().boxed();
    let issuer = prop_oneof![
        identifier().prop_map(Value::from),
        node(&[], each(&["name", "description"], &plain)),
    ];
    let proof = node(
        &["DataIntegrityProof"],
        vec![
            ("cryptosuite", text().prop_map(Value::from).boxed()),
            ("proofPurpose", Just(json!("assertionMethod")).boxed()),
            (
                "verificationMethod",
                identifier().prop_map(Value::from).boxed(),
            ),
        ],
    );
    let mut members = each(&["name", "description", "validFrom", "validUntil"], &plain);
    members.push(("issuer", issuer.boxed()));
    members.push(("proof", some(proof).boxed()));
    (node(types, members), some(subject))
        .prop_map(move |(mut credential, subject)| {
            credential["@context"] = json!(contexts);
            credential["credentialSubject"] = subject;
            credential
        })
        .boxed()
}

fn document() -> BoxedStrategy<Value> {
    let citizen = credential(
        &[VERSION_2, CITIZEN_ID_CONTEXT],
        &["VerifiableCredential", "CitizenIdCredential"],
        citizen(),
    );
    let resident = credential(
        &[VERSION_2, "https://w3id.org/citizenship/v4rc1"],
        &["VerifiableCredential", "PermanentResidentCardCredential"],
        resident(),
    );
    let licence = credential(
        &[
            VERSION_1,
            "https://w3id.org/security/data-integrity/v2",
            "https://w3id.org/vdl/v1",
            "https://w3id.org/vdl/aamva/v1",
        ],
        &["VerifiableCredential", "Iso18013DriversLicenseCredential"],
        licence(),
    );
    let inner = prop_oneof![citizen.clone(), resident.clone()];
    let presentation = (prop::collection::vec(inner, 1..3), identifier()).prop_map(|(inner, holder)| {
        json!({
            "@context": VERSION_2, "type": ["VerifiablePresentation"], "holder": holder, "verifiableCredential": inner,
        })
    });
    prop_oneof![2 => citizen, 2 => resident, 2 => licence, 1 => presentation].boxed()
}

#[test]
fn generated_documents_have_the_canonical_form_of_jsonld_js() {
    let oracle = RefCell::new(oracle());
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    let outcome = runner.run(&document(), |document| {
        prop_assert_eq!(
            ours(&document).ok_or("refused here".to_owned()),
            theirs(&oracle, &document)
        );
        Ok(())
    });
    outcome.unwrap();
}

/// What is put into a document in the place of something.
fn junk() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "@id",
        "@type",
        "@json",
        "@context",
        "_:b0",
        "relative",
        "",
        "x:y",
        "did:example:a b",
        "VerifiableCredential",
        "Person",
        "xsd:date",
        "cred:issuer",
        "https://example.com/x",
        "urn:bnid:b0",
        "id",
        "@vocab",
    ]);
    prop_oneof![
        word.prop_map(Value::from),
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        Just(json!([["x"]])),
        Just(json!({"@value": null})),
        Just(json!({"@value": "x", "@type": "@json"})),
        Just(json!({"@value": "x", "@index": "i"})),
        Just(json!({"@id": "did:example:a"})),
        Just(json!({"@list": ["x"]})),
        Just(json!({"@set": ["x"]})),
        Just(json!({"type": "Person", "givenName": "x"})),
        Just(json!({"type": "VerifiableCredential", "issuer": "did:example:a"})),
        Just(json!({"@context": VERSION_2, "id": "did:example:a", "name": "x"})),
        scalar(),
    ]
}

fn names() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "@id",
        "id",
        "@type",
        "type",
        "@value",
        "@language",
        "@index",
        "@graph",
        "@context",
        "@reverse",
        "@included",
        "@foo",
        "nickname",
        "name",
        "issuer",
        "proof",
        "image",
        "sex",
        "credentialSubject",
        "https://example.com/p",
        "xsd:date",
        "cred:issuer",
        "did:example:p",
        "_:p",
        "_sd",
        "...",
        "cnf",
        "jwk",
        "kid",
        "statusPurpose",
        "validFrom",
    ])
}

/// The object that comes at `index` in a walk through `value`.
fn object_at<'v>(value: &'v mut Value, index: &mut usize) -> Option<&'v mut Members> {
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| object_at(item, index)),
        Value::Object(_) if *index == 0 => value.as_object_mut(),
        Value::Object(members) => {
            *index -= 1;
            members
                .iter_mut()
                .find_map(|(_, member)| object_at(member, index))
        }
        _ => None,
    }
}

#[test]
fn whatever_is_taken_of_changed_documents_has_the_canonical_form_of_jsonld_js() {
    let oracle = RefCell::new(oracle());
    let (taken, refused) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(Config::with_cases(2 * CASES));
    let change = (
        0..6usize,
        names(),
        junk(),
        any::<prop::sample::Index>(),
        any::<bool>(),
    );
    let outcome = runner.run(&(document(), change), |(mut document, change)| {
        let (mut index, name, junk, member, is_added) = change;
        if let Some(object) = object_at(&mut document, &mut index) {
            let old = object
                .keys()
                .nth(member.index(object.len().max(1)))
                .cloned();
            let name = if is_added {
                name.to_owned()
            } else {
                old.unwrap_or_default()
            };
            object.insert(name, junk);
        }
        let Some(ours) = ours(&document) else {
            refused.set(refused.get() + 1);
            return Ok(());
        };
        taken.set(taken.get() + 1);
        prop_assert_eq!(Ok(ours), theirs(&oracle, &document));
        Ok(())
    });
    outcome.unwrap();
    assert!(
        taken.get() > CASES / 4 && refused.get() > CASES / 4,
        "{taken:?} {refused:?}"
    );
}
