//! Claims. Their values stay here and cross one at a time, when they are asked for.

use super::element;
use crate::bytes::Bytes;
use crate::error::WalletError;
use crate::guard::caught;
use crate::redacted::redacted;
use serde_json::Value;
use std::sync::Arc;
use wallet_core::formats::claim_path::{self, ClaimPath};
use wallet_core::picture::ClaimPicture;
use wallet_core::text::display_text;
use wallet_core::wallet::CardClaim;

redacted!(PathSegment, ClaimInfo, ClaimValue);

/// Longest text of one value, in characters; more is cut and ends in `…`.
const MAX_VALUE_CHARS: usize = 4000;

/// One step on the way to a claim.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum PathSegment {
    /// A member of an object.
    Name {
        /// Its name. Foreign text.
        name: String,
    },
    /// An element of an array, counted from 0.
    Index {
        /// Which.
        index: u64,
    },
    /// All elements of an array.
    All,
}

/// A claim without its value.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ClaimInfo {
    /// Where it is.
    pub path: Vec<PathSegment>,
    /// The issuer's label in the preferred language, safe to show.
    pub label: Option<String>,
    /// Whether the holder may withhold it.
    pub is_disclosable: bool,
}

/// The value of a claim.
#[derive(Clone, PartialEq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum ClaimValue {
    /// Text, safe to show: one line without control and invisible characters.
    Text {
        /// The text.
        text: String,
    },
    /// A number, as it was written.
    Number {
        /// Its digits.
        text: String,
    },
    /// True or false.
    Boolean {
        /// Which.
        value: bool,
    },
    /// A picture, such as a portrait. Its bytes are foreign: decode them with the platform's decoder only.
    Picture {
        /// `image/png`, `image/jpeg` or `image/webp`; the bytes begin like it.
        media_type: String,
        /// The bytes.
        bytes: Bytes,
    },
    /// An array or object, as JSON that is safe to show.
    Structure {
        /// The text.
        json: String,
    },
    /// There is no value.
    Empty,
}

/// Claims of a card or of a plan.
#[derive(uniffi::Object)]
pub struct Claims(Vec<CardClaim>);

#[uniffi::export]
impl Claims {
    /// The claims, without their values.
    #[must_use]
    pub fn list(&self) -> Vec<ClaimInfo> {
        self.0.iter().map(info).collect()
    }

    /// The value of the claim at this place in [`Self::list`].
    ///
    /// # Errors
    /// `not_found`
    pub fn value(&self, index: u32) -> Result<ClaimValue, WalletError> {
        caught(|| Ok(value(&element(&self.0, index, "claim")?.value)))
    }
}

impl Claims {
    pub(super) fn of(claims: Vec<CardClaim>) -> Arc<Self> {
        Arc::new(Self(claims))
    }
}

fn info(claim: &CardClaim) -> ClaimInfo {
    ClaimInfo {
        path: segments(&claim.path),
        label: claim.label.clone(),
        is_disclosable: claim.is_disclosable,
    }
}

pub(super) fn segments(path: &ClaimPath) -> Vec<PathSegment> {
    let segment = |segment: &claim_path::PathSegment| match segment {
        claim_path::PathSegment::Key(name) => PathSegment::Name { name: name.clone() },
        claim_path::PathSegment::Index(index) => PathSegment::Index { index: *index },
        claim_path::PathSegment::All => PathSegment::All,
    };
    path.segments().iter().map(segment).collect()
}

pub(super) fn value(value: &Value) -> ClaimValue {
    match value {
        Value::Null => ClaimValue::Empty,
        Value::Bool(value) => ClaimValue::Boolean { value: *value },
        Value::Number(number) => ClaimValue::Number {
            text: number.to_string(),
        },
        Value::String(text) => match ClaimPicture::read(text) {
            Some(picture) => ClaimValue::Picture {
                media_type: picture.media_type().to_owned(),
                bytes: picture.into_bytes().into(),
            },
            None => ClaimValue::Text {
                text: display_text(text, MAX_VALUE_CHARS),
            },
        },
        Value::Array(_) | Value::Object(_) => ClaimValue::Structure {
            json: display_text(&value.to_string(), MAX_VALUE_CHARS),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_portrait_crosses_as_bytes_and_what_only_says_it_is_one_as_text() {
        let portrait = json!("data:image/jpeg;base64,/9j/4AAQ");
        let ClaimValue::Picture { media_type, bytes } = value(&portrait) else {
            panic!("a picture");
        };
        assert_eq!(media_type, "image/jpeg");
        assert_eq!(*bytes, [0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10]);
        let disguised = "data:image/png;base64,/9j/4AAQ";
        assert!(matches!(value(&json!(disguised)), ClaimValue::Text { text } if text == disguised));
    }

    #[test]
    fn a_value_prints_neither_itself_nor_its_kind() {
        for value in [json!("Erika"), json!(19), json!({ "city": "Berlin" })] {
            let printed = super::value(&value);
            assert_eq!(printed.to_string(), "ClaimValue");
            assert_eq!(format!("{printed:?}"), "ClaimValue");
        }
    }
}
