//! Finds rows in pages by their shape alone, so that no damaged page header, tree or list hides an undamaged row.
//!
//! A row starts with a record header (file format, section 2.1): its length, then one serial type per column. Ours begin
//! `00` (rowid) `2c` (16 bytes). What only looks like a row does no harm: it does not decrypt.

use super::super::error::DatabaseError;
use super::super::seal::MAX_BLOB_BYTES;
use super::image::{Image, PAGE};
use std::collections::HashSet;

const ROWID: u64 = 0;
const BLOB16: u64 = 12 + 2 * 16;
const BLOB32: u64 = 12 + 2 * 32;

/// A row of one of our tables, nothing about it trusted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FoundRow {
    Meta {
        store: [u8; 16],
        key_epoch: i64,
        sequence: i64,
        slots_sequence: i64,
        count: i64,
        root: [u8; 32],
    },
    Manifest {
        id: [u8; 16],
        kind: i64,
        version: i64,
        tag: [u8; 16],
    },
    Record {
        id: [u8; 16],
        kind: i64,
        schema: i64,
        version: i64,
        key_epoch: i64,
        blob: Vec<u8>,
    },
}

/// Where a row begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    page: u32,
    at: usize,
}

/// Passes every row to `found`, and whether its page says that it is in use (and is not an old copy left behind).
pub(super) fn each_row(
    image: &mut Image,
    mut found: impl FnMut(Place, bool, FoundRow) -> Result<(), DatabaseError>,
) -> Result<(), DatabaseError> {
    for number in image.page_numbers() {
        let page = image.page(number);
        let live = live_rows(&page);
        for at in 0..PAGE.saturating_sub(7) {
            // Cheap test first: header length, rowid, 16 bytes.
            if page[at + 1] != 0 || u64::from(page[at + 2]) != BLOB16 || page[at] < 6 {
                continue;
            }
            if let Some(row) = row_at(image, &page, at) {
                found(Place { page: number, at }, live.contains(&at), row)?;
            }
        }
    }
    Ok(())
}

/// The row at a place found before.
pub(super) fn read_row(image: &mut Image, place: Place) -> Option<FoundRow> {
    let page = image.page(place.page);
    row_at(image, &page, place.at)
}

fn row_at(image: &mut Image, page: &[u8; PAGE], at: usize) -> Option<FoundRow> {
    let header_len = usize::from(*page.get(at)?);
    let mut header = page.get(at..at + header_len)?.get(1..)?;
    let mut types = Vec::with_capacity(8);
    while !header.is_empty() {
        let (serial, len) = varint(header)?;
        header = header.get(len..)?;
        types.push(serial);
        if types.len() > 8 {
            return None;
        }
    }
    if types.get(..2) != Some(&[ROWID, BLOB16]) {
        return None;
    }
    let (last, integers) = types.get(2..)?.split_last()?;
    // Refuses early what cannot be ours, before anything is read.
    let shape_fits = match (integers.len(), *last) {
        (2, BLOB16) | (4, BLOB32) => true,
        (4, blob) => {
            blob.is_multiple_of(2)
                && usize::try_from(blob / 2).is_ok_and(|len| len <= MAX_BLOB_BYTES + 6)
        }
        _ => false,
    };
    if !shape_fits || !integers.iter().all(|serial| is_integer(*serial)) {
        return None;
    }
    let payload_len = types
        .iter()
        .try_fold(header_len, |sum, serial| sum.checked_add(size(*serial)?))?;
    let payload = payload(image, page, at, payload_len)?;
    let mut values = Values {
        rest: payload.get(header_len..)?,
    };
    let first = values.bytes(16)?.try_into().ok()?;
    let integers: Vec<i64> = integers
        .iter()
        .map(|serial| values.integer(*serial))
        .collect::<Option<_>>()?;
    Some(match (integers.as_slice(), *last) {
        ([kind, version], BLOB16) => FoundRow::Manifest {
            id: first,
            kind: *kind,
            version: *version,
            tag: values.rest.try_into().ok()?,
        },
        ([key_epoch, sequence, slots_sequence, count], BLOB32) => FoundRow::Meta {
            store: first,
            key_epoch: *key_epoch,
            sequence: *sequence,
            slots_sequence: *slots_sequence,
            count: *count,
            root: values.rest.try_into().ok()?,
        },
        ([kind, schema, version, key_epoch], _) => FoundRow::Record {
            id: first,
            kind: *kind,
            schema: *schema,
            version: *version,
            key_epoch: *key_epoch,
            blob: values.rest.to_vec(),
        },
        _ => return None,
    })
}

/// Bytes of a row from its start: local ones, then those on overflow pages (section 1.6).
fn payload(image: &mut Image, page: &[u8; PAGE], at: usize, len: usize) -> Option<Vec<u8>> {
    let local = local_len(len);
    let mut payload = Vec::with_capacity(len);
    payload.extend_from_slice(page.get(at..at + local)?);
    if local == len {
        return Some(payload);
    }
    let mut next = u32::from_be_bytes(*page.get(at + local..)?.first_chunk()?);
    while payload.len() < len {
        if !image.has_page(next) {
            return None;
        }
        let page = image.page(next);
        let (pointer, content) = page.split_first_chunk()?;
        next = u32::from_be_bytes(*pointer);
        payload.extend_from_slice(content.get(..content.len().min(len - payload.len()))?);
    }
    Some(payload)
}

/// How much of a payload is on the leaf page of a table.
fn local_len(payload: usize) -> usize {
    const MAX_LOCAL: usize = PAGE - 35;
    const MIN_LOCAL: usize = (PAGE - 12) * 32 / 255 - 23;
    if payload <= MAX_LOCAL {
        return payload;
    }
    let surplus = MIN_LOCAL + (payload - MIN_LOCAL) % (PAGE - 4);
    if surplus <= MAX_LOCAL {
        surplus
    } else {
        MIN_LOCAL
    }
}

/// Starts of the rows that the page's own list names, if it is a leaf of a table.
fn live_rows(page: &[u8; PAGE]) -> HashSet<usize> {
    const LEAF: u8 = 0x0d;
    let mut live = HashSet::new();
    if page[0] != LEAF {
        return live;
    }
    let count = usize::from(u16::from_be_bytes([page[3], page[4]]));
    for pointer in page[8..].as_chunks::<2>().0.iter().take(count) {
        let cell = usize::from(u16::from_be_bytes(*pointer));
        // Before the row: the payload's length and the rowid.
        let start = || {
            let (_, first) = varint(page.get(cell..)?)?;
            let (_, second) = varint(page.get(cell + first..)?)?;
            Some(cell + first + second)
        };
        live.extend(start());
    }
    live
}

struct Values<'a> {
    rest: &'a [u8],
}

impl<'a> Values<'a> {
    fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(bytes)
    }

    fn integer(&mut self, serial: u64) -> Option<i64> {
        match serial {
            8 => return Some(0),
            9 => return Some(1),
            _ => {}
        }
        let bytes = self.bytes(size(serial)?)?;
        let negative = bytes.first()? & 0x80 != 0;
        let start = if negative { -1 } else { 0 };
        Some(
            bytes
                .iter()
                .fold(start, |value, byte| (value << 8) | i64::from(*byte)),
        )
    }
}

fn is_integer(serial: u64) -> bool {
    matches!(serial, 1..=6 | 8 | 9)
}

/// Bytes a value of this serial type takes.
fn size(serial: u64) -> Option<usize> {
    match serial {
        0 | 8 | 9 => Some(0),
        1..=4 => usize::try_from(serial).ok(),
        5 => Some(6),
        6 => Some(8),
        12.. if serial.is_multiple_of(2) => usize::try_from((serial - 12) / 2).ok(),
        _ => None,
    }
}

/// A variable-length integer and how many bytes it took (section 1.6).
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (at, byte) in bytes.iter().take(9).enumerate() {
        if at == 8 {
            return Some(((value << 8) | u64::from(*byte), 9));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::image::Frames;
    use super::*;
    use proptest::prelude::*;

    /// SQLite wrote the rows; sizes around every boundary of local and overflow storage.
    #[test]
    fn every_row_sqlite_wrote_is_found_with_its_values() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let conn = rusqlite::Connection::open(&path).unwrap();
        conn.execute_batch("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;")
            .unwrap();
        conn.execute_batch(super::super::super::schema::RECORD)
            .unwrap();
        let sizes = [
            296, 8100, 8110, 8120, 8130, 8140, 8150, 8160, 9000, 16_300, 100_000, 1_049_640,
        ];
        for (n, len) in sizes.iter().enumerate() {
            conn.execute(
                "INSERT INTO record (id, kind, schema, version, key_epoch, blob) \
                 VALUES (randomblob(16), ?1, 1, ?2, 70000, randomblob(?3))",
                (n, 1i64 << (4 * n), len),
            )
            .unwrap();
        }
        let expected: Vec<(Vec<u8>, i64, i64, Vec<u8>)> = conn
            .prepare("SELECT id, kind, version, blob FROM record ORDER BY kind")
            .unwrap()
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let mut image = Image::open(&path, Frames::Committed).unwrap();
        let mut found = Vec::new();
        each_row(&mut image, |_, live, row| {
            if let (
                true,
                FoundRow::Record {
                    id,
                    kind,
                    version,
                    blob,
                    schema: 1,
                    key_epoch: 70_000,
                },
            ) = (live, row)
            {
                found.push((id.to_vec(), kind, version, blob));
            }
            Ok(())
        })
        .unwrap();
        found.sort_by_key(|row| row.1);
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn foreign_pages_never_panic(
            noise in proptest::collection::vec(any::<u8>(), PAGE..=PAGE),
            header in proptest::collection::vec(any::<u8>(), 0..24),
            at in 0usize..PAGE - 40,
        ) {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("a.db");
            let mut noise = noise;
            noise[0] = 0x0d;
            noise[at..at + 3].copy_from_slice(&[9, 0, 0x2c]);
            noise[at + 3..at + 3 + header.len()].copy_from_slice(&header);
            std::fs::write(&path, &noise).unwrap();
            let mut image = Image::open(&path, Frames::All).unwrap();
            each_row(&mut image, |_, _, _| Ok(())).unwrap();
        }
    }
}
