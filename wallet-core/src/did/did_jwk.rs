//! did:jwk: the identifier is a public JWK in base64url.

use super::DidError;
use crate::jose::{PublicKey, base64url};
use crate::json::{self, Limits};
use serde_json::Value;

/// A JWK with some members beyond the required ones.
const LIMITS: Limits = Limits {
    max_bytes: 2048,
    max_depth: 4,
};

/// The key in the identifier; private members, other uses than signing and kinds of key not ours are refused.
pub(super) fn key_of(id: &str) -> Result<PublicKey, DidError> {
    let jwk = json::parse_object(&base64url::decode(id)?, LIMITS)?;
    Ok(PublicKey::from_jwk(&Value::Object(jwk))?)
}
