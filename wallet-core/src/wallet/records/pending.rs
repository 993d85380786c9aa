//! What must still be done, or may be done again.

use super::{Other, RecordName};
use serde::{Deserialize, Serialize};

/// A sealed to-do.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "todo", rename_all = "snake_case")]
#[non_exhaustive]
pub(crate) enum PendingRecord {
    /// A hardware key that was made for a card that is not stored yet. Storing the card removes this; if nothing comes of
    /// it, the key is deleted.
    UnclaimedKey {
        /// The app's handle.
        handle: String,
        /// When it was made, seconds since the epoch.
        since: i64,
        /// Members of newer versions.
        #[serde(flatten)]
        other: Other,
    },
    /// A hardware key is to be deleted; retried until the app says it is gone.
    DeleteHardwareKey {
        /// The app's handle.
        handle: String,
        /// Members of newer versions.
        #[serde(flatten)]
        other: Other,
    },
    /// An answer whose arrival is unknown: these bytes, and only these, may be sent again to this address.
    Resend {
        /// The history entry of the presentation.
        history: RecordName,
        /// The verifier's response endpoint.
        uri: String,
        /// The body as it was first sent.
        body: String,
        /// Until when, seconds since the epoch.
        expires_at: i64,
        /// Members of newer versions.
        #[serde(flatten)]
        other: Other,
    },
    /// Something a newer version has to do. Never written by this one.
    #[serde(other)]
    Unknown,
}
