//! JWT VC Issuer Metadata: an issuer's keys on its own web site (SD-JWT VC 4).

use super::error::SdJwtError;
use crate::http::{Fetcher, Purpose, max_bytes, well_known};
use crate::jose::{CompactJws, JoseError, PublicKey};
use crate::json::{self, Limits};
use serde_json::{Map, Value};

/// Most keys of a set that are looked at; each may cost a signature verification.
const MAX_KEYS: usize = 64;

/// An issuer's key set, from the issuer's web site.
pub(super) struct IssuerKeys {
    keys: Vec<Value>,
    /// Whether every address connected to was known and a public one.
    pub(super) address_checked: bool,
}

/// Fetches the keys of `issuer`.
pub(super) async fn fetch(issuer: &str, fetcher: &Fetcher<'_>) -> Result<IssuerKeys, SdJwtError> {
    let url = well_known(issuer, "jwt-vc-issuer").ok_or(SdJwtError::IssuerMetadata)?;
    let fetched = fetcher
        .get(Purpose::Metadata, &url, "application/json")
        .await?;
    let mut metadata = object(fetched.body())?;
    if metadata.get("issuer").and_then(Value::as_str) != Some(issuer) {
        return Err(SdJwtError::IssuerMismatch);
    }
    let mut address_checked = fetched.address_checked();
    let set = match (metadata.shift_remove("jwks"), metadata.get("jwks_uri")) {
        (Some(Value::Object(set)), None) => set,
        (None, Some(Value::String(uri))) => {
            let accept = "application/json, application/jwk-set+json";
            let fetched = fetcher.get(Purpose::Metadata, uri, accept).await?;
            address_checked &= fetched.address_checked();
            object(fetched.body())?
        }
        _ => return Err(SdJwtError::IssuerMetadata),
    };
    Ok(IssuerKeys {
        keys: keys_of(set)?,
        address_checked,
    })
}

fn object(body: &[u8]) -> Result<Map<String, Value>, SdJwtError> {
    let limits = Limits::bytes(max_bytes(Purpose::Metadata));
    json::parse_object(body, limits).map_err(|_| SdJwtError::IssuerMetadata)
}

/// The `keys` of a JWK set (RFC 7517 5).
fn keys_of(mut set: Map<String, Value>) -> Result<Vec<Value>, SdJwtError> {
    match set.shift_remove("keys") {
        Some(Value::Array(keys)) if keys.len() <= MAX_KEYS => Ok(keys),
        _ => Err(SdJwtError::IssuerMetadata),
    }
}

impl IssuerKeys {
    /// The key that signed `jws`: the one its `kid` names, or else one that verifies it. Keys the wallet cannot use
    /// are passed over (RFC 7517 5).
    pub(super) fn key_of(&self, jws: &CompactJws) -> Result<PublicKey, SdJwtError> {
        let kid = jws.kid();
        let is_named =
            |jwk: &&Value| kid.is_none() || jwk.get("kid").and_then(Value::as_str) == kid;
        let named = self.keys.iter().filter(is_named);
        let usable = named.filter_map(|jwk| PublicKey::from_jwk(jwk).ok());
        let mut fitting = usable
            .filter(|key| key.algorithm() == jws.algorithm())
            .peekable();
        if fitting.peek().is_none() {
            return Err(SdJwtError::NoIssuerKey);
        }
        fitting
            .find(|key| jws.verify(key).is_ok())
            .ok_or(SdJwtError::Jose(JoseError::SignatureInvalid))
    }
}
