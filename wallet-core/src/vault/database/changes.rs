//! A set of changes that happens as a whole or not at all.

use super::error::DatabaseError;
use super::record::{MAX_BODY_BYTES, RecordId, RecordKind};
use crate::secret::SecretBytes;
use std::collections::HashSet;

/// Changes for one transaction, in the order they were added. A record may be named once.
#[derive(Default)]
pub struct Changes {
    pub(super) list: Vec<Change>,
}

pub(super) enum Change {
    Insert {
        id: RecordId,
        kind: RecordKind,
        schema: u16,
        body: SecretBytes,
    },
    Update {
        id: RecordId,
        expected_version: u64,
        schema: u16,
        body: SecretBytes,
    },
    Delete {
        id: RecordId,
    },
}

impl Changes {
    /// No changes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A new record; its version will be 1. An id that is taken is a conflict.
    pub fn insert(&mut self, id: RecordId, kind: RecordKind, schema: u16, body: SecretBytes) {
        self.list.push(Change::Insert {
            id,
            kind,
            schema,
            body,
        });
    }

    /// A new content for a record that still has `expected_version`; its version will be one higher. Another version is
    /// a conflict: someone else changed it.
    pub fn update(&mut self, id: RecordId, expected_version: u64, schema: u16, body: SecretBytes) {
        self.list.push(Change::Update {
            id,
            expected_version,
            schema,
            body,
        });
    }

    /// Removes a record, whatever its version; a record that is not there is an error.
    pub fn delete(&mut self, id: RecordId) {
        self.list.push(Change::Delete { id });
    }

    /// How many changes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What can be said without looking at the store.
    pub(super) fn check(&self) -> Result<(), DatabaseError> {
        let mut seen = HashSet::with_capacity(self.list.len());
        for change in &self.list {
            let (id, size) = match change {
                Change::Insert { id, body, .. } | Change::Update { id, body, .. } => {
                    (id, body.len())
                }
                Change::Delete { id } => (id, 0),
            };
            if size > MAX_BODY_BYTES {
                return Err(DatabaseError::Quota);
            }
            if !seen.insert(id) {
                return Err(DatabaseError::ChangedTwice);
            }
        }
        Ok(())
    }
}
