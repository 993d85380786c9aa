//! Older files put back, lost anchors, older slot files, and adopting what was found.

use super::tampering::{filled, hex, state};
use super::*;
use crate::vault::anchor::AnchorError;

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
    place.anchor.fail_with(Some(AnchorError::HostFailed));
    assert_eq!(code(place.try_open()), ErrorCode::HostFailed);
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
