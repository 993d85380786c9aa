//! Where a key is.

use super::{Other, RecordName};
use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::identity::IdentityMethod;
use crate::keys::KeyPurpose;
use serde::{Deserialize, Serialize};

/// Where the private half of a key is.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub(crate) enum KeyPlace {
    /// In the store: the record that holds the private bytes.
    Store {
        /// A `Body` record: 32 bytes, sealed once more under the device key where `device_bound`.
        body: RecordName,
        /// Whether the bytes also need this device's hardware key.
        device_bound: bool,
    },
    /// In the app's hardware.
    Hardware {
        /// The app's handle.
        handle: String,
    },
}

/// A key of the holder.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KeyRecord {
    /// What it may be used for: `device`, `holder`, `link_secret`, `payment`, `dpop`, `identity`.
    pub(crate) purpose: String,
    /// The algorithm identifier; empty for keys that do not sign.
    pub(crate) algorithm: String,
    /// The public half as JWK; null for keys that have none.
    pub(crate) public_jwk: serde_json::Value,
    /// Where the private half is.
    pub(crate) place: KeyPlace,
    /// Of the secrets an issuer knows the holder by: that Credential Issuer Identifier. They are no copy's, and stay when
    /// cards go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) enrolled_at: Option<String>,
    /// Of these: SHA-256 (base64url) of the issuer's part of the secret of pseudonyms, from the first card that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) entropy_digest: Option<String>,
    /// Of a DID of the holder's own: which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<IdentityRecord>,
    /// Members of newer versions.
    #[serde(flatten)]
    pub(crate) other: Other,
}

/// A DID of the holder's own.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct IdentityRecord {
    /// Method and network; one of a newer version must not make the record unreadable.
    method: serde_json::Value,
    /// The DID; absent until a ledger gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) did: Option<String>,
    /// Seconds since the epoch.
    pub(crate) made_at: i64,
    /// Members of newer versions.
    #[serde(flatten)]
    other: Other,
}

impl IdentityRecord {
    pub(crate) fn new(
        method: &IdentityMethod,
        did: Option<String>,
        now: UnixTime,
    ) -> Result<Self, WalletError> {
        let method = serde_json::to_value(method);
        Ok(Self {
            method: method
                .map_err(|_| WalletError::new(ErrorCode::Bug).about("record_encoding"))?,
            did,
            made_at: now.as_secs(),
            other: Other::new(),
        })
    }

    /// Method and network, if this version knows them.
    pub(crate) fn method(&self) -> Option<IdentityMethod> {
        IdentityMethod::deserialize(&self.method).ok()
    }
}

/// The stored text of a purpose.
pub(crate) fn purpose_text(purpose: KeyPurpose) -> &'static str {
    match purpose {
        KeyPurpose::Device => "device",
        KeyPurpose::Holder => "holder",
        KeyPurpose::LinkSecret => "link_secret",
        KeyPurpose::Payment => "payment",
        KeyPurpose::Dpop => "dpop",
        KeyPurpose::Identity => "identity",
    }
}
