//! did:key: the identifier is a multicodec key in base58btc.

use super::DidError;
use crate::jose::PublicKey;
use crate::json::{self, Limits};
use serde_json::Value;

/// A P-384 key as JSON has under 200 bytes. Decoding base58 takes the square of the length.
const MAX_CHARS: usize = 384;

// Multicodecs as unsigned varints.
const ED25519_PUB: [u8; 2] = [0xed, 0x01];
const P256_PUB: [u8; 2] = [0x80, 0x24];
const P384_PUB: [u8; 2] = [0x81, 0x24];
const JWK_JCS_PUB: [u8; 3] = [0xd1, 0xd6, 0x03];

/// The key in the identifier.
pub(super) fn key_of(id: &str) -> Result<PublicKey, DidError> {
    if id.len() > MAX_CHARS {
        return Err(DidError::TooLarge);
    }
    let bytes = id
        .strip_prefix('z')
        .and_then(|text| bs58::decode(text).into_vec().ok())
        .ok_or(DidError::NotMultibase)?;
    if let Some(point) = bytes.strip_prefix(&P256_PUB) {
        return Ok(PublicKey::from_p256_compressed(exactly(point)?)?);
    }
    if let Some(point) = bytes.strip_prefix(&P384_PUB) {
        return Ok(PublicKey::from_p384_compressed(exactly(point)?)?);
    }
    if let Some(key) = bytes.strip_prefix(&ED25519_PUB) {
        return Ok(PublicKey::from_ed25519(exactly(key)?)?);
    }
    match bytes.strip_prefix(&JWK_JCS_PUB) {
        Some(jwk) => from_canonical_jwk(jwk),
        None => Err(DidError::UnknownCodec),
    }
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
