//! SQLCipher with a raw key, the pragmas of our vault, one table keyed by a unique 16-byte id.

#[path = "../../common/workload.rs"]
mod workload;

use rusqlite::{Connection, params};
use std::path::Path;
use workload::*;

const PEER: &str = "sqlcipher";

fn open(path: &Path) -> Connection {
    let db = Connection::open(path).expect("open");
    db.execute_batch(&format!(
        "PRAGMA key = \"x'{}'\"; PRAGMA cipher_page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;",
        "07".repeat(32)
    ))
    .expect("pragmas");
    db
}

fn create(path: &Path) -> Connection {
    let db = open(path);
    db.execute_batch(
        "CREATE TABLE record (id BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, body BLOB NOT NULL)",
    )
    .expect("schema");
    db
}

fn id(number: usize) -> [u8; 16] {
    // Random-looking and unique, as our record ids are.
    ((number as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)).to_be_bytes()
}

fn insert(db: &mut Connection, kind: u16, first: usize, bodies: &[Vec<u8>]) {
    let transaction = db.transaction().expect("transaction");
    {
        let mut statement = transaction
            .prepare_cached("INSERT INTO record (id, kind, body) VALUES (?, ?, ?)")
            .expect("prepare");
        for (number, body) in (first..).zip(bodies) {
            let name = id(number + usize::from(kind) * 1_000_000);
            statement
                .execute(params![name, kind, body])
                .expect("insert");
        }
    }
    transaction.commit().expect("commit");
}

fn get(db: &Connection, number: usize) -> Vec<u8> {
    db.prepare_cached("SELECT body FROM record WHERE id = ?")
        .expect("prepare")
        .query_row([id(number)], |row| row.get(0))
        .expect("row")
}

fn list(db: &Connection) -> Vec<Vec<u8>> {
    let mut statement = db
        .prepare_cached("SELECT body FROM record WHERE kind = 0")
        .expect("prepare");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.map(|row| row.expect("row")).collect()
}

fn open_and_read(path: &Path) -> Connection {
    let db = open(path);
    assert_eq!(get(&db, 5).len(), RECORD_BYTES);
    db
}

fn main() {
    let folder = tempfile::tempdir().expect("folder");
    let bodies = bodies(LARGE);
    let large = folder.path().join("large.db");
    let mut db = create(&large);
    timed(PEER, "insert_10000", || {
        for (batch, bodies) in bodies.chunks(PER_TRANSACTION).enumerate() {
            insert(&mut db, 0, batch * PER_TRANSACTION, bodies);
        }
    });
    drop(db);

    let mut db = timed(PEER, "open_10000", || open_and_read(&large));
    timed(PEER, "get_1000", || {
        for number in reads() {
            assert_eq!(get(&db, number).len(), RECORD_BYTES);
        }
    });
    timed(PEER, "durable_100", || {
        for (number, body) in bodies.iter().take(DURABLE).enumerate() {
            insert(&mut db, 1, number, std::slice::from_ref(body));
        }
    });

    let small = folder.path().join("small.db");
    let mut db = create(&small);
    insert(&mut db, 0, 0, &bodies[..LISTED]);
    drop(db);
    let db = timed(PEER, "open_500", || open_and_read(&small));
    for work in ["list_500", "list_500_again"] {
        assert_eq!(timed(PEER, work, || list(&db)).len(), LISTED);
    }
}
