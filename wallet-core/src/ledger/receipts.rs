//! The events of a block, from its complete list of receipts: one receipt alone cannot show that there is no second event.

use super::LedgerError;
use super::accepted::AcceptedBlock;
use super::rlp::Item;
use alloy_primitives::{Address, B256, Bytes};
use alloy_trie::root::ordered_trie_root_encoded;

/// Most receipts of a block.
pub const MAX_RECEIPTS: usize = 8192;

/// Most bytes of all receipts of a block.
pub const MAX_RECEIPT_BYTES: usize = 8 * 1024 * 1024;

/// Most topics of an event.
const MAX_TOPICS: usize = 4;

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The contract that told it.
    pub address: Address,
    /// Its signature and the indexed arguments.
    pub topics: Vec<B256>,
    /// The other arguments.
    pub data: Bytes,
}

/// All events of one accepted block, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockReceipts {
    block_number: u64,
    block_hash: B256,
    logs: Vec<Log>,
}

impl BlockReceipts {
    /// Checks that `receipts` are all receipts of the block, in order, and reads their events.
    ///
    /// # Errors
    /// [`LedgerError::NotCovered`] if what accepted the block says nothing of its receipts;
    /// [`LedgerError::TooLarge`], [`LedgerError::ReceiptsMismatch`], [`LedgerError::Receipt`].
    pub fn verify(block: &AcceptedBlock, receipts: &[Bytes]) -> Result<Self, LedgerError> {
        if !block.basis().covers_header() {
            return Err(LedgerError::NotCovered);
        }
        let size = receipts
            .iter()
            .fold(0_usize, |size, receipt| size.saturating_add(receipt.len()));
        if receipts.len() > MAX_RECEIPTS || size > MAX_RECEIPT_BYTES {
            return Err(LedgerError::TooLarge);
        }
        let header = block.header();
        if ordered_trie_root_encoded(receipts) != header.receipts_root() {
            return Err(LedgerError::ReceiptsMismatch);
        }
        Ok(Self {
            block_number: header.number(),
            block_hash: header.hash(),
            logs: read_all(receipts)?,
        })
    }

    /// The events a contract told in this block, in order.
    pub fn logs_of(&self, address: Address) -> impl Iterator<Item = &Log> {
        self.logs.iter().filter(move |log| log.address == address)
    }

    /// The events of all contracts in this block, in order.
    #[must_use]
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The block's number.
    #[must_use]
    pub const fn block_number(&self) -> u64 {
        self.block_number
    }

    /// The block's hash.
    #[must_use]
    pub const fn block_hash(&self) -> B256 {
        self.block_hash
    }
}

/// The events in receipts that nobody has proven to be a block's.
pub(super) fn read_all(receipts: &[Bytes]) -> Result<Vec<Log>, LedgerError> {
    let mut logs = Vec::new();
    for receipt in receipts {
        read_logs(receipt, &mut logs).map_err(|_| LedgerError::Receipt)?;
    }
    Ok(logs)
}

/// Status or state root, gas used so far, bloom filter, events; before it the transaction's type (EIP-2718).
fn read_logs(receipt: &[u8], logs: &mut Vec<Log>) -> Result<(), LedgerError> {
    let body = match receipt {
        [0x01..=0x7f, body @ ..] => body,
        list => list,
    };
    let mut fields = Item::only(body)?.list()?;
    let outcome = fields.next()?.string()?;
    if !matches!(outcome, [] | [1]) && outcome.len() != B256::len_bytes() {
        return Err(LedgerError::Receipt);
    }
    let _gas_used = fields.next()?.u64()?;
    let _bloom: [u8; 256] = fields.next()?.array()?;
    let mut entries = fields.next()?.list()?;
    fields.finish()?;
    while let Some(entry) = entries.next_if_any()? {
        logs.push(read_log(entry)?);
    }
    Ok(())
}

fn read_log(entry: Item<'_>) -> Result<Log, LedgerError> {
    let mut fields = entry.list()?;
    let address = Address::from(fields.next()?.array()?);
    let mut topic_items = fields.next()?.list()?;
    let data = Bytes::copy_from_slice(fields.next()?.string()?);
    fields.finish()?;
    let mut topics = Vec::new();
    while let Some(topic) = topic_items.next_if_any()? {
        if topics.len() == MAX_TOPICS {
            return Err(LedgerError::Receipt);
        }
        topics.push(B256::from(topic.array()?));
    }
    Ok(Log {
        address,
        topics,
        data,
    })
}

#[cfg(test)]
mod tests;
