//! Proofs of the keys: of possession by type `jwt`, of their quality by type `attestation` (OpenID4VCI 1.0 F.1, F.3).

use super::Ports;
use super::error::IssuanceError;
use super::key_attestation::Wanted;
use super::proof_requirement::{KeyName, ProofRequirement};
use crate::clock::UnixTime;
use crate::did::{did_jwk_of, did_key_of};
use crate::jose::JwsDraft;
use crate::keys::{HolderKey, KeyPurpose, sign_jws, sign_jws_batch};
use crate::order;
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
    pub(super) key_name: KeyName,
}

/// Checks that the keys are what the issuer takes: as many as there are to be copies, distinct, of its algorithms.
pub(super) fn check_keys(
    requirement: &ProofRequirement,
    keys: &[Arc<dyn HolderKey>],
    batch_size: usize,
) -> Result<(), IssuanceError> {
    let refuse = |reason| Err(IssuanceError::Call { reason, rule: RULE });
    if requirement.key_algorithms().is_empty() {
        return match keys {
            [] => Ok(()),
            _ => refuse("keys_not_expected"),
        };
    }
    if keys.is_empty() {
        return refuse("keys_missing");
    }
    if keys.len() > batch_size {
        return refuse("batch_size");
    }
    if keys
        .iter()
        .any(|key| !requirement.key_algorithms().contains(&key.algorithm()))
    {
        return refuse("key_algorithm");
    }
    let mut thumbprints: Vec<_> = keys
        .iter()
        .map(|key| key.public_key().thumbprint())
        .collect();
    order::sort(&mut thumbprints);
    thumbprints.dedup();
    if thumbprints.len() != keys.len() {
        return refuse("keys_not_distinct");
    }
    Ok(())
}

/// `proofs` of a credential request (8.2): those of one type. `None` where the issuer wants none.
pub(super) async fn make_proofs(
    ports: &Ports<'_>,
    requirement: &ProofRequirement,
    claims: &ProofClaims<'_>,
    keys: &[Arc<dyn HolderKey>],
) -> Result<Option<Value>, IssuanceError> {
    let (algorithms, required) = match requirement {
        // A commitment is of secrets, not of keys.
        ProofRequirement::None | ProofRequirement::Commitment { .. } => return Ok(None),
        ProofRequirement::Jwt { .. } => {
            return Ok(Some(json!({ "jwt": sign_proofs(claims, keys).await? })));
        }
        ProofRequirement::AttestedJwt {
            algorithms,
            required,
        }
        | ProofRequirement::Attestation {
            algorithms,
            required,
        } => (algorithms, required),
    };
    let is_proven = matches!(requirement, ProofRequirement::AttestedJwt { .. });
    let wanted = Wanted {
        keys,
        nonce: claims.nonce,
        algorithms,
        required,
        ends: is_proven,
    };
    let attestation = wanted.obtain(ports).await?;
    Ok(Some(match is_proven {
        true => json!({ "jwt": sign_attested(claims, keys, &attestation).await? }),
        false => json!({ "attestation": [attestation] }),
    }))
}

/// One proof for each key, in their order.
async fn sign_proofs(
    claims: &ProofClaims<'_>,
    keys: &[Arc<dyn HolderKey>],
) -> Result<Vec<String>, IssuanceError> {
    let draft =
        |key: &dyn HolderKey| JwsDraft::new(&header(key, claims.key_name), &payload(claims));
    let work = keys
        .iter()
        .map(|key| (draft(key.as_ref()), key.as_ref()))
        .collect();
    Ok(sign_jws_batch(work, KeyPurpose::Holder).await?)
}

/// One proof by the first key: the issuer issues for every key of the attestation in its header (F.1).
async fn sign_attested(
    claims: &ProofClaims<'_>,
    keys: &[Arc<dyn HolderKey>],
    attestation: &str,
) -> Result<Vec<String>, IssuanceError> {
    let Some(key) = keys.first() else {
        return Ok(Vec::new());
    };
    let mut header = header(key.as_ref(), claims.key_name);
    header.insert("key_attestation".to_owned(), json!(attestation));
    let draft = JwsDraft::new(&header, &payload(claims));
    let proof = sign_jws(draft, key.as_ref(), KeyPurpose::Holder).await?;
    Ok(vec![proof])
}

fn header(key: &dyn HolderKey, name: KeyName) -> Map<String, Value> {
    let public = key.public_key();
    let named = match name {
        KeyName::Jwk => ("jwk", Value::Object(public.to_jwk())),
        KeyName::DidJwk => ("kid", json!(format!("{}#0", did_jwk_of(public)))),
        KeyName::DidKey => {
            let did = did_key_of(public);
            let id = did.strip_prefix("did:key:").unwrap_or_default();
            ("kid", json!(format!("{did}#{id}")))
        }
    };
    object([
        ("typ", json!(TYP)),
        ("alg", json!(key.algorithm().as_str())),
        named,
    ])
}

pub(super) fn payload(claims: &ProofClaims<'_>) -> Map<String, Value> {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::did::{DidUrl, authentication_key};
    use crate::jose::Algorithm;
    use crate::keys::SoftwareKey;
    use crate::random::OsRandom;

    #[test]
    fn a_key_that_is_named_as_did_is_the_one_the_did_url_means_and_is_named_once() {
        for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
            let key = SoftwareKey::generate(algorithm, KeyPurpose::Holder, &OsRandom).unwrap();
            for name in [KeyName::DidJwk, KeyName::DidKey] {
                let header = header(&key, name);
                assert!(!header.contains_key("jwk"));
                let url = DidUrl::parse(header["kid"].as_str().unwrap()).unwrap();
                assert_eq!(authentication_key(&url).as_ref(), Ok(key.public_key()));
            }
            assert!(!header(&key, KeyName::Jwk).contains_key("kid"));
        }
    }
}
