//! What names mean where.

use super::{credential, lines, object};
use crate::formats::data_integrity::json_ld::{JsonLdError, to_rdf};
use serde_json::{Value, json};

/// The lines of an object under the context made for these tests.
#[track_caller]
fn said(mut document: Value) -> Vec<String> {
    document["@context"] = json!("https://wallet.test/scopes");
    lines(&object(document))
}

#[test]
fn the_context_of_a_type_holds_for_its_object_only() {
    let document = json!({"type": "Scoped", "plain": 1, "inner": {"plain": 2}, "link": {"id": "x:y", "plain": 3}});
    let said = said(document).join("\n");
    assert!(said.contains("_:b0 <https://wallet.test/p#of-type> \"1\""));
    assert!(said.contains("_:b1 <https://wallet.test/p#plain> \"2\""));
    assert!(said.contains("<x:y> <https://wallet.test/p#plain> \"3\""));
    let below = object(json!({
        "@context": "https://wallet.test/scopes", "type": "Scoped", "link": {"inner": "x"}
    }));
    assert_eq!(to_rdf(&below).map(drop), Err(JsonLdError::UndefinedTerm));
}

#[test]
fn the_context_of_a_property_holds_below_it() {
    let document = json!({"plain": 1, "within": {"plain": 2, "link": {"id": "x:y", "plain": 3}}});
    let said = said(document).join("\n");
    assert!(said.contains("_:b0 <https://wallet.test/p#plain> \"1\""));
    assert!(said.contains("_:b1 <https://wallet.test/p#of-property> \"2\""));
    assert!(said.contains("<x:y> <https://wallet.test/p#of-property> \"3\""));
}

#[test]
fn of_two_types_the_later_by_name_prevails() {
    for types in [json!(["Alpha", "Beta"]), json!(["Beta", "Alpha"])] {
        let said = said(json!({"type": types, "both": "x"}));
        assert!(said.contains(&"_:b0 <https://wallet.test/p#beta> \"x\" .".to_owned()));
    }
}

#[test]
fn scalars_are_read_as_their_term_says() {
    let document = json!({
        "id": "p:self", "link": "p:other", "kind": ["red", "p:blue"], "day": "2026-01-02",
        "json": [1, {"b": null, "a": []}], "set": [true], "plain": {"value": "x"}
    });
    let mut said = said(document);
    said.sort();
    let mut expected = [
        "<p#kind> <p#red>",
        "<p#kind> <p#blue>",
        "<p#link> <p#other>",
        "<p#day> \"2026-01-02\"^^<p#date>",
        "<p#json> \"[1,{\\\"a\\\":[],\\\"b\\\":null}]\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>",
        "<p#set> \"true\"^^<http://www.w3.org/2001/XMLSchema#boolean>",
        "<p#plain> \"x\"",
    ]
    .map(|rest| format!("<p#self> {rest} .").replace("<p#", "<https://wallet.test/p#"));
    expected.sort();
    assert_eq!(said, expected);
}

#[test]
fn a_term_that_means_nothing_is_refused() {
    let document = object(json!({"@context": "https://wallet.test/scopes", "none": 1, "plain": 1}));
    assert_eq!(to_rdf(&document).map(drop), Err(JsonLdError::UndefinedTerm));
}

#[test]
fn what_is_said_twice_counts_once() {
    assert_eq!(said(json!({"plain": ["x", "x", "y"]})).len(), 2);
    assert_eq!(said(json!({"type": ["Alpha", "Alpha"]})).len(), 1);
}

#[test]
fn a_proof_stands_in_a_graph_of_its_own() {
    let mut document = credential(json!({"id": "did:example:subject", "sex": "F"}));
    document.insert("id".to_owned(), json!("urn:uuid:1"));
    document.insert(
        "proof".to_owned(),
        json!({"type": "DataIntegrityProof", "cryptosuite": "bbs-2023"}),
    );
    let lines = lines(&document);
    let proof = "<urn:uuid:1> <https://w3id.org/security#proof> _:b0 .";
    assert!(lines.contains(&proof.to_owned()));
    let inside: Vec<_> = lines
        .iter()
        .filter(|line| line.ends_with(" _:b0 .") && *line != proof)
        .collect();
    assert_eq!(inside.len(), 2);
    assert!(inside.iter().all(|line| line.starts_with("_:b1 ")));
}

#[test]
fn a_credential_in_a_presentation_has_its_own_contexts_and_graph() {
    let inner = Value::Object(credential(json!({"sex": "F"})));
    for (name, version) in [
        ("https://www.w3.org/ns/credentials/v2", 2),
        ("https://www.w3.org/2018/credentials/v1", 1),
    ] {
        let presentation = object(json!({
            "@context": name, "type": "VerifiablePresentation", "verifiableCredential": [inner, inner]
        }));
        let result = to_rdf(&presentation);
        if version == 1 {
            // The terms of version 1 are protected there, and version 2 defines them otherwise.
            assert_eq!(result.map(drop), Err(JsonLdError::ProtectedTerm));
            continue;
        }
        let lines = lines(&presentation);
        let graphs = lines
            .iter()
            .filter(|line| line.contains("#verifiableCredential> "))
            .count();
        assert_eq!(graphs, 2);
        assert_eq!(
            lines
                .iter()
                .filter(|line| line.contains("vocab#sex> \"F\" _:"))
                .count(),
            2
        );
    }
}
