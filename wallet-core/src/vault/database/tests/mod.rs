//! Tests of the database as a whole.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod basics;
mod damage;
mod faults;
mod keys;
mod reading;
mod rollback;
mod tampering;

use super::*;
use crate::error::ErrorCode;
use crate::random::OsRandom;
use crate::secret::{Secret, SecretBytes};
use crate::vault::anchor::InMemoryAnchorStore;
use std::path::PathBuf;
use tempfile::TempDir;

pub(super) const STORE: StoreId = StoreId::from_bytes([0x51; 16]);

/// A folder, an anchor and a root key: what is there while the wallet is locked.
pub(super) struct Place {
    pub(super) dir: TempDir,
    pub(super) anchor: Arc<InMemoryAnchorStore>,
    pub(super) root: u8,
}

pub(super) fn root(byte: u8) -> Secret<32> {
    Secret::take(&mut [byte; 32])
}

impl Place {
    pub(super) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            anchor: Arc::default(),
            root: 1,
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.path().join(FILE_NAME)
    }

    pub(super) fn keyring(&self) -> Keyring {
        Keyring::new(1, root(self.root))
    }

    pub(super) fn create(&self) -> Database {
        Database::create(
            self.dir.path(),
            STORE,
            self.keyring(),
            1,
            self.anchor.clone(),
            Arc::new(OsRandom),
        )
        .unwrap()
    }

    pub(super) fn try_open(&self) -> Result<Database, WalletError> {
        self.open_with(self.keyring(), 1)
    }

    pub(super) fn open_with(&self, keys: Keyring, slots: u64) -> Result<Database, WalletError> {
        Database::open(
            self.dir.path(),
            STORE,
            keys,
            slots,
            self.anchor.clone(),
            Arc::new(OsRandom),
        )
    }

    pub(super) fn open(&self) -> Database {
        let database = self.try_open().unwrap();
        assert_eq!(database.integrity(), IntegrityState::Ok);
        database
    }

    /// Changes the closed file through SQL, as someone without the key could.
    pub(super) fn tamper(&self, sql: &str) {
        let conn = rusqlite::Connection::open(self.path()).unwrap();
        conn.execute_batch(sql).unwrap();
    }

    /// The database file and its companions.
    pub(super) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        std::fs::read_dir(self.dir.path())
            .unwrap()
            .map(|file| file.unwrap().path())
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect()
    }

    pub(super) fn restore(&self, files: &[(PathBuf, Vec<u8>)]) {
        for (path, _) in self.files() {
            std::fs::remove_file(path).unwrap();
        }
        for (path, bytes) in files {
            std::fs::write(path, bytes).unwrap();
        }
    }
}

pub(super) fn id(n: u64) -> RecordId {
    let mut bytes = [0xa5; 16];
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    RecordId::from_bytes(bytes)
}

pub(super) fn body(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes().to_vec())
}

pub(super) fn put(database: &Database, n: u64, kind: RecordKind, text: &str) {
    let mut changes = Changes::new();
    changes.insert(id(n), kind, 1, body(text));
    database.commit(changes).unwrap();
}

pub(super) fn set(database: &Database, n: u64, version: u64, text: &str) {
    let mut changes = Changes::new();
    changes.update(id(n), version, 1, body(text));
    database.commit(changes).unwrap();
}

pub(super) fn delete(database: &Database, n: u64) {
    let mut changes = Changes::new();
    changes.delete(id(n));
    database.commit(changes).unwrap();
}

pub(super) fn text_of(database: &Database, n: u64) -> String {
    String::from_utf8(database.get(&id(n)).unwrap().body.to_vec()).unwrap()
}

pub(super) fn code<T>(result: Result<T, WalletError>) -> ErrorCode {
    result.err().expect("an error").code()
}
