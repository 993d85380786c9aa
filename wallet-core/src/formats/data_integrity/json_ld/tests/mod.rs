#![allow(clippy::unwrap_used)]

mod bundle;
mod meaning;
mod numbers;
mod refusals;
mod skolemizing;
mod vectors;

use super::bundle::Bundled;
use super::{CITIZEN_ID_CONTEXT, to_rdf};
use crate::formats::data_integrity::rdf::Quad;
use serde_json::{Map, Value, json};

/// What only the W3C's vectors use (they bring the second inline, which is refused; here it has a name), and what no
/// context that ships would do.
pub(super) static CONTEXTS: [Bundled; 7] = [
    Bundled::new(
        "https://www.w3.org/ns/credentials/examples/v2",
        "",
        r#"{"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}"#,
    ),
    Bundled::new(
        "https://windsurf.grotto-networking.com/selective",
        "",
        r#"{"@context": {"@vocab": "https://windsurf.grotto-networking.com/selective#"}}"#,
    ),
    Bundled::new(
        "https://wallet.test/redefines",
        "",
        r#"{"@context": {"@protected": true, "name": "https://wallet.test/name"}}"#,
    ),
    Bundled::new(
        "https://wallet.test/redefines-type",
        "",
        r#"{"@context": {"VerifiableCredential": "https://www.w3.org/2018/credentials#VerifiableCredential"}}"#,
    ),
    Bundled::new(
        "https://wallet.test/redefining-type",
        "",
        r#"{"@context": {"Redefining": {
            "@id": "https://wallet.test/Redefining", "@context": {"name": "https://wallet.test/name"}
        }}}"#,
    ),
    Bundled::new(
        "https://wallet.test/other-identifier",
        "",
        r#"{"@context": {"holderNumber": "@id"}}"#,
    ),
    Bundled::new(
        "https://wallet.test/scopes",
        "",
        r##"{"@context": {
            "@version": 1.1, "id": "@id", "type": "@type", "value": "@value",
            "p": "https://wallet.test/p#", "plain": "p:plain", "none": null,
            "Scoped": {"@id": "p:Scoped", "@context": {"plain": "p:of-type", "inner": "p:inner"}},
            "Alpha": {"@id": "p:Alpha", "@context": {"both": "p:alpha"}},
            "Beta": {"@id": "p:Beta", "@context": {"both": "p:beta"}},
            "link": {"@id": "p:link", "@type": "@id"},
            "kind": {"@id": "p:kind", "@type": "@vocab", "@context": {"red": "p:red"}},
            "within": {"@id": "p:within", "@context": {"plain": "p:of-property"}},
            "day": {"@id": "p:day", "@type": "p:date"},
            "json": {"@id": "p:json", "@type": "@json"},
            "set": {"@id": "p:set", "@container": "@set"}
        }}"##,
    ),
];

/// A JSON object.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => panic!("not an object"),
    }
}

/// A credential of version 2 with these claims about its subject, under the citizen ID's context.
fn credential(claims: Value) -> Map<String, Value> {
    object(json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", CITIZEN_ID_CONTEXT],
        "type": ["VerifiableCredential", "CitizenIdCredential"],
        "issuer": "did:example:issuer",
        "credentialSubject": claims,
    }))
}

/// The N-Quads of a document, in its own order, without the line feeds.
fn lines(document: &Map<String, Value>) -> Vec<String> {
    let quads = to_rdf(document).unwrap();
    let line = |quad: &Quad| quad.to_string().trim_end().to_owned();
    quads.iter().map(line).collect()
}
