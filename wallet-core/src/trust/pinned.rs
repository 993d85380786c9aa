//! Keys of someone the app knows by an identifier and not by a certificate.

use crate::jose::{JoseError, KeySet};
use serde_json::Value;

/// An identifier and the public keys the app pinned for it.
#[derive(Clone, Debug)]
pub struct PinnedKeys {
    identifier: String,
    keys: KeySet,
}

impl PinnedKeys {
    /// Keys as a JWK Set (RFC 7517 5).
    ///
    /// # Errors
    /// As [`KeySet::parse`].
    pub fn from_jwks(identifier: impl Into<String>, jwks: &Value) -> Result<Self, JoseError> {
        Ok(Self {
            identifier: identifier.into(),
            keys: KeySet::parse(jwks)?,
        })
    }

    /// Who it is; compared as it is written.
    #[must_use]
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The keys.
    #[must_use]
    pub const fn keys(&self) -> &KeySet {
        &self.keys
    }
}

/// An issuer of W3C credentials and a key the app pinned for it, as a `did:key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedDidKey {
    /// The issuer identifier, compared as it is written with `issuer` of a credential.
    pub issuer: String,
    /// The key, without a fragment.
    pub did: String,
}
