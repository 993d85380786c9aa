//! Proofs of possession of type `jwt` (OpenID4VCI 1.0 F.1).

use super::error::IssuanceError;
use super::metadata::ProofRequirement;
use crate::clock::UnixTime;
use crate::jose::JwsDraft;
use crate::keys::{HolderKey, KeyPurpose, sign_jws_batch};
use serde_json::{Map, Value, json};
use std::sync::Arc;

const TYP: &str = "openid4vci-proof+jwt";
const RULE: &str = "OpenID4VCI 1.0 8.2";

/// What every proof of one request says.
pub(super) struct ProofClaims<'a> {
    /// The Credential Issuer Identifier, not an endpoint.
    pub(super) audience: &'a str,
    /// The `client_id`; absent for anonymous pre-authorised access.
    pub(super) client_id: Option<&'a str>,
    pub(super) issued_at: UnixTime,
    pub(super) nonce: Option<&'a str>,
}

/// Checks that the keys are what the issuer takes: as many as there are to be copies, distinct, of its algorithms.
pub(super) fn check_keys(
    requirement: &ProofRequirement,
    keys: &[Arc<dyn HolderKey>],
    batch_size: usize,
) -> Result<(), IssuanceError> {
    let refuse = |reason| Err(IssuanceError::Call { reason, rule: RULE });
    let algorithms = match requirement {
        ProofRequirement::None if keys.is_empty() => return Ok(()),
        ProofRequirement::None => return refuse("keys_not_expected"),
        ProofRequirement::Jwt { algorithms } => algorithms,
    };
    if keys.is_empty() {
        return refuse("keys_missing");
    }
    if keys.len() > batch_size {
        return refuse("batch_size");
    }
    if keys
        .iter()
        .any(|key| !algorithms.contains(&key.algorithm()))
    {
        return refuse("key_algorithm");
    }
    let mut thumbprints: Vec<_> = keys
        .iter()
        .map(|key| key.public_key().thumbprint())
        .collect();
    thumbprints.sort_unstable();
    thumbprints.dedup();
    if thumbprints.len() != keys.len() {
        return refuse("keys_not_distinct");
    }
    Ok(())
}

/// One proof for each key, in their order.
pub(super) async fn sign_proofs(
    claims: &ProofClaims<'_>,
    keys: &[Arc<dyn HolderKey>],
) -> Result<Vec<String>, IssuanceError> {
    let draft = |key: &dyn HolderKey| JwsDraft::new(&header(key), &payload(claims));
    let work = keys
        .iter()
        .map(|key| (draft(key.as_ref()), key.as_ref()))
        .collect();
    Ok(sign_jws_batch(work, KeyPurpose::Holder).await?)
}

fn header(key: &dyn HolderKey) -> Map<String, Value> {
    object([
        ("typ", json!(TYP)),
        ("alg", json!(key.algorithm().as_str())),
        ("jwk", Value::Object(key.public_key().to_jwk())),
    ])
}

fn payload(claims: &ProofClaims<'_>) -> Map<String, Value> {
    let mut payload = object([
        ("aud", json!(claims.audience)),
        ("iat", json!(claims.issued_at.as_secs())),
    ]);
    if let Some(client_id) = claims.client_id {
        payload.insert("iss".to_owned(), json!(client_id));
    }
    if let Some(nonce) = claims.nonce {
        payload.insert("nonce".to_owned(), json!(nonce));
    }
    payload
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
