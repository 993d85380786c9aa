//! A proof that something was anchored, as it came.

use super::{Other, RecordName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A stapled proof.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AnchoredRecord {
    /// What was anchored.
    pub(crate) of: AnchoredThing,
    /// Whose anchor it is: an issuer of the app's policy.
    pub(crate) issuer: String,
    /// The proof, as JSON.
    pub(crate) proof: Value,
    /// When it was kept, seconds since the epoch.
    pub(crate) kept_at: i64,
    /// Members of newer versions.
    #[serde(flatten)]
    pub(crate) other: Other,
}

/// What was anchored.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub(crate) enum AnchoredThing {
    /// The bytes of a copy.
    Copy(RecordName),
    /// A receipt: these bytes.
    Receipt(String),
}
