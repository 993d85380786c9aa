//! The logical card: what stays the same when its copies are used up or issued again.

use super::{Other, RecordName};
use crate::presentation::dcql::UserAuthPolicy;
use serde::{Deserialize, Serialize};

/// How often one copy of a credential may be shown (OpenID4VCI 1.0 13.9, ARF "methods A to D").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReusePolicy {
    /// Each copy once; when all are used the card cannot be shown until it is refilled.
    OnceOnly,
    /// Each copy at most this many times.
    Limited {
        /// Showings per copy.
        times: u32,
    },
    /// The least used copy each time, without an end.
    Rotating,
}

/// A card.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct CredentialRecord {
    /// The Credential Issuer Identifier.
    pub(crate) issuer: String,
    /// The configuration it was ordered by.
    pub(crate) configuration_id: String,
    /// The format identifier.
    pub(crate) format: String,
    /// Its type: `vct`, doctype.
    pub(crate) credential_type: String,
    /// The types its type extends, nearest first, as they were when it was received.
    #[serde(default)]
    pub(crate) extended_types: Vec<String>,
    /// The profile it belongs to.
    pub(crate) profile: RecordName,
    /// The card this one replaced. Never written by this version: a card that is issued again keeps its name.
    pub(crate) supersedes: Option<RecordName>,
    /// Its place among the cards, ascending in the order of receiving. Stays when it is issued again. Absent in cards
    /// of older versions: those come first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<u64>,
    /// When it was received, seconds since the epoch.
    pub(crate) received_at: i64,
    /// When it was last issued again, seconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) renewed_at: Option<i64>,
    /// How many copies came at the last full issuance: as many as it is refilled to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) batch: Option<u32>,
    /// When it expires, if it does, seconds since the epoch.
    pub(crate) expires_at: Option<i64>,
    /// When it becomes valid, seconds since the epoch.
    pub(crate) valid_from: Option<i64>,
    /// How often a copy may be shown.
    pub(crate) reuse: ReusePolicy,
    /// What the holder must do before a showing.
    pub(crate) user_auth: UserAuthPolicy,
    /// Its display snapshot.
    pub(crate) display: RecordName,
    /// Its issuance context.
    pub(crate) context: RecordName,
    /// Its copies, in the order of issuance.
    pub(crate) copies: Vec<RecordName>,
    /// Members of newer versions.
    #[serde(flatten)]
    pub(crate) other: Other,
}

impl CredentialRecord {
    /// How many copies it is refilled to.
    #[must_use]
    pub(crate) fn batch(&self) -> usize {
        let kept = self.batch.and_then(|batch| usize::try_from(batch).ok());
        kept.unwrap_or(self.copies.len()).max(1)
    }

    /// When its content was issued, seconds since the epoch.
    #[must_use]
    pub(crate) fn issued_at(&self) -> i64 {
        self.renewed_at.unwrap_or(self.received_at)
    }
}
