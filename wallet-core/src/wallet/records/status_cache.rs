//! What an issuer's status list said of the wallet's own copies when it was last fetched.

use super::Other;
use crate::trust::status::StatusValue;
use serde::{Deserialize, Serialize};

/// One status list. Of its entries only those of the wallet's copies are kept.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StatusCacheRecord {
    /// The address of the list.
    pub(crate) uri: String,
    /// Random: shifts the time of asking again, so that not all wallets ask at once and none is known by its rhythm.
    pub(crate) seed: u32,
    /// The last list that was believed.
    pub(crate) list: Option<KnownList>,
    /// When the list could last not be had or was not believed, seconds since the epoch; `None` if it was since.
    #[serde(default)]
    pub(crate) failed_at: Option<i64>,
    /// Members of newer versions.
    #[serde(flatten)]
    pub(crate) other: Other,
}

/// What a list said. Times are seconds since the epoch.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KnownList {
    /// When it was fetched.
    pub(crate) fetched_at: i64,
    /// When it was made.
    pub(crate) issued_at: i64,
    /// From when it should be asked again.
    pub(crate) fresh_until: i64,
    /// What it says at each entry of the wallet's; nothing where it is too short.
    pub(crate) entries: Vec<(u64, Option<StatusValue>)>,
}
