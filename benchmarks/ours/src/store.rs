//! The database with a raw root key: what the other stores do with theirs.

use crate::PEER;
use crate::workload::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wallet_core::random::OsRandom;
use wallet_core::secret::{Secret, SecretBytes};
use wallet_core::vault::anchor::FileAnchorStore;
use wallet_core::vault::database::{Changes, Database, RecordId, RecordKind};
use wallet_core::vault::{Keyring, StoreId};

const STORE: StoreId = StoreId::from_bytes([7; 16]);
const KIND: RecordKind = RecordKind::BODY;

fn keyring() -> Keyring {
    Keyring::new(1, Secret::take(&mut [7; 32]))
}

fn anchor(folder: &Path) -> Arc<FileAnchorStore> {
    Arc::new(FileAnchorStore::new(folder.join("anchor")))
}

fn create(folder: PathBuf) -> Database {
    std::fs::create_dir(&folder).expect("folder");
    Database::create(
        &folder,
        STORE,
        keyring(),
        1,
        anchor(&folder),
        Arc::new(OsRandom),
    )
    .expect("create")
}

fn open_and_read(folder: &Path) -> Database {
    let database = Database::open(
        folder,
        STORE,
        keyring(),
        1,
        anchor(folder),
        Arc::new(OsRandom),
    )
    .expect("open");
    assert_eq!(
        database.get(&id(5)).expect("record").body.len(),
        RECORD_BYTES
    );
    database
}

/// Random-looking and unique, as record ids are.
pub fn id(number: usize) -> RecordId {
    let number = (number as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    RecordId::from_bytes(number.to_be_bytes())
}

fn insert(database: &Database, first: usize, bodies: &[Vec<u8>]) {
    let mut changes = Changes::new();
    for (number, body) in (first..).zip(bodies) {
        changes.insert(id(number), KIND, 1, SecretBytes::new(body.clone()));
    }
    database.commit(changes).expect("commit");
}

pub fn run() {
    let folder = tempfile::tempdir().expect("folder");
    let bodies = bodies(LARGE);
    let large = folder.path().join("large");
    let database = create(large.clone());
    timed(PEER, "insert_10000", || {
        for (batch, bodies) in bodies.chunks(PER_TRANSACTION).enumerate() {
            insert(&database, batch * PER_TRANSACTION, bodies);
        }
    });
    database.close().expect("close");

    let database = timed(PEER, "open_10000", || open_and_read(&large));
    timed(PEER, "get_1000", || {
        for number in reads() {
            assert_eq!(
                database.get(&id(number)).expect("record").body.len(),
                RECORD_BYTES
            );
        }
    });
    timed(PEER, "durable_100", || {
        for (number, body) in (1_000_000..).zip(bodies.iter().take(DURABLE)) {
            insert(&database, number, std::slice::from_ref(body));
        }
    });
    database.close().expect("close");

    let small = folder.path().join("small");
    let database = create(small.clone());
    insert(&database, 0, &bodies[..LISTED]);
    database.close().expect("close");
    let database = timed(PEER, "open_500", || open_and_read(&small));
    for work in ["list_500", "list_500_again"] {
        let all = timed(PEER, work, || database.list(KIND)).expect("list");
        assert_eq!(all.len(), LISTED);
    }
    database.close().expect("close");
}
