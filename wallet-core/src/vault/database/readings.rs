//! What was made of records, kept while the store is unlocked: megabytes are not decrypted and parsed at every look.

use super::manifest::Entry;
use core::any::Any;
use std::collections::VecDeque;
use std::sync::Arc;

/// Most bytes of records whose readings are kept: two of the largest credentials.
const MAX_BYTES: usize = 12 * 1024 * 1024;

type Made = Arc<dyn Any + Send + Sync>;

struct Reading {
    /// The record it was made of: version and tag are those of these very bytes.
    of: Entry,
    bytes: usize,
    made: Made,
}

/// The readings used last, the newest at the end. They die with the session.
#[derive(Default)]
pub(super) struct Readings(VecDeque<Reading>);

impl Readings {
    /// What was made of exactly this record.
    pub(super) fn get<T: Any + Send + Sync>(&mut self, of: &Entry) -> Option<Arc<T>> {
        let place = self.0.iter().position(|reading| reading.of.id == of.id)?;
        let reading = self.0.remove(place)?;
        if reading.of != *of {
            // The record was changed: nobody wants the old one any more.
            return None;
        }
        let made = Arc::clone(&reading.made).downcast().ok();
        self.0.push_back(reading);
        made
    }

    /// Keeps what was made of a record of so many bytes, unless it is too large; the ones used longest ago make room.
    pub(super) fn keep(&mut self, of: Entry, bytes: usize, made: Made) {
        self.0.retain(|reading| reading.of.id != of.id);
        if bytes > MAX_BYTES {
            return;
        }
        self.0.push_back(Reading { of, bytes, made });
        let mut kept: usize = self.0.iter().map(|reading| reading.bytes).sum();
        while kept > MAX_BYTES {
            kept -= self.0.pop_front().map_or(kept, |oldest| oldest.bytes);
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::{RecordId, RecordKind};
    use super::*;

    fn entry(id: u8, version: u64) -> Entry {
        Entry {
            id: RecordId::from_bytes([id; 16]),
            kind: RecordKind::BODY,
            version,
            tag: [id; 16],
        }
    }

    #[test]
    fn a_reading_is_of_one_version_of_a_record() {
        let mut readings = Readings::default();
        readings.keep(entry(1, 1), 10, Arc::new("one"));
        assert_eq!(readings.get(&entry(1, 1)), Some(Arc::new("one")));
        assert_eq!(readings.get::<&str>(&entry(2, 1)), None);
        let other_tag = Entry {
            tag: [9; 16],
            ..entry(1, 1)
        };
        assert_eq!(readings.get::<&str>(&other_tag), None);
        readings.keep(entry(1, 1), 10, Arc::new("one"));
        assert_eq!(readings.get::<&str>(&entry(1, 2)), None);
        assert!(readings.0.is_empty());
    }

    #[test]
    fn what_was_used_longest_ago_makes_room() {
        let mut readings = Readings::default();
        for id in 0..3 {
            readings.keep(entry(id, 1), MAX_BYTES / 3, Arc::new(id));
        }
        assert!(readings.get::<u8>(&entry(0, 1)).is_some());
        readings.keep(entry(3, 1), MAX_BYTES / 3, Arc::new(3u8));
        let kept = (0..4).map(|id| readings.get::<u8>(&entry(id, 1)).is_some());
        assert_eq!(kept.collect::<Vec<_>>(), [true, false, true, true]);
        readings.keep(entry(4, 1), MAX_BYTES + 1, Arc::new(4u8));
        assert_eq!(readings.0.len(), 3);
    }
}
