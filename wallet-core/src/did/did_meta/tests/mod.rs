#![allow(clippy::unwrap_used)]

mod documents;
mod identifiers;
mod identities;

use super::{Identity, MetaDid, MetaRegistries};
use crate::ledger::bundle::ProofBundle;
use crate::ledger::reading::KnownState;
use crate::ledger::test_chain;
use crate::ledger::{Address, B256};
use serde_json::Value;

/// Answers of METADIUM's resolver beside what the chain proves (test-fixtures/vectors/did-meta/record.mjs).
fn recorded(name: &str) -> Value {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../test-fixtures/vectors/did-meta"
    );
    serde_json::from_slice(&std::fs::read(format!("{folder}/{name}.json")).unwrap()).unwrap()
}

fn address(value: &Value) -> Address {
    value.as_str().unwrap().parse().unwrap()
}

fn registries(vector: &Value) -> MetaRegistries {
    let service_keys = vector["serviceKeyResolvers"].as_array().unwrap();
    MetaRegistries {
        identities: address(&vector["identityRegistry"]),
        public_keys: vec![address(&vector["publicKeyResolver"])],
        service_keys: service_keys.iter().map(address).collect(),
    }
}

fn proven(vector: &Value) -> KnownState {
    let bundle = ProofBundle::from_json(vector["bundle"].as_object().unwrap().clone()).unwrap();
    let code_hash = |address: Address| -> B256 {
        let hash = &vector["codeHashes"][address.to_string().to_lowercase()];
        hash.as_str().unwrap().parse().unwrap()
    };
    test_chain::known(&bundle, code_hash)
}

fn did(vector: &Value) -> MetaDid {
    MetaDid::parse(vector["did"].as_str().unwrap()).unwrap()
}

fn identity(vector: &Value) -> Identity {
    Identity::read(&registries(vector), did(vector).ein(), &proven(vector)).unwrap()
}
