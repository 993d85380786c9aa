//! What a superior allows below it (OpenID Federation 1.0 6.2).

use super::statement::EntityStatement;
use super::{FederationError, VERIFIER};
use serde_json::{Map, Value};
use url::Url;

/// Checks the constraints of every statement, the one about the verifier first.
pub(super) fn check(superiors: &[EntityStatement]) -> Result<(), FederationError> {
    for (intermediates, statement) in superiors.iter().enumerate() {
        let Some(constraints) = statement.constraints()? else {
            continue;
        };
        check_path_length(constraints, intermediates)?;
        check_entity_type(constraints)?;
        let below = superiors.get(..=intermediates).unwrap_or_default();
        for entity in below {
            check_name(constraints, &entity.subject)?;
        }
    }
    Ok(())
}

/// `max_path_length`: so many intermediates may stand between who sets it and the verifier.
fn check_path_length(
    constraints: &Map<String, Value>,
    intermediates: usize,
) -> Result<(), FederationError> {
    let Some(most) = constraints.get("max_path_length") else {
        return Ok(());
    };
    let most = most.as_u64().ok_or(FederationError::Statement)?;
    if u64::try_from(intermediates).is_ok_and(|count| count <= most) {
        Ok(())
    } else {
        Err(FederationError::Constraint)
    }
}

fn check_entity_type(constraints: &Map<String, Value>) -> Result<(), FederationError> {
    let Some(types) = constraints.get("allowed_entity_types") else {
        return Ok(());
    };
    let types = types.as_array().ok_or(FederationError::Statement)?;
    if types.iter().any(|one| one == VERIFIER) {
        Ok(())
    } else {
        Err(FederationError::Constraint)
    }
}

/// `naming_constraints`: hosts as in RFC 5280 4.2.1.10 for URIs; one that begins with a dot stands for every host below
/// it.
fn check_name(constraints: &Map<String, Value>, entity: &str) -> Result<(), FederationError> {
    let Some(naming) = constraints.get("naming_constraints") else {
        return Ok(());
    };
    let naming = naming.as_object().ok_or(FederationError::Statement)?;
    let url = Url::parse(entity).map_err(|_| FederationError::Constraint)?;
    let host = url.host_str().ok_or(FederationError::Constraint)?;
    let names_host = |name| -> Result<Option<bool>, FederationError> {
        let Some(list) = naming.get(name) else {
            return Ok(None);
        };
        let list = list.as_array().ok_or(FederationError::Statement)?;
        let mut is_named = false;
        for constraint in list {
            let constraint = constraint.as_str().ok_or(FederationError::Statement)?;
            is_named |= matches(constraint, host);
        }
        Ok(Some(is_named))
    };
    let is_permitted = names_host("permitted")?.unwrap_or(true);
    let is_excluded = names_host("excluded")?.unwrap_or(false);
    if is_permitted && !is_excluded {
        Ok(())
    } else {
        Err(FederationError::Constraint)
    }
}

fn matches(constraint: &str, host: &str) -> bool {
    let constraint = constraint.to_ascii_lowercase();
    if constraint.starts_with('.') {
        host.len() > constraint.len() && host.ends_with(&constraint)
    } else {
        host == constraint
    }
}
