//! W3C credentials as JWT in the metadata of an issuer (OpenID4VCI 1.0 A.1.1).

use super::error::NotIssuable;
use crate::formats::jwt_vc::{ALGORITHMS, type_of_definition};
use serde_json::{Map, Value};

/// The type of a configuration. Where the algorithms of the issuer are named, one of ours is among them.
pub(super) fn credential_type(configuration: &Map<String, Value>) -> Result<String, NotIssuable> {
    check_algorithms(configuration.get("credential_signing_alg_values_supported"))?;
    let definition = configuration.get("credential_definition");
    let definition = definition
        .and_then(Value::as_object)
        .ok_or(NotIssuable::Malformed)?;
    type_of_definition(definition).map_err(|_| NotIssuable::Malformed)
}

fn check_algorithms(named: Option<&Value>) -> Result<(), NotIssuable> {
    let Some(named) = named else { return Ok(()) };
    let named = named.as_array().ok_or(NotIssuable::Malformed)?;
    let is_ours = |name: &Value| {
        // The fully-specified name of EdDSA (RFC 9864).
        name == "Ed25519" || ALGORITHMS.iter().any(|ours| name == ours.as_str())
    };
    match named.iter().any(is_ours) {
        true => Ok(()),
        false => Err(NotIssuable::Suite),
    }
}
