//! What the wallet did for its holder: who was shown what kind of thing, never the values.

use super::{Other, RecordName};
use serde::{Deserialize, Serialize};

/// How a presentation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The verifier accepted it.
    Accepted,
    /// The verifier refused it.
    Refused,
    /// Whether it arrived is unknown.
    Unknown,
    /// It was handed to the caller of the Digital Credentials API; what came of it is not told.
    Returned,
}

impl Outcome {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Returned => "returned",
        }
    }
}

/// One card's part in a presentation: names of claims, no values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownCredential {
    /// The verifier's query.
    pub query: String,
    /// The card.
    pub credential: RecordName,
    /// Its type.
    pub credential_type: String,
    /// The claims shown, as claims path pointers.
    pub claims: Vec<serde_json::Value>,
    /// Whether the proof that the card was anchored went along.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub anchor_proof: bool,
    /// What a pseudonym went along for, in the verifier's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pseudonym_for: Option<String>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum HistoryEvent {
    /// A card was received.
    Received {
        /// The card.
        credential: RecordName,
        /// Its type.
        credential_type: String,
        /// The Credential Issuer Identifier.
        issuer: String,
        /// How many copies.
        copies: u32,
    },
    /// A card was issued again and took its own place.
    Renewed {
        /// The card.
        credential: RecordName,
        /// Its type.
        credential_type: String,
        /// The Credential Issuer Identifier.
        issuer: String,
        /// How many copies came.
        copies: u32,
        /// Whether it says something else than before.
        changed: bool,
    },
    /// A presentation was approved and is about to be sent. Until an [`HistoryEvent::Ended`] follows, the outcome is
    /// unknown.
    Presented {
        /// The verifier's full client identifier.
        verifier: String,
        /// The name it gave itself; not verified.
        verifier_name: Option<String>,
        /// How the verifier was authenticated.
        proven_by: String,
        /// What was shown.
        shown: Vec<ShownCredential>,
        /// How many transactions the holder authorised with it. What they said is not kept.
        #[serde(default, skip_serializing_if = "is_none")]
        transactions: usize,
    },
    /// How an earlier presentation ended.
    Ended {
        /// The history record of the presentation.
        presentation: RecordName,
        /// How.
        outcome: Outcome,
    },
    /// The holder declined a request.
    Declined {
        /// The verifier's full client identifier.
        verifier: String,
        /// How the verifier was authenticated.
        proven_by: String,
    },
    /// A card was deleted by the holder.
    Deleted {
        /// Its type.
        credential_type: String,
        /// The Credential Issuer Identifier.
        issuer: String,
    },
    /// A DID of the holder's own was made.
    IdentityMade {
        /// The identity.
        identity: RecordName,
        /// Its method.
        method: String,
        /// Its network, for methods of a ledger.
        network: Option<String>,
    },
    /// An identity is about to sign.
    IdentitySigned {
        /// The identity.
        identity: RecordName,
        /// Its method.
        method: String,
        /// Its network, for methods of a ledger.
        network: Option<String>,
        /// `proof`, or the name of the contract's function.
        act: String,
        /// The audience of a proof, the account of a contract.
        to: String,
    },
    /// An identity was deleted with its key.
    IdentityDeleted {
        /// Its method.
        method: String,
        /// Its network, for methods of a ledger.
        network: Option<String>,
    },
    /// Claims and history were exported.
    Exported,
    /// The store was found changed and the holder adopted its state: all one-time copies were burned.
    Adopted,
    /// An event of a newer version. Never written by this one.
    #[serde(other)]
    Unknown,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form serde asks for")]
const fn is_none(count: &usize) -> bool {
    *count == 0
}

/// An entry with its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HistoryEntry {
    /// Seconds since the epoch.
    pub(crate) at: i64,
    /// What happened.
    #[serde(flatten)]
    pub(crate) event: HistoryEvent,
}

/// A link of the history chain. `link = SHA-256(label ‖ number ‖ previous ‖ HMAC-SHA-256(key, entry))`: deleting an
/// entry destroys `key` and `entry` and leaves the link, so that the chain still shows that something was there and
/// that nothing else was changed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct HistoryRecord {
    /// Position in the chain, from 0.
    pub(crate) number: u64,
    /// The previous link, base64url; of the first entry, 32 zero bytes.
    pub(crate) previous: String,
    /// The HMAC of the entry under its key, base64url.
    pub(crate) mac: String,
    /// The link, base64url.
    pub(crate) link: String,
    /// The entry's own random key, base64url; absent in a tombstone.
    pub(crate) key: Option<String>,
    /// The entry as the JSON text that was MACed; absent in a tombstone.
    pub(crate) entry: Option<String>,
    /// Members of newer versions.
    #[serde(flatten)]
    pub(crate) other: Other,
}
