//! Changing secrets and slots: what ends, what stays, what is reported.

use super::*;
use crate::error::ErrorCode;

#[test]
fn slots_can_be_added_and_removed_but_the_last_durable_one_stays() {
    let phone = Phone::default();
    let enrolments = Enrolments {
        passphrase: Some(passphrase(PASSPHRASE)),
        ..Enrolments::default()
    };
    let ports = phone.ports_without_device_key();
    let created = block_on(Vault::create(phone.dir(), ports, settings(), enrolments)).unwrap();
    write_record(&created.vault);
    created.vault.lock();

    let (vault, _) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
    block_on(vault.add_pin(&pin(PIN), None)).unwrap();
    block_on(vault.add_os_auth()).unwrap();
    assert_eq!(
        code_of(block_on(vault.add_pin(&pin(OTHER_PIN), None))),
        ErrorCode::StoreExists
    );
    assert_eq!(vault.slots().unwrap().len(), 3);
    for with in [
        UnlockWith::Pin(PIN),
        UnlockWith::OsAuth,
        UnlockWith::Passphrase(PASSPHRASE),
    ] {
        assert!(phone.opens(with));
    }
    let keys = phone.device_key.aliases().len();
    assert_eq!(
        block_on(vault.remove_slot(SlotKind::Pin)).unwrap(),
        Retirement::Retired
    );
    assert_eq!(phone.device_key.aliases().len(), keys - 1);
    assert_eq!(
        code_of(phone.unlock(UnlockWith::Pin(PIN))),
        ErrorCode::SlotMissing
    );
    let refused = block_on(vault.remove_slot(SlotKind::Passphrase));
    assert_eq!(code_of(refused), ErrorCode::NotSupported);
    assert_eq!(
        code_of(block_on(vault.remove_slot(SlotKind::Pin))),
        ErrorCode::SlotMissing
    );
}

#[test]
fn changing_the_pin_ends_the_old_one_for_old_copies_of_the_files_too() {
    let (phone, _) = Phone::with_everything();
    let old_files = [pair::FILE_A, pair::FILE_B].map(|name| {
        let path = phone.dir().join(name);
        (path.clone(), std::fs::read(path).unwrap())
    });
    let (vault, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    assert_eq!(
        block_on(vault.change_pin(PIN, &pin(OTHER_PIN))).unwrap(),
        Retirement::Retired
    );
    vault.lock();
    assert!(phone.opens(UnlockWith::Pin(OTHER_PIN)));
    assert!(!phone.opens(UnlockWith::Pin(PIN)));
    for (path, bytes) in old_files {
        std::fs::write(path, bytes).unwrap();
    }
    assert_eq!(
        code_of(phone.unlock(UnlockWith::Pin(PIN))),
        ErrorCode::DeviceKeyMissing
    );
    let (_, report) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
    assert!(matches!(
        report.integrity,
        IntegrityState::SlotsRolledBack { .. }
    ));
}

#[test]
fn the_old_pin_is_needed_and_the_new_one_must_differ() {
    let (phone, _) = Phone::with_everything();
    let (vault, _) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
    let wrong = block_on(vault.change_pin(b"111222", &pin(OTHER_PIN)));
    assert_eq!(code_of(wrong), ErrorCode::WrongSecret);
    let same = block_on(vault.change_pin(PIN, &pin(PIN)));
    assert_eq!(same, Err(VaultError::WeakPin(PinWeakness::Reused)));
    assert!(phone.opens(UnlockWith::Pin(PIN)));
}

#[test]
fn an_old_hardware_key_that_cannot_be_deleted_is_retired_at_a_later_unlock() {
    let (phone, _) = Phone::with_everything();
    let before = phone.device_key.aliases().len();
    let (vault, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    phone.fail("delete", 0, DeviceKeyError::UnavailableNow);
    let changed = block_on(vault.change_pin(PIN, &pin(OTHER_PIN))).unwrap();
    assert_eq!(changed, Retirement::RetirementPending);
    assert_eq!(phone.device_key.aliases().len(), before + 1);
    let (_, report) = phone.unlock(UnlockWith::Pin(OTHER_PIN)).unwrap();
    assert_eq!(report.advisories, [Advisory::RetirementPending]);
    phone.device_key.inject(None);
    let (_, report) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
    assert_eq!(report.advisories, []);
    assert_eq!(phone.device_key.aliases().len(), before);
}

#[test]
fn a_new_pin_slot_the_hardware_does_not_answer_for_is_taken_back() {
    // prf calls: counter and guess of the old PIN, new key, reading back.
    for after in 2..4 {
        let (phone, _) = Phone::with_everything();
        let (vault, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
        let keys = phone.device_key.aliases();
        phone.fail("prf", after, DeviceKeyError::HardwareFault);
        let failed = block_on(vault.change_pin(PIN, &pin(OTHER_PIN)));
        assert_eq!(code_of(failed), ErrorCode::DeviceKeyFailed);
        phone.device_key.inject(None);
        assert_eq!(phone.device_key.aliases(), keys);
        assert!(phone.opens(UnlockWith::Pin(PIN)));
        assert!(!phone.opens(UnlockWith::Pin(OTHER_PIN)));
    }
}

#[test]
fn changing_the_passphrase_rotates_the_root_key_and_ends_old_secrets_and_copies() {
    let (phone, code) = Phone::with_everything();
    let old_files = [pair::FILE_A, pair::FILE_B].map(|name| {
        let path = phone.dir().join(name);
        (path.clone(), std::fs::read(path).unwrap())
    });
    let (vault, _) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
    let keep = Keep {
        pin: Some(PIN),
        ..Keep::default()
    };
    let rotated =
        block_on(vault.change_passphrase(PASSPHRASE, &passphrase(OTHER_PASSPHRASE), keep)).unwrap();
    assert_eq!(rotated.dropped, []);
    assert!(has_record(&vault));
    vault.lock();
    assert!(phone.opens(UnlockWith::Pin(PIN)));
    assert!(phone.opens(UnlockWith::Passphrase(OTHER_PASSPHRASE)));
    assert!(phone.opens(UnlockWith::RecoveryCode(&rotated.recovery_code.to_text())));
    assert!(!phone.opens(UnlockWith::Passphrase(PASSPHRASE)));
    assert!(!phone.opens(UnlockWith::RecoveryCode(&code)));
    for (path, bytes) in old_files {
        std::fs::write(path, bytes).unwrap();
    }
    // The old slots open, but what they hold opens nothing any more.
    assert!(!phone.opens(UnlockWith::Passphrase(PASSPHRASE)));
    assert!(!phone.opens(UnlockWith::RecoveryCode(&code)));
}

#[test]
fn a_slot_whose_secret_is_not_given_is_dropped_and_reported() {
    let (phone, _) = Phone::with_everything();
    let (vault, _) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
    let rotated = block_on(vault.renew_recovery_code(Keep::default())).unwrap();
    assert_eq!(rotated.dropped, [SlotKind::Pin, SlotKind::Passphrase]);
    vault.lock();
    assert_eq!(
        code_of(phone.unlock(UnlockWith::Pin(PIN))),
        ErrorCode::SlotMissing
    );
    assert!(phone.opens(UnlockWith::RecoveryCode(&rotated.recovery_code.to_text())));
    // Only the store's own hardware key is left.
    assert_eq!(phone.device_key.aliases().len(), 1);
}

#[test]
fn a_rotation_with_a_wrong_secret_to_keep_changes_nothing() {
    let (phone, code) = Phone::with_everything();
    let (vault, _) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
    let keep = Keep {
        pin: Some(b"111222"),
        ..Keep::default()
    };
    let refused =
        block_on(vault.change_passphrase(PASSPHRASE, &passphrase(OTHER_PASSPHRASE), keep));
    assert_eq!(code_of(refused), ErrorCode::WrongSecret);
    for with in [
        UnlockWith::Pin(PIN),
        UnlockWith::Passphrase(PASSPHRASE),
        UnlockWith::RecoveryCode(&code),
    ] {
        assert!(phone.opens(with));
    }
}

#[test]
fn a_process_whose_root_key_was_rotated_by_another_is_told_to_unlock_again() {
    let (phone, _) = Phone::with_everything();
    let (stale, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    let (vault, _) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
    block_on(vault.renew_recovery_code(Keep {
        pin: Some(PIN),
        passphrase: Some(PASSPHRASE),
        os_auth: false,
    }))
    .unwrap();
    let refused = block_on(stale.change_pin(PIN, &pin(OTHER_PIN)));
    assert_eq!(code_of(refused), ErrorCode::Conflict);
    assert!(phone.opens(UnlockWith::Pin(PIN)));
}
