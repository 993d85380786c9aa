//! What the sealed records hold: one file per kind.
//!
//! Records are JSON inside the seal. Members a version does not know are kept in `other` and written back, so that an
//! older app never drops what a newer one stored.

mod anchored;
mod context;
mod copy;
mod credential;
mod history;
mod key;
mod ledger_seen;
mod pending;
mod profile;
mod status_cache;

pub(crate) use anchored::{AnchoredRecord, AnchoredThing};
pub(crate) use context::{ContextRecord, RenewalRecord};
pub(crate) use copy::{CopyRecord, CopyState};
pub(crate) use credential::CredentialRecord;
pub use credential::ReusePolicy;
pub(crate) use history::{HistoryEntry, HistoryRecord};
pub use history::{HistoryEvent, Outcome, ShownCredential};
pub(crate) use key::{IdentityRecord, KeyPlace, KeyRecord, purpose_text};
pub(crate) use ledger_seen::LedgerSeenRecord;
pub(crate) use pending::{DeferredRecord, PendingRecord, ResendRecord};
pub(crate) use profile::ProfileRecord;
pub(crate) use status_cache::{KnownList, StatusCacheRecord};

use crate::error::{ErrorCode, WalletError};
use crate::secret::{self, SecretBytes};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Members of a record that this version does not know.
pub(crate) type Other = serde_json::Map<String, serde_json::Value>;

/// The name of a record inside other records and towards the app: 32 hexadecimal digits, random.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordName(String);

impl RecordName {
    /// The name of a record.
    #[must_use]
    pub fn of(id: &crate::vault::database::RecordId) -> Self {
        Self(id.to_string())
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// `not_found` if it is not the name of a record.
    pub fn parse(text: &str) -> Result<Self, WalletError> {
        let name = Self(text.to_owned());
        name.id().map(|_| name)
    }

    /// The record's id in the store.
    ///
    /// # Errors
    /// `not_found` if the text is not 32 hexadecimal digits.
    pub fn id(&self) -> Result<crate::vault::database::RecordId, WalletError> {
        let unknown = || WalletError::new(ErrorCode::NotFound);
        let text = self.0.as_bytes();
        if text.len() != 32 {
            return Err(unknown());
        }
        let mut id = [0; 16];
        for (byte, pair) in id.iter_mut().zip(text.chunks_exact(2)) {
            let digits = core::str::from_utf8(pair).map_err(|_| unknown())?;
            if digits
                .bytes()
                .any(|digit| !digit.is_ascii_digit() && !(b'a'..=b'f').contains(&digit))
            {
                return Err(unknown());
            }
            *byte = u8::from_str_radix(digits, 16).map_err(|_| unknown())?;
        }
        Ok(crate::vault::database::RecordId::from_bytes(id))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The bytes of a record, wiped when dropped.
pub(crate) fn encode<T: Serialize>(record: &T) -> Result<SecretBytes, WalletError> {
    secret::json(record).ok_or_else(not_encoded)
}

/// As [`encode`], with one more member at the end: a text that may be megabytes.
fn encode_with_text<T: Serialize>(
    record: &T,
    name: &str,
    text: &str,
) -> Result<SecretBytes, WalletError> {
    secret::json_with_text(record, name, text).ok_or_else(not_encoded)
}

fn not_encoded() -> WalletError {
    WalletError::new(ErrorCode::Bug).about("record_encoding")
}

/// Reads a record of this kind.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WalletError> {
    serde_json::from_slice(bytes)
        .map_err(|_| WalletError::new(ErrorCode::RecordCorrupt).about("record_form"))
}
