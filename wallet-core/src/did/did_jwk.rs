//! did:jwk: the identifier is a public JWK in base64url.

use super::{Did, DidDocument, DidError, Relationship};
use crate::jose::{PublicKey, base64url};
use crate::json::{self, Limits};
use serde_json::{Map, Value, json};

/// A JWK with some members beyond the required ones.
const LIMITS: Limits = Limits {
    max_bytes: 2048,
    max_depth: 4,
};

/// The key in the identifier; private members, other uses than signing and kinds of key not ours are refused.
pub(super) fn key_of(id: &str) -> Result<PublicKey, DidError> {
    Ok(PublicKey::from_jwk(&jwk_of(id)?)?)
}

fn jwk_of(id: &str) -> Result<Value, DidError> {
    let jwk = json::parse_object(&base64url::decode(id)?, LIMITS)?;
    Ok(Value::Object(jwk))
}

/// The document, as the method makes it of the identifier (did:jwk "Read").
pub(super) fn document(did: &Did) -> Result<DidDocument, DidError> {
    let jwk = jwk_of(did.method_specific_id())?;
    PublicKey::from_jwk(&jwk)?;
    let is_for_signing_only = jwk.get("use").is_some();
    let name = format!("{did}#0");
    let method = json!({
        "id": name,
        "type": "JsonWebKey2020",
        "controller": did.as_str(),
        "publicKeyJwk": jwk,
    });
    let mut document = Map::new();
    let contexts = [
        "https://www.w3.org/ns/did/v1",
        "https://w3id.org/security/suites/jws-2020/v1",
    ];
    document.insert("@context".into(), json!(contexts));
    document.insert("id".into(), did.as_str().into());
    document.insert("verificationMethod".into(), json!([method]));
    for relationship in Relationship::ALL {
        if relationship != Relationship::KeyAgreement || !is_for_signing_only {
            document.insert(relationship.as_str().into(), json!([name]));
        }
    }
    DidDocument::from_json(did, document)
}

/// The identifier of a key, of its required members alone.
pub(super) fn id_of(key: &PublicKey) -> String {
    base64url::encode(Value::Object(key.to_jwk()).to_string().as_bytes())
}
