//! Documents as other implementations publish them, and what no document may say.
#![allow(clippy::unwrap_used)]

use super::super::tests::vector;
use super::super::{Did, KeyMaterial};
use super::*;
use crate::jose::{JoseError, PublicKey};
use crate::json::JsonError;
use serde_json::json;

const DID: &str = "did:web:issuer.example";

fn read(document: &Value) -> Result<DidDocument, DidError> {
    let did = document["id"].as_str().unwrap_or(DID);
    DidDocument::parse(&Did::parse(did)?, document.to_string().as_bytes())
}

/// A document with this member.
fn with(name: &str, value: Value) -> Value {
    let mut document = json!({"id": DID});
    document[name] = value;
    document
}

fn ed25519(id: &str) -> Value {
    json!({"id": id, "type": "JsonWebKey2020", "controller": DID, "publicKeyJwk": jwk()})
}

fn jwk() -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
}

/// The documents in a file of the W3C's test suite.
fn published(name: &str) -> Vec<Value> {
    let file: Value =
        serde_json::from_str(&vector(&format!("implementations/{name}.json"))).unwrap();
    let dids = file["dids"].as_array().unwrap().iter();
    let document = |did: &Value| {
        let data = &file[did.as_str().unwrap()]["didDocumentDataModel"];
        data["properties"].clone()
    };
    dids.map(document).collect()
}

fn usable(document: &DidDocument) -> usize {
    let is_usable = |method: &&VerificationMethod| method.material() != &KeyMaterial::Unusable;
    document.methods().iter().filter(is_usable).count()
}

/// Methods, those with a key or an address that we verify with, and those for assertions; of every document of a file.
#[test]
fn the_documents_of_eleven_other_implementations_are_read() {
    for (name, expected) in [
        ("did-key-mattr", vec![(2, 1, 1), (1, 0, 1)]),
        ("did-key-2018-db", vec![(2, 1, 1)]),
        ("did-key-2020-db", vec![(2, 1, 1)]),
        ("did-web-mattr", vec![(2, 0, 2), (2, 0, 2), (4, 2, 2)]),
        ("did-web-spruce", vec![(2, 1, 2)]),
        ("did-web-transmute", vec![(2, 0, 2), (1, 0, 1)]),
        ("did-web-evernym", vec![(0, 0, 0)]),
        ("did-webkey-spruce", vec![(3, 2, 3)]),
        ("did-webplus-ledgerdomain", vec![(1, 1, 1)]),
        ("did-webs", vec![(1, 1, 0)]),
        ("did-webvh-dif-py", vec![(1, 1, 1)]),
    ] {
        let counts = |document: Value| {
            let document = read(&document).unwrap();
            let assertion = document.methods_for(Relationship::AssertionMethod).count();
            (document.methods().len(), usable(&document), assertion)
        };
        let found: Vec<_> = published(name).into_iter().map(counts).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn did_ethr_documents_have_addresses_and_ed25519_keys() {
    let documents = published("did-ethr-dif");
    assert_eq!(documents.len(), 8);
    for document in &documents {
        let read = read(document).unwrap();
        let controller = &read.methods()[0];
        let account = document["verificationMethod"][0]["blockchainAccountId"].as_str();
        let (_, address) = account.unwrap().rsplit_once(':').unwrap();
        let KeyMaterial::Address {
            address: found,
            chain_id,
        } = controller.material()
        else {
            panic!("{controller:?}");
        };
        let hex: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(format!("0x{hex}"), address.to_ascii_lowercase());
        assert!(matches!(chain_id, Some(1 | 100 | 137)), "{chain_id:?}");
        assert_eq!(
            read.methods_for(Relationship::AssertionMethod).next(),
            Some(controller)
        );
    }
    let last = read(documents.last().unwrap()).unwrap();
    // Two Ed25519 keys; X25519 and a Multikey of a kind unknown here are kept without a key.
    assert_eq!((last.methods().len(), usable(&last)), (5, 3));
    assert_eq!(last.methods_for(Relationship::KeyAgreement).count(), 2);
}

#[test]
fn the_example_of_did_web_is_read() {
    // The example has a comma too many.
    let text = vector("did-web/example-01.txt").replace("},\n  ],", "}\n  ],");
    let document = DidDocument::parse(&Did::parse("did:web:example.com").unwrap(), text.as_bytes());
    let document = document.unwrap();
    let kinds: Vec<_> = document
        .methods()
        .iter()
        .map(|method| match method.material() {
            KeyMaterial::Key(key) => Some(key.algorithm().as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(kinds, [Some("EdDSA"), None, Some("ES256")]);
    let recovery: Value = serde_json::from_str(&vector("did-web/example-02.txt")).unwrap();
    let recovery = read(&recovery).unwrap();
    assert!(matches!(
        recovery.methods()[0].material(),
        KeyMaterial::Address {
            chain_id: Some(1),
            ..
        }
    ));
}

/// As the resolver of METADIUM writes them: `publicKey`, two fragments, keys by their hash only.
#[test]
fn the_older_shape_of_did_meta_is_read() {
    let did = "did:meta:testnet:0000000000000000000000000000000000000000000000000000000000000382";
    let kid = format!("{did}#MetaManagementKey#59ddc27f5bc6983458eac013b1e771d11c908683");
    let key = json!({"id": kid, "type": "EcdsaSecp256k1VerificationKey2019", "controller": did,
        "publicKeyHash": "59ddc27f5bc6983458eac013b1e771d11c908683"});
    let document = json!({"@context": "https://w3id.org/did/v0.11", "id": did, "publicKey": [key],
        "authentication": [kid], "service": [{"id": "did:meta:0000000000000000000000000000000000000000000000000000000000000527",
            "publicKey": kid, "type": "identityHub", "serviceEndpoint": "https://datahub.metadium.com"}]});
    let read = read(&document).unwrap();
    let url = DidUrl::parse(&kid).unwrap();
    for relationship in [Relationship::Authentication, Relationship::AssertionMethod] {
        let method = read.method(&url, relationship).unwrap();
        assert!(matches!(
            method.material(),
            KeyMaterial::Address { chain_id: None, address } if address[..2] == [0x59, 0xdd]
        ));
    }
    assert_eq!(
        read.method(&url, Relationship::CapabilityDelegation),
        Err(DidError::NoSuchKey)
    );
    assert_eq!(read.services()[0].types, ["identityHub"]);
    // Another method has no such identifiers.
    assert_eq!(
        DidUrl::parse(&kid.replace("meta", "web")),
        Err(DidError::Malformed)
    );
    assert_eq!(DidUrl::parse(&format!("{kid}#c")), Err(DidError::Malformed));
}

#[test]
fn a_document_of_the_current_shape_gives_no_key_for_a_use_it_does_not_list() {
    let url = DidUrl::parse(&format!("{DID}#1")).unwrap();
    let mut document = with("verificationMethod", json!([ed25519("#1")]));
    for relationship in Relationship::ALL {
        assert_eq!(
            read(&document).unwrap().method(&url, relationship),
            Err(DidError::NoSuchKey)
        );
    }
    document["authentication"] = json!(["#1"]);
    let read = read(&document).unwrap();
    read.method(&url, Relationship::Authentication).unwrap();
    assert!(read.method(&url, Relationship::AssertionMethod).is_err());
}

#[test]
fn a_method_may_stand_in_a_relationship_or_be_named_there_in_the_old_way() {
    let inside = read(&with("authentication", json!([ed25519("#1")]))).unwrap();
    let named = json!([{"type": "Ed25519SignatureAuthentication2018", "publicKey": "#1"}]);
    let mut old = with("publicKey", json!([ed25519(&format!("{DID}#1"))]));
    old["authentication"] = named;
    let url = DidUrl::parse(&format!("{DID}#1")).unwrap();
    for document in [inside, read(&old).unwrap()] {
        let method = document.method(&url, Relationship::Authentication).unwrap();
        let key = PublicKey::from_jwk(&jwk()).unwrap();
        assert_eq!(method.material(), &KeyMaterial::Key(key));
    }
}

#[test]
fn a_key_of_somebody_else_or_one_that_was_revoked_is_not_found() {
    let url = DidUrl::parse(&format!("{DID}#1")).unwrap();
    for (name, value) in [
        ("controller", "did:web:other.example"),
        ("revoked", "2026-01-01T00:00:00Z"),
        ("expires", "2099-01-01T00:00:00Z"),
    ] {
        let mut method = ed25519("#1");
        method[name] = value.into();
        let document = read(&with("authentication", json!([method]))).unwrap();
        assert_eq!(document.methods().len(), 1);
        assert_eq!(
            document.method(&url, Relationship::Authentication),
            Err(DidError::NoSuchKey),
            "{name}"
        );
    }
}

/// Each is kept, and verifies nothing.
#[test]
fn a_key_that_is_malformed_or_not_of_its_type_is_unusable() {
    let hash = "59ddc27f5bc6983458eac013b1e771d11c908683";
    let mut cases = vec![
        ("JsonWebKey2020", json!({})),
        ("JsonWebKey2020", json!({"publicKeyJwk": {"kty": "RSA"}})),
        ("JsonWebKey2020", json!({"publicKeyJwk": "key"})),
        (
            "JsonWebKey2020",
            json!({"publicKeyJwk": jwk(), "publicKeyHex": "00"}),
        ),
        (
            "EcdsaSecp256r1VerificationKey2019",
            json!({"publicKeyJwk": jwk()}),
        ),
        (
            "EcdsaSecp256k1VerificationKey2019",
            json!({"publicKeyJwk": jwk()}),
        ),
        ("RsaVerificationKey2018", json!({"publicKeyJwk": jwk()})),
        (
            "Ed25519VerificationKey2018",
            json!({"publicKeyBase58": "0OIl"}),
        ),
        (
            "Ed25519VerificationKey2018",
            json!({"publicKeyBase58": "11"}),
        ),
        ("Ed25519VerificationKey2018", json!({"publicKeyBase58": 7})),
        (
            "Ed25519VerificationKey2018",
            json!({"publicKeyBase58": "z".repeat(100_000)}),
        ),
        ("Multikey", json!({"publicKeyMultibase": "z"})),
        ("Multikey", json!({"publicKeyMultibase": "uAAAA"})),
        ("Ed25519VerificationKey2018", json!({"publicKeyHash": hash})),
        (
            "EcdsaSecp256k1VerificationKey2019",
            json!({"publicKeyHash": &hash[2..]}),
        ),
        (
            "EcdsaSecp256k1VerificationKey2019",
            json!({"publicKeyHash": "zz".repeat(20)}),
        ),
    ];
    for account in [
        "eip155:1",
        "eip155:1:0x00",
        "eip155::0x59ddc27f5bc6983458eac013b1e771d11c908683",
        "eip155:+1:0x59ddc27f5bc6983458eac013b1e771d11c908683",
        "eip155:99999999999999999999:0x59ddc27f5bc6983458eac013b1e771d11c908683",
        "bip122:1:0x59ddc27f5bc6983458eac013b1e771d11c908683",
    ] {
        let account = json!({"blockchainAccountId": account});
        cases.push(("EcdsaSecp256k1RecoveryMethod2020", account));
    }
    for (kind, mut method) in cases {
        method["id"] = "#1".into();
        method["type"] = kind.into();
        let document = read(&with("verificationMethod", json!([method]))).unwrap();
        assert_eq!(usable(&document), 0, "{method}");
    }
}

#[test]
fn both_spellings_of_an_account_are_read() {
    let address = "0x59DDC27f5bc6983458eac013b1e771d11c908683";
    for account in [
        format!("eip155:11:{address}"),
        format!("{address}@eip155:11"),
    ] {
        let method = json!({"id": "#c", "type": "EcdsaSecp256k1RecoveryMethod2020", "controller": DID,
            "blockchainAccountId": account});
        let document = read(&with("verificationMethod", json!([method]))).unwrap();
        assert!(matches!(
            document.methods()[0].material(),
            KeyMaterial::Address { chain_id: Some(11), address } if address[0] == 0x59
        ));
    }
}

#[test]
fn a_document_that_is_none_is_refused() {
    let mut other = ed25519("#1");
    other["publicKeyJwk"]["x"] = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw".into();
    let mut private = ed25519("#1");
    private["publicKeyJwk"]["d"] = "AA".into();
    let without = |name: &str| {
        let mut method = ed25519("#1");
        method.as_object_mut().unwrap().remove(name);
        json!([method])
    };
    let methods = "verificationMethod";
    for (document, error) in [
        (with("id", json!(7)), DidError::AnotherSubject),
        (with(methods, json!({})), DidError::Document(methods)),
        (with(methods, json!(["#1"])), DidError::Document("method")),
        (with(methods, without("id")), DidError::Document("id")),
        (with(methods, without("type")), DidError::Document("type")),
        (
            with(methods, json!([ed25519("1")])),
            DidError::Document("id"),
        ),
        (
            with(methods, json!([ed25519("#a#b")])),
            DidError::Document("id"),
        ),
        (
            with(methods, json!([ed25519("#1"), other])),
            DidError::Document("id"),
        ),
        (
            with(methods, json!([private])),
            DidError::Key(JoseError::PrivateKey),
        ),
        (
            with("authentication", json!("#1")),
            DidError::Document("authentication"),
        ),
        (
            with("authentication", json!([7])),
            DidError::Document("relationship"),
        ),
        (
            with("authentication", json!(["x"])),
            DidError::Document("id"),
        ),
        (
            with("service", json!([{"id": "#s", "type": "T"}])),
            DidError::Document("service"),
        ),
        (
            with("service", json!([{"id": "#s", "serviceEndpoint": "u"}])),
            DidError::Document("service"),
        ),
        (
            with("service", json!([{"type": "T", "serviceEndpoint": "u"}])),
            DidError::Document("service"),
        ),
    ] {
        assert_eq!(read(&document), Err(error), "{document}");
    }
    let did = Did::parse(DID).unwrap();
    let twice = format!(r#"{{"id":"{DID}","id":"{DID}"}}"#);
    assert_eq!(
        DidDocument::parse(&did, twice.as_bytes()),
        Err(DidError::Json(JsonError::DuplicateKey))
    );
    let large = format!(r#"{{"id":"{DID}"{}}}"#, " ".repeat(256 * 1024));
    assert_eq!(
        DidDocument::parse(&did, large.as_bytes()),
        Err(DidError::Json(JsonError::TooLarge))
    );
    let of_another = json!({"id": "did:web:other.example"}).to_string();
    assert_eq!(
        DidDocument::parse(&did, of_another.as_bytes()),
        Err(DidError::AnotherSubject)
    );
}

#[test]
fn ten_thousand_keys_are_refused_wherever_they_stand() {
    let many = |count: usize| -> Value { (0..count).map(|n| ed25519(&format!("#{n}"))).collect() };
    let did = Did::parse(DID).unwrap();
    let from = |document: Value| {
        let Value::Object(document) = document else {
            panic!("no object")
        };
        DidDocument::from_json(&did, document)
    };
    assert!(from(with("verificationMethod", many(MAX_METHODS))).is_ok());
    for name in [
        "verificationMethod",
        "publicKey",
        "authentication",
        "service",
    ] {
        assert_eq!(
            from(with(name, many(10_000))),
            Err(DidError::TooManyEntries)
        );
    }
    let mut both = with("verificationMethod", many(MAX_METHODS));
    both["authentication"] = json!([ed25519("#one-more")]);
    assert_eq!(from(both), Err(DidError::TooManyEntries));
}

#[test]
fn what_is_said_twice_in_the_same_words_is_one_method() {
    let mut document = with("verificationMethod", json!([ed25519("#1")]));
    document["publicKey"] = json!([ed25519(&format!("{DID}#1"))]);
    document["authentication"] = json!([ed25519("#1"), "did:web:other.example#1"]);
    let document = read(&document).unwrap();
    assert_eq!(document.methods().len(), 1);
    assert_eq!(
        document.methods_for(Relationship::Authentication).count(),
        1
    );
}
