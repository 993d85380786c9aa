//! did:key: the identifier is a multicodec key in base58btc.

use super::{Did, DidDocument, DidError};
use crate::jose::PublicKey;
use crate::json::{self, Limits};
use serde_json::{Value, json};

/// A P-384 key as JSON has under 200 bytes. Decoding base58 takes the square of the length.
const MAX_CHARS: usize = 384;

// Multicodecs as unsigned varints.
const ED25519_PUB: [u8; 2] = [0xed, 0x01];
const P256_PUB: [u8; 2] = [0x80, 0x24];
const P384_PUB: [u8; 2] = [0x81, 0x24];
const SECP256K1_PUB: [u8; 2] = [0xe7, 0x01];
/// Of BBS signatures: nothing else here verifies with it.
const BLS12_381_G2_PUB: [u8; 2] = [0xeb, 0x01];
const JWK_JCS_PUB: [u8; 3] = [0xd1, 0xd6, 0x03];

fn bytes_of(id: &str) -> Result<Vec<u8>, DidError> {
    if id.len() > MAX_CHARS {
        return Err(DidError::TooLarge);
    }
    id.strip_prefix('z')
        .and_then(|text| bs58::decode(text).into_vec().ok())
        .ok_or(DidError::NotMultibase)
}

/// The key in the identifier, or in `publicKeyMultibase`.
pub(super) fn key_of(id: &str) -> Result<PublicKey, DidError> {
    let bytes = bytes_of(id)?;
    if let Some(point) = bytes.strip_prefix(&P256_PUB) {
        return Ok(PublicKey::from_p256_compressed(exactly(point)?)?);
    }
    if let Some(point) = bytes.strip_prefix(&P384_PUB) {
        return Ok(PublicKey::from_p384_compressed(exactly(point)?)?);
    }
    if let Some(key) = bytes.strip_prefix(&ED25519_PUB) {
        return Ok(PublicKey::from_ed25519(exactly(key)?)?);
    }
    if let Some(point) = bytes.strip_prefix(&SECP256K1_PUB) {
        let point: &[u8; 33] = exactly(point)?;
        return Ok(PublicKey::from_secp256k1_point(point)?);
    }
    match bytes.strip_prefix(&JWK_JCS_PUB) {
        Some(jwk) => from_canonical_jwk(jwk),
        None => Err(DidError::UnknownCodec),
    }
}

/// The document, as the method makes it of the identifier (did:key 3.1). There is no key for encryption in it.
pub(super) fn document(did: &Did) -> Result<DidDocument, DidError> {
    let id = did.method_specific_id();
    let bytes = bytes_of(id)?;
    let key = match key_of(id) {
        Err(DidError::UnknownCodec) if bytes.starts_with(&BLS12_381_G2_PUB) => None,
        key => Some(key?),
    };
    let name = format!("{did}#{id}");
    let (kind, member, value) = match key.filter(|_| bytes.starts_with(&JWK_JCS_PUB)) {
        Some(key) => ("JsonWebKey", "publicKeyJwk", Value::Object(key.to_jwk())),
        None => ("Multikey", "publicKeyMultibase", id.into()),
    };
    let method = json!({"id": name, "type": kind, "controller": did.as_str(), member: value});
    let document = json!({
        "@context": ["https://www.w3.org/ns/did/v1.1"],
        "id": did.as_str(),
        "verificationMethod": [method],
        "authentication": [name],
        "assertionMethod": [name],
        "capabilityDelegation": [name],
        "capabilityInvocation": [name],
    });
    match document {
        Value::Object(document) => DidDocument::from_json(did, document),
        _ => Err(DidError::Document("document")),
    }
}

/// The identifier of a key.
pub(super) fn id_of(key: &PublicKey) -> String {
    let (codec, bytes) = match key {
        PublicKey::P256(key) => (P256_PUB, key.to_sec1_point(true).as_bytes().to_vec()),
        PublicKey::P384(key) => (P384_PUB, key.to_sec1_point(true).as_bytes().to_vec()),
        PublicKey::Ed25519(key) => (ED25519_PUB, key.to_bytes().to_vec()),
        PublicKey::Secp256k1(key) => (SECP256K1_PUB, key.to_sec1_point(true).as_bytes().to_vec()),
    };
    format!(
        "z{}",
        bs58::encode([&codec, bytes.as_slice()].concat()).into_string()
    )
}

fn exactly<const N: usize>(bytes: &[u8]) -> Result<&[u8; N], DidError> {
    bytes.try_into().map_err(|_| DidError::KeyLength)
}

/// One key has one identifier: only the required members, as RFC 8785 writes them.
fn from_canonical_jwk(bytes: &[u8]) -> Result<PublicKey, DidError> {
    let jwk = Value::Object(json::parse_object(bytes, Limits::bytes(MAX_CHARS))?);
    let key = PublicKey::from_jwk(&jwk)?;
    if Value::Object(key.to_jwk()).to_string().as_bytes() == bytes {
        Ok(key)
    } else {
        Err(DidError::NotCanonical)
    }
}
