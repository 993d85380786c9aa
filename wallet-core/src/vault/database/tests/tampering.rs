//! What someone with the files, but without the keys, may try.

use super::*;

/// Three records of two kinds, the second changed once.
pub(super) fn filled() -> Place {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "one");
    put(&database, 2, RecordKind::COPY, "two");
    put(&database, 3, RecordKind::CREDENTIAL, "three");
    set(&database, 2, 1, "two again");
    database.close().unwrap();
    place
}

pub(super) fn hex(n: u64) -> String {
    format!("x'{}'", id(n))
}

pub(super) fn state(place: &Place) -> IntegrityState {
    place.try_open().unwrap().integrity()
}

#[test]
fn a_record_put_in_anothers_place_is_refused() {
    let place = filled();
    place.tamper(&format!(
        "UPDATE record SET blob = (SELECT blob FROM record WHERE id = {}) WHERE id = {}",
        hex(1),
        hex(2)
    ));
    let database = place.open();
    assert_eq!(code(database.get(&id(2))), ErrorCode::RecordMisplaced);
    assert_eq!(text_of(&database, 1), "one");
    let damaged = database.check().unwrap();
    assert_eq!(damaged.len(), 1);
    assert_eq!(damaged[0].0, id(2));
    assert_eq!(damaged[0].1.subject(), Some(id(2).to_string().as_str()));
}

#[test]
fn swapped_ids_are_refused() {
    let place = filled();
    place.tamper(&format!(
        "UPDATE record SET id = x'00' WHERE id = {0}; UPDATE record SET id = {0} WHERE id = {1};\
         UPDATE record SET id = {1} WHERE id = x'00';",
        hex(1),
        hex(2)
    ));
    let database = place.open();
    assert_eq!(code(database.get(&id(1))), ErrorCode::RecordMisplaced);
    assert_eq!(code(database.get(&id(2))), ErrorCode::RecordMisplaced);
}

#[test]
fn a_changed_clear_column_is_refused() {
    for change in [
        "kind = 3",
        "kind = 70000",
        "schema = 2",
        "version = 9",
        "key_epoch = 2",
    ] {
        let place = filled();
        place.tamper(&format!("UPDATE record SET {change} WHERE id = {}", hex(3)));
        let database = place.open();
        assert_eq!(
            code(database.get(&id(3))),
            ErrorCode::RecordCorrupt,
            "{change}"
        );
        // The kind in the manifest is the one that counts.
        assert_eq!(database.ids(RecordKind::CREDENTIAL).unwrap(), [id(3)]);
        assert_eq!(
            code(database.list(RecordKind::CREDENTIAL)),
            ErrorCode::RecordCorrupt
        );
        assert_eq!(database.list(RecordKind::COPY).unwrap().len(), 2);
    }
}

#[test]
fn an_older_version_of_one_record_is_refused() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "unused");
    database.suspend().unwrap();
    let old = rusqlite::Connection::open(place.path())
        .unwrap()
        .query_row("SELECT hex(blob) FROM record", [], |row| {
            row.get::<_, String>(0)
        })
        .unwrap();
    set(&database, 1, 1, "used");
    database.close().unwrap();
    place.tamper(&format!("UPDATE record SET version = 1, blob = x'{old}'"));
    assert_eq!(code(place.open().get(&id(1))), ErrorCode::RecordMisplaced);
    // And with the manifest changed to match, the root does not.
    place.tamper("UPDATE manifest SET version = 1, tag = (SELECT substr(blob, -16) FROM record)");
    assert_eq!(
        state(&place),
        IntegrityState::SetMismatch {
            missing: 0,
            extra: 0
        }
    );
}

#[test]
fn a_deleted_row_is_noticed_when_opening() {
    let place = filled();
    place.tamper(&format!("DELETE FROM record WHERE id = {}", hex(1)));
    let missing = IntegrityState::SetMismatch {
        missing: 1,
        extra: 0,
    };
    assert_eq!(state(&place), missing);
    place.tamper(&format!("DELETE FROM manifest WHERE id = {}", hex(1)));
    assert_eq!(state(&place), missing);
    // Also if the count is changed too.
    place.tamper("UPDATE meta SET count = 2");
    assert_eq!(
        state(&place),
        IntegrityState::SetMismatch {
            missing: 0,
            extra: 0
        }
    );
}

#[test]
fn an_added_row_is_noticed_when_opening() {
    let place = filled();
    place.tamper(
        "INSERT INTO record (id, kind, schema, version, key_epoch, blob) \
         SELECT zeroblob(16), kind, schema, version, key_epoch, blob FROM record LIMIT 1",
    );
    assert_eq!(
        state(&place),
        IntegrityState::SetMismatch {
            missing: 0,
            extra: 1
        }
    );
}

#[test]
fn records_of_another_store_are_refused() {
    let place = filled();
    let other = filled();
    other.tamper("UPDATE record SET kind = kind");
    let conn = rusqlite::Connection::open(place.path()).unwrap();
    conn.execute("ATTACH ?1 AS o", [other.path().to_str().unwrap()])
        .unwrap();
    // The same root key even: two stores made from it would differ in their id. Here only the nonces differ.
    conn.execute_batch(
        "UPDATE main.record SET blob = (SELECT blob FROM o.record WHERE id = main.record.id)",
    )
    .unwrap();
    drop(conn);
    assert_eq!(place.open().check().unwrap().len(), 3);
}

#[test]
fn the_file_of_another_store_is_refused() {
    let place = filled();
    let other = Database::open(
        place.dir.path(),
        StoreId::from_bytes([9; 16]),
        place.keyring(),
        1,
        place.anchor.clone(),
        Arc::new(OsRandom),
    );
    assert_eq!(code(other), ErrorCode::SetMismatch);
    place.tamper("UPDATE meta SET store = zeroblob(16)");
    assert_eq!(code(place.try_open()), ErrorCode::SetMismatch);
}

#[test]
fn a_wrong_root_key_reads_nothing() {
    let mut place = filled();
    place.root = 2;
    let database = place.try_open().unwrap();
    assert!(matches!(
        database.integrity(),
        IntegrityState::SetMismatch { .. }
    ));
    assert_eq!(database.check().unwrap().len(), 3);
}

#[test]
fn tables_triggers_and_views_of_others_are_refused() {
    for sql in [
        "CREATE TRIGGER t AFTER UPDATE ON record BEGIN DELETE FROM manifest; END",
        "CREATE VIEW v AS SELECT * FROM record",
        "CREATE TABLE t (a)",
        "CREATE INDEX i ON record (kind)",
        "ALTER TABLE record ADD COLUMN extra TEXT",
        "DROP TABLE manifest",
        "PRAGMA application_id = 7",
    ] {
        let place = filled();
        place.tamper(sql);
        let before = place.files();
        assert_eq!(code(place.try_open()), ErrorCode::StoreCorrupt, "{sql}");
        assert_eq!(place.files()[0], before[0], "{sql}");
    }
}

#[test]
fn nothing_that_was_stored_can_be_read_in_the_files() {
    const SECRETS: [&str; 4] = [
        "Kim Min-jun",
        "900101-1234567",
        "eyJhbGciOiJFUzI1NiJ9",
        "issuer.example",
    ];
    let place = Place::new();
    let database = place.create();
    for (n, secret) in (0..).zip(SECRETS) {
        put(&database, n, RecordKind::BODY, &secret.repeat(40));
        set(&database, n, 1, &format!("changed {secret}"));
    }
    delete(&database, 0);
    let search = |files: Vec<(PathBuf, Vec<u8>)>| {
        assert!(!files.is_empty());
        for (path, bytes) in files {
            for secret in SECRETS {
                for part in secret.as_bytes().windows(8) {
                    let hit = bytes.windows(8).any(|window| window == part);
                    assert!(!hit, "{secret} in {}", path.display());
                }
            }
        }
    };
    assert_eq!(place.files().len(), 3, "database, -wal and -shm");
    search(place.files());
    database.close().unwrap();
    search(place.files());
}
