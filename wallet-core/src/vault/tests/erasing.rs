//! Erasing: hardware keys first, everything gone, resumable anywhere.

use super::*;
use crate::error::ErrorCode;
use crate::secret::Secret;
use crate::vault::device_key::{DeviceKey as _, DeviceKeyPolicy};
use crate::vault::files::faults::crash_after;
use crate::vault::keyring::Keyring;
use crate::vault::slots::pair::Pair;
use crate::vault::slots::{Entry, Method};

fn erase(phone: &Phone) -> Result<Erased, VaultError> {
    block_on(Vault::erase(phone.dir(), &phone.ports()))
}

fn nothing_is_left(phone: &Phone) -> bool {
    let files = std::fs::read_dir(phone.dir()).unwrap().count();
    files == 0 && phone.device_key.aliases().is_empty() && phone.anchor.snapshot().is_empty()
}

#[test]
fn erasing_leaves_no_key_no_cell_and_no_file_and_may_be_repeated() {
    let (phone, _) = Phone::with_everything();
    assert_eq!(erase(&phone).unwrap(), Erased::Done);
    assert!(nothing_is_left(&phone));
    assert_eq!(erase(&phone).unwrap(), Erased::NothingThere);
    assert_eq!(code_of(phone.open()), ErrorCode::StoreMissing);
    phone.create(everything()).unwrap();
}

#[test]
fn what_was_begun_before_erasing_writes_nothing_after_it() {
    let (phone, _) = Phone::with_everything();
    let (unlocked, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    let vault = phone.open().unwrap();
    let begin = |with| vault.begin_unlock(with).unwrap();
    let by_pin = begin(UnlockWith::Pin(PIN));
    let by_passphrase = begin(UnlockWith::Passphrase(PASSPHRASE));
    erase(&phone).unwrap();
    assert_eq!(
        code_of(block_on(by_pin.finish(&vault))),
        ErrorCode::DeviceKeyMissing
    );
    assert_eq!(
        code_of(block_on(by_passphrase.finish(&vault))),
        ErrorCode::StoreMissing
    );
    // Even one that was not locked before.
    let added = block_on(unlocked.change_pin(PIN, &pin(OTHER_PIN)));
    assert!(added.is_err());
    assert!(nothing_is_left(&phone));
}

#[test]
fn what_was_begun_before_erasing_writes_nothing_while_it_is_interrupted() {
    let (phone, _) = Phone::with_everything();
    let vault = phone.open().unwrap();
    let attempt = vault
        .begin_unlock(UnlockWith::Passphrase(PASSPHRASE))
        .unwrap();
    phone.fail("delete", 0, DeviceKeyError::UnavailableNow);
    assert!(erase(&phone).is_err());
    let cells = phone.anchor.snapshot();
    assert_eq!(
        code_of(block_on(attempt.finish(&vault))),
        ErrorCode::ErasePending
    );
    assert_eq!(phone.anchor.snapshot(), cells);
}

#[test]
fn a_store_that_was_erased_cannot_be_brought_back_by_its_files() {
    let (phone, _) = Phone::with_everything();
    let files: Vec<_> = std::fs::read_dir(phone.dir())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    erase(&phone).unwrap();
    for (path, bytes) in files {
        std::fs::write(path, bytes).unwrap();
    }
    phone.clock.pass(60);
    assert_eq!(
        code_of(phone.unlock(UnlockWith::Pin(PIN))),
        ErrorCode::DeviceKeyMissing
    );
}

#[test]
fn a_crash_at_any_step_of_erasing_leaves_the_store_whole_or_erasing_to_be_finished() {
    let mut pending = 0;
    for steps in 0..200 {
        let (phone, _) = Phone::with_everything();
        crash_after(Some(steps));
        let erased = erase(&phone);
        crash_after(None);
        if erased.is_ok() {
            assert!(steps > 10 && pending > 10);
            return;
        }
        match phone.open() {
            Ok(_) => assert!(phone.opens(UnlockWith::Pin(PIN)), "{steps}"),
            Err(error) => {
                let code = code_of::<()>(Err(error));
                if code == ErrorCode::ErasePending {
                    pending += 1;
                    assert_eq!(code_of(phone.create(everything())), ErrorCode::ErasePending);
                } else {
                    // Only the last marker's removal was not flushed.
                    assert_eq!(code, ErrorCode::StoreMissing);
                }
            }
        }
        erase(&phone).unwrap();
        assert!(nothing_is_left(&phone), "{steps}");
    }
    panic!("never erased");
}

#[test]
fn an_unlocked_vault_notices_that_its_store_is_being_erased() {
    let (phone, _) = Phone::with_everything();
    let (vault, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    phone.fail("delete", 0, DeviceKeyError::UnavailableNow);
    assert_eq!(code_of(erase(&phone)), ErrorCode::DeviceKeyUnavailableNow);
    assert_eq!(
        code_of(vault.begin_unlock(UnlockWith::Pin(PIN))),
        ErrorCode::ErasePending
    );
    phone.device_key.inject(None);
    assert_eq!(erase(&phone).unwrap(), Erased::Done);
    assert!(nothing_is_left(&phone));
}

#[test]
fn erasing_without_the_hardware_key_the_slots_name_is_refused_and_changes_nothing() {
    let (phone, _) = Phone::with_everything();
    let refused = block_on(Vault::erase(phone.dir(), &phone.ports_without_device_key()));
    assert_eq!(
        refused,
        Err(VaultError::UnsafeConfiguration(
            UnsafeReason::EraseWithoutDeviceKey
        ))
    );
    assert!(phone.opens(UnlockWith::Pin(PIN)));
}

#[test]
fn a_store_whose_slot_files_are_damaged_can_be_erased_with_its_hardware_keys() {
    let (phone, _) = Phone::with_everything();
    for name in [pair::FILE_A, pair::FILE_B] {
        let path = phone.dir().join(name);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[100] ^= 1;
        std::fs::write(path, bytes).unwrap();
    }
    assert_eq!(code_of(phone.open()), ErrorCode::HeaderCorrupt);
    assert_eq!(erase(&phone).unwrap(), Erased::Done);
    assert!(phone.device_key.aliases().is_empty());
}

#[test]
fn files_that_are_not_the_store_s_stay() {
    let (phone, _) = Phone::with_everything();
    let other = phone.dir().join("holiday.jpg");
    std::fs::write(&other, b"x").unwrap();
    erase(&phone).unwrap();
    assert!(other.exists());
}

/// Writes slot files in which every hardware key has this name. They need no root key: nobody can check them yet.
fn rename_keys(phone: &Phone, alias: &str, erase_after: u8) {
    let mut table = Pair::load(&phone.dir()).unwrap().newest().unwrap().clone();
    for entry in &mut table.entries {
        if let Entry::Known(slot) = entry
            && let Method::Pin {
                alias: old,
                erase_after: limit,
                ..
            } = &mut slot.header.method
        {
            alias.clone_into(old);
            *limit = erase_after;
        }
    }
    table.store_alias = Some(alias.to_owned());
    let forger = Keyring::new(table.mac_epoch, Secret::take(&mut [1; 32]));
    pair::save(&phone.dir(), &table, &forger).unwrap();
}

#[test]
fn keys_of_the_app_or_of_another_store_are_not_deleted_because_slot_files_name_them() {
    let other = "app.database-key";
    let (phone, _) = Phone::with_everything();
    block_on(phone.device_key.create(other, DeviceKeyPolicy::AppOnly)).unwrap();
    rename_keys(&phone, other, 5);
    for _ in 0..20 {
        phone.clock.pass(90_000);
        let _ = phone.unlock(UnlockWith::Pin(PIN));
    }
    assert!(phone.device_key.aliases().contains(&other.to_owned()));
    erase(&phone).unwrap();
    assert_eq!(phone.device_key.aliases(), [other]);
    // Nor because the list of an interrupted erasing does.
    let list = format!("wallet erase 1\nkey {other}\n");
    std::fs::write(phone.dir().join("erase.pending"), list).unwrap();
    let _ = erase(&phone);
    assert_eq!(phone.device_key.aliases(), [other]);
}

#[test]
fn slot_files_that_would_erase_after_fewer_tries_than_any_of_ours_are_damaged() {
    let (phone, _) = Phone::with_everything();
    let before = phone.device_key.aliases();
    let alias = before[0].clone();
    rename_keys(&phone, &alias, 1);
    assert_eq!(code_of(phone.open()), ErrorCode::HeaderCorrupt);
    assert_eq!(phone.device_key.aliases(), before);
}
