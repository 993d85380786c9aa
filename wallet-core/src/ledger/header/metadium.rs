//! Headers of Metadium (go-metadium `core/types/block.go`): fees after the gas used, rewards after the extra data, and the
//! node's name and signature after the nonce.

use super::{FieldItems, Fields};
use crate::ledger::LedgerError;
use alloy_primitives::Bytes;

/// What a Metadium node signed its block with. It covers height and state root only, not the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSeal {
    /// The node's public key (64 bytes), or empty since the Pangyo fork.
    pub node_id: Bytes,
    /// `r`, `s` and recovery id, 65 bytes; empty in blocks that were not sealed.
    pub signature: Bytes,
}

pub(super) fn fields(items: &mut FieldItems<'_>) -> Result<Fields, LedgerError> {
    let start = items.start()?;
    let _fees = items.next()?.number()?;
    let time = items.next()?.u64()?;
    let extra_data = items.bytes()?;
    let _rewards = items.next()?.string()?;
    let _mix_hash = items.hash()?;
    let _nonce: [u8; 8] = items.next()?.array()?;
    let node_id = items.bytes()?;
    let signature = items.bytes()?;
    if !matches!(node_id.len(), 0 | 64) || !matches!(signature.len(), 0 | 65) {
        return Err(LedgerError::Header);
    }
    later_fields(items)?;
    Ok(start.with(time, extra_data, Some(NodeSeal { node_id, signature })))
}

/// Base fee, withdrawals root, excess blob gas, blob gas used. A field that has later ones but is not set itself stands
/// there as an empty string. Headers with PBFT seals are refused: those are not part of what is hashed.
fn later_fields(items: &mut FieldItems<'_>) -> Result<(), LedgerError> {
    if let Some(base_fee) = items.optional()? {
        base_fee.number()?;
    }
    if let Some(withdrawals_root) = items.optional()?
        && !matches!(withdrawals_root.string()?.len(), 0 | 32)
    {
        return Err(LedgerError::Header);
    }
    for _ in 0..2 {
        if let Some(blob_gas) = items.optional()? {
            blob_gas.number()?;
        }
    }
    Ok(())
}
