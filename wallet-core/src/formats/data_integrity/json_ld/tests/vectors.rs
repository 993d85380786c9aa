//! Documents of the W3C's vectors, against the canonical N-Quads that stand beside them.

use crate::formats::data_integrity::json_ld::{skolemize, to_deskolemized_rdf, to_rdf};
use crate::formats::data_integrity::rdf::rdfc10::{Hash, SHA_256, canonicalize, canonicalize_with};
use crate::formats::data_integrity::rdf::tests::SHA_384;
use serde_json::{Map, Value};
use std::fs;
use std::path::PathBuf;

fn file(name: &str) -> String {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-fixtures/vectors");
    fs::read_to_string(PathBuf::from(vectors).join(name)).unwrap()
}

/// A document of the vectors; the one inline context they have under the name it has in our tests.
fn document(name: &str) -> Map<String, Value> {
    let Value::Object(mut document) = serde_json::from_str(&file(name)).unwrap() else {
        panic!("{name}");
    };
    for context in document["@context"].as_array_mut().into_iter().flatten() {
        if context.is_object() {
            *context = "https://windsurf.grotto-networking.com/selective".into();
        }
    }
    document
}

fn hashed(document: &Map<String, Value>, hash: Hash) -> String {
    let quads = to_rdf(document).unwrap();
    canonicalize_with(&quads, hash).unwrap().n_quads.concat()
}

fn canonical(document: &Map<String, Value>) -> Vec<String> {
    canonicalize(&to_rdf(document).unwrap()).unwrap().n_quads
}

/// Each a credential of bbs-2023 or ecdsa-sd-2023 with all steps of its signing.
const FOLDERS: [&str; 7] = [
    "vc-di-bbs",
    "vc-di-bbs/prc",
    "vc-di-bbs/HolderBinding",
    "vc-di-bbs/Pseudonym",
    "vc-di-bbs/PseudonymHB",
    "vc-di-ecdsa/ecdsa-sd-2023/employ",
    "vc-di-ecdsa/ecdsa-sd-2023/prc",
];

#[test]
fn documents_of_the_vectors_have_the_canonical_form_beside_them() {
    for folder in FOLDERS {
        let mut document = document(&format!("{folder}/addSignedSDBase.json"));
        document.remove("proof").unwrap();
        let expected = file(&format!("{folder}/addBaseDocCanon.json"));
        let expected: Vec<String> = serde_json::from_str(&expected).unwrap();
        assert_eq!(canonical(&document), expected, "{folder}");
    }
}

#[test]
fn proof_configurations_of_the_vectors_have_the_canonical_form_beside_them() {
    for folder in FOLDERS {
        let configuration = document(&format!("{folder}/addProofConfig.json"));
        let expected = file(&format!("{folder}/addProofConfigCanon.txt"));
        assert_eq!(canonical(&configuration).concat(), expected, "{folder}");
    }
}

#[test]
fn documents_and_configurations_of_ecdsa_rdfc_2019_have_the_canonical_form_beside_them() {
    for (curve, hash) in [("P256", SHA_256), ("P384", SHA_384)] {
        let suite = format!("vc-di-ecdsa/ecdsa-rdfc-2019-{}", curve.to_lowercase());
        for (folder, name) in [("", "unsigned.json"), ("/employ", "employmentAuth.json")] {
            let file = |name: &str| file(&format!("{suite}{folder}/{name}ECDSA{curve}.txt"));
            let unsigned = document(&format!("vc-di-ecdsa/{name}"));
            assert_eq!(hashed(&unsigned, hash), file("canonDoc"), "{suite}{folder}");
            let proof = document(&format!("{suite}{folder}/proofConfigECDSA{curve}.json"));
            assert_eq!(
                canonical(&proof).concat(),
                file("proofCanon"),
                "{suite}{folder}"
            );
        }
    }
}

#[test]
fn a_skolemized_document_says_the_same_of_blank_nodes_of_the_same_labels() {
    for name in [
        "vc-di-bbs/windDoc.json",
        "vc-di-bbs/prCredUnsigned.json",
        "vc-di-bbs/FeatureInputs/license.json",
        "vc-di-ecdsa/employmentAuth.json",
    ] {
        let mut document = document(name);
        let before = to_rdf(&document).unwrap();
        skolemize(&mut document).unwrap();
        assert!(before == to_deskolemized_rdf(&document).unwrap(), "{name}");
    }
}
