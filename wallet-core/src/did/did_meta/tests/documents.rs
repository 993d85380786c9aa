use super::{did, identity, recorded};
use crate::did::did_meta::{Identity, ManagementKey, MetaDid, ServiceKey, document};
use crate::did::{Did, DidDocument, DidError, DidUrl, KeyMaterial, Relationship};
use crate::ledger::Address;
use serde_json::{Value, json};

/// METADIUM's document as ours is: which keys have a use is our own judgement.
fn with_uses(mut theirs: Value) -> Value {
    let keys = theirs["authentication"].as_array().unwrap().iter();
    let speaking = keys.filter(|id| id.as_str().unwrap().contains("#MetaManagementKey#"));
    let speaking = Value::Array(speaking.cloned().collect());
    theirs["authentication"] = speaking.clone();
    theirs["assertionMethod"] = speaking;
    theirs
}

fn read(did: &MetaDid, document: serde_json::Map<String, Value>) -> DidDocument {
    DidDocument::from_json(&Did::parse(did.as_str()).unwrap(), document).unwrap()
}

fn ids(document: &DidDocument, relationship: Relationship) -> Vec<&str> {
    let methods = document.methods_for(relationship);
    methods.map(|method| method.id()).collect()
}

fn of_one_key(service: &[(u8, &str)]) -> (MetaDid, Identity) {
    let identity = Identity::Active {
        management: vec![ManagementKey {
            address: Address::repeat_byte(1),
            key: Some([4; 64]),
        }],
        service: service
            .iter()
            .map(|(address, symbol)| ServiceKey {
                address: Address::repeat_byte(*address),
                symbol: (*symbol).to_owned(),
            })
            .collect(),
    };
    let did = MetaDid::parse(&format!("did:meta:{}", "0".repeat(64))).unwrap();
    (did, identity)
}

#[test]
fn metadiums_resolver_lists_the_same_keys() {
    for name in [
        "one_key",
        "two_addresses",
        "removed_service",
        "taker",
        "no_resolver",
        "unpinned_resolver",
        "removed_key",
    ] {
        let vector = recorded(name);
        let ours = document(&did(&vector), &identity(&vector));
        let theirs = with_uses(vector["didDocument"].clone());
        assert_eq!(Value::Object(ours.clone()), theirs, "{name}");
        read(&did(&vector), ours);
    }
}

#[test]
fn a_symbol_that_cannot_stand_in_a_url_is_percent_encoded() {
    let vector = recorded("services");
    let ours = Value::Object(document(&did(&vector), &identity(&vector)));
    // METADIUM's resolver writes the symbol as it is.
    let text = vector["didDocument"].to_string();
    let theirs = text
        .replace("#부산 (시) #1#", "#%EB%B6%80%EC%82%B0%20(%EC%8B%9C)%20%231#")
        .replace(
            "#a symbol of more than thirty-one bytes, as a contract may have#",
            "#a%20symbol%20of%20more%20than%20thirty-one%20bytes,%20as%20a%20contract%20may%20have#",
        );
    assert_eq!(ours, with_uses(serde_json::from_str(&theirs).unwrap()));
    let symbols = ours["publicKey"].as_array().unwrap().len();
    assert_eq!(symbols, 5);
}

#[test]
fn a_key_of_a_service_that_another_identity_took_is_left_out() {
    let vector = recorded("taken_service");
    let ours = document(&did(&vector), &identity(&vector));
    // Theirs still lists it: the resolver's list of this identity was never changed.
    assert_eq!(
        vector["didDocument"]["publicKey"].as_array().unwrap().len(),
        2
    );
    assert_eq!(ours["publicKey"].as_array().unwrap().len(), 1);
    assert_eq!(ours["publicKey"][0], vector["didDocument"]["publicKey"][0]);
}

#[test]
fn a_deleted_identity_has_no_keys() {
    let vector = recorded("deleted");
    assert_eq!(vector["message"], "deleted meta id");
    assert_eq!(identity(&vector), Identity::Deleted);
    let document = document(&did(&vector), &Identity::Deleted);
    assert_eq!(document["publicKey"], json!([]));
    assert_eq!(document["authentication"], json!([]));
    // Missing, it would mean every key to readers of documents of before DID Core 1.0.
    assert_eq!(document["assertionMethod"], json!([]));
}

#[test]
fn a_key_of_a_service_does_not_speak_for_the_identity() {
    let vector = recorded("services");
    let (did, document) = (did(&vector), document(&did(&vector), &identity(&vector)));
    let document = read(&did, document);
    assert_eq!(document.methods().len(), 5);
    let manages = document.methods()[0].id();
    assert!(manages.contains("#MetaManagementKey#"));
    for relationship in [Relationship::Authentication, Relationship::AssertionMethod] {
        assert_eq!(ids(&document, relationship), [manages]);
        for service in &document.methods()[1..] {
            let url = DidUrl::parse(service.id()).unwrap();
            let refused = document.method(&url, relationship);
            assert_eq!(refused, Err(DidError::NoSuchKey), "{}", service.id());
        }
    }
}

#[test]
fn no_symbol_of_a_service_takes_the_name_or_the_use_of_a_managing_key() {
    let long = "가".repeat(2000);
    let symbols = [
        // The managing key itself under its own name: only its address, where the key is known.
        (1, "MetaManagementKey"),
        // A name like that of a managing key.
        (2, "MetaManagementKey"),
        // Longer than any URL.
        (3, long.as_str()),
        (4, "vote"),
    ];
    let (did, identity) = of_one_key(&symbols);
    let document = read(&did, document(&did, &identity));
    let manages = format!("{}#MetaManagementKey#{}", did.as_str(), "01".repeat(20));
    let listed: Vec<_> = document.methods().iter().map(|it| it.id()).collect();
    assert_eq!(
        listed,
        [
            manages.clone(),
            format!("{}#MetaManagementKey#{}", did.as_str(), "02".repeat(20)),
            format!("{}#vote#{}", did.as_str(), "04".repeat(20)),
        ]
    );
    assert_eq!(ids(&document, Relationship::AssertionMethod), [&manages]);
    assert_eq!(ids(&document, Relationship::Authentication), [&manages]);
}

#[test]
fn keys_are_found_by_identifiers_with_two_number_signs() {
    let vector = recorded("two_addresses");
    let text = did(&vector);
    let document = document(&text, &identity(&vector));
    let document = DidDocument::from_json(&Did::parse(text.as_str()).unwrap(), document).unwrap();
    let addresses = ["#MetaManagementKey#"; 3];
    assert_eq!(document.methods().len(), addresses.len());
    for (method, part) in document.methods().iter().zip(addresses) {
        assert!(method.id().contains(part));
        let url = DidUrl::parse(method.id()).unwrap();
        let found = document
            .method(&url, Relationship::AssertionMethod)
            .unwrap();
        assert_eq!(found, method);
    }
    let hash_only = document.methods()[1].material();
    assert!(matches!(hash_only, KeyMaterial::Address { .. }));
}

#[test]
fn a_service_key_is_an_address_only() {
    let (did, identity) = of_one_key(&[(2, "vote")]);
    let document = document(&did, &identity);
    assert_eq!(
        document["publicKey"][1]["publicKeyHash"],
        json!("02".repeat(20))
    );
    assert_eq!(
        document["publicKey"][1]["id"],
        json!(format!("{}#vote#{}", did.as_str(), "02".repeat(20)))
    );
}
