//! SQLCipher with a raw key, the pragmas of our vault, one table keyed by a unique 16-byte id.

#[path = "../../shared/workload.rs"]
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
    db.execute_batch("CREATE TABLE record (id BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, body BLOB NOT NULL)")
        .expect("schema");
    db
}

fn id(number: usize) -> [u8; 16] {
    // Random-looking and unique, as our record ids are.
    ((number as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)).to_be_bytes()
}

fn insert(db: &mut Connection, kind: u16, numbers: std::ops::Range<usize>) {
    let transaction = db.transaction().expect("transaction");
    {
        let mut statement =
            transaction.prepare_cached("INSERT INTO record (id, kind, body) VALUES (?, ?, ?)").expect("prepare");
        for number in numbers {
            let name = id(number + usize::from(kind) * 1_000_000);
            statement.execute(params![name, kind, body(number)]).expect("insert");
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

fn main() {
    let folder = tempfile::tempdir().expect("folder");
    let large = folder.path().join("large.db");
    let mut db = create(&large);
    timed(PEER, "insert_10000", || {
        for first in (0..LARGE).step_by(PER_TRANSACTION) {
            insert(&mut db, 0, first..first + PER_TRANSACTION);
        }
    });
    drop(db);

    let mut db = timed(PEER, "open", || {
        let db = open(&large);
        assert_eq!(get(&db, 5).len(), RECORD_BYTES);
        db
    });
    timed(PEER, "get_1000", || {
        for number in reads() {
            assert_eq!(get(&db, number).len(), RECORD_BYTES);
        }
    });
    timed(PEER, "durable_100", || {
        for number in 0..DURABLE {
            insert(&mut db, 1, number..number + 1);
        }
    });

    let mut db = create(&folder.path().join("small.db"));
    insert(&mut db, 0, 0..LISTED);
    let all: Vec<Vec<u8>> = timed(PEER, "list_500", || {
        let mut statement = db.prepare_cached("SELECT body FROM record WHERE kind = 0").expect("prepare");
        let rows = statement.query_map([], |row| row.get(0)).expect("rows");
        rows.map(|row| row.expect("row")).collect()
    });
    assert_eq!(all.len(), LISTED);
}
