//! W3C credentials with a Data Integrity proof in the metadata of an issuer (OpenID4VCI 1.0 A.1.2).

use super::commitment;
use super::error::NotIssuable;
use super::proof_requirement::ProofRequirement;
use crate::formats::data_integrity::{Cryptosuite, DataIntegrityError, type_of_definition};
use serde_json::{Map, Value};

/// The type of a configuration, and the proofs it wants: none, or a commitment. A credential that is to be bound to a key of
/// the holder's would name it in a way this wallet does not know.
pub(super) fn parse(
    configuration: &Map<String, Value>,
) -> Result<(String, ProofRequirement), NotIssuable> {
    check_suites(configuration.get("credential_signing_alg_values_supported"))?;
    let committed = commitment::feature(configuration)?;
    let proof = match committed {
        Some(feature) => ProofRequirement::Commitment { feature },
        None => match ProofRequirement::parse(configuration)? {
            ProofRequirement::None => ProofRequirement::None,
            _ => return Err(NotIssuable::BindingMethod),
        },
    };
    let definition = configuration.get("credential_definition");
    let definition = definition
        .and_then(Value::as_object)
        .ok_or(NotIssuable::Malformed)?;
    let credential_type = type_of_definition(definition).map_err(|error| match error {
        DataIntegrityError::Credential(_) => NotIssuable::Malformed,
        _ => NotIssuable::Context,
    })?;
    Ok((credential_type, proof))
}

/// Where the suites are named, one of ours is among them.
fn check_suites(suites: Option<&Value>) -> Result<(), NotIssuable> {
    let Some(suites) = suites else { return Ok(()) };
    let suites = suites.as_array().ok_or(NotIssuable::Malformed)?;
    let is_ours = |suite: &Value| {
        let suite = suite.as_str().and_then(Cryptosuite::from_identifier);
        suite.is_some()
    };
    match suites.iter().any(is_ours) {
        true => Ok(()),
        false => Err(NotIssuable::Suite),
    }
}
