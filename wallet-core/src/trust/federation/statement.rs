//! Entity statements and entity configurations (OpenID Federation 1.0 3).

use super::FederationError;
use crate::clock::UnixTime;
use crate::http::{Purpose, max_bytes};
use crate::jose::{CompactJws, KeySet};
use serde_json::{Map, Value};

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 60;

/// Most authorities an entity may name.
const MAX_HINTS: usize = 8;

/// A statement by `issuer` about `subject`; a configuration where the two are the same. Its form was checked; who
/// signed it was not.
#[derive(Clone, Debug)]
pub(super) struct EntityStatement {
    pub(super) jws: CompactJws,
    pub(super) issuer: String,
    pub(super) subject: String,
    /// The federation keys of the subject.
    pub(super) keys: KeySet,
    claims: Map<String, Value>,
}

impl EntityStatement {
    pub(super) fn parse(text: &str) -> Result<Self, FederationError> {
        let jws = CompactJws::parse(text, max_bytes(Purpose::Metadata))?;
        if jws.typ() != Some("entity-statement+jwt") {
            return Err(FederationError::Statement);
        }
        let claims = jws.payload_object()?;
        // All claims of the standard are understood; `crit` names others (3.2).
        if claims.contains_key("crit") || claims.contains_key("metadata_policy_crit") {
            return Err(FederationError::Critical);
        }
        let text = |name| {
            let text = claims.get(name).and_then(Value::as_str);
            text.map(str::to_owned).ok_or(FederationError::Statement)
        };
        Ok(Self {
            issuer: text("iss")?,
            subject: text("sub")?,
            keys: KeySet::parse(claims.get("jwks").ok_or(FederationError::Statement)?)?,
            claims,
            jws,
        })
    }

    pub(super) fn is_configuration(&self) -> bool {
        self.issuer == self.subject
    }

    /// `iat` is past and `exp` is not.
    pub(super) fn check_time(&self, now: UnixTime) -> Result<(), FederationError> {
        let date = |name| {
            let date = self.claims.get(name).and_then(Value::as_i64);
            date.ok_or(FederationError::Statement)
        };
        let has_begun = date("iat")? <= now.saturating_add(LEEWAY).as_secs();
        let has_ended = date("exp")?.saturating_add(LEEWAY) <= now.as_secs();
        if has_begun && !has_ended {
            Ok(())
        } else {
            Err(FederationError::Time)
        }
    }

    /// The metadata for an entity type, if there are any.
    pub(super) fn metadata(
        &self,
        entity_type: &str,
    ) -> Result<Option<&Map<String, Value>>, FederationError> {
        self.object("metadata", Some(entity_type))
    }

    /// The metadata policy for an entity type, if there is one.
    pub(super) fn metadata_policy(
        &self,
        entity_type: &str,
    ) -> Result<Option<&Map<String, Value>>, FederationError> {
        self.object("metadata_policy", Some(entity_type))
    }

    pub(super) fn constraints(&self) -> Result<Option<&Map<String, Value>>, FederationError> {
        self.object("constraints", None)
    }

    /// The superiors an entity names of itself.
    pub(super) fn authority_hints(&self) -> Result<Vec<String>, FederationError> {
        let Some(hints) = self.claims.get("authority_hints") else {
            return Ok(Vec::new());
        };
        hints
            .as_array()
            .filter(|hints| hints.len() <= MAX_HINTS)
            .and_then(|hints| {
                hints
                    .iter()
                    .map(|hint| hint.as_str().map(str::to_owned))
                    .collect()
            })
            .ok_or(FederationError::Statement)
    }

    fn object(
        &self,
        claim: &str,
        member: Option<&str>,
    ) -> Result<Option<&Map<String, Value>>, FederationError> {
        let Some(value) = self.claims.get(claim) else {
            return Ok(None);
        };
        let object = value.as_object().ok_or(FederationError::Statement)?;
        let Some(member) = member else {
            return Ok(Some(object));
        };
        object
            .get(member)
            .map(|value| value.as_object().ok_or(FederationError::Statement))
            .transpose()
    }
}
