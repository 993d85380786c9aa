//! The type of a credential in one text, for ordering it and for telling it from others.

use super::error::DataIntegrityError;
use super::transformed;
use crate::order;
use serde_json::{Map, Value};

/// The type every credential has.
const VERIFIABLE_CREDENTIAL: &str = "https://www.w3.org/2018/credentials#VerifiableCredential";

/// Types as IRIs, sorted, with spaces between them (no IRI has one) and without the one that all credentials have, unless
/// there is no other.
pub(crate) fn type_name(types: &[String]) -> String {
    let mut names: Vec<&str> = types.iter().map(String::as_str).collect();
    order::sort(&mut names);
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn name(definition: Value) -> Result<String, DataIntegrityError> {
        type_of_definition(definition.as_object().unwrap())
    }

    const V2: &str = "https://www.w3.org/ns/credentials/v2";
    const CITIZEN: &str = "https://citizenwallet.example/contexts/citizen-id/v1";

    #[test]
    fn a_type_is_what_the_contexts_make_of_it_in_whatever_order() {
        let citizen = "https://citizenwallet.example/vocab#CitizenIdCredential";
        for types in [
            json!(["VerifiableCredential", "CitizenIdCredential"]),
            json!(["CitizenIdCredential", "VerifiableCredential"]),
            json!(["CitizenIdCredential"]),
        ] {
            let named = name(json!({"@context": [V2, CITIZEN], "type": types}));
            assert_eq!(named.unwrap(), citizen);
        }
        let plain = name(json!({"@context": [V2], "type": ["VerifiableCredential"]}));
        assert_eq!(plain.unwrap(), VERIFIABLE_CREDENTIAL);
    }

    #[test]
    fn a_definition_of_other_form_or_of_foreign_words_is_refused() {
        for definition in [
            json!({"type": ["VerifiableCredential"]}),
            json!({"@context": [V2]}),
            json!({"@context": V2, "type": ["VerifiableCredential"]}),
            json!({"@context": [V2], "type": "VerifiableCredential"}),
        ] {
            let refused = name(definition).unwrap_err();
            assert!(matches!(refused, DataIntegrityError::Credential(_)));
        }
        for definition in [
            json!({"@context": [V2], "type": ["CitizenIdCredential"]}),
            json!({"@context": [V2, "https://other.example/"], "type": ["VerifiableCredential"]}),
            json!({"@context": [V2, {"CitizenIdCredential": "urn:x"}], "type": ["CitizenIdCredential"]}),
        ] {
            let refused = name(definition).unwrap_err();
            assert!(matches!(refused, DataIntegrityError::JsonLd(_)));
        }
    }
}
