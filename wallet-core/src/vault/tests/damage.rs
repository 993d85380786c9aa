//! Damaged and doctored slot files: a typed error or a repair, never a wrong key, never a panic, never a loss.

use super::*;
use crate::error::ErrorCode;
use crate::vault::slots::codec::{self, Unreadable};
use crate::vault::slots::wrap::{SlotKey, Stretched};
use crate::vault::slots::{Entry, Slot};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

fn file_bytes(phone: &Phone) -> Vec<u8> {
    std::fs::read(phone.dir().join(pair::FILE_A)).unwrap()
}

fn write(phone: &Phone, name: &str, bytes: &[u8]) {
    std::fs::write(phone.dir().join(name), bytes).unwrap();
}

fn write_both(phone: &Phone, bytes: &[u8]) {
    write(phone, pair::FILE_A, bytes);
    write(phone, pair::FILE_B, bytes);
}

/// As someone would who knows the format but not the root key.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 32;
    let checksum = Sha256::digest(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum);
    bytes
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

#[test]
fn every_flipped_bit_and_every_truncation_is_noticed() {
    let (phone, _) = Phone::with_everything();
    let bytes = file_bytes(&phone);
    for bit in 0..bytes.len() * 8 {
        assert_eq!(
            codec::parse(&flipped(&bytes, bit)),
            Err(Unreadable::Damaged),
            "{bit}"
        );
    }
    for length in 0..bytes.len() {
        assert_eq!(
            codec::parse(&bytes[..length]),
            Err(Unreadable::Damaged),
            "{length}"
        );
    }
    assert_eq!(
        codec::parse(&[&bytes[..], b"x"].concat()),
        Err(Unreadable::Damaged)
    );
    assert_eq!(
        codec::parse(&vec![0; codec::MAX_BYTES + 1]),
        Err(Unreadable::Damaged)
    );
}

/// Every bit of header and slots, flipped by someone who can mend the checksum.
#[test]
fn no_doctored_bit_gives_an_authentic_file_or_another_key() {
    let phone = Phone::default();
    let created = phone.create(everything()).unwrap();
    let vault = &created.vault;
    let keyring = vault.keyring().unwrap();
    let code = created.recovery_code.as_ref().unwrap();
    let store = vault.store_id();
    let bytes = file_bytes(&phone);
    let original = codec::parse(&bytes).unwrap();
    // What the recovery code gives for a slot, whatever its doctored header says it is.
    let open = |slot: &Slot| -> Result<Option<Keyring>, VaultError> {
        let a = Stretched::new(&store, &slot.header, code.expose())?;
        SlotKey::new(&store, &slot.header, &a, None)?.open(&store, slot)
    };
    let recovery = original.table.of_kind(SlotKind::RecoveryCode)[0];
    assert!(open(recovery).unwrap().unwrap().current().1 == keyring.current().1);

    for bit in 0..(bytes.len() - 32) * 8 {
        let Ok(doctored) = codec::parse(&with_checksum(flipped(&bytes, bit))) else {
            continue;
        };
        assert!(!doctored.is_authentic(&keyring).unwrap(), "{bit}");
        for slot in doctored.table.slots() {
            let is_changed = original.table.slots().all(|known| known != slot);
            let needs_stretching =
                matches!(slot.header.kind(), SlotKind::Pin | SlotKind::Passphrase);
            if is_changed && !needs_stretching {
                assert!(!matches!(open(slot), Ok(Some(_))), "{bit}");
            }
        }
    }
}

#[test]
fn one_damaged_missing_or_outdated_copy_is_repaired_from_the_other_and_reported() {
    let (phone, _) = Phone::with_everything();
    let good = file_bytes(&phone);
    let bits = [0, 8 * 30, 8 * 100, 8 * 200 + 3, good.len() * 8 - 1];
    for name in [pair::FILE_A, pair::FILE_B] {
        let mut damaged: Vec<Vec<u8>> = bits.iter().map(|bit| flipped(&good, *bit)).collect();
        damaged.extend([
            Vec::new(),
            good[..good.len() / 2].to_vec(),
            vec![0xaa; 20_000],
        ]);
        // Doctored: the checksum is right, the MAC is not; also with a higher sequence number.
        damaged.extend([
            with_checksum(flipped(&good, 8 * 40)),
            with_checksum(flipped(&good, 8 * 30)),
        ]);
        for bytes in damaged {
            write(&phone, name, &bytes);
            let (vault, report) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
            assert!(has_record(&vault));
            assert_eq!(report.advisories, [Advisory::HeaderRepaired]);
            assert_eq!(std::fs::read(phone.dir().join(name)).unwrap(), good);
        }
        std::fs::remove_file(phone.dir().join(name)).unwrap();
        let (_, report) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
        assert_eq!(report.advisories, [Advisory::HeaderRepaired]);
        let (_, report) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
        assert_eq!(report.advisories, []);
    }
}

#[test]
fn a_repair_is_made_only_after_the_store_was_opened() {
    let (phone, _) = Phone::with_everything();
    let damaged = flipped(&file_bytes(&phone), 99);
    write(&phone, pair::FILE_A, &damaged);
    assert!(phone.unlock(wrong_pin()).is_err());
    assert_eq!(file_bytes(&phone), damaged);
}

#[test]
fn with_both_copies_damaged_the_store_is_corrupt_and_nothing_is_touched() {
    let (phone, _) = Phone::with_everything();
    let damaged = flipped(&file_bytes(&phone), 777);
    write_both(&phone, &damaged);
    assert_eq!(code_of(phone.open()), ErrorCode::HeaderCorrupt);
    assert_eq!(code_of(phone.create(everything())), ErrorCode::StoreExists);
    assert_eq!(file_bytes(&phone), damaged);
    for name in [pair::FILE_A, pair::FILE_B] {
        std::fs::remove_file(phone.dir().join(name)).unwrap();
    }
    assert_eq!(code_of(phone.open()), ErrorCode::HeaderCorrupt);
}

#[test]
fn copies_doctored_in_any_byte_never_open_the_store() {
    let (phone, code) = Phone::with_everything();
    let good = file_bytes(&phone);
    for at in (8..good.len() - 32).step_by(3) {
        let doctored = with_checksum(flipped(&good, at * 8 + at % 8));
        write_both(&phone, &doctored);
        let opened = phone.unlock(UnlockWith::RecoveryCode(&code));
        let allowed = [
            ErrorCode::SlotTampered,
            ErrorCode::WrongSecret,
            ErrorCode::HeaderCorrupt,
            ErrorCode::StoreTooNew,
            ErrorCode::SlotMissing,
        ];
        let error = code_of(opened);
        assert!(allowed.contains(&error), "{at} {error:?}");
    }
    write_both(&phone, &good);
    assert!(phone.opens(UnlockWith::RecoveryCode(&code)));
}

#[test]
fn weakened_key_derivation_is_noticed() {
    let (phone, code) = Phone::with_everything();
    let mut sealed = codec::parse(&file_bytes(&phone)).unwrap();
    for entry in &mut sealed.table.entries {
        if let Entry::Known(slot) = entry
            && let slots::Method::Passphrase { kdf } = &mut slot.header.method
        {
            kdf.passes = 3;
            kdf.memory_kib = 19 * 1024;
        }
    }
    let thief = Keyring::new(1, Secret::take(&mut [9; 32]));
    write_both(&phone, &codec::encode(&sealed.table, &thief).unwrap());
    let opened = phone.unlock(UnlockWith::RecoveryCode(&code));
    assert_eq!(code_of(opened), ErrorCode::SlotTampered);
}

#[test]
fn a_file_of_a_later_version_or_with_an_unknown_critical_flag_is_too_new_and_left_alone() {
    let (phone, _) = Phone::with_everything();
    let good = file_bytes(&phone);
    let store_alias = usize::from(good[40]);
    let first_slot = 41 + store_alias + 1 + 2;
    for (at, value) in [(9, 2), (8, 1), (11, 1), (10, 0x80), (first_slot + 1, 1)] {
        let mut bytes = good.clone();
        bytes[at] = value;
        let newer = with_checksum(bytes);
        for name in [pair::FILE_A, pair::FILE_B] {
            write_both(&phone, &good);
            write(&phone, name, &newer);
            assert_eq!(code_of(phone.open()), ErrorCode::StoreTooNew, "{at}");
            assert_eq!(std::fs::read(phone.dir().join(name)).unwrap(), newer);
        }
    }
}

#[test]
fn a_slot_of_an_unknown_kind_is_kept_through_a_pin_change_and_ignored() {
    let (phone, _) = Phone::with_everything();
    let (vault, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    let foreign = Entry::Unknown([&[200, 0][..], b"of a later version"].concat());
    let keyring = vault.keyring().unwrap();
    vault
        .update_table(&keyring, |table| {
            table.entries.insert(1, foreign.clone());
            Ok(())
        })
        .unwrap();
    block_on(vault.change_pin(PIN, &pin(OTHER_PIN))).unwrap();
    vault.lock();
    assert!(phone.opens(UnlockWith::Pin(OTHER_PIN)));
    let entries = Pair::load(&phone.dir())
        .unwrap()
        .newest()
        .unwrap()
        .entries
        .clone();
    assert!(entries.contains(&foreign));
}

#[test]
fn a_seventeenth_slot_is_refused() {
    let (phone, _) = Phone::with_everything();
    let (vault, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    let keyring = vault.keyring().unwrap();
    vault
        .update_table(&keyring, |table| {
            table
                .entries
                .resize(slots::MAX_SLOTS, Entry::Unknown(vec![200, 0]));
            Ok(())
        })
        .unwrap();
    let refused = block_on(vault.change_pin(PIN, &pin(OTHER_PIN)));
    assert_eq!(code_of(refused), ErrorCode::QuotaExceeded);
    vault.lock();
    assert!(phone.opens(UnlockWith::Pin(PIN)));
}

#[test]
fn slots_of_another_store_do_not_open_this_one() {
    let (phone, code) = Phone::with_everything();
    let (other, _) = Phone::with_everything();
    let vault = phone.open().unwrap();
    write_both(&phone, &file_bytes(&other));
    let opened = vault.begin_unlock(UnlockWith::RecoveryCode(&code));
    assert_eq!(code_of(opened), ErrorCode::SlotTampered);
}

#[test]
fn a_damaged_database_is_corrupt_untouched_and_can_be_salvaged_into_a_new_store() {
    let (phone, _) = Phone::with_everything();
    let path = phone.dir().join("vault.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[..100].fill(0xaa);
    std::fs::write(&path, &bytes).unwrap();
    let vault = phone.open().unwrap();
    // The right PIN is no wrong try, however often.
    for _ in 0..7 {
        let refused = block_on(vault.unlock(UnlockWith::Pin(PIN)));
        assert_eq!(code_of(refused), ErrorCode::StoreCorrupt);
    }
    assert_eq!(code_of(phone.create(everything())), ErrorCode::StoreExists);

    let new = Phone::default().create(everything()).unwrap().vault;
    let wrong = vault.begin_unlock(wrong_pin()).unwrap();
    assert_eq!(
        code_of(block_on(wrong.salvage(&vault, &new))),
        ErrorCode::WrongSecret
    );
    let attempt = vault.begin_unlock(UnlockWith::Pin(PIN)).unwrap();
    let report = block_on(attempt.salvage(&vault, &new)).unwrap();
    assert!(report.lost.is_empty());
    assert!(has_record(&new));
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_not_an_absent_store() {
    use std::os::unix::fs::PermissionsExt as _;
    let (phone, _) = Phone::with_everything();
    let set = |mode| {
        std::fs::set_permissions(phone.dir(), std::fs::Permissions::from_mode(mode)).unwrap()
    };
    set(0o000);
    let opened = phone.open();
    set(0o700);
    // Root may read everything.
    if opened.is_err() {
        assert_eq!(code_of(opened), ErrorCode::ReadOnlyMedium);
    }
    assert!(phone.opens(UnlockWith::Pin(PIN)));
}

proptest! {
    #[test]
    fn no_bytes_make_parsing_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), own in any::<bool>()) {
        let mut bytes = bytes;
        if own {
            bytes = with_checksum([&codec::MAGIC[..], &[0, 1, 0, 0], &bytes, &[0; 64]].concat());
        }
        let _ = codec::parse(&bytes);
    }

    /// There is one encoding of a table: what parses is what would be written.
    #[test]
    fn what_parses_is_encoded_to_the_same_bytes(bit in 0..6000_usize) {
        thread_local! {
            static BYTES: Vec<u8> = file_bytes(&Phone::with_everything().0);
        }
        let good = BYTES.with(Clone::clone);
        let doctored = with_checksum(flipped(&good, bit % ((good.len() - 32) * 8)));
        if let Ok(sealed) = codec::parse(&doctored) {
            let keyring = Keyring::new(sealed.table.mac_epoch, Secret::take(&mut [1; 32]));
            let again = codec::encode(&sealed.table, &keyring).unwrap();
            prop_assert_eq!(&again[..again.len() - 64], &doctored[..doctored.len() - 64]);
        }
    }
}
