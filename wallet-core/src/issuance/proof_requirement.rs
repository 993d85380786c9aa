//! What an issuer wants to know about the keys of a credential (`proof_types_supported`, OpenID4VCI 1.0 12.2.4).

use super::error::NotIssuable;
use super::key_attestation::RequiredAttestation;
use crate::formats::data_integrity::Feature;
use crate::jose::Algorithm;
use serde_json::{Map, Value};

/// Whether, and with which algorithms, possession of a key is to be proven.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProofRequirement {
    /// No proof: the credential is not bound to a key.
    None,
    /// Proofs of type `jwt` (OpenID4VCI 1.0 F.1) with one of these algorithms, in the issuer's order.
    Jwt {
        /// `proof_signing_alg_values_supported`, as far as ours.
        algorithms: Vec<Algorithm>,
    },
    /// One proof of type `jwt` by one of the keys, with an attestation of them all in its header (F.1).
    AttestedJwt {
        /// For the proof and the attestation.
        algorithms: Vec<Algorithm>,
        /// What the attestation must say.
        required: RequiredAttestation,
    },
    /// An attestation of the keys alone, which sign nothing (F.3).
    Attestation {
        /// For the attestation: the keys may be any.
        algorithms: Vec<Algorithm>,
        /// What it must say.
        required: RequiredAttestation,
    },
    /// A commitment to the holder's secrets (docs/adr/27-a-proof-type-for-commitments.md): no key at all.
    Commitment {
        /// Which secrets.
        feature: Feature,
    },
}

/// How a proof names the key it is by (`cryptographic_binding_methods_supported`, OpenID4VCI 1.0 F.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum KeyName {
    /// The key itself.
    #[default]
    Jwk,
    /// The key as `did:jwk`.
    DidJwk,
    /// The key as `did:key`.
    DidKey,
}

impl KeyName {
    /// The name a credential whose subject may be a DID is ordered under. Where the issuer leaves the methods out, the key
    /// itself: every one can read that.
    pub(super) fn of(configuration: &Map<String, Value>) -> Result<Self, NotIssuable> {
        let methods = strings(configuration.get("cryptographic_binding_methods_supported"))?;
        match methods {
            Some(methods) if methods.contains(&"jwk") => Ok(Self::Jwk),
            Some(methods) if methods.contains(&"did:jwk") => Ok(Self::DidJwk),
            Some(methods) if methods.contains(&"did:key") => Ok(Self::DidKey),
            Some(_) => Err(NotIssuable::BindingMethod),
            None => Ok(Self::Jwk),
        }
    }
}

impl ProofRequirement {
    /// What a configuration asks for whose proofs name keys as JWK.
    pub(super) fn parse(configuration: &Map<String, Value>) -> Result<Self, NotIssuable> {
        let proof = Self::of_any_name(configuration)?;
        // Some issuers leave the methods out; a `jwk` in the proof is what every one of them can read.
        match KeyName::of(configuration)? {
            KeyName::Jwk => Ok(proof),
            KeyName::DidJwk | KeyName::DidKey => Err(NotIssuable::BindingMethod),
        }
    }

    /// The same, however keys are named.
    pub(super) fn of_any_name(configuration: &Map<String, Value>) -> Result<Self, NotIssuable> {
        let methods = strings(configuration.get("cryptographic_binding_methods_supported"))?;
        let Some(types) = configuration.get("proof_types_supported") else {
            // The two members come together or not at all (12.2.4).
            return match methods {
                None => Ok(Self::None),
                Some(_) => Err(NotIssuable::Malformed),
            };
        };
        let types = types.as_object().ok_or(NotIssuable::Malformed)?;
        let jwt = types.get("jwt").map(Self::jwt);
        let attestation = types.get("attestation").map(Self::attestation);
        // Keys that prove themselves are better than keys that are only spoken for.
        match (jwt, attestation) {
            (Some(Ok(proof)), _) | (_, Some(Ok(proof))) => Ok(proof),
            (Some(Err(problem)), _) | (None, Some(Err(problem))) => Err(problem),
            (None, None) => Err(NotIssuable::ProofType),
        }
    }

    fn jwt(proof_type: &Value) -> Result<Self, NotIssuable> {
        let (algorithms, required) = proof_type_members(proof_type)?;
        Ok(match required {
            None => Self::Jwt { algorithms },
            Some(required) => Self::AttestedJwt {
                algorithms,
                required,
            },
        })
    }

    fn attestation(proof_type: &Value) -> Result<Self, NotIssuable> {
        let (algorithms, required) = proof_type_members(proof_type)?;
        Ok(Self::Attestation {
            algorithms,
            required: required.unwrap_or_default(),
        })
    }

    /// The algorithms holder keys may have.
    #[must_use]
    pub fn key_algorithms(&self) -> &[Algorithm] {
        match self {
            Self::None | Self::Commitment { .. } => &[],
            Self::Jwt { algorithms } | Self::AttestedJwt { algorithms, .. } => algorithms,
            Self::Attestation { .. } => &[Algorithm::Es256, Algorithm::EdDsa],
        }
    }

    /// Whether the wallet's provider must attest the keys.
    #[must_use]
    pub const fn needs_attestation(&self) -> bool {
        matches!(self, Self::AttestedJwt { .. } | Self::Attestation { .. })
    }
}

fn proof_type_members(
    proof_type: &Value,
) -> Result<(Vec<Algorithm>, Option<RequiredAttestation>), NotIssuable> {
    let members = proof_type.as_object().ok_or(NotIssuable::Malformed)?;
    let named = strings(members.get("proof_signing_alg_values_supported"))?
        .ok_or(NotIssuable::Malformed)?;
    let algorithms: Vec<_> = named
        .into_iter()
        .filter_map(Algorithm::from_identifier)
        .collect();
    let required = members
        .get("key_attestations_required")
        .map(RequiredAttestation::parse)
        .transpose()?;
    if algorithms.is_empty() {
        return Err(NotIssuable::ProofAlgorithm);
    }
    Ok((algorithms, required))
}

/// A list of strings; `Ok(None)` if absent.
fn strings(value: Option<&Value>) -> Result<Option<Vec<&str>>, NotIssuable> {
    let Some(value) = value else { return Ok(None) };
    let list = value.as_array().ok_or(NotIssuable::Malformed)?;
    list.iter()
        .map(Value::as_str)
        .collect::<Option<Vec<_>>>()
        .map(Some)
        .ok_or(NotIssuable::Malformed)
}
