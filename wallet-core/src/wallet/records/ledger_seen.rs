//! The newest block of a ledger that was taken for current.

use super::Other;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Of one chain under one trust policy.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LedgerSeenRecord {
    /// The chain's number.
    pub(crate) chain_id: u64,
    /// The hash of its first block.
    pub(crate) genesis: [u8; 32],
    /// The fingerprint of the trust policy.
    pub(crate) policy: [u8; 32],
    /// The block's number.
    pub(crate) number: u64,
    /// Its hash.
    pub(crate) hash: [u8; 32],
    /// The checkpoint that accepted it.
    pub(crate) checkpoint: Option<Value>,
    /// Pairs of checkpoints that contradict each other: evidence against who signed both.
    #[serde(default)]
    pub(crate) equivocations: Vec<[Value; 2]>,
    /// Members of newer versions.
    #[serde(flatten)]
    pub(crate) other: Other,
}
