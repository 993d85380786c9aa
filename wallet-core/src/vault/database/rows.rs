//! Rows of `record` and `manifest`: the only SQL that touches records.

use super::error::DatabaseError;
use super::keys::EpochKeys;
use super::manifest::{Entry, Manifest};
use super::record::{Record, RecordId, RecordKind};
use super::seal::{self, Header};
use crate::vault::StoreId;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, MAIN_DB, Row};
use wallet_primitives::xchacha::TAG_BYTES;

const SELECT: &str = "SELECT kind, schema, version, key_epoch, blob FROM record WHERE id = ?1";
const INSERT: &str = "INSERT INTO record (id, kind, schema, version, key_epoch, blob) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const INSERT_MANIFEST: &str =
    "INSERT INTO manifest (rowid, id, kind, version, tag) VALUES (?1, ?2, ?3, ?4, ?5)";
const UPDATE: &str = "UPDATE record SET schema = ?2, version = ?3, key_epoch = ?4, blob = ?5 \
                      WHERE id = ?1 RETURNING rowid";
const UPDATE_MANIFEST: &str =
    "UPDATE manifest SET version = ?3, tag = ?4 WHERE rowid = ?1 AND id = ?2";
const DELETE: &str = "DELETE FROM record WHERE id = ?1 RETURNING rowid";
const DELETE_MANIFEST: &str = "DELETE FROM manifest WHERE id = ?2 AND rowid = ?1";

/// New sealed records from this many bytes on are written into their place: as parameters SQLite copies them twice.
const LARGE: usize = 64 * 1024;

/// A row as it stands in the file: nothing about it is trusted.
struct FoundRow<'a> {
    kind: Option<RecordKind>,
    schema: Option<u16>,
    version: Option<u64>,
    key_epoch: Option<u32>,
    blob: Option<&'a [u8]>,
}

fn integer<T: TryFrom<i64>>(value: ValueRef<'_>) -> Option<T> {
    T::try_from(value.as_i64().ok()?).ok()
}

impl<'a> FoundRow<'a> {
    /// From columns `first..first + 5`.
    fn read(row: &'a Row<'_>, first: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            kind: integer(row.get_ref(first)?).map(RecordKind),
            schema: integer(row.get_ref(first + 1)?),
            version: integer(row.get_ref(first + 2)?),
            key_epoch: integer(row.get_ref(first + 3)?),
            blob: row.get_ref(first + 4)?.as_blob().ok(),
        })
    }

    /// The row's own header, if it could be one of ours.
    fn header(&self, id: RecordId) -> Option<Header> {
        Some(Header {
            id,
            kind: self.kind?,
            schema: self.schema?,
            version: self.version?,
            key_epoch: self.key_epoch?,
        })
    }

    fn tag(&self) -> Option<[u8; TAG_BYTES]> {
        self.blob.and_then(seal::tag_of)
    }
}

/// Reads the record the manifest expects.
pub(super) fn read(
    conn: &Connection,
    store: &StoreId,
    keys: &EpochKeys,
    manifest: &Manifest,
    expected: &Entry,
) -> Result<Record, DatabaseError> {
    let id = expected.id;
    let mut statement = conn.prepare_cached(SELECT)?;
    let mut rows = statement.query([id.as_bytes()])?;
    let Some(row) = rows.next()? else {
        return Err(DatabaseError::RecordMissing(id));
    };
    let found = FoundRow::read(row, 0)?;
    let (Some(header), Some(blob)) = (found.header(id), found.blob) else {
        return Err(DatabaseError::RecordCorrupt(id));
    };
    let as_expected = header.kind == expected.kind
        && header.version == expected.version
        && header.key_epoch == keys.epoch
        && found.tag() == Some(expected.tag);
    let body = if as_expected {
        seal::open(store, keys, &header, blob)?
    } else {
        None
    };
    match body {
        Some(body) => Ok(Record {
            id,
            kind: header.kind,
            schema: header.schema,
            version: header.version,
            body,
        }),
        None => Err(explain(store, keys, manifest, expected, &header, blob)?),
    }
}

/// What stands in the place of the record that was expected?
fn explain(
    store: &StoreId,
    keys: &EpochKeys,
    manifest: &Manifest,
    expected: &Entry,
    header: &Header,
    blob: &[u8],
) -> Result<DatabaseError, DatabaseError> {
    let id = expected.id;
    let of_another = seal::tag_of(blob)
        .and_then(|tag| manifest.find_tag(&tag))
        .is_some_and(|entry| entry.id != id);
    let older_version = seal::open(store, keys, header, blob)?.is_some();
    Ok(if of_another || older_version {
        DatabaseError::RecordMisplaced(id)
    } else {
        DatabaseError::RecordCorrupt(id)
    })
}

/// Adds a sealed record.
pub(super) fn insert(
    conn: &Connection,
    header: &Header,
    blob: &[u8],
) -> Result<Entry, DatabaseError> {
    let tag = seal::tag_of(blob).ok_or(DatabaseError::Bug)?;
    let (room, later) = room_for(blob);
    conn.prepare_cached(INSERT)?.execute((
        header.id.as_bytes(),
        header.kind.0,
        header.schema,
        header.version,
        header.key_epoch,
        room,
    ))?;
    let rowid = conn.last_insert_rowid();
    if let Some(blob) = later {
        let mut place = conn.blob_open(MAIN_DB, "record", "blob", rowid, false)?;
        place.write_all_at(blob, 0)?;
        place.close()?;
    }
    let entry = Entry {
        id: header.id,
        kind: header.kind,
        version: header.version,
        tag,
    };
    insert_manifest(conn, rowid, &entry)?;
    Ok(entry)
}

/// What is given as a parameter for these bytes, and what is written afterwards.
fn room_for(blob: &[u8]) -> (ToSqlOutput<'_>, Option<&[u8]>) {
    match blob.len() {
        length if length < LARGE => (blob.into(), None),
        length => (ToSqlOutput::ZeroBlob(length as u64), Some(blob)),
    }
}

fn insert_manifest(conn: &Connection, rowid: i64, entry: &Entry) -> Result<(), DatabaseError> {
    conn.prepare_cached(INSERT_MANIFEST)?.execute((
        rowid,
        entry.id.as_bytes(),
        entry.kind.0,
        entry.version,
        entry.tag,
    ))?;
    Ok(())
}

/// Replaces a sealed record.
pub(super) fn update(
    conn: &Connection,
    header: &Header,
    blob: &[u8],
) -> Result<Entry, DatabaseError> {
    let tag = seal::tag_of(blob).ok_or(DatabaseError::Bug)?;
    let rowid = only_row(
        conn.prepare_cached(UPDATE)?.query_map(
            (
                header.id.as_bytes(),
                header.schema,
                header.version,
                header.key_epoch,
                blob,
            ),
            |row| row.get(0),
        )?,
        &header.id,
    )?;
    let changed = conn.prepare_cached(UPDATE_MANIFEST)?.execute((
        rowid,
        header.id.as_bytes(),
        header.version,
        tag,
    ))?;
    if changed != 1 {
        return Err(DatabaseError::SetMismatch);
    }
    Ok(Entry {
        id: header.id,
        kind: header.kind,
        version: header.version,
        tag,
    })
}

/// Removes a record.
pub(super) fn delete(conn: &Connection, id: &RecordId) -> Result<(), DatabaseError> {
    let rowid = only_row(
        conn.prepare_cached(DELETE)?
            .query_map([id.as_bytes()], |row| row.get(0))?,
        id,
    )?;
    let changed = conn
        .prepare_cached(DELETE_MANIFEST)?
        .execute((rowid, id.as_bytes()))?;
    if changed != 1 {
        return Err(DatabaseError::SetMismatch);
    }
    Ok(())
}

/// The rowid a statement returned; steps the statement to its end.
fn only_row(
    rows: impl Iterator<Item = rusqlite::Result<i64>>,
    id: &RecordId,
) -> Result<i64, DatabaseError> {
    let mut found = None;
    for rowid in rows {
        found = Some(rowid?);
    }
    found.ok_or(DatabaseError::RecordMissing(*id))
}

/// The manifest as it stands in the file.
pub(super) fn read_manifest(conn: &Connection) -> Result<Manifest, DatabaseError> {
    let mut statement = conn.prepare_cached("SELECT id, kind, version, tag FROM manifest")?;
    let mut rows = statement.query([])?;
    let entries = core::iter::from_fn(|| match rows.next() {
        Ok(None) => None,
        Ok(Some(row)) => Some(manifest_row(row)),
        Err(error) => Some(Err(error.into())),
    });
    Manifest::from_entries(entries)
}

fn manifest_row(row: &Row<'_>) -> Result<Entry, DatabaseError> {
    let bytes = |at| -> Option<[u8; 16]> { row.get_ref(at).ok()?.as_blob().ok()?.try_into().ok() };
    let entry = || {
        Some(Entry {
            id: RecordId::from_bytes(bytes(0)?),
            kind: RecordKind(integer(row.get_ref(1).ok()?)?),
            version: integer(row.get_ref(2).ok()?)?,
            tag: bytes(3)?,
        })
    };
    entry().ok_or(DatabaseError::SetMismatch)
}

/// A manifest made from the records that are there, for a store whose own manifest does not match. A row that could not
/// be ours gets an entry that nothing matches, so that it stays and reads as damaged.
pub(super) fn rebuild_manifest(conn: &Connection) -> Result<Manifest, DatabaseError> {
    let mut statement =
        conn.prepare("SELECT id, kind, schema, version, key_epoch, blob FROM record")?;
    let mut rows = statement.query([])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row.get_ref(0)?.as_blob().ok();
        let id: [u8; 16] = id
            .and_then(|id| id.try_into().ok())
            .ok_or(DatabaseError::Corrupt)?;
        let found = FoundRow::read(row, 1)?;
        entries.push(Ok(Entry {
            id: RecordId::from_bytes(id),
            kind: found.kind.unwrap_or(RecordKind(u16::MAX)),
            version: found.version.unwrap_or(0),
            tag: found.tag().unwrap_or_default(),
        }));
    }
    Manifest::from_entries(entries.into_iter())
}

/// Writes the whole manifest anew.
pub(super) fn replace_manifest(
    conn: &Connection,
    manifest: &Manifest,
) -> Result<(), DatabaseError> {
    conn.execute("DELETE FROM manifest", [])?;
    let mut rowid = conn.prepare_cached("SELECT rowid FROM record WHERE id = ?1")?;
    for entry in manifest.iter() {
        let rowid = rowid.query_row([entry.id.as_bytes()], |row| row.get(0))?;
        insert_manifest(conn, rowid, &entry)?;
    }
    Ok(())
}

/// How the ids in the table of records differ from the manifest: `(missing, extra)`. Walks the index of ids only.
pub(super) fn compare_ids(
    conn: &Connection,
    manifest: &Manifest,
) -> Result<(u64, u64), DatabaseError> {
    let mut statement = conn.prepare_cached("SELECT id FROM record ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut expected = manifest.iter().map(|entry| entry.id).peekable();
    let (mut missing, mut extra) = (0, 0);
    while let Some(row) = rows.next()? {
        let found = row.get_ref(0)?.as_blob().unwrap_or_default();
        while expected
            .next_if(|id| id.as_bytes().as_slice() < found)
            .is_some()
        {
            missing += 1;
        }
        if expected.next_if(|id| id.as_bytes() == found).is_none() {
            extra += 1;
        }
    }
    missing += u64::try_from(expected.count()).unwrap_or(u64::MAX);
    Ok((missing, extra))
}
