//! Authorization request parameters, from a link or from inside a request object, before anything is believed.

use super::error::PresentationError;
use crate::json::{self, Limits};
use serde_json::{Map, Value};

/// Most bytes of `nonce` and of `state`.
const MAX_TEXT: usize = 512;

/// Parameters that are JSON inside a link (OpenID4VP 1.0 5.1). `verifier_attestations` is the older name of
/// `verifier_info`.
const JSON_PARAMETERS: [&str; 5] = [
    "dcql_query",
    "client_metadata",
    "transaction_data",
    "verifier_info",
    "verifier_attestations",
];

/// A set of named parameters. Those nobody asks for are ignored (5).
pub(super) struct Parameters(Map<String, Value>);

impl core::fmt::Debug for Parameters {
    /// Values a query expects may be the holder's.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Parameters")
    }
}

impl Parameters {
    /// From the payload of a request object.
    pub(super) fn from_object(payload: Map<String, Value>) -> Self {
        Self(payload)
    }

    /// From the query of a link, form-decoded.
    pub(super) fn from_query(query: &str) -> Result<Self, PresentationError> {
        let mut map = Map::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if map
                .insert(name.into_owned(), Value::String(value.into_owned()))
                .is_some()
            {
                return Err(PresentationError::DuplicateParameter);
            }
        }
        Ok(Self(map))
    }

    /// Reads the JSON inside the parameters of a link that is a request by value.
    pub(super) fn with_json_decoded(mut self) -> Result<Self, PresentationError> {
        for name in JSON_PARAMETERS {
            if let Some(value) = self.0.get_mut(name) {
                let text = value.as_str().ok_or(PresentationError::ParameterType)?;
                *value = json::parse(text.as_bytes(), Limits::default())?;
            }
        }
        Ok(self)
    }

    /// Drops every parameter that is not among these.
    pub(super) fn keep_only(&mut self, names: &[&str]) {
        self.0.retain(|name, _| names.contains(&name.as_str()));
    }

    /// Puts a value in the place of what the request says.
    pub(super) fn replace(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Whether the parameter is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The parameter.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A parameter that is text.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, PresentationError> {
        self.get(name)
            .map(|value| value.as_str().ok_or(PresentationError::ParameterType))
            .transpose()
    }

    /// `nonce` or `state`: not empty, bounded, of URL-safe characters only (5.2).
    pub(super) fn url_safe_text(&self, name: &str) -> Result<Option<&str>, PresentationError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if text.is_empty() || text.len() > MAX_TEXT || !text.bytes().all(is_safe) {
            return Err(PresentationError::IllegalText);
        }
        Ok(Some(text))
    }

    /// A NumericDate (RFC 7519 2).
    pub(super) fn date(&self, name: &str) -> Result<Option<i64>, PresentationError> {
        self.get(name)
            .map(|value| value.as_i64().ok_or(PresentationError::ParameterType))
            .transpose()
    }
}
