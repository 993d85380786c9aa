//! The chain of history records: it shows changes made by others, not by the holder.

use super::records::{HistoryEntry, HistoryRecord, Other};
use crate::error::{ErrorCode, WalletError};
use crate::jose::base64url;
use crate::labels::HISTORY_LINK;
use crate::random::{Random, make_bytes};
use wallet_primitives::{Refused, hash, mac};

/// Whether the history is as this wallet wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainState {
    /// Every link fits the one before, and every entry its link.
    Intact,
    /// Entries were changed, reordered, added or taken away by something else than this wallet.
    Broken,
}

/// The record that follows `previous`.
pub(crate) fn next(
    previous: Option<&HistoryRecord>,
    entry: &HistoryEntry,
    random: &dyn Random,
) -> Result<HistoryRecord, WalletError> {
    let number = previous.map_or(0, |record| record.number.saturating_add(1));
    let previous =
        previous.map_or_else(|| base64url::encode(&[0; 32]), |record| record.link.clone());
    let entry = serde_json::to_string(entry)
        .map_err(|_| WalletError::new(ErrorCode::Bug).about("history_encoding"))?;
    let key: [u8; 32] = make_bytes(random)?;
    let mac = entry_mac(&key, &entry)?;
    Ok(HistoryRecord {
        number,
        link: base64url::encode(&link(number, &previous, &mac)),
        previous,
        mac: base64url::encode(&mac),
        key: Some(base64url::encode(&key)),
        entry: Some(entry),
        other: Other::new(),
    })
}

/// Destroys what an entry says and leaves its link.
pub(crate) fn tombstone(record: &mut HistoryRecord) {
    record.key = None;
    record.entry = None;
}

/// Reads the entry of a record; `None` for a tombstone.
pub(crate) fn entry(record: &HistoryRecord) -> Result<Option<HistoryEntry>, WalletError> {
    let corrupt = |_| WalletError::new(ErrorCode::RecordCorrupt).about("history_entry");
    record
        .entry
        .as_deref()
        .map(|entry| serde_json::from_slice(entry.as_bytes()))
        .transpose()
        .map_err(corrupt)
}

/// Checks a whole chain, sorted by number.
pub(crate) fn check(records: &[HistoryRecord]) -> ChainState {
    let mut previous = base64url::encode(&[0; 32]);
    for (position, record) in records.iter().enumerate() {
        let fits = u64::try_from(position) == Ok(record.number)
            && record.previous == previous
            && is_whole(record);
        if !fits {
            return ChainState::Broken;
        }
        previous.clone_from(&record.link);
    }
    ChainState::Intact
}

fn is_whole(record: &HistoryRecord) -> bool {
    let Ok(mac) = base64url::decode(&record.mac) else {
        return false;
    };
    if base64url::encode(&link(record.number, &record.previous, &mac)) != record.link {
        return false;
    }
    match (&record.key, &record.entry) {
        (None, None) => true,
        (Some(key), Some(entry)) => base64url::decode(key)
            .ok()
            .and_then(|key| entry_mac(&key, entry).ok())
            .is_some_and(|expected| expected.as_slice() == mac),
        _ => false,
    }
}

fn entry_mac(key: &[u8], entry: &str) -> Result<[u8; 32], WalletError> {
    mac::hmac(key, &[entry.as_bytes()]).map_err(|Refused| WalletError::new(ErrorCode::Bug))
}

fn link(number: u64, previous: &str, mac: &[u8]) -> [u8; 32] {
    hash::sha256(&[
        HISTORY_LINK,
        &number.to_be_bytes(),
        previous.as_bytes(),
        mac,
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::random::OsRandom;
    use crate::wallet::records::HistoryEvent;

    fn chain(length: usize) -> Vec<HistoryRecord> {
        let mut records: Vec<HistoryRecord> = Vec::new();
        for at in 0..length {
            let entry = HistoryEntry {
                at: i64::try_from(at).unwrap(),
                event: HistoryEvent::Exported,
            };
            records.push(next(records.last(), &entry, &OsRandom).unwrap());
        }
        records
    }

    #[test]
    fn a_chain_as_written_is_intact_and_gives_its_entries() {
        let records = chain(4);
        assert_eq!(check(&records), ChainState::Intact);
        assert_eq!(entry(&records[2]).unwrap().unwrap().at, 2);
    }

    #[test]
    fn a_deleted_entry_leaves_a_tombstone_that_keeps_the_chain_intact() {
        let mut records = chain(4);
        tombstone(&mut records[1]);
        assert_eq!(check(&records), ChainState::Intact);
        assert!(entry(&records[1]).unwrap().is_none());
    }

    #[test]
    fn a_changed_entry_breaks_the_chain() {
        let mut records = chain(3);
        records[1].entry = records[1]
            .entry
            .as_ref()
            .map(|entry| entry.replace("\"at\":1", "\"at\":9"));
        assert_eq!(check(&records), ChainState::Broken);
    }

    #[test]
    fn a_missing_a_doubled_and_a_swapped_record_break_the_chain() {
        let mut missing = chain(3);
        missing.remove(1);
        assert_eq!(check(&missing), ChainState::Broken);
        let mut doubled = chain(3);
        doubled.insert(1, doubled[1].clone());
        assert_eq!(check(&doubled), ChainState::Broken);
        let mut swapped = chain(3);
        swapped.swap(0, 1);
        assert_eq!(check(&swapped), ChainState::Broken);
    }

    #[test]
    fn an_entry_with_another_key_breaks_the_chain() {
        let mut records = chain(2);
        records[0].key = Some(base64url::encode(&[7; 32]));
        assert_eq!(check(&records), ChainState::Broken);
    }
}
