//! Whose credentials they are.

use super::Other;
use serde::{Deserialize, Serialize};

/// The holder, or a child or ward the holder acts for. Every credential belongs to one profile.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ProfileRecord {
    /// The name the app gave it; empty for the holder's own.
    pub(crate) label: String,
    /// Whether the holder acts for someone else.
    pub(crate) by_delegation: bool,
    /// Members of newer versions.
    #[serde(flatten)]
    pub(crate) other: Other,
}
