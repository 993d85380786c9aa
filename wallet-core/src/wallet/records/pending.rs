//! What must still be done, or may be done again.

use super::{Other, RecordName, RenewalRecord, encode_with_text};
use crate::error::WalletError;
use crate::issuance::{KeptDeferred, PendingAuthorization};
use crate::secret::SecretBytes;
use serde::{Deserialize, Serialize};

/// A card the issuer promised (OpenID4VCI 1.0 9).
#[derive(Serialize, Deserialize)]
pub(crate) struct DeferredRecord {
    /// What is needed to ask for it, the access token included.
    pub(crate) issuance: KeptDeferred,
    /// The keys it will be bound to.
    pub(crate) keys: Vec<RecordName>,
    /// What renews it when it is here, sealed under the name of this record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) renewal: Option<RenewalRecord>,
    /// The card whose place it is to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) renews: Option<RecordName>,
    /// When it may be asked for, seconds since the epoch.
    pub(crate) not_before: i64,
    /// When it was ordered, seconds since the epoch.
    pub(crate) since: i64,
    /// Members of newer versions.
    #[serde(flatten)]
    pub(crate) other: Other,
}

/// [`PendingRecord::Resend`] as it is written, but for the body: see [`Self::with`].
#[derive(Serialize)]
#[serde(tag = "todo", rename = "resend")]
pub(crate) struct ResendRecord<'a> {
    pub(crate) history: &'a RecordName,
    pub(crate) uri: &'a str,
    pub(crate) expires_at: i64,
}

impl ResendRecord<'_> {
    /// The whole record. The body may be megabytes, and is copied once.
    pub(crate) fn with(&self, body: &str) -> Result<SecretBytes, WalletError> {
        encode_with_text(self, "body", body)
    }
}

/// A sealed to-do.
#[derive(Serialize, Deserialize)]
#[serde(tag = "todo", rename_all = "snake_case")]
#[non_exhaustive]
pub(crate) enum PendingRecord {
    /// A hardware key that was made for a card that is not stored yet. Storing the card removes this; if nothing comes
    /// of it, the key is deleted.
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
        /// Until when, seconds since the epoch.
        expires_at: i64,
        /// The body as it was first sent.
        body: String,
        /// Members of newer versions.
        #[serde(flatten)]
        other: Other,
    },
    /// A card is to be asked for.
    Deferred(Box<DeferredRecord>),
    /// The holder authorizes an issuance in the browser. Removed by the first answer, before anything is sent.
    Authorization {
        /// What is needed to go on, with its secrets.
        waiting: Box<PendingAuthorization>,
        /// Members of newer versions.
        #[serde(flatten)]
        other: Other,
    },
    /// Something a newer version has to do. Never written by this one.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::wallet::records::{decode, encode};

    #[test]
    fn an_answer_is_read_as_it_was_written_without_a_copy() {
        let history = RecordName::parse(&"07".repeat(16)).unwrap();
        let written = ResendRecord {
            history: &history,
            uri: "https://verifier.example/response",
            expires_at: 1_800_000_000,
        };
        let written = written.with("response=\"\\\u{1f600}").unwrap();
        let read: PendingRecord = decode(&written).unwrap();
        // What this library would write of the whole record, byte for byte.
        assert_eq!(*encode(&read).unwrap(), *written);
        let PendingRecord::Resend { body, other, .. } = read else {
            panic!("another to-do");
        };
        assert_eq!(
            (body.as_str(), other),
            ("response=\"\\\u{1f600}", Other::new())
        );
    }
}
