//! What someone with the files, but without the keys, may try.

use super::*;

/// Three records of two kinds, the second changed once.
fn filled() -> Place {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "one");
    put(&database, 2, RecordKind::COPY, "two");
    put(&database, 3, RecordKind::CREDENTIAL, "three");
    set(&database, 2, 1, "two again");
    database.close().unwrap();
    place
}

fn hex(n: u64) -> String {
    format!("x'{}'", id(n))
}

fn state(place: &Place) -> IntegrityState {
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
fn every_older_copy_of_all_files_is_noticed() {
    let place = Place::new();
    let database = place.create();
    let mut older = vec![place.files()];
    for n in 0..8 {
        put(&database, n, RecordKind::COPY, "x");
        older.push(place.files());
    }
    drop(database);
    for (have, files) in older.iter().enumerate() {
        place.restore(files);
        let database = place.try_open().unwrap();
        let newest = have == older.len() - 1;
        let expected = if newest {
            IntegrityState::Ok
        } else {
            IntegrityState::RolledBack {
                have: u64::try_from(have).unwrap() + 1,
                expected: 9,
            }
        };
        assert_eq!(database.integrity(), expected, "{have}");
        if !newest {
            // Reading goes on, writing does not.
            assert_eq!(database.list(RecordKind::COPY).unwrap().len(), have);
            assert_eq!(code(database.commit(Changes::new())), ErrorCode::RolledBack);
        }
    }
}

#[test]
fn an_older_database_with_a_newer_wal_and_the_reverse_are_noticed() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "one");
    database.suspend().unwrap();
    let before = std::fs::read(place.path()).unwrap();
    for n in 2..40 {
        put(&database, n, RecordKind::COPY, "x");
    }
    let wal = place.path().with_extension("db-wal");
    let newer_wal = std::fs::read(&wal).unwrap();
    database.close().unwrap();
    // Without its WAL the older database is a rollback.
    std::fs::write(place.path(), &before).unwrap();
    assert!(matches!(
        state(&place),
        IntegrityState::RolledBack {
            have: 2,
            expected: 40
        }
    ));
    // With it, it is the state last committed.
    std::fs::write(place.path(), &before).unwrap();
    std::fs::write(&wal, &newer_wal).unwrap();
    assert_eq!(place.open().list(RecordKind::COPY).unwrap().len(), 39);
}

#[test]
fn a_lost_anchor_is_told_and_nothing_can_be_written() {
    let place = filled();
    place.anchor.restore(Default::default());
    let database = place.try_open().unwrap();
    assert_eq!(database.integrity(), IntegrityState::AnchorMissing);
    assert_eq!(text_of(&database, 2), "two again");
    assert_eq!(
        code(database.commit(Changes::new())),
        ErrorCode::AnchorMissing
    );
    assert_eq!(code(database.slots_changed(2)), ErrorCode::AnchorMissing);
    assert_eq!(
        code(database.rotate(&place.keyring().with_next(root(2)).unwrap())),
        ErrorCode::AnchorMissing
    );
}

#[test]
fn an_anchor_that_fails_is_not_an_anchor_that_is_lost() {
    let place = filled();
    place.anchor.set_failing(true);
    assert_eq!(code(place.try_open()), ErrorCode::AnchorFailed);
    place.anchor.set_failing(false);
    let database = place.open();
    place.anchor.set_failing(true);
    let mut changes = Changes::new();
    changes.insert(id(9), RecordKind::COPY, 1, body("nine"));
    assert_eq!(code(database.commit(changes)), ErrorCode::AnchorFailed);
    place.anchor.set_failing(false);
    // It failed before COMMIT: nothing is there, and the next commit works.
    assert_eq!(code(database.get(&id(9))), ErrorCode::NotFound);
    put(&database, 9, RecordKind::COPY, "nine");
    database.close().unwrap();
    assert_eq!(text_of(&place.open(), 9), "nine");
}

#[test]
fn older_slot_files_are_noticed_and_newer_ones_are_believed() {
    let place = Place::new();
    let database = place.create();
    database.slots_changed(5).unwrap();
    database.close().unwrap();
    let open = |slots| place.open_with(place.keyring(), slots).unwrap();
    let old = open(4);
    assert_eq!(
        old.integrity(),
        IntegrityState::SlotsRolledBack {
            have: 4,
            expected: 5
        }
    );
    assert_eq!(code(old.commit(Changes::new())), ErrorCode::RolledBack);
    drop(old);
    assert_eq!(open(5).integrity(), IntegrityState::Ok);
    // A crash between writing slot files and telling the database: told now.
    assert_eq!(open(6).integrity(), IntegrityState::Ok);
    assert!(matches!(
        open(5).integrity(),
        IntegrityState::SlotsRolledBack {
            have: 5,
            expected: 6
        }
    ));
}

#[test]
fn adopting_makes_every_bad_state_good_and_older_copies_stay_bad() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "one");
    put(&database, 2, RecordKind::COPY, "two");
    let older = place.files();
    let older_anchor = place.anchor.snapshot();
    put(&database, 3, RecordKind::COPY, "three");
    drop(database);
    let newest = place.files();
    let anchor = place.anchor.snapshot();
    type Attack<'a> = &'a dyn Fn();
    let delete = format!("DELETE FROM record WHERE id = {}", hex(1));
    let attacks: [(&str, Attack<'_>, usize); 5] = [
        ("rolled back", &|| place.restore(&older), 2),
        ("row deleted", &|| place.tamper(&delete), 2),
        (
            "anchor lost",
            &|| place.anchor.restore(Default::default()),
            3,
        ),
        (
            "older anchor",
            &|| place.anchor.restore(older_anchor.clone()),
            3,
        ),
        (
            "manifest emptied",
            &|| place.tamper("DELETE FROM manifest"),
            3,
        ),
    ];
    for (name, attack, records) in attacks {
        place.restore(&newest);
        place.anchor.restore(anchor.clone());
        attack();
        let attacked = place.files();
        let database = place.try_open().unwrap();
        assert_ne!(database.integrity(), IntegrityState::Ok, "{name}");
        let mut changes = Changes::new();
        changes.update(id(2), 1, 1, body("used"));
        database.adopt(changes).unwrap();
        assert_eq!(database.integrity(), IntegrityState::Ok, "{name}");
        put(&database, 4, RecordKind::COPY, "four");
        database.close().unwrap();
        let database = place.open();
        assert_eq!(
            database.list(RecordKind::COPY).unwrap().len(),
            records + 1,
            "{name}"
        );
        assert_eq!(text_of(&database, 2), "used");
        drop(database);
        for files in [&attacked, &newest, &older] {
            place.restore(files);
            let state = place.try_open().unwrap().integrity();
            assert_ne!(state, IntegrityState::Ok, "{name}");
        }
    }
}

#[test]
fn adopting_keeps_a_record_that_does_not_decrypt() {
    let place = filled();
    place.tamper(&format!(
        "UPDATE record SET blob = zeroblob(300) WHERE id = {}; DELETE FROM manifest;",
        hex(1)
    ));
    let database = place.try_open().unwrap();
    database.adopt(Changes::new()).unwrap();
    database.close().unwrap();
    let database = place.open();
    assert_eq!(database.ids(RecordKind::COPY).unwrap(), [id(1), id(2)]);
    assert_eq!(code(database.get(&id(1))), ErrorCode::RecordCorrupt);
}

/// Adopting marks copies used. If the process dies inside it, the state before must not have become a good one.
#[test]
fn an_interrupted_adoption_has_not_made_the_old_state_good() {
    let place = filled();
    place.anchor.restore(Default::default());
    let before = place.files();
    let database = place.try_open().unwrap();
    let mut changes = Changes::new();
    changes.update(id(1), 1, 1, body("used"));
    place.anchor.set_failing(true);
    assert_eq!(code(database.adopt(changes)), ErrorCode::AnchorFailed);
    place.anchor.set_failing(false);
    drop(database);
    assert_eq!(state(&place), IntegrityState::AnchorMissing);
    place.restore(&before);
    assert_eq!(state(&place), IntegrityState::AnchorMissing);
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
    let mut changes = Changes::new();
    changes.delete(id(0));
    database.commit(changes).unwrap();
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
