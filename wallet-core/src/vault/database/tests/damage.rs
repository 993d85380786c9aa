//! Bit rot and truncation, and what a salvage brings back.

use super::super::salvage::{LossReason, SalvageReport, salvage};
use super::*;
use sha2::{Digest as _, Sha256};

const RECORDS: u64 = 120;

/// The `n`th of a fixed series of numbers below `limit` that follow no pattern.
fn noise(n: usize, limit: usize) -> usize {
    let hash = Sha256::digest(n.to_be_bytes());
    usize::try_from(u64::from_be_bytes(*hash.first_chunk().unwrap()) % limit as u64).unwrap()
}

fn text(n: u64) -> String {
    // Every tenth is long enough for overflow pages.
    let len = if n % 10 == 9 { 12_000 } else { 1_500 };
    format!("record {n} ").repeat(len / 10)
}

/// A store of about 50 pages with a history of changes and deletions; some of it in the WAL if `hot`.
fn filled(hot: bool) -> (Place, Vec<(PathBuf, Vec<u8>)>) {
    let place = Place::new();
    let database = place.create();
    let mut changes = Changes::new();
    for n in 0..RECORDS + 10 {
        changes.insert(id(n), RecordKind::BODY, 1, body("first"));
    }
    database.commit(changes).unwrap();
    if hot {
        database.suspend().unwrap();
    }
    for part in 0..4 {
        let mut changes = Changes::new();
        for n in (0..RECORDS).filter(|n| n % 4 == part) {
            changes.update(id(n), 1, 1, body(&text(n)));
        }
        database.commit(changes).unwrap();
    }
    let mut changes = Changes::new();
    for n in RECORDS..RECORDS + 10 {
        changes.delete(id(n));
    }
    database.commit(changes).unwrap();
    let files = if hot { place.files() } else { Vec::new() };
    database.close().unwrap();
    let files = if hot { files } else { place.files() };
    (place, files)
}

/// Every record that can be read is what was stored. Returns how many cannot.
fn read_all(database: &Database) -> u64 {
    let mut unreadable = 0;
    for n in 0..RECORDS {
        match database.get(&id(n)) {
            Ok(record) => {
                let expected = if record.version == 1 {
                    "first".into()
                } else {
                    text(n)
                };
                assert_eq!(
                    record.body.as_slice(),
                    expected.as_bytes(),
                    "wrong plaintext"
                );
            }
            Err(_) => unreadable += 1,
        }
    }
    unreadable
}

fn rescue(place: &Place) -> (Place, Database, SalvageReport) {
    let before = place.files();
    let new = Place::new();
    let other = StoreId::from_bytes([0x52; 16]);
    let database = Database::create(
        new.dir.path(),
        other,
        Keyring::new(1, root(9)),
        1,
        new.anchor.clone(),
        Arc::new(OsRandom),
    )
    .unwrap();
    let report = salvage(place.dir.path(), STORE, &place.keyring(), &database).unwrap();
    assert_eq!(place.files(), before, "the damaged files are untouched");
    (new, database, report)
}

fn check_rescued(database: &Database, report: &SalvageReport) {
    for record in database.list(RecordKind::BODY).unwrap() {
        let n = u64::from_be_bytes(*record.id.as_bytes().last_chunk().unwrap());
        assert_eq!(record.body.as_slice(), text(n).as_bytes());
    }
    assert_eq!(
        database.ids(RecordKind::BODY).unwrap().len() as u64,
        report.recovered
    );
    // A line of the manifest with a flipped bit in its id names a record that never was.
    let named = report.recovered + report.lost.len() as u64;
    let phantom = u64::from(!report.list_verified);
    assert!((RECORDS..=RECORDS + phantom).contains(&named), "{report:?}");
}

#[test]
fn a_salvage_of_an_undamaged_store_brings_everything_and_nothing_deleted() {
    for hot in [false, true] {
        let (place, files) = filled(hot);
        place.restore(&files);
        let (_new, database, report) = rescue(&place);
        let everything = SalvageReport {
            recovered: RECORDS,
            unlisted: 0,
            lost: Vec::new(),
            list_verified: true,
        };
        assert_eq!(report, everything, "hot {hot}");
        check_rescued(&database, &report);
    }
}

#[test]
fn a_flipped_bit_never_gives_wrong_plaintext_and_costs_at_most_one_record() {
    let (place, files) = filled(false);
    let (path, bytes) = &files[0];
    assert_eq!(files.len(), 1);
    let pages = bytes.len() / 8192;
    assert!(pages >= 40, "{pages}");
    let mut lost = 0;
    for page in 0..pages {
        for flip in 0..2 {
            let mut damaged = bytes.clone();
            let at = page * 8192 + noise(2 * page + flip, 8192);
            damaged[at] ^= 1 << noise(at, 8);
            place.restore(&[(path.clone(), damaged.clone())]);
            if let Ok(database) = place.try_open() {
                read_all(&database);
            }
            if flip == 1 {
                continue; // One salvage per page keeps the test short.
            }
            place.restore(&[(path.clone(), damaged)]);
            let (_new, database, report) = rescue(&place);
            check_rescued(&database, &report);
            assert!(report.lost.len() <= 1, "byte {at}: {:?}", report.lost);
            lost += report.lost.len();
        }
    }
    assert!(lost > pages / 8, "the flips did hit records");
}

#[test]
fn a_flipped_bit_in_the_wal_never_gives_wrong_plaintext_and_is_never_taken_for_good() {
    let (place, files) = filled(true);
    let wal = files
        .iter()
        .position(|(path, _)| path.to_string_lossy().ends_with("-wal"))
        .unwrap();
    let len = files[wal].1.len();
    assert!(len > 8192 * 20);
    for flip in 0..60 {
        let mut damaged = files.clone();
        let at = noise(flip, len);
        damaged[wal].1[at] ^= 1 << noise(at, 8);
        place.restore(&damaged);
        if let Ok(database) = place.try_open() {
            let unreadable = read_all(&database);
            if database.integrity() == IntegrityState::Ok {
                // The flip was in a frame that a later one replaces or in a record.
                assert!(unreadable <= 1);
            }
        }
        place.restore(&damaged);
        let (_new, database, report) = rescue(&place);
        check_rescued(&database, &report);
        assert!(report.lost.len() <= 1, "byte {at}: {:?}", report.lost);
    }
}

#[test]
fn a_truncated_file_is_never_taken_for_good_and_what_is_left_is_saved() {
    let (place, files) = filled(false);
    let (path, bytes) = &files[0];
    let len = bytes.len();
    for left in [
        0,
        1,
        99,
        100,
        4096,
        8191,
        8192,
        8193,
        len / 4,
        len / 2,
        len - 8192,
        len - 1,
    ] {
        let truncated = bytes[..left].to_vec();
        place.restore(&[(path.clone(), truncated.clone())]);
        match place.try_open() {
            Err(error) => assert_eq!(error.code(), ErrorCode::StoreCorrupt, "{left}"),
            Ok(database) => {
                let unreadable = read_all(&database);
                // Near the end there may be nothing but unused bytes.
                let noticed = database.integrity() != IntegrityState::Ok || unreadable > 0;
                assert!(noticed || left > len / 2, "{left}");
            }
        }
        place.restore(&[(path.clone(), truncated)]);
        let (_new, database, report) = rescue(&place);
        for record in database.list(RecordKind::BODY).unwrap() {
            let n = u64::from_be_bytes(*record.id.as_bytes().last_chunk().unwrap());
            assert_eq!(record.body.as_slice(), text(n).as_bytes());
        }
        if left >= len - 8192 {
            assert!(report.recovered >= RECORDS - 12, "{left}: {report:?}");
        }
    }
}

#[test]
fn a_file_of_something_else_is_corrupt_and_left_alone() {
    let place = Place::new();
    for bytes in [b"not a database, but text ".repeat(1000), vec![0; 8192]] {
        std::fs::write(place.path(), &bytes).unwrap();
        assert_eq!(code(place.try_open()), ErrorCode::StoreCorrupt);
        assert_eq!(std::fs::read(place.path()).unwrap(), bytes);
    }
}

#[test]
fn what_is_lost_is_named_with_the_reason() {
    let (place, files) = filled(false);
    place.restore(&files);
    let delete = format!("DELETE FROM record WHERE id = x'{}'", id(3));
    let damage = format!("UPDATE record SET schema = 7 WHERE id = x'{}'", id(4));
    place.tamper(&format!("PRAGMA secure_delete = 1; {delete}; {damage}"));
    let (_new, database, report) = rescue(&place);
    check_rescued(&database, &report);
    let lost = [(id(3), LossReason::Missing), (id(4), LossReason::Damaged)];
    assert_eq!(report.lost, lost);
    assert!(report.list_verified);
}

#[test]
fn without_a_manifest_everything_that_decrypts_is_saved() {
    let (place, files) = filled(false);
    place.restore(&files);
    place.tamper("PRAGMA secure_delete = 1; DELETE FROM manifest; DELETE FROM meta;");
    let (_new, database, report) = rescue(&place);
    check_rescued(&database, &report);
    assert_eq!((report.recovered, report.unlisted), (RECORDS, RECORDS));
    assert!(!report.list_verified);
}

#[test]
fn a_quarantine_is_a_copy_of_all_files_and_never_overwritten() {
    use crate::clock::UnixTime;
    let (place, files) = filled(true);
    place.restore(&files);
    let now = UnixTime::from_secs(1_800_000_000);
    let folder = quarantine(place.dir.path(), now).unwrap();
    assert!(folder.ends_with("quarantine-1800000000"));
    for (path, bytes) in &files {
        let copy = folder.join(path.file_name().unwrap());
        assert_eq!(&std::fs::read(copy).unwrap(), bytes);
    }
    assert_eq!(
        code(quarantine(place.dir.path(), now)),
        ErrorCode::StoreExists
    );
    assert_eq!(
        code(quarantine(&folder.join("none"), now)),
        ErrorCode::StoreMissing
    );
}
