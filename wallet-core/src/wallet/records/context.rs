//! Where a card came from, and what renewing it needs.

use super::Other;
use crate::issuance::IssuanceContext;
use crate::secret::SecretText;
use serde::{Deserialize, Serialize};

/// The context of one card.
#[derive(Serialize, Deserialize)]
pub(crate) struct ContextRecord {
    /// The issuance.
    #[serde(flatten)]
    pub(crate) issued: IssuanceContext,
    /// What a later issuance without the holder needs, where the issuer gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) renewal: Option<RenewalRecord>,
}

/// A refresh token with the key it is bound to. Cards that were received together share one; each has its own record.
#[derive(Serialize, Deserialize)]
pub(crate) struct RenewalRecord {
    /// A [`crate::issuance::RefreshGrant`] as JSON, sealed once more under the device's key where `device_bound`;
    /// base64url.
    pub(crate) grant: SecretText,
    /// Whether it also needs this device's hardware key.
    pub(crate) device_bound: bool,
    /// Whether the server refused it.
    #[serde(default)]
    pub(crate) is_refused: bool,
    /// Members of newer versions.
    #[serde(flatten)]
    pub(crate) other: Other,
}
