//! The document of a did:meta identity, in the shape METADIUM's resolver gives (meta-did-resolver `src/model/`): of before
//! DID Core 1.0, with `publicKey`, keys of which only the address is known, and identifiers with two `#`.
//!
//! Theirs gives keys of services every use. Here they are listed for none: such a key is made for one service, and what it
//! may say in the name of the identity stands nowhere on the chain. Only keys that manage the identity speak for it.

use super::identifier::MetaDid;
use super::identity::Identity;
use crate::did::DidUrl;
use alloy_primitives::{Address, hex};
use serde_json::{Map, Value, json};

/// The symbol of the keys that manage an identity.
const MANAGEMENT: &str = "MetaManagementKey";

/// The document of `did`. A deleted identity has no keys.
#[must_use]
pub fn document(did: &MetaDid, identity: &Identity) -> Map<String, Value> {
    let (management, service): (Vec<_>, Vec<_>) = match identity {
        Identity::Deleted => Default::default(),
        Identity::Active {
            management,
            service,
        } => {
            let management = management
                .iter()
                .map(|it| method(did, MANAGEMENT, it.address, it.key.as_ref()));
            let service = service
                .iter()
                .map(|it| method(did, &it.symbol, it.address, None));
            (management.collect(), service.collect())
        }
    };
    let speaking: Vec<Value> = management.iter().map(|key| key["id"].clone()).collect();
    // What a service calls its key may take away neither the name of a key that manages nor the whole document.
    let has_own_name = |key: &Value| {
        let id = &key["id"];
        !speaking.contains(id) && id.as_str().is_some_and(|id| DidUrl::parse(id).is_ok())
    };
    let service = service.into_iter().filter(has_own_name);
    let keys: Vec<Value> = management.into_iter().chain(service).collect();
    [
        ("@context", "https://w3id.org/did/v0.11".into()),
        ("id", did.as_str().into()),
        ("publicKey", keys.into()),
        ("authentication", speaking.clone().into()),
        ("assertionMethod", speaking.into()),
        ("service", Value::Array(Vec::new())),
    ]
    .map(|(name, value): (&str, Value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}

fn method(did: &MetaDid, symbol: &str, address: Address, key: Option<&[u8; 64]>) -> Value {
    let address = hex::encode(address);
    let (member, text) = match key {
        Some(key) => ("publicKeyHex", format!("04{}", hex::encode(key))),
        None => ("publicKeyHash", address.clone()),
    };
    json!({
        "id": format!("{}#{}#{address}", did.as_str(), fragment(symbol)),
        "type": "EcdsaSecp256k1VerificationKey2019",
        "controller": did.as_str(),
        member: text,
    })
}

/// A symbol as part of a URL: what may not stand in a fragment is percent-encoded (RFC 3986 3.5).
fn fragment(symbol: &str) -> String {
    let mut text = String::with_capacity(symbol.len());
    for byte in symbol.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
