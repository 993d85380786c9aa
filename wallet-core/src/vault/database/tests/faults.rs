//! Media and processes that fail: each error is told apart and nothing is lost.

use super::*;
use std::time::Instant;

fn filled() -> (Place, Database) {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "one");
    (place, database)
}

/// Fails at every write to the anchor a commit makes; whatever happened, the store is whole and goes on.
#[test]
fn a_commit_interrupted_at_any_anchor_write_is_there_as_a_whole_or_not_at_all() {
    for (writes, committed) in [(0, false), (1, true), (2, true)] {
        let (place, database) = filled();
        place.anchor.fail_after_writes(writes);
        let mut changes = Changes::new();
        changes.update(id(1), 1, 1, body("changed"));
        changes.insert(id(2), RecordKind::COPY, 1, body("two"));
        let answered = database.commit(changes);
        assert_eq!(answered.is_ok(), writes == 2);
        place.anchor.fail_after_writes(u64::MAX);
        let check = |database: &Database| {
            assert_eq!(database.integrity(), IntegrityState::Ok);
            assert_eq!(
                text_of(database, 1),
                if committed { "changed" } else { "one" }
            );
            assert_eq!(database.get(&id(2)).is_ok(), committed);
        };
        check(&database);
        let crashed = place.files();
        drop(database);
        place.restore(&crashed);
        check(&place.open());
        // Opening made the anchor final: the state before is a rollback from now on.
        check(&place.open());
    }
}

#[test]
fn a_pending_anchor_that_was_settled_accepts_the_older_state_no_more() {
    let (place, database) = filled();
    let older = place.files();
    place.anchor.fail_after_writes(1);
    let mut changes = Changes::new();
    changes.update(id(1), 1, 1, body("used"));
    assert_eq!(code(database.commit(changes)), ErrorCode::AnchorFailed);
    drop(database);
    place.anchor.fail_after_writes(u64::MAX);
    assert_eq!(text_of(&place.open(), 1), "used");
    place.restore(&older);
    let state = place.try_open().unwrap().integrity();
    assert!(
        matches!(state, IntegrityState::RolledBack { .. }),
        "{state:?}"
    );
}

#[test]
fn opening_works_while_the_anchor_cannot_be_written() {
    let (place, database) = filled();
    place.anchor.fail_after_writes(1);
    assert_eq!(code(database.slots_changed(1)), ErrorCode::AnchorFailed);
    drop(database);
    assert_eq!(text_of(&place.open(), 1), "one");
}

#[test]
fn a_full_medium_is_told_and_the_store_goes_on_when_there_is_room() {
    let (place, database) = filled();
    {
        let session = database.session();
        let conn = session.conn.as_ref().unwrap();
        let pages: i64 = conn
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .unwrap();
    }
    let mut changes = Changes::new();
    changes.update(id(1), 1, 1, body("changed"));
    changes.insert(
        id(2),
        RecordKind::BODY,
        1,
        SecretBytes::new(vec![1; 500_000]),
    );
    assert_eq!(code(database.commit(changes)), ErrorCode::DiskFull);
    assert_eq!(text_of(&database, 1), "one");
    // The connection was replaced, and with it the artificial limit.
    put(&database, 2, RecordKind::BODY, "two");
    database.close().unwrap();
    assert_eq!(place.open().check().unwrap(), []);
}

#[test]
fn another_process_that_holds_the_store_is_waited_for_and_then_told() {
    let (place, database) = filled();
    let other = rusqlite::Connection::open(place.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    database
        .set_busy_timeout(Duration::from_millis(150))
        .unwrap();
    let mut changes = Changes::new();
    changes.insert(id(2), RecordKind::COPY, 1, body("two"));
    let start = Instant::now();
    assert_eq!(code(database.commit(changes)), ErrorCode::StoreBusy);
    assert!(start.elapsed() >= Duration::from_millis(140));
    // Reading does not wait for a writer.
    assert_eq!(text_of(&database, 1), "one");
    other.execute_batch("ROLLBACK").unwrap();
    put(&database, 2, RecordKind::COPY, "two");
}

#[test]
fn the_waiting_time_survives_a_suspension() {
    let (place, database) = filled();
    database
        .set_busy_timeout(Duration::from_millis(50))
        .unwrap();
    database.suspend().unwrap();
    assert_eq!(text_of(&database, 1), "one");
    let other = rusqlite::Connection::open(place.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    assert_eq!(code(database.commit(Changes::new())), ErrorCode::StoreBusy);
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn two_connections_see_each_others_commits_and_conflict_openly() {
    let (place, first) = filled();
    let second = place.open();
    put(&second, 2, RecordKind::COPY, "two");
    assert_eq!(text_of(&first, 2), "two");
    set(&first, 2, 1, "changed by the first");
    assert_eq!(text_of(&second, 2), "changed by the first");
    let mut changes = Changes::new();
    changes.update(id(2), 1, 1, body("late"));
    assert_eq!(code(second.commit(changes)), ErrorCode::Conflict);
    set(&second, 2, 2, "changed by the second");
    assert_eq!(first.list(RecordKind::COPY).unwrap().len(), 2);
    assert_eq!(first.ids(RecordKind::COPY).unwrap().len(), 2);
    assert_eq!(text_of(&first, 2), "changed by the second");
    second.slots_changed(8).unwrap();
    assert_eq!(first.integrity(), IntegrityState::Ok);
    put(&first, 3, RecordKind::COPY, "three");
    drop((first, second));
    let state = place.open_with(place.keyring(), 7).unwrap().integrity();
    assert_eq!(
        state,
        IntegrityState::SlotsRolledBack {
            have: 7,
            expected: 8
        }
    );
}

#[test]
fn a_rollback_under_a_running_process_is_noticed() {
    let (place, database) = filled();
    database.suspend().unwrap();
    let older = place.files();
    put(&database, 2, RecordKind::COPY, "two");
    database.suspend().unwrap();
    place.restore(&older);
    let mut changes = Changes::new();
    changes.insert(id(3), RecordKind::COPY, 1, body("three"));
    assert_eq!(code(database.commit(changes)), ErrorCode::RolledBack);
    assert!(matches!(
        database.integrity(),
        IntegrityState::RolledBack { .. }
    ));
}

#[test]
fn a_store_that_vanished_is_missing_and_not_made_anew() {
    let (place, database) = filled();
    database.suspend().unwrap();
    std::fs::remove_file(place.path()).unwrap();
    assert_eq!(code(database.get(&id(1))), ErrorCode::StoreMissing);
    assert_eq!(
        code(database.commit(Changes::new())),
        ErrorCode::StoreMissing
    );
    assert!(place.files().is_empty());
}

#[test]
fn a_folder_that_is_missing_or_a_file_is_told() {
    let place = Place::new();
    let create = |dir: PathBuf| {
        let random = Arc::new(OsRandom);
        code(Database::create(
            &dir,
            STORE,
            place.keyring(),
            1,
            place.anchor.clone(),
            random,
        ))
    };
    assert_eq!(
        create(place.dir.path().join("none")),
        ErrorCode::StoreMissing
    );
    let file = place.dir.path().join("file");
    std::fs::write(&file, b"").unwrap();
    assert_eq!(create(file), ErrorCode::IoFailed);
}

/// The path a holder's phone takes when it cannot write: SQLite refuses, whatever the user's rights are.
#[test]
fn a_connection_that_cannot_write_reads_and_says_why_it_does_not_write() {
    let (_place, database) = filled();
    {
        let session = database.session();
        let conn = session.conn.as_ref().unwrap();
        conn.pragma_update(None, "query_only", true).unwrap();
    }
    let mut changes = Changes::new();
    changes.insert(id(2), RecordKind::COPY, 1, body("two"));
    assert_eq!(code(database.commit(changes)), ErrorCode::ReadOnlyMedium);
    assert_eq!(text_of(&database, 1), "one");
}

/// A random generator that does not work.
struct Broken;

impl Random for Broken {
    fn fill(&self, _: &mut [u8]) -> Result<(), WalletError> {
        Err(WalletError::new(ErrorCode::RandomUnavailable))
    }
}

#[test]
fn without_randomness_nothing_is_written() {
    let (place, database) = filled();
    database.close().unwrap();
    let broken = Database::open(
        place.dir.path(),
        STORE,
        place.keyring(),
        1,
        place.anchor.clone(),
        Arc::new(Broken),
    )
    .unwrap();
    let mut changes = Changes::new();
    changes.insert(id(2), RecordKind::COPY, 1, body("two"));
    assert_eq!(code(broken.commit(changes)), ErrorCode::RandomUnavailable);
    assert_eq!(code(broken.get(&id(2))), ErrorCode::NotFound);
}
