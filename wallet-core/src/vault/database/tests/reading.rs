//! What was made of a record is kept, and never longer than the record is as it was.

use super::*;
use core::cell::Cell;

/// Reads a record as text and counts how often that had to be done.
struct Reader<'a> {
    database: &'a Database,
    made: Cell<usize>,
}

impl<'a> Reader<'a> {
    fn of(database: &'a Database) -> Self {
        Self {
            database,
            made: Cell::new(0),
        }
    }

    fn read(&self, n: u64) -> Result<Arc<String>, WalletError> {
        self.database.reading(&id(n), |record| {
            self.made.set(self.made.get() + 1);
            String::from_utf8(record.body.to_vec()).map_err(|_| ErrorCode::RecordCorrupt.into())
        })
    }

    fn text(&self, n: u64) -> String {
        self.read(n).unwrap().to_string()
    }
}

#[test]
fn a_record_is_read_once_until_it_changes() {
    let place = Place::new();
    let database = place.create();
    let reader = Reader::of(&database);
    put(&database, 1, RecordKind::BODY, "old");
    put(&database, 2, RecordKind::BODY, "other");
    assert_eq!(reader.text(1), "old");
    assert_eq!(reader.text(1), "old");
    assert_eq!(reader.made.get(), 1);
    set(&database, 2, 1, "changed");
    assert_eq!((reader.text(1), reader.made.get()), ("old".into(), 1));
    set(&database, 1, 1, "new");
    assert_eq!((reader.text(1), reader.made.get()), ("new".into(), 2));
}

#[test]
fn what_another_handle_changed_or_deleted_is_not_told_as_it_was() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::BODY, "old");
    let reader = Reader::of(&database);
    assert_eq!(reader.text(1), "old");
    let other = place.open();
    set(&other, 1, 1, "new");
    assert_eq!(reader.text(1), "new");
    delete(&other, 1);
    assert_eq!(code(reader.read(1)), ErrorCode::NotFound);
    assert!(!database.contains(&id(1)).unwrap());
}

#[test]
fn what_was_just_inserted_need_not_be_read() {
    let place = Place::new();
    let database = place.create();
    let reader = Reader::of(&database);
    put(&database, 1, RecordKind::BODY, "text");
    database.keep_reading(&id(1), 4, "text".to_owned()).unwrap();
    assert_eq!((reader.text(1), reader.made.get()), ("text".into(), 0));
    set(&database, 1, 1, "new");
    assert_eq!((reader.text(1), reader.made.get()), ("new".into(), 1));
}

#[test]
fn what_was_inserted_is_not_kept_once_another_handle_changed_or_deleted_it() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::BODY, "old");
    put(&database, 2, RecordKind::BODY, "gone");
    let other = place.open();
    set(&other, 1, 1, "new");
    delete(&other, 2);
    database.keep_reading(&id(1), 3, "old".to_owned()).unwrap();
    assert_eq!(Reader::of(&database).text(1), "new");
    let deleted = database.keep_reading(&id(2), 4, "gone".to_owned());
    assert_eq!(code(deleted), ErrorCode::NotFound);
}

#[test]
fn nothing_of_it_outlives_the_session_or_a_suspension() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::BODY, "text");
    let kept = Arc::downgrade(&Reader::of(&database).read(1).unwrap());
    assert!(kept.upgrade().is_some());
    database.suspend().unwrap();
    assert!(kept.upgrade().is_none());
    let kept = Arc::downgrade(&Reader::of(&database).read(1).unwrap());
    assert!(kept.upgrade().is_some());
    database.close().unwrap();
    assert!(kept.upgrade().is_none());
}

#[test]
fn a_record_that_cannot_be_read_is_tried_again() {
    let place = Place::new();
    let database = place.create();
    let mut changes = Changes::new();
    changes.insert(id(1), RecordKind::BODY, 1, SecretBytes::new(vec![0xff]));
    database.commit(changes).unwrap();
    let reader = Reader::of(&database);
    assert_eq!(code(reader.read(1)), ErrorCode::RecordCorrupt);
    assert_eq!(code(reader.read(1)), ErrorCode::RecordCorrupt);
    assert_eq!(reader.made.get(), 2);
}

#[test]
fn after_a_new_root_key_a_record_reads_as_before() {
    let place = Place::new();
    let database = place.create();
    put(&database, 1, RecordKind::BODY, "text");
    let reader = Reader::of(&database);
    assert_eq!(reader.text(1), "text");
    let next = place.keyring().with_next(root(2)).unwrap();
    database.rotate(&next).unwrap();
    assert_eq!(reader.text(1), "text");
}
