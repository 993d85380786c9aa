//! Names for blank nodes.

use super::{credential, object};
use crate::formats::data_integrity::json_ld::{
    JsonLdError, skolemize, to_deskolemized_rdf, to_rdf,
};
use serde_json::json;

#[test]
fn every_object_without_an_identifier_gets_one_and_nothing_else_changes() {
    let mut document = credential(json!({
        "sex": "F",
        "address": [{"region": "a"}, {"id": "did:example:b", "region": "b"}, {}],
        "birthdate": {"@value": "2000-01-01"},
    }));
    let before = document.clone();
    skolemize(&mut document).unwrap();
    assert_eq!(document["id"], "urn:bnid:b0");
    assert_eq!(
        document["credentialSubject"],
        json!({
            "id": "urn:bnid:b1",
            "sex": "F",
            "address": [
                {"id": "urn:bnid:b2", "region": "a"}, {"id": "did:example:b", "region": "b"}, {"id": "urn:bnid:b3"}
            ],
            "birthdate": {"@value": "2000-01-01"},
        })
    );
    assert!(to_rdf(&before).unwrap() == to_deskolemized_rdf(&document).unwrap());
    let again = skolemize(&mut document);
    assert_eq!(again, Err(JsonLdError::ReservedIdentifier));
}

#[test]
fn json_literals_are_no_objects_with_identifiers() {
    let mut document = object(json!({
        "@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/vdl/v1"],
        "type": ["VerifiableCredential", "Iso18013DriversLicenseCredential"],
        "credentialSubject": {
            "type": "LicensedDriver",
            "driversLicense": {"type": "Iso18013DriversLicense", "driving_privileges": [{"codes": [{"code": "D"}]}]},
        },
    }));
    skolemize(&mut document).unwrap();
    let licence = &document["credentialSubject"]["driversLicense"];
    assert_eq!(licence["id"], "urn:bnid:b2");
    assert_eq!(
        licence["driving_privileges"],
        json!([{"codes": [{"code": "D"}]}])
    );
}

#[test]
fn parts_of_a_skolemized_document_keep_their_labels() {
    let mut document =
        credential(json!({"sex": "F", "address": [{"region": "a"}, {"region": "b"}]}));
    let all = to_rdf(&document).unwrap();
    skolemize(&mut document).unwrap();
    let addresses = document["credentialSubject"]["address"]
        .as_array_mut()
        .unwrap();
    addresses.remove(0);
    let part = to_deskolemized_rdf(&document).unwrap();
    assert!(part.iter().all(|quad| all.contains(quad)));
    assert_eq!(part.len(), all.len() - 2);
}
