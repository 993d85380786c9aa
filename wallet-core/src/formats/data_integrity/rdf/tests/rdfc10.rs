//! The W3C's test suite of RDFC-1.0, all 86 of it.

use super::SHA_384;
use crate::formats::data_integrity::rdf::rdfc10::{Canonical, canonicalize, canonicalize_with};
use crate::formats::data_integrity::rdf::{RdfError, parse};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// A file of the suite.
fn file(name: &str) -> String {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../test-fixtures/vectors");
    fs::read_to_string(PathBuf::from(vectors).join("rdfc-1.0").join(name)).unwrap()
}

/// The entries of the manifest that are of this type.
fn entries(kind: &str) -> Vec<Value> {
    let manifest: Value = serde_json::from_str(&file("manifest.jsonld")).unwrap();
    let entries = manifest["entries"].as_array().unwrap().iter();
    let of_kind = entries.filter(|entry| entry["type"] == format!("rdfc:{kind}"));
    of_kind.cloned().collect()
}

fn canonical(entry: &Value) -> Result<Canonical, RdfError> {
    let quads = parse(&file(entry["action"].as_str().unwrap())).unwrap();
    match entry.get("hashAlgorithm").and_then(Value::as_str) {
        None => canonicalize(&quads),
        Some("SHA384") => canonicalize_with(&quads, SHA_384),
        Some(other) => panic!("{other}"),
    }
}

fn result(entry: &Value) -> String {
    file(entry["result"].as_str().unwrap())
}

#[test]
fn the_64_evaluation_tests_give_the_canonical_text() {
    let entries = entries("RDFC10EvalTest");
    assert_eq!(entries.len(), 64);
    for entry in entries {
        let lines = canonical(&entry).map(|canonical| canonical.n_quads.concat());
        assert_eq!(lines, Ok(result(&entry)), "{}", entry["id"]);
    }
}

#[test]
fn the_21_map_tests_give_the_canonical_labels() {
    let entries = entries("RDFC10MapTest");
    assert_eq!(entries.len(), 21);
    for entry in entries {
        let labels = canonical(&entry).map(|canonical| canonical.labels);
        let expected: BTreeMap<String, String> = serde_json::from_str(&result(&entry)).unwrap();
        assert_eq!(labels, Ok(expected), "{}", entry["id"]);
    }
}

#[test]
fn the_poison_graph_of_the_negative_test_is_refused() {
    let entries = entries("RDFC10NegativeEvalTest");
    assert_eq!(entries.len(), 1);
    for entry in entries {
        let refused = canonical(&entry).map(|_| ());
        assert_eq!(refused, Err(RdfError::TooMuchWork), "{}", entry["id"]);
    }
}

#[test]
fn every_canonical_text_is_canonical_already() {
    for entry in entries("RDFC10EvalTest") {
        let quads = parse(&result(&entry)).unwrap();
        if entry.get("hashAlgorithm").is_none() {
            let again = canonicalize(&quads).map(|canonical| canonical.n_quads.concat());
            assert_eq!(again, Ok(result(&entry)), "{}", entry["id"]);
        }
    }
}
