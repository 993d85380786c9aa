//! The manifest: which records there are, in which version, with which tag. Kept in memory while unlocked.

use super::error::DatabaseError;
use super::record::{MAX_RECORDS, RecordId, RecordKind};
use wallet_primitives::xchacha::TAG_BYTES;

/// `id (16) ‖ kind (2) ‖ version (8) ‖ tag (16)`, big-endian: the bytes the root of the set is computed over.
pub(super) const ENTRY_BYTES: usize = 42;
type Packed = [u8; ENTRY_BYTES];

/// What is expected of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: RecordId,
    pub(super) kind: RecordKind,
    pub(super) version: u64,
    pub(super) tag: [u8; TAG_BYTES],
}

impl Entry {
    fn pack(&self) -> Packed {
        let mut packed = [0; ENTRY_BYTES];
        packed[..16].copy_from_slice(self.id.as_bytes());
        packed[16..18].copy_from_slice(&self.kind.0.to_be_bytes());
        packed[18..26].copy_from_slice(&self.version.to_be_bytes());
        packed[26..].copy_from_slice(&self.tag);
        packed
    }

    fn unpack(packed: &Packed) -> Self {
        let mut id = [0; 16];
        let mut version = [0; 8];
        let mut tag = [0; TAG_BYTES];
        id.copy_from_slice(&packed[..16]);
        version.copy_from_slice(&packed[18..26]);
        tag.copy_from_slice(&packed[26..]);
        Self {
            id: RecordId::from_bytes(id),
            kind: RecordKind(u16::from_be_bytes([packed[16], packed[17]])),
            version: u64::from_be_bytes(version),
            tag,
        }
    }
}

fn id_of(packed: &Packed) -> &[u8] {
    &packed[..16]
}

/// Entries in ascending order of id, one per id.
#[derive(Default)]
pub(super) struct Manifest {
    entries: Vec<Packed>,
}

impl Manifest {
    /// From entries in any order. An id named twice is an error: we never write that.
    pub(super) fn from_entries(
        entries: impl Iterator<Item = Result<Entry, DatabaseError>>,
    ) -> Result<Self, DatabaseError> {
        let mut packed = Vec::new();
        for entry in entries {
            packed.push(entry?.pack());
            if packed.len() > MAX_RECORDS {
                return Err(DatabaseError::Corrupt);
            }
        }
        packed.sort_unstable();
        let twice = packed.array_windows().any(|[a, b]| id_of(a) == id_of(b));
        if twice {
            return Err(DatabaseError::SetMismatch);
        }
        Ok(Self { entries: packed })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All entries, one after the other.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.entries.as_flattened()
    }

    fn find(&self, id: &RecordId) -> Result<usize, usize> {
        self.entries
            .binary_search_by(|packed| id_of(packed).cmp(id.as_bytes()))
    }

    pub(super) fn get(&self, id: &RecordId) -> Option<Entry> {
        let at = self.find(id).ok()?;
        self.entries.get(at).map(Entry::unpack)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Entry> + '_ {
        self.entries.iter().map(Entry::unpack)
    }

    pub(super) fn of_kind(&self, kind: RecordKind) -> impl Iterator<Item = Entry> + '_ {
        let bytes = kind.0.to_be_bytes();
        self.entries
            .iter()
            .filter(move |packed| packed[16..18] == bytes)
            .map(Entry::unpack)
    }

    /// Applies what one transaction changed: `new` are entries to add, `changed` replace theirs, `gone` are removed.
    pub(super) fn apply(&mut self, mut new: Vec<Entry>, changed: &[Entry], gone: &[RecordId]) {
        for entry in changed {
            if let Ok(at) = self.find(&entry.id)
                && let Some(packed) = self.entries.get_mut(at)
            {
                *packed = entry.pack();
            }
        }
        if let [id] = gone {
            if let Ok(at) = self.find(id) {
                self.entries.remove(at);
            }
        } else if !gone.is_empty() {
            let mut gone: Vec<_> = gone.to_vec();
            gone.sort_unstable();
            self.entries.retain(|packed| {
                gone.binary_search_by(|id| id.as_bytes().as_slice().cmp(id_of(packed)))
                    .is_err()
            });
        }
        if new.len() <= 4 {
            for entry in new {
                if let Err(at) = self.find(&entry.id) {
                    self.entries.insert(at, entry.pack());
                }
            }
        } else {
            // The old part is sorted already, which the sort makes use of.
            self.entries.extend(new.drain(..).map(|entry| entry.pack()));
            self.entries.sort();
        }
    }

    /// The entry that has this tag, if any. Slow; only for telling what went wrong.
    pub(super) fn find_tag(&self, tag: &[u8; TAG_BYTES]) -> Option<Entry> {
        self.iter().find(|entry| entry.tag == *tag)
    }
}

/// The quota on the number of records.
pub(super) fn check_count(now: usize, new: usize, gone: usize) -> Result<(), DatabaseError> {
    if now.saturating_add(new).saturating_sub(gone) > MAX_RECORDS {
        return Err(DatabaseError::Quota);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn entry(id: u8, version: u64) -> Entry {
        Entry {
            id: RecordId::from_bytes([id; 16]),
            kind: RecordKind(u16::from(id) * 3),
            version,
            tag: [version.to_le_bytes()[0]; 16],
        }
    }

    #[test]
    fn an_id_named_twice_is_refused() {
        let twice = [entry(1, 1), entry(2, 1), entry(1, 2)];
        assert!(Manifest::from_entries(twice.into_iter().map(Ok)).is_err());
    }

    #[test]
    fn the_number_of_records_is_limited() {
        assert!(check_count(999_999, 1, 0).is_ok());
        assert!(check_count(1_000_000, 1, 1).is_ok());
        assert!(matches!(
            check_count(1_000_000, 1, 0),
            Err(DatabaseError::Quota)
        ));
    }

    proptest! {
        #[test]
        fn applying_changes_gives_what_a_map_gives(
            start in proptest::collection::btree_map(any::<u8>(), 1u64..9, 0..40),
            new in proptest::collection::btree_map(any::<u8>(), 1u64..9, 0..12),
            changed in proptest::collection::btree_map(any::<u8>(), 1u64..9, 0..6),
            gone in proptest::collection::btree_set(any::<u8>(), 0..6),
        ) {
            let mut manifest =
                Manifest::from_entries(start.iter().map(|(id, v)| Ok(entry(*id, *v)))).unwrap();
            let changed: Vec<_> = changed.iter().filter(|(id, _)| start.contains_key(id)).collect();
            let new: Vec<_> = new.iter().filter(|(id, _)| !start.contains_key(id)).collect();
            let gone: Vec<_> = gone.iter().filter(|id| start.contains_key(id)).collect();
            let mut model: BTreeMap<u8, u64> = start.clone();
            for (id, v) in &changed { model.insert(**id, **v); }
            for id in &gone { model.remove(id); }
            for (id, v) in &new { model.insert(**id, **v); }
            manifest.apply(
                new.iter().map(|(id, v)| entry(**id, **v)).collect(),
                &changed.iter().map(|(id, v)| entry(**id, **v)).collect::<Vec<_>>(),
                &gone.iter().map(|id| RecordId::from_bytes([**id; 16])).collect::<Vec<_>>(),
            );
            let expected: Vec<Entry> = model.iter().map(|(id, v)| entry(*id, *v)).collect();
            prop_assert_eq!(manifest.iter().collect::<Vec<_>>(), expected);
        }
    }
}
