//! The type of a credential in one text, for ordering it and for telling it from others.

use super::error::DataIntegrityError;
use super::transformed;
use serde_json::{Map, Value};

/// The type every credential has.
const VERIFIABLE_CREDENTIAL: &str = "https://www.w3.org/2018/credentials#VerifiableCredential";

/// Types as IRIs, sorted, with spaces between them (no IRI has one) and without the one that all credentials have, unless
/// there is no other.
pub(crate) fn type_name(types: &[String]) -> String {
    let mut names: Vec<&str> = types.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() > 1 {
        names.retain(|name| *name != VERIFIABLE_CREDENTIAL);
    }
    names.join(" ")
}

/// The type that an issuer's `credential_definition` (OpenID4VCI 1.0 A.1.2) means by its `type` under its `@context`.
///
/// # Errors
/// [`DataIntegrityError::Credential`] if a member is missing or no array; those of JSON-LD for contexts and types this
/// wallet does not know.
pub(crate) fn type_of_definition(
    definition: &Map<String, Value>,
) -> Result<String, DataIntegrityError> {
    for member in ["@context", "type"] {
        if !definition.get(member).is_some_and(Value::is_array) {
            return Err(DataIntegrityError::Credential(member));
        }
    }
    Ok(type_name(&transformed::types(definition)?))
}
