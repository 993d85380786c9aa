//! Rotation of the root key, and migration of older layouts.

use super::super::migration::Migration;
use super::super::schema::{Layout, MANIFEST, META, RECORD};
use super::*;

fn rotated(place: &Place) -> Keyring {
    place.keyring().with_next(root(2)).unwrap()
}

#[test]
fn after_a_rotation_only_the_new_key_opens_and_everything_is_there() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "one");
    put(&database, 2, RecordKind(40_000), "from the future");
    let before = place.files();
    assert_eq!(database.current_epoch().unwrap(), 1);
    let both = rotated(&place);
    assert!(database.rotate(&both).unwrap().is_empty());
    assert!(
        database.rotate(&both).unwrap().is_empty(),
        "again is harmless"
    );
    assert_eq!(database.current_epoch().unwrap(), 2);
    assert_eq!(text_of(&database, 2), "from the future");
    assert_eq!(database.get(&id(1)).unwrap().version, 1);
    put(&database, 3, RecordKind::COPY, "three");
    database.close().unwrap();
    assert_eq!(Database::peek_epoch(place.dir.path()).unwrap(), 2);
    for keys in [both.only(2).unwrap(), both.clone()] {
        let database = place.open_with(keys, 1).unwrap();
        assert_eq!(database.integrity(), IntegrityState::Ok);
        assert_eq!(database.list(RecordKind::COPY).unwrap().len(), 2);
        assert!(database.check().unwrap().is_empty());
    }
    // The old key alone: the slots are from before.
    assert_eq!(code(place.try_open()), ErrorCode::RolledBack);
    // The old file with both keys, with the old key, and with the new one.
    place.restore(&before);
    let state = place.open_with(both.clone(), 1).unwrap().integrity();
    assert!(
        matches!(state, IntegrityState::RolledBack { .. }),
        "{state:?}"
    );
    let state = place.try_open().unwrap().integrity();
    assert!(
        matches!(state, IntegrityState::RolledBack { .. }),
        "{state:?}"
    );
    assert_eq!(
        code(place.open_with(both.only(2).unwrap(), 1)),
        ErrorCode::RolledBack
    );
}

#[test]
fn nothing_sealed_under_the_old_key_is_left_in_the_files() {
    let place = Place::new();
    let database = place.create();
    for n in 0..50 {
        put(&database, n, RecordKind::COPY, &"x".repeat(1000));
    }
    database.suspend().unwrap();
    let sealed: Vec<Vec<u8>> = rusqlite::Connection::open(place.path())
        .unwrap()
        .prepare("SELECT substr(blob, 1, 24) FROM record")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    database.rotate(&rotated(&place)).unwrap();
    for (path, bytes) in place.files() {
        for nonce in &sealed {
            let hit = bytes.windows(24).any(|window| window == nonce);
            assert!(!hit, "{}", path.display());
        }
    }
}

#[test]
fn a_rotation_that_fails_has_not_happened() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "one");
    place.anchor.set_failing(true);
    let both = rotated(&place);
    assert_eq!(code(database.rotate(&both)), ErrorCode::AnchorFailed);
    place.anchor.set_failing(false);
    assert_eq!(database.current_epoch().unwrap(), 1);
    put(&database, 2, RecordKind::COPY, "two");
    database.close().unwrap();
    for keys in [place.keyring(), both] {
        let database = place.open_with(keys, 1).unwrap();
        assert_eq!(database.integrity(), IntegrityState::Ok);
        assert_eq!(text_of(&database, 2), "two");
    }
}

#[test]
fn a_damaged_record_survives_a_rotation_and_is_named() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "one");
    put(&database, 2, RecordKind::COPY, "two");
    database.close().unwrap();
    place.tamper(&format!(
        "UPDATE record SET schema = 9 WHERE id = x'{}'",
        id(1)
    ));
    let database = place.open();
    let both = rotated(&place);
    assert_eq!(database.rotate(&both).unwrap(), [id(1)]);
    database.close().unwrap();
    let database = place.open_with(both.only(2).unwrap(), 1).unwrap();
    assert_eq!(database.integrity(), IntegrityState::Ok);
    assert_eq!(code(database.get(&id(1))), ErrorCode::RecordCorrupt);
    assert_eq!(text_of(&database, 2), "two");
}

#[test]
fn another_process_notices_a_rotation_and_must_unlock_again() {
    let place = Place::new();
    let first = place.create();
    put(&first, 1, RecordKind::COPY, "one");
    let second = place.open();
    first.rotate(&rotated(&place)).unwrap();
    assert_eq!(code(second.get(&id(1))), ErrorCode::Locked);
    assert_eq!(code(second.commit(Changes::new())), ErrorCode::Locked);
    assert_eq!(text_of(&first, 1), "one");
}

/// A later layout, as a test sees it: one more table, and copies of schema 2.
static NEXT: Layout = Layout {
    version: 3,
    objects: &[MANIFEST, META, "CREATE TABLE more (a)", RECORD],
    migrations: &[
        Migration {
            from: 1,
            sql: "CREATE TABLE more (a)",
            rewrite: |record| {
                let is_old_copy = record.kind == RecordKind::COPY && record.schema == 1;
                is_old_copy.then(|| (2, body("now schema 2")))
            },
        },
        Migration {
            from: 2,
            sql: "",
            rewrite: |_| None,
        },
    ],
};

fn open_next(place: &Place) -> Result<Database, WalletError> {
    let session = opening::session(
        place.dir.path(),
        STORE,
        &place.keyring(),
        1,
        place.anchor.clone(),
        Arc::new(OsRandom),
        &NEXT,
    );
    Ok(opening::open(session)?)
}

fn of_version_1() -> Place {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "copy");
    put(&database, 2, RecordKind::CREDENTIAL, "card");
    database.close().unwrap();
    place
}

#[test]
fn an_older_store_is_migrated_and_the_older_version_refuses_it_then() {
    let place = of_version_1();
    let database = open_next(&place).unwrap();
    assert_eq!(database.integrity(), IntegrityState::Ok);
    let copy = database.get(&id(1)).unwrap();
    assert_eq!((copy.schema, copy.version), (2, 2));
    assert_eq!(copy.body.as_slice(), b"now schema 2");
    assert_eq!(text_of(&database, 2), "card");
    put(&database, 3, RecordKind::COPY, "three");
    database.close().unwrap();
    let before = place.files();
    assert_eq!(code(place.try_open()), ErrorCode::StoreTooNew);
    assert_eq!(
        code(Database::peek_epoch(place.dir.path())),
        ErrorCode::StoreTooNew
    );
    assert_eq!(place.files(), before);
    assert_eq!(open_next(&place).unwrap().integrity(), IntegrityState::Ok);
}

#[test]
fn an_interrupted_migration_has_not_happened_and_is_done_again() {
    let place = of_version_1();
    // The anchor is read, then fails when it is written: after every row was changed, before COMMIT.
    place.anchor.fail_after_writes(0);
    assert_eq!(code(open_next(&place)), ErrorCode::AnchorFailed);
    place.anchor.fail_after_writes(u64::MAX);
    assert_eq!(text_of(&place.open(), 1), "copy");
    let database = open_next(&place).unwrap();
    assert_eq!(database.get(&id(1)).unwrap().schema, 2);
}

#[test]
fn a_migration_does_not_hide_a_rollback() {
    let place = of_version_1();
    let older = place.files();
    put(&place.open(), 3, RecordKind::COPY, "three");
    place.restore(&older);
    let state = open_next(&place).unwrap().integrity();
    assert!(
        matches!(state, IntegrityState::RolledBack { .. }),
        "{state:?}"
    );
}

#[test]
fn a_version_no_migration_starts_from_is_too_old() {
    let place = of_version_1();
    place.tamper("PRAGMA user_version = 0");
    assert_eq!(code(place.try_open()), ErrorCode::StoreTooOld);
    assert_eq!(code(open_next(&place)), ErrorCode::StoreTooOld);
}
