//! What can go wrong in the database, told apart.

use super::record::RecordId;
use crate::error::{ErrorCode, WalletError};
use crate::vault::anchor::AnchorError;
use rusqlite::ffi;
use std::io;

/// Errors of the database. Nothing is deleted or recreated because of one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// There is no database in the folder.
    #[error("there is no store here")]
    Missing,
    /// There is one already.
    #[error("there is a store here already")]
    Exists,
    /// Written by a newer version.
    #[error("the store is of a newer version")]
    TooNew,
    /// Written by a version that cannot be migrated.
    #[error("the store is of a version too old")]
    TooOld,
    /// SQLite has the WAL-reset fault (fixed in 3.51.3).
    #[error("SQLite is too old")]
    SqliteTooOld,
    /// Another process held the store for longer than the waiting time.
    #[error("the store is busy")]
    Busy,
    /// The medium is full.
    #[error("the medium is full")]
    DiskFull,
    /// The medium or folder cannot be written.
    #[error("the medium is read-only")]
    ReadOnly,
    /// Reading or writing failed.
    #[error("reading or writing failed")]
    Io,
    /// The file is not, or no longer, a sound database of ours.
    #[error("the database file is damaged")]
    Corrupt,
    /// The record does not decrypt.
    #[error("a record is damaged")]
    RecordCorrupt(RecordId),
    /// Another record, or an older version of this one, stands in its place.
    #[error("a record stands where another one belongs")]
    RecordMisplaced(RecordId),
    /// The manifest lists the record but it is not there.
    #[error("a record is missing")]
    RecordMissing(RecordId),
    /// The store is older than its anchor.
    #[error("the store is older than the last one seen")]
    RolledBack,
    /// The set of records is not the one last committed.
    #[error("records are missing or were added")]
    SetMismatch,
    /// No anchor knows this state of the store.
    #[error("the anchor is missing")]
    AnchorMissing,
    /// The anchor could not be read or written. After a commit: the change may or may not be there; read again.
    #[error(transparent)]
    AnchorFailed(#[from] AnchorError),
    /// A record or the store would exceed its limit.
    #[error("a limit would be exceeded")]
    Quota,
    /// The record was changed meanwhile.
    #[error("the record was changed meanwhile")]
    Conflict(RecordId),
    /// There is no such record.
    #[error("there is no such record")]
    NotFound(RecordId),
    /// Another process changed the store's root key: unlock again.
    #[error("the root key was changed by another process")]
    KeyChanged,
    /// One set of changes names a record twice.
    #[error("a record is changed twice at once")]
    ChangedTwice,
    /// No randomness.
    #[error("no randomness")]
    Random,
    /// A fault of this library.
    #[error("a fault of the library")]
    Bug,
}

impl DatabaseError {
    /// Whether the connection should not be used any more. After a failed write or fsync SQLite's view of the file may
    /// differ from the medium: close, open, read again.
    pub(super) fn taints_connection(&self) -> bool {
        matches!(
            self,
            Self::DiskFull | Self::ReadOnly | Self::Io | Self::Corrupt | Self::Bug
        )
    }
}

impl From<DatabaseError> for WalletError {
    fn from(error: DatabaseError) -> Self {
        use DatabaseError as E;
        let (code, id) = match error {
            E::Missing => (ErrorCode::StoreMissing, None),
            E::Exists => (ErrorCode::StoreExists, None),
            E::TooNew => (ErrorCode::StoreTooNew, None),
            E::TooOld => (ErrorCode::StoreTooOld, None),
            E::SqliteTooOld => (ErrorCode::SqliteTooOld, None),
            E::Busy => (ErrorCode::StoreBusy, None),
            E::DiskFull => (ErrorCode::DiskFull, None),
            E::ReadOnly => (ErrorCode::ReadOnlyMedium, None),
            E::Io => (ErrorCode::IoFailed, None),
            E::Corrupt => (ErrorCode::StoreCorrupt, None),
            E::RecordCorrupt(id) => (ErrorCode::RecordCorrupt, Some(id)),
            E::RecordMisplaced(id) => (ErrorCode::RecordMisplaced, Some(id)),
            E::RecordMissing(id) => (ErrorCode::SetMismatch, Some(id)),
            E::RolledBack => (ErrorCode::RolledBack, None),
            E::SetMismatch => (ErrorCode::SetMismatch, None),
            E::AnchorMissing => (ErrorCode::AnchorMissing, None),
            E::AnchorFailed(error) => return error.into(),
            E::Quota => (ErrorCode::QuotaExceeded, None),
            E::Conflict(id) => (ErrorCode::Conflict, Some(id)),
            E::NotFound(id) => (ErrorCode::NotFound, Some(id)),
            E::KeyChanged => (ErrorCode::Locked, None),
            E::Random => (ErrorCode::RandomUnavailable, None),
            E::ChangedTwice | E::Bug => (ErrorCode::Bug, None),
        };
        match id {
            Some(id) => Self::new(code).about(id.to_string()),
            None => Self::new(code),
        }
    }
}

impl From<io::Error> for DatabaseError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::NotFound => Self::Missing,
            Kind::StorageFull | Kind::QuotaExceeded => Self::DiskFull,
            Kind::ReadOnlyFilesystem | Kind::PermissionDenied => Self::ReadOnly,
            _ => Self::Io,
        }
    }
}

/// See <https://sqlite.org/rescode.html>.
impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, _) = error else {
            // A column of another type, a row that is not there: the file is not what we wrote.
            return Self::Corrupt;
        };
        match failure.extended_code {
            ffi::SQLITE_READONLY_DBMOVED => return Self::Missing,
            // The only reason seen in practice for failing to extend the shared-memory file.
            ffi::SQLITE_IOERR_SHMSIZE => return Self::DiskFull,
            _ => {}
        }
        match failure.extended_code & 0xff {
            ffi::SQLITE_FULL => Self::DiskFull,
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Self::Busy,
            ffi::SQLITE_READONLY | ffi::SQLITE_PERM => Self::ReadOnly,
            // SQLITE_ERROR: a table or column is missing. SQLITE_TOOBIG: a stored value is over our limit.
            ffi::SQLITE_CORRUPT
            | ffi::SQLITE_NOTADB
            | ffi::SQLITE_FORMAT
            | ffi::SQLITE_ERROR
            | ffi::SQLITE_SCHEMA
            | ffi::SQLITE_CONSTRAINT
            | ffi::SQLITE_MISMATCH
            | ffi::SQLITE_TOOBIG => Self::Corrupt,
            ffi::SQLITE_MISUSE | ffi::SQLITE_RANGE => Self::Bug,
            _ => Self::Io,
        }
    }
}
