//! One reading of the files: which rows there are, and which of them prove themselves.

use super::super::error::DatabaseError;
use super::super::keys::EpochKeys;
use super::super::manifest::{Entry, Manifest};
use super::super::record::{Record, RecordId, RecordKind};
use super::super::schema::LAYOUT;
use super::super::seal::{self, Header};
use super::super::set_root::{Meta, Point};
use super::Expected;
use super::carve::{self, FoundRow, Place};
use super::image::Image;
use crate::vault::StoreId;
use std::collections::{BTreeMap, BTreeSet};

/// What one reading of the files found.
pub(super) struct Survey {
    image: Image,
    /// Rows that decrypt, by id: version, tag, place.
    pub(super) records: BTreeMap<RecordId, Vec<(Entry, Place)>>,
    /// Ids of rows that do not.
    pub(super) damaged: BTreeSet<RecordId>,
    /// Manifest lines in use.
    pub(super) live: Vec<Entry>,
    /// Manifest lines in use or left behind.
    pub(super) lines: Vec<Entry>,
    /// Highest commit number seen in a meta row in use.
    pub(super) sequence: i64,
    /// `live` is what the root in the meta row is over.
    pub(super) verified: bool,
}

impl Survey {
    pub(super) fn make(
        mut image: Image,
        store: &StoreId,
        keys: &[EpochKeys],
    ) -> Result<Self, DatabaseError> {
        let mut records: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut damaged = BTreeSet::new();
        let (mut live, mut lines, mut metas) = (Vec::new(), Vec::new(), Vec::new());
        carve::each_row(&mut image, |place, in_use, row| {
            match row {
                FoundRow::Record { id, .. } => {
                    let id = RecordId::from_bytes(id);
                    match decrypt(store, keys, row)? {
                        Some((entry, _)) => records.entry(id).or_default().push((entry, place)),
                        None => drop(damaged.insert(id)),
                    }
                }
                FoundRow::Manifest { .. } => {
                    if let Some(line) = manifest_line(&row) {
                        lines.push(line);
                        if in_use {
                            live.push(line);
                        }
                    }
                }
                FoundRow::Meta { .. } if in_use => metas.extend(meta_row(&row)),
                FoundRow::Meta { .. } => {}
            }
            Ok(())
        })?;
        let verified = metas
            .iter()
            .any(|meta| is_root_of(store, keys, meta, &live));
        let sequence = metas.iter().map(|meta| meta.point.sequence).max();
        Ok(Self {
            image,
            records,
            damaged,
            live,
            lines,
            sequence: i64::try_from(sequence.unwrap_or(0)).unwrap_or(i64::MAX),
            verified,
        })
    }

    /// The record, if it is here as expected; without an expectation, its newest version.
    pub(super) fn read(
        &mut self,
        store: &StoreId,
        keys: &[EpochKeys],
        id: &RecordId,
        expected: &Option<Expected>,
    ) -> Result<Option<Record>, DatabaseError> {
        let fits = |entry: &Entry| match expected {
            None => true,
            Some(Expected::Exactly(line)) => entry == line,
            Some(Expected::AtLeast(version)) => entry.version >= *version,
        };
        let found = self.records.get(id).into_iter().flatten();
        let best = found
            .filter(|(entry, _)| fits(entry))
            .max_by_key(|(entry, _)| entry.version);
        let Some((_, place)) = best else {
            return Ok(None);
        };
        match carve::read_row(&mut self.image, *place) {
            Some(row) => Ok(decrypt(store, keys, row)?.map(|(_, record)| record)),
            None => Ok(None),
        }
    }
}

/// Opens a row under its own header: it proves itself.
fn decrypt(
    store: &StoreId,
    keys: &[EpochKeys],
    row: FoundRow,
) -> Result<Option<(Entry, Record)>, DatabaseError> {
    let FoundRow::Record {
        id,
        kind,
        schema,
        version,
        key_epoch,
        blob,
    } = row
    else {
        return Ok(None);
    };
    let header = || {
        Some(Header {
            id: RecordId::from_bytes(id),
            kind: RecordKind(u16::try_from(kind).ok()?),
            schema: u16::try_from(schema).ok()?,
            version: u64::try_from(version).ok()?,
            key_epoch: u32::try_from(key_epoch).ok()?,
        })
    };
    let (Some(header), Some(tag)) = (header(), seal::tag_of(&blob)) else {
        return Ok(None);
    };
    let Some(keys) = keys.iter().find(|keys| keys.epoch == header.key_epoch) else {
        return Ok(None);
    };
    let body = seal::open(store, keys, &header, &blob)?;
    Ok(body.map(|body| {
        let Header {
            id,
            kind,
            schema,
            version,
            ..
        } = header;
        let entry = Entry {
            id,
            kind,
            version,
            tag,
        };
        let record = Record {
            id,
            kind,
            schema,
            version,
            body,
        };
        (entry, record)
    }))
}

fn manifest_line(row: &FoundRow) -> Option<Entry> {
    let FoundRow::Manifest {
        id,
        kind,
        version,
        tag,
    } = row
    else {
        return None;
    };
    Some(Entry {
        id: RecordId::from_bytes(*id),
        kind: RecordKind(u16::try_from(*kind).ok()?),
        version: u64::try_from(*version).ok()?,
        tag: *tag,
    })
}

fn meta_row(row: &FoundRow) -> Option<Meta> {
    let FoundRow::Meta {
        store,
        key_epoch,
        sequence,
        slots_sequence,
        count,
        root,
    } = row
    else {
        return None;
    };
    Some(Meta {
        store: StoreId::from_bytes(*store),
        slots_sequence: u64::try_from(*slots_sequence).ok()?,
        count: u64::try_from(*count).ok()?,
        point: Point {
            key_epoch: u32::try_from(*key_epoch).ok()?,
            sequence: u64::try_from(*sequence).ok()?,
            root: *root,
        },
    })
}

fn is_root_of(store: &StoreId, keys: &[EpochKeys], meta: &Meta, live: &[Entry]) -> bool {
    let Some(keys) = keys.iter().find(|keys| keys.epoch == meta.point.key_epoch) else {
        return false;
    };
    Manifest::from_entries(live.iter().map(|line| Ok(*line)))
        .and_then(|manifest| {
            let slots = meta.slots_sequence;
            Meta::seal(
                LAYOUT.version,
                *store,
                keys,
                meta.point.sequence,
                slots,
                &manifest,
            )
        })
        .is_ok_and(|sealed| sealed == *meta)
}
