//! The root over the whole set of records, and the meta row that carries it.

use super::error::DatabaseError;
use super::keys::EpochKeys;
use super::manifest::Manifest;
use crate::labels;
use crate::vault::{StoreId, derive};
use rusqlite::Connection;

/// A MAC over one state of the set.
pub(super) type Root = [u8; 32];

/// One state of the store: the number of the commit that made it, and the root after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) key_epoch: u32,
    pub(super) sequence: u64,
    pub(super) root: Root,
}

/// The only row of table `meta`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) store: StoreId,
    /// Sequence of the slot files that belong to this state, at least.
    pub(super) slots_sequence: u64,
    /// Number of records.
    pub(super) count: u64,
    pub(super) point: Point,
}

const READ: &str = "SELECT store, key_epoch, sequence, slots_sequence, count, root FROM meta \
                    WHERE rowid = 1";
const WRITE: &str = "INSERT OR REPLACE INTO meta \
                     (rowid, store, key_epoch, sequence, slots_sequence, count, root) \
                     VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)";

impl Meta {
    /// What meta would be for this manifest.
    pub(super) fn seal(
        layout: u32,
        store: StoreId,
        keys: &EpochKeys,
        sequence: u64,
        slots_sequence: u64,
        manifest: &Manifest,
    ) -> Result<Self, DatabaseError> {
        let count = u64::try_from(manifest.len()).map_err(|_| DatabaseError::Bug)?;
        let parts: [&[u8]; 8] = [
            labels::SET_ROOT,
            &layout.to_be_bytes(),
            store.as_bytes(),
            &keys.epoch.to_be_bytes(),
            &sequence.to_be_bytes(),
            &slots_sequence.to_be_bytes(),
            &count.to_be_bytes(),
            manifest.as_bytes(),
        ];
        let root = derive::hmac(&keys.set, &parts).map_err(|_| DatabaseError::Bug)?;
        Ok(Self {
            store,
            slots_sequence,
            count,
            point: Point {
                key_epoch: keys.epoch,
                sequence,
                root,
            },
        })
    }

    pub(super) fn read(conn: &Connection) -> Result<Self, DatabaseError> {
        let mut statement = conn.prepare_cached(READ)?;
        let meta = statement.query_row([], |row| {
            Ok(Self {
                store: StoreId::from_bytes(row.get(0)?),
                slots_sequence: row.get(3)?,
                count: row.get(4)?,
                point: Point {
                    key_epoch: row.get(1)?,
                    sequence: row.get(2)?,
                    root: row.get(5)?,
                },
            })
        })?;
        Ok(meta)
    }

    pub(super) fn write(&self, conn: &Connection) -> Result<(), DatabaseError> {
        let Point {
            key_epoch,
            sequence,
            root,
        } = &self.point;
        conn.prepare_cached(WRITE)?.execute((
            self.store.as_bytes(),
            key_epoch,
            sequence,
            self.slots_sequence,
            self.count,
            root,
        ))?;
        Ok(())
    }
}
