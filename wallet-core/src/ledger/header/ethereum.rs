//! Headers of Ethereum and of chains that took its headers over (yellow paper 4.4, and the EIP of each later field).

use super::{FieldItems, Fields};
use crate::ledger::LedgerError;
use crate::ledger::rlp::Item;

/// Most fields after those known here: what coming forks append is hashed and not read.
const MAX_LATER_FIELDS: usize = 4;

pub(super) fn fields(items: &mut FieldItems<'_>) -> Result<Fields, LedgerError> {
    let start = items.start()?;
    let time = items.next()?.u64()?;
    let extra_data = items.bytes()?;
    let _mix_hash = items.hash()?;
    let _nonce: [u8; 8] = items.next()?.array()?;
    later_fields(items)?;
    Ok(start.with(time, extra_data, None))
}

/// The fields the forks appended, in their order: none can stand without those before it.
fn later_fields(items: &mut FieldItems<'_>) -> Result<(), LedgerError> {
    // Base fee (EIP-1559), withdrawals root (4895), blob gas used and excess (4844), parent beacon root (4788), requests
    // hash (7685).
    const KNOWN: [fn(Item<'_>) -> Result<(), LedgerError>; 6] =
        [number, hash, u64, u64, hash, hash];
    for check in KNOWN {
        match items.optional()? {
            Some(item) => check(item)?,
            None => return Ok(()),
        }
    }
    for _ in 0..MAX_LATER_FIELDS {
        match items.optional()? {
            Some(item) => opaque(item)?,
            None => return Ok(()),
        }
    }
    Ok(())
}

fn number(item: Item<'_>) -> Result<(), LedgerError> {
    item.number().map(|_| ())
}

fn u64(item: Item<'_>) -> Result<(), LedgerError> {
    item.u64().map(|_| ())
}

fn hash(item: Item<'_>) -> Result<(), LedgerError> {
    item.array::<32>().map(|_| ())
}

/// A field of a fork to come: a hash or a number.
fn opaque(item: Item<'_>) -> Result<(), LedgerError> {
    if item.string()?.len() <= 32 {
        Ok(())
    } else {
        Err(LedgerError::Header)
    }
}
