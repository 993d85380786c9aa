//! The SQL side: tables, settings of a connection, and what a file must look like to be ours.

use super::error::DatabaseError;
use super::migration::Migration;
use super::seal::MAX_BLOB_BYTES;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Name of the database file in the store's folder.
pub(super) const FILE_NAME: &str = "vault.db";
/// "wlt1": lets `file` and our own check tell the file from other databases.
const APPLICATION_ID: i32 = 0x776c_7431;
/// The first SQLite without the WAL-reset fault.
const MIN_SQLITE: i32 = 3_051_003;
pub(super) const PAGE_SIZE: u32 = 8192;

/// A version of the tables, and how older ones become it.
pub(super) struct Layout {
    /// Kept in `user_version` and covered by the root of the set.
    pub(super) version: u32,
    /// Every statement of `sqlite_schema`, in order of the objects' names. Nothing else may be in the file.
    pub(super) objects: &'static [&'static str],
    pub(super) migrations: &'static [Migration],
}

/// What this version of the library reads and writes.
pub(super) const LAYOUT: Layout = Layout {
    version: 1,
    objects: &[MANIFEST, META, RECORD],
    migrations: &[],
};

/// One row per record; the rowid is that of the record's row.
pub(super) const MANIFEST: &str = "CREATE TABLE manifest (\
    rowid INTEGER PRIMARY KEY, id BLOB NOT NULL, kind INTEGER NOT NULL, \
    version INTEGER NOT NULL, tag BLOB NOT NULL) STRICT";
/// One row.
pub(super) const META: &str = "CREATE TABLE meta (\
    rowid INTEGER PRIMARY KEY, store BLOB NOT NULL, key_epoch INTEGER NOT NULL, \
    sequence INTEGER NOT NULL, slots_sequence INTEGER NOT NULL, count INTEGER NOT NULL, \
    root BLOB NOT NULL) STRICT";
/// The sealed records.
pub(super) const RECORD: &str = "CREATE TABLE record (\
    rowid INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, \
    schema INTEGER NOT NULL, version INTEGER NOT NULL, key_epoch INTEGER NOT NULL, \
    blob BLOB NOT NULL) STRICT";

/// Makes the tables in a new, empty file.
pub(super) fn create(
    path: &Path,
    busy: Duration,
    layout: &Layout,
) -> Result<Connection, DatabaseError> {
    let conn = connect(path, busy)?;
    conn.pragma_update(None, "page_size", PAGE_SIZE)?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    conn.pragma_update(None, "user_version", layout.version)?;
    start_wal(&conn)?;
    for object in layout.objects {
        conn.execute_batch(object)?;
    }
    Ok(conn)
}

/// Opens a file that is there, and refuses what is not ours or not of this version (or one that can be migrated).
/// Returns the version found.
pub(super) fn open(
    path: &Path,
    busy: Duration,
    layout: &Layout,
) -> Result<(Connection, u32), DatabaseError> {
    // Also tells a missing or unreadable file from the reasons SQLite has no word for.
    let file = std::fs::File::open(path)?;
    if file.metadata()?.len() == 0 {
        // SQLite would take it for a new database.
        return Err(DatabaseError::Corrupt);
    }
    drop(file);
    let conn = connect(path, busy)?;
    let application: i32 = pragma(&conn, "application_id").map_err(read_only_folder)?;
    if application != APPLICATION_ID {
        return Err(DatabaseError::Corrupt);
    }
    let version: u32 = pragma(&conn, "user_version")?;
    if version > layout.version {
        return Err(DatabaseError::TooNew);
    }
    if version == layout.version {
        check_objects(&conn, layout)?;
    }
    start_wal(&conn)?;
    Ok((conn, version))
}

/// A file that is there but cannot be opened: its `-wal` or `-shm` cannot be created beside it.
fn read_only_folder(error: rusqlite::Error) -> DatabaseError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::CannotOpen) => DatabaseError::ReadOnly,
        _ => error.into(),
    }
}

fn check_sqlite(version: i32) -> Result<(), DatabaseError> {
    if version < MIN_SQLITE {
        return Err(DatabaseError::SqliteTooOld);
    }
    Ok(())
}

fn connect(path: &Path, busy: Duration) -> Result<Connection, DatabaseError> {
    check_sqlite(rusqlite::version_number())?;
    // No SQLITE_OPEN_CREATE: nothing is ever created by opening. One thread at a time uses a connection (a mutex of ours).
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(busy)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    let max_length = i32::try_from(MAX_BLOB_BYTES + 1024).map_err(|_| DatabaseError::Bug)?;
    conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, max_length)?;
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    if cfg!(target_vendor = "apple") {
        // Plain fsync does not reach the medium there.
        conn.pragma_update(None, "fullfsync", true)?;
        conn.pragma_update(None, "checkpoint_fullfsync", true)?;
    }
    conn.pragma_update(None, "secure_delete", true)?;
    conn.pragma_update(None, "mmap_size", 0)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    // KiB, of sealed pages; twice what the usual wallet has.
    conn.pragma_update(None, "cache_size", -8192)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // An idle WAL file is cut to this; TRUNCATE checkpoints empty it.
    conn.pragma_update(None, "journal_size_limit", 4 * 1024 * 1024)?;
    Ok(conn)
}

fn start_wal(conn: &Connection) -> Result<(), DatabaseError> {
    let mode: String = conn
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(read_only_folder)?;
    if mode == "wal" {
        Ok(())
    } else {
        Err(DatabaseError::Io)
    }
}

fn pragma<T: rusqlite::types::FromSql>(conn: &Connection, name: &str) -> rusqlite::Result<T> {
    conn.pragma_query_value(None, name, |row| row.get(0))
}

/// Nothing but our tables: a trigger, view or index put there by someone else could make SQLite do things for them.
pub(super) fn check_objects(conn: &Connection, layout: &Layout) -> Result<(), DatabaseError> {
    let mut statement =
        conn.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")?;
    let found: Vec<String> = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if found == layout.objects {
        Ok(())
    } else {
        Err(DatabaseError::Corrupt)
    }
}

/// Changes when another connection has committed since this one last looked.
pub(super) fn data_version(conn: &Connection) -> Result<i64, DatabaseError> {
    let mut statement = conn.prepare_cached("PRAGMA data_version")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Moves everything from the WAL into the database and empties it, so that no older image of a row stays there. If
/// another process is reading, this is left to whoever closes last.
pub(super) fn checkpoint(conn: &Connection) -> Result<(), DatabaseError> {
    let _busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{ErrorCode, WalletError};

    #[test]
    fn a_sqlite_with_the_known_corruption_fault_is_refused() {
        assert!(check_sqlite(rusqlite::version_number()).is_ok());
        // 3.51.2 is the last with the fault.
        let refused = check_sqlite(3_051_002).map_err(WalletError::from);
        assert_eq!(refused, Err(ErrorCode::SqliteTooOld.into()));
    }
}
