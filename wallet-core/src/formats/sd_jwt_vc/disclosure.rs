//! One disclosure: `[salt, name, value]` or `[salt, value]` (RFC 9901 4.2.1, 4.2.2).

use super::error::SdJwtError;
use super::limits::{MAX_DEPTH, MAX_TEXT};
use crate::jose::base64url;
use crate::json;
use core::cell::Cell;
use serde_json::Value;

/// What a disclosure says. The salt is checked and forgotten: the holder never needs it apart from the received text.
pub(super) struct Disclosure {
    /// The name of the member of an object; `None` for an element of an array.
    pub(super) name: Option<String>,
    pub(super) value: Value,
}

impl Disclosure {
    /// `values_left`: what all disclosures of a credential may hold together.
    pub(super) fn parse(text: &str, values_left: &Cell<usize>) -> Result<Self, SdJwtError> {
        let bytes = base64url::decode(text)?;
        let limits = json::Limits {
            max_bytes: MAX_TEXT,
            max_depth: MAX_DEPTH,
        };
        let Value::Array(elements) = json::parse_within(&bytes, limits, values_left)? else {
            return Err(SdJwtError::DisclosureShape);
        };
        let mut elements = elements.into_iter();
        match (
            elements.next(),
            elements.next(),
            elements.next(),
            elements.next(),
        ) {
            (Some(Value::String(_)), Some(value), None, None) => Ok(Self { name: None, value }),
            (Some(Value::String(_)), Some(Value::String(name)), Some(value), None) => {
                // RFC 9901 4.2.1 names the first two; the third would put `_sd_alg` into the claims.
                if matches!(name.as_str(), "_sd" | "..." | "_sd_alg") {
                    return Err(SdJwtError::ReservedName);
                }
                Ok(Self {
                    name: Some(name),
                    value,
                })
            }
            _ => Err(SdJwtError::DisclosureShape),
        }
    }
}
