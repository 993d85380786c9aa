//! Reading and writing as it should go.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[test]
fn records_are_there_after_closing_and_opening() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::CREDENTIAL, "card");
    put(&database, 2, RecordKind::BODY, "bytes");
    set(&database, 2, 1, "other bytes");
    database.close().unwrap();
    let database = place.open();
    assert_eq!(text_of(&database, 1), "card");
    let record = database.get(&id(2)).unwrap();
    assert_eq!(record.body.as_slice(), b"other bytes");
    assert_eq!(
        (record.id, record.kind, record.schema, record.version),
        (id(2), RecordKind::BODY, 1, 2)
    );
    assert_eq!(database.ids(RecordKind::BODY).unwrap(), [id(2)]);
    assert_eq!(database.list(RecordKind::CREDENTIAL).unwrap().len(), 1);
    assert!(database.list(RecordKind::HISTORY).unwrap().is_empty());
    assert!(database.check().unwrap().is_empty());
}

#[test]
fn changes_happen_all_or_not_at_all() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "one");
    let mut changes = Changes::new();
    changes.insert(id(2), RecordKind::COPY, 1, body("two"));
    changes.update(id(1), 7, 1, body("never"));
    assert_eq!(code(database.commit(changes)), ErrorCode::Conflict);
    assert_eq!(code(database.get(&id(2))), ErrorCode::NotFound);
    assert_eq!(text_of(&database, 1), "one");
    let mut changes = Changes::new();
    changes.delete(id(1));
    changes.insert(id(3), RecordKind::COPY, 1, body("three"));
    database.commit(changes).unwrap();
    assert_eq!(database.ids(RecordKind::COPY).unwrap(), [id(3)]);
}

#[test]
fn what_is_expected_of_a_record_is_checked() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::COPY, "one");
    let attempt = |change: &dyn Fn(&mut Changes)| {
        let mut changes = Changes::new();
        change(&mut changes);
        code(database.commit(changes))
    };
    let taken = attempt(&|c| c.insert(id(1), RecordKind::COPY, 1, body("")));
    assert_eq!(taken, ErrorCode::Conflict);
    let absent = attempt(&|c| c.update(id(9), 1, 1, body("")));
    assert_eq!(absent, ErrorCode::NotFound);
    assert_eq!(attempt(&|c| c.delete(id(9))), ErrorCode::NotFound);
    let twice = attempt(&|c| {
        c.delete(id(1));
        c.delete(id(1));
    });
    assert_eq!(twice, ErrorCode::Bug);
    let large = attempt(&|c| {
        c.insert(
            id(2),
            RecordKind::COPY,
            1,
            SecretBytes::new(vec![0; MAX_BODY_BYTES + 1]),
        );
    });
    assert_eq!(large, ErrorCode::QuotaExceeded);
    assert_eq!(text_of(&database, 1), "one");
}

#[test]
fn the_largest_body_is_kept() {
    let place = Place::new();
    let database = place.create();
    let mut changes = Changes::new();
    let large = vec![0x77; MAX_BODY_BYTES];
    changes.insert(id(1), RecordKind::BODY, 1, SecretBytes::new(large.clone()));
    database.commit(changes).unwrap();
    database.close().unwrap();
    assert_eq!(place.open().get(&id(1)).unwrap().body.as_slice(), large);
}

#[test]
fn a_body_of_any_size_is_kept_and_replaced_and_passes_for_no_other() {
    let place = Place::new();
    let database = place.create();
    let sizes = [0, 8_000, 65_000, 65_536, 66_000, 300_000];
    for (n, size) in (1..).zip(sizes) {
        let mut changes = Changes::new();
        let body = SecretBytes::new(vec![n; size]);
        changes.insert(id(n.into()), RecordKind::BODY, 1, body);
        database.commit(changes).unwrap();
    }
    database.close().unwrap();
    let database = place.open();
    for (n, size) in (1..).zip(sizes) {
        let kept = database.get(&id(n.into())).unwrap();
        assert_eq!((kept.version, kept.body.to_vec()), (1, vec![n; size]));
        let mut changes = Changes::new();
        let body = SecretBytes::new(vec![n + 100; 300_000 - size]);
        changes.update(id(n.into()), 1, 1, body);
        database.commit(changes).unwrap();
    }
    database.close().unwrap();
    let database = place.open();
    for (n, size) in (1..).zip(sizes) {
        let kept = database.get(&id(n.into())).unwrap();
        assert_eq!(
            (kept.version, kept.body.to_vec()),
            (2, vec![n + 100; 300_000 - size])
        );
    }
    database.close().unwrap();
    // Written in two steps, a sealed record is bound to its place all the same.
    place.tamper(
        "UPDATE record SET blob = (SELECT blob FROM record WHERE rowid = 5) WHERE rowid = 6",
    );
    assert_eq!(code(place.open().get(&id(6))), ErrorCode::RecordMisplaced);
}

#[test]
fn a_store_is_never_overwritten_and_never_made_by_opening() {
    let place = Place::new();
    assert_eq!(code(place.try_open()), ErrorCode::StoreMissing);
    assert_eq!(place.files().len(), 0);
    place.create().close().unwrap();
    let before = place.files();
    let again = Database::create(
        place.dir.path(),
        STORE,
        place.keyring(),
        1,
        place.anchor.clone(),
        Arc::new(OsRandom),
    );
    assert_eq!(code(again), ErrorCode::StoreExists);
    assert_eq!(place.files(), before);
}

#[test]
fn a_creation_that_was_interrupted_does_not_stand_in_the_way() {
    let place = Place::new();
    std::fs::write(place.path().with_extension("db.new"), b"half").unwrap();
    std::fs::write(place.path().with_extension("db.new-wal"), b"half").unwrap();
    assert_eq!(code(place.try_open()), ErrorCode::StoreMissing);
    place.create().close().unwrap();
    assert_eq!(place.files().len(), 1);
    place.open();
}

#[test]
fn closing_leaves_one_file_only_its_owner_can_read() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::BODY, "bytes");
    #[cfg(unix)]
    for (path, _) in place.files() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    database.close().unwrap();
    assert_eq!(place.files().len(), 1);
}

#[test]
fn a_suspended_database_holds_no_file_and_goes_on_when_used() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::BODY, "bytes");
    database.suspend().unwrap();
    assert_eq!(place.files().len(), 1);
    assert_eq!(text_of(&database, 1), "bytes");
    set(&database, 1, 1, "more");
    database.suspend().unwrap();
    database.suspend().unwrap();
    assert_eq!(text_of(&database, 1), "more");
}

#[test]
fn kinds_of_later_versions_are_kept_and_readable() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind(40_000), "from the future");
    database.close().unwrap();
    let database = place.open();
    assert_eq!(database.ids(RecordKind(40_000)).unwrap(), [id(1)]);
    assert_eq!(text_of(&database, 1), "from the future");
}

#[test]
fn the_settings_of_a_connection_are_those_of_the_design() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::BODY, "bytes");
    let session = database.session();
    let conn = session.conn.as_ref().unwrap();
    let pragma = |name: &str| -> String {
        conn.pragma_query_value(None, name, |row| {
            Ok(match row.get_ref(0)? {
                rusqlite::types::ValueRef::Integer(n) => n.to_string(),
                other => other.as_str().unwrap_or("?").to_owned(),
            })
        })
        .unwrap()
    };
    let expected = [
        ("page_size", "8192"),
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("secure_delete", "1"),
        ("mmap_size", "0"),
        ("temp_store", "2"),
        ("trusted_schema", "0"),
        ("cell_size_check", "1"),
        ("foreign_keys", "1"),
        ("journal_size_limit", "4194304"),
        ("wal_autocheckpoint", "1000"),
        ("locking_mode", "normal"),
        ("user_version", "1"),
    ];
    for (name, value) in expected {
        assert_eq!(pragma(name), value, "{name}");
    }
    use rusqlite::config::DbConfig;
    assert!(conn.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE).unwrap());
    assert!(
        !conn
            .db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER)
            .unwrap()
    );
    assert!(rusqlite::version_number() >= 3_051_003);
}

#[test]
fn the_clear_columns_are_exactly_those_of_the_format() {
    let place = Place::new();
    place.create().close().unwrap();
    let conn = rusqlite::Connection::open(place.path()).unwrap();
    let columns: Vec<String> = conn
        .prepare(
            "SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' ORDER BY m.name, c.cid",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(
        columns.join(" "),
        "manifest.rowid manifest.id manifest.kind manifest.version manifest.tag \
         meta.rowid meta.store meta.key_epoch meta.sequence meta.slots_sequence meta.count meta.root \
         record.rowid record.id record.kind record.schema record.version record.key_epoch record.blob"
    );
    let others: i64 = conn
        .query_row(
            "SELECT count(*) FROM sqlite_schema WHERE type != 'table' \
             AND name != 'sqlite_autoindex_record_1'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(others, 0);
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u8, Vec<u8>),
    Update(u8, Vec<u8>),
    Delete(u8),
    Batch(Vec<(u8, Vec<u8>)>),
    Reopen,
    Suspend,
}

fn step() -> impl Strategy<Value = Step> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..700);
    prop_oneof![
        4 => (any::<u8>(), bytes()).prop_map(|(n, b)| Step::Insert(n % 24, b)),
        4 => (any::<u8>(), bytes()).prop_map(|(n, b)| Step::Update(n % 24, b)),
        2 => any::<u8>().prop_map(|n| Step::Delete(n % 24)),
        2 => proptest::collection::vec((0u8..24, bytes()), 0..12).prop_map(Step::Batch),
        1 => Just(Step::Reopen),
        1 => Just(Step::Suspend),
    ]
}

type Model = BTreeMap<u8, (u64, Vec<u8>)>;

fn compare(database: &Database, model: &Model) {
    let found: Model = database
        .list(RecordKind::COPY)
        .unwrap()
        .into_iter()
        .map(|r| (r.id.as_bytes()[15], (r.version, r.body.to_vec())))
        .collect();
    assert_eq!(&found, model);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn any_sequence_of_calls_gives_what_a_map_gives(
        steps in proptest::collection::vec(step(), 1..40)
    ) {
        let place = Place::new();
        let mut database = place.create();
        let mut model = Model::new();
        for step in steps {
            let mut changes = Changes::new();
            let mut next = model.clone();
            let mut valid = true;
            match step {
                Step::Insert(n, bytes) => {
                    changes.insert(id(n.into()), RecordKind::COPY, 1, SecretBytes::new(bytes.clone()));
                    valid = next.insert(n, (1, bytes)).is_none();
                }
                Step::Update(n, bytes) => {
                    let version = model.get(&n).map_or(1, |(v, _)| *v);
                    changes.update(id(n.into()), version, 1, SecretBytes::new(bytes.clone()));
                    valid = next.insert(n, (version + 1, bytes)).is_some();
                }
                Step::Delete(n) => {
                    changes.delete(id(n.into()));
                    valid = next.remove(&n).is_some();
                }
                Step::Batch(list) => {
                    // Updates what is there, inserts what is not; a record named twice makes it invalid.
                    let mut seen = std::collections::BTreeSet::new();
                    for (n, bytes) in list {
                        valid &= seen.insert(n);
                        let secret = SecretBytes::new(bytes.clone());
                        match model.get(&n) {
                            Some((version, _)) => {
                                changes.update(id(n.into()), *version, 1, secret);
                                next.insert(n, (version + 1, bytes));
                            }
                            None => {
                                changes.insert(id(n.into()), RecordKind::COPY, 1, secret);
                                next.insert(n, (1, bytes));
                            }
                        }
                    }
                }
                Step::Reopen => {
                    database.close().unwrap();
                    database = place.open();
                }
                Step::Suspend => database.suspend().unwrap(),
            }
            prop_assert_eq!(database.commit(changes).is_ok(), valid);
            if valid {
                model = next;
            }
            compare(&database, &model);
        }
        database.close().unwrap();
        compare(&place.open(), &model);
    }
}
