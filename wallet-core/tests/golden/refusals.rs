//! Later versions, damage and missing files: each has its code, and nothing on the disk is changed or added by trying.

use super::*;
use sha2::{Digest as _, Sha256};
use wallet_core::vault::database::RecordKind;

const DATABASE: &str = "store/vault.db";
const SLOTS: [&str; 2] = ["store/slots.a", "store/slots.b"];

fn change(files: &mut Snapshot, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
    change(files.get_mut(Path::new(name)).unwrap());
}

/// Changes both slot files and gives them a right checksum.
fn change_slots(files: &mut Snapshot, edit: impl Fn(&mut Vec<u8>)) {
    for name in SLOTS {
        change(files, name, |bytes| {
            bytes.truncate(bytes.len() - 32);
            edit(bytes);
            let digest = Sha256::digest(&*bytes);
            bytes.extend(digest);
        });
    }
}

/// A doctored copy of `cards` is refused with this code, whichever secret is tried, and left as it is.
fn assert_refused(code: ErrorCode, doctor: impl FnOnce(&mut Snapshot)) {
    let golden = Golden::read("cards");
    let mut files = golden.files.clone();
    doctor(&mut files);
    assert_ne!(files, golden.files);
    let copy = Copy::of(&golden, &files);
    for way in golden.ways() {
        assert_eq!(copy.refused(way), code);
    }
    let mut left = copy.place.snapshot();
    // The right secret starts the count of tries anew, and SQLite keeps an empty log beside a file it cannot read.
    for files in [&mut files, &mut left] {
        files.retain(|path, bytes| !path.starts_with("anchor") && !bytes.is_empty());
    }
    assert_eq!(left, files, "{code:?}");
}

fn remove(files: &mut Snapshot, names: &[&str]) {
    for name in names {
        files.remove(Path::new(name)).unwrap();
    }
}

#[test]
fn a_database_of_a_later_layout_is_too_new() {
    // `user_version`, SQLite file format 1.3.
    assert_refused(ErrorCode::StoreTooNew, |files| {
        change(files, DATABASE, |bytes| {
            bytes[60..64].copy_from_slice(&[0, 0, 0, 2])
        });
    });
}

#[test]
fn slot_files_of_a_later_version_are_too_new() {
    assert_refused(ErrorCode::StoreTooNew, |files| {
        change_slots(files, |bytes| bytes[8..10].copy_from_slice(&[0, 2]));
    });
}

#[test]
fn slot_files_with_a_critical_flag_are_too_new() {
    assert_refused(ErrorCode::StoreTooNew, |files| {
        change_slots(files, |bytes| bytes[11] |= 1);
    });
}

#[test]
fn one_slot_file_of_a_later_version_is_enough_to_be_too_new() {
    assert_refused(ErrorCode::StoreTooNew, |files| {
        let older = files[Path::new(SLOTS[1])].clone();
        change_slots(files, |bytes| bytes[8..10].copy_from_slice(&[0, 2]));
        files.insert(SLOTS[1].into(), older);
    });
}

#[test]
fn truncated_slot_files_are_a_corrupt_header() {
    for length in [0, 7, 100, 450] {
        assert_refused(ErrorCode::HeaderCorrupt, |files| {
            for name in SLOTS {
                change(files, name, |bytes| bytes.truncate(length));
            }
        });
    }
}

#[test]
fn a_database_truncated_anywhere_is_corrupt() {
    for length in [0, 50, 8192, 5 * 8192, 12 * 8192] {
        assert_refused(ErrorCode::StoreCorrupt, |files| {
            change(files, DATABASE, |bytes| bytes.truncate(length));
        });
    }
}

/// SQLite takes a page that ends early for one that ends in zeros.
#[test]
fn of_a_database_cut_inside_its_last_page_every_record_is_as_it_was_or_refused() {
    let golden = Golden::read("cards");
    let mut files = golden.files.clone();
    change(&mut files, DATABASE, |bytes| {
        bytes.truncate(12 * 8192 + 100)
    });
    let copy = Copy::of(&golden, &files);
    copy.unlock(&golden.ways()[0]).unwrap();
    let vault = copy.place.vault(golden.clock()).unwrap();
    block_on(vault.unlock(secret(&golden.ways()[0]))).unwrap();
    let known = golden.description["records"].as_array().unwrap();
    let (mut read, mut refused) = (0, 0);
    for kind in (1..=11).map(RecordKind) {
        let each = vault.with_database(|db| db.list_each(kind)).unwrap();
        for (id, record) in each {
            let Ok(record) = record else {
                refused += 1;
                continue;
            };
            let is_known = |known: &&Value| known["id"] == id.to_string();
            let known = known.iter().find(is_known).unwrap();
            let digest = shape::hex(&Sha256::digest(&record.body));
            assert_eq!(known["sha256"], digest);
            read += 1;
        }
    }
    assert_eq!(read + refused, known.len());
    assert!(refused > 0 && read > refused);
}

#[test]
fn a_file_that_is_no_database_is_corrupt() {
    assert_refused(ErrorCode::StoreCorrupt, |files| {
        change(files, DATABASE, |bytes| bytes[..16].fill(b'x'));
    });
}

#[test]
fn a_missing_database_is_missing_and_is_not_made_again() {
    assert_refused(ErrorCode::StoreMissing, |files| remove(files, &[DATABASE]));
}

#[test]
fn missing_slot_files_beside_a_database_are_a_corrupt_header() {
    assert_refused(ErrorCode::HeaderCorrupt, |files| remove(files, &SLOTS));
}

#[test]
fn without_any_of_its_files_there_is_no_store() {
    assert_refused(ErrorCode::StoreMissing, |files| {
        remove(files, &[SLOTS[0], SLOTS[1], DATABASE]);
    });
}

#[test]
fn one_missing_slot_file_is_written_again_once_the_store_is_open() {
    for name in SLOTS {
        let golden = Golden::read("cards");
        let mut files = golden.files.clone();
        remove(&mut files, &[name]);
        let copy = Copy::of(&golden, &files);
        let (_, report) = copy.unlock(&golden.ways()[0]).unwrap();
        assert_eq!(
            report.advisories,
            [wallet_core::vault::Advisory::HeaderRepaired]
        );
        let path = Path::new(name);
        assert_eq!(copy.place.snapshot()[path], golden.files[path]);
    }
}

#[test]
fn a_wrong_secret_is_wrong_in_every_store() {
    for name in names() {
        let golden = Golden::read(&name);
        let copy = golden.copy();
        let wallet = copy.open().unwrap();
        let wrong = match golden.ways()[0]["with"].as_str().unwrap() {
            "pin" => UnlockWith::Pin(b"615983"),
            _ => UnlockWith::Passphrase(b"golden heron lantern pickle staple orbi"),
        };
        let refused = block_on(wallet.unlock(wrong)).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::WrongSecret, "{name}");
    }
}
