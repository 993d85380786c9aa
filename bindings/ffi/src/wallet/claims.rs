//! Claims. Their values stay here and cross one at a time, when they are asked for.

use crate::error::WalletError;
use crate::guard::caught;
use serde_json::Value;
use std::sync::Arc;
use wallet_core::formats::claim_path::{self, ClaimPath};
use wallet_core::text::display_text;
use wallet_core::wallet::CardClaim;
use wallet_core::{ErrorCode, WalletError as CoreError};

/// Longest text of one value, in characters; more is cut and ends in `…`.
const MAX_VALUE_CHARS: usize = 4000;

/// One step on the way to a claim.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
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
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
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
        caught(|| {
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            let claim = self.0.get(index);
            let claim = claim.ok_or_else(|| CoreError::new(ErrorCode::NotFound).about("claim"))?;
            Ok(value(&claim.value))
        })
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
        Value::String(text) => ClaimValue::Text {
            text: display_text(text, MAX_VALUE_CHARS),
        },
        Value::Array(_) | Value::Object(_) => ClaimValue::Structure {
            json: display_text(&value.to_string(), MAX_VALUE_CHARS),
        },
    }
}
