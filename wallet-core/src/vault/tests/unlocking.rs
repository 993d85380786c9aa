//! Creating, opening, unlocking, locking, and the rules about slots.

use super::*;
use crate::error::ErrorCode;
use proptest::prelude::*;

#[test]
fn each_secret_opens_the_store_and_finds_the_records() {
    let (phone, code) = Phone::with_everything();
    for with in [
        UnlockWith::Pin(PIN),
        UnlockWith::Passphrase(PASSPHRASE),
        UnlockWith::RecoveryCode(&code),
    ] {
        let (vault, report) = phone.unlock(with).unwrap();
        assert!(has_record(&vault));
        assert_eq!(report.slot, with.kind());
        assert_eq!(report.integrity, IntegrityState::Ok);
        assert_eq!(report.advisories, []);
    }
}

#[test]
fn the_vault_can_be_shared_between_threads() {
    fn shareable<T: Send + Sync>() {}
    shareable::<Vault>();
    fn is_send<T: Send>(_: T) {}
    let phone = Phone::default();
    let vault = phone.create(everything()).unwrap().vault;
    is_send(vault.unlock(UnlockWith::OsAuth));
    is_send(vault.change_pin(PIN, &pin(OTHER_PIN)));
    is_send(vault.change_passphrase(PASSPHRASE, &passphrase(OTHER_PASSPHRASE), Keep::default()));
}

#[test]
fn a_wrong_secret_says_so_and_how_many_tries_are_left() {
    let (phone, _) = Phone::with_everything();
    let vault = phone.open().unwrap();
    let wrong = block_on(vault.unlock(wrong_pin())).err().unwrap();
    assert_eq!(
        wrong,
        VaultError::WrongSecret {
            tries_left: 4,
            wait_seconds: 0
        }
    );
    assert_eq!(WalletError::from(wrong).code(), ErrorCode::WrongSecret);
    let wrong = block_on(vault.unlock(UnlockWith::Passphrase(OTHER_PASSPHRASE)));
    assert_eq!(code_of(wrong), ErrorCode::WrongSecret);
    let other = RecoveryCode::make(&OsRandom).unwrap().to_text();
    let wrong = block_on(vault.unlock(UnlockWith::RecoveryCode(&other)));
    assert_eq!(code_of(wrong), ErrorCode::WrongSecret);
    assert!(!vault.is_unlocked());
}

#[test]
fn a_mistyped_recovery_code_is_told_from_a_wrong_one() {
    let (phone, code) = Phone::with_everything();
    let mut typed = code.to_vec();
    typed[0] = if typed[0] == b'Q' { b'P' } else { b'Q' };
    let refused = phone.unlock(UnlockWith::RecoveryCode(&typed));
    assert_eq!(code_of(refused), ErrorCode::RecoveryCodeMalformed);
}

#[test]
fn no_store_is_store_missing_and_nothing_is_made() {
    let phone = Phone::default();
    assert_eq!(code_of(phone.open()), ErrorCode::StoreMissing);
    assert!(!phone.dir().exists());
}

#[test]
fn a_store_is_never_overwritten() {
    let (phone, _) = Phone::with_everything();
    assert_eq!(code_of(phone.create(everything())), ErrorCode::StoreExists);
    for file in [pair::FILE_A, pair::FILE_B] {
        std::fs::remove_file(phone.dir().join(file)).unwrap();
    }
    assert_eq!(code_of(phone.create(everything())), ErrorCode::StoreExists);
}

#[test]
fn a_kind_of_secret_the_store_does_not_have_is_slot_missing() {
    let (phone, _) = Phone::with_everything();
    assert_eq!(
        code_of(phone.unlock(UnlockWith::OsAuth)),
        ErrorCode::SlotMissing
    );
}

#[test]
fn unsafe_configurations_are_refused_with_the_reason() {
    type R = UnsafeReason;
    let phone = Phone::default();
    let refused = |ports: Ports, enrolments: Enrolments| match block_on(Vault::create(
        phone.dir(),
        ports,
        settings(),
        enrolments,
    ))
    .err()
    .unwrap()
    {
        VaultError::UnsafeConfiguration(reason) => reason,
        other => panic!("{other}"),
    };
    let only_pin = || Enrolments {
        pin: Some(pin(PIN)),
        ..Enrolments::default()
    };
    assert_eq!(
        refused(phone.ports_without_device_key(), everything()),
        R::PinWithoutDeviceKey
    );
    let os_auth = Enrolments {
        os_auth: true,
        recovery_code: true,
        ..Enrolments::default()
    };
    assert_eq!(
        refused(phone.ports_without_device_key(), os_auth),
        R::OsAuthWithoutDeviceKey
    );
    assert_eq!(refused(phone.ports(), Enrolments::default()), R::NoSlot);
    assert_eq!(refused(phone.ports(), only_pin()), R::NoDurableSlot);
    let erase_without_durable = Enrolments {
        erase_pin_after: Some(10),
        accept_loss_on_key_invalidation: true,
        ..only_pin()
    };
    assert_eq!(refused(phone.ports(), erase_without_durable), R::EraseAfter);
    let erase_too_soon = Enrolments {
        erase_pin_after: Some(4),
        ..everything()
    };
    assert_eq!(refused(phone.ports(), erase_too_soon), R::EraseAfter);
    assert!(!phone.dir().exists());
    let accepted = Enrolments {
        accept_loss_on_key_invalidation: true,
        ..only_pin()
    };
    phone.create(accepted).unwrap();
}

#[test]
fn a_passphrase_alone_needs_no_hardware_and_its_tries_are_reported_as_unauthenticated() {
    let phone = Phone::default();
    let enrolments = Enrolments {
        passphrase: Some(passphrase(PASSPHRASE)),
        ..Enrolments::default()
    };
    let ports = phone.ports_without_device_key();
    let created = block_on(Vault::create(
        phone.dir(),
        ports.clone(),
        settings(),
        enrolments,
    ))
    .unwrap();
    assert!(created.vault.device_bound_key().unwrap().is_none());
    let vault = Vault::open(phone.dir(), ports, settings()).unwrap();
    let report = block_on(vault.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
    assert_eq!(
        report.attempts,
        AttemptProtection::Unauthenticated {
            rollback_safe: true
        }
    );
    let (phone, _) = Phone::with_everything();
    let (_, report) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    assert_eq!(
        report.attempts,
        AttemptProtection::Authenticated {
            rollback_safe: true
        }
    );
}

#[test]
fn unlocking_by_the_operating_system_works_and_is_not_counted() {
    let phone = Phone::default();
    let enrolments = Enrolments {
        os_auth: true,
        recovery_code: true,
        ..Enrolments::default()
    };
    write_record(&phone.create(enrolments).unwrap().vault);
    let (vault, report) = phone.unlock(UnlockWith::OsAuth).unwrap();
    assert!(has_record(&vault));
    assert_eq!(report.attempts, AttemptProtection::NotCounted);
}

#[test]
fn every_error_of_the_hardware_key_is_told_apart_and_costs_no_try() {
    for (error, code) in [
        (
            DeviceKeyError::UnavailableNow,
            ErrorCode::DeviceKeyUnavailableNow,
        ),
        (DeviceKeyError::UserCancelled, ErrorCode::UserCancelled),
        (DeviceKeyError::AuthRequired, ErrorCode::UserAuthRequired),
        (DeviceKeyError::Invalidated, ErrorCode::DeviceKeyInvalidated),
        (DeviceKeyError::NotFound, ErrorCode::DeviceKeyMissing),
        (
            DeviceKeyError::LockedOut { seconds: 7 },
            ErrorCode::LockedOut,
        ),
        (DeviceKeyError::HardwareFault, ErrorCode::DeviceKeyFailed),
        (DeviceKeyError::Unsupported, ErrorCode::NotSupported),
        (DeviceKeyError::HostFailed, ErrorCode::HostFailed),
    ] {
        // The first call is for the attempt counter, the second is the guess.
        for after in [0, 1] {
            let (phone, _) = Phone::with_everything();
            for _ in 0..7 {
                phone.fail("prf", after, error);
                assert_eq!(code_of(phone.unlock(UnlockWith::Pin(PIN))), code);
            }
            phone.device_key.inject(None);
            assert!(phone.opens(UnlockWith::Pin(PIN)), "{error} {after}");
        }
    }
}

#[test]
fn without_its_hardware_key_the_store_opens_with_passphrase_or_code_but_holder_keys_need_reissue() {
    let (phone, code) = Phone::with_everything();
    let moved = Phone {
        folder: phone.folder,
        anchor: phone.anchor,
        ..Phone::default()
    };
    assert_eq!(
        code_of(moved.unlock(UnlockWith::Pin(PIN))),
        ErrorCode::DeviceKeyMissing
    );
    let (vault, report) = moved.unlock(UnlockWith::RecoveryCode(&code)).unwrap();
    assert!(has_record(&vault));
    assert_eq!(report.advisories, [Advisory::DeviceKeyUnavailable]);
    assert_eq!(
        code_of(vault.device_bound_key()),
        ErrorCode::DeviceKeyMissing
    );
}

#[test]
fn the_device_bound_key_is_the_same_at_every_unlock_and_survives_a_rotation() {
    let (phone, code) = Phone::with_everything();
    let key_by = |with| {
        phone
            .unlock(with)
            .unwrap()
            .0
            .device_bound_key()
            .unwrap()
            .unwrap()
    };
    let key = key_by(UnlockWith::Pin(PIN));
    assert!(*key == *key_by(UnlockWith::RecoveryCode(&code)));
    let (vault, _) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
    block_on(vault.change_passphrase(PASSPHRASE, &passphrase(OTHER_PASSPHRASE), Keep::default()))
        .unwrap();
    assert!(*key == *key_by(UnlockWith::Passphrase(OTHER_PASSPHRASE)));
}

#[test]
fn work_outside_the_bounds_is_refused_before_it_is_done() {
    let (phone, _) = Phone::with_everything();
    let (vault, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    let keyring = vault.keyring().unwrap();
    for (memory_kib, passes) in [
        (8, 2),
        (2 * 1024 * 1024, 3),
        (64 * 1024, 65),
        (u32::MAX, u32::MAX),
    ] {
        vault
            .update_table(&keyring, |table| {
                for entry in &mut table.entries {
                    if let slots::Entry::Known(slot) = entry
                        && let slots::Method::Pin { kdf, .. } = &mut slot.header.method
                    {
                        *kdf = slots::StatedKdf { memory_kib, passes };
                    }
                }
                Ok(())
            })
            .unwrap();
        let refused = vault.begin_unlock(UnlockWith::Pin(PIN));
        assert_eq!(code_of(refused), ErrorCode::KdfParamsOutOfRange);
    }
}

#[test]
fn no_memory_for_key_derivation_is_an_error_of_its_own() {
    let (phone, _) = Phone::with_everything();
    kdf::test_limit::set(1);
    let refused = phone.unlock(UnlockWith::Pin(PIN));
    kdf::test_limit::set(usize::MAX);
    assert_eq!(code_of(refused), ErrorCode::KdfMemoryUnavailable);
}

#[test]
fn while_locked_every_access_is_refused() {
    let (phone, _) = Phone::with_everything();
    let vault = phone.open().unwrap();
    let read = vault.with_database(|database| database.ids(RecordKind::PROFILE));
    assert_eq!(read.err().unwrap().code(), ErrorCode::Locked);
    assert_eq!(code_of(vault.integrity()), ErrorCode::Locked);
    assert_eq!(code_of(vault.touch()), ErrorCode::Locked);
    assert_eq!(code_of(vault.device_bound_key()), ErrorCode::Locked);
    assert_eq!(
        code_of(block_on(vault.change_pin(PIN, &pin(OTHER_PIN)))),
        ErrorCode::Locked
    );
    assert_eq!(vault.seconds_until_lock(), None);
}

#[test]
fn the_vault_locks_when_idle_after_its_session_and_when_the_clock_is_set() {
    let (phone, _) = Phone::with_everything();
    let vault = phone.open().unwrap();
    let unlock = || block_on(vault.unlock(UnlockWith::Pin(PIN))).unwrap();

    unlock();
    assert_eq!(vault.seconds_until_lock(), Some(60));
    phone.clock.pass(59);
    vault.touch().unwrap();
    phone.clock.pass(59);
    assert_eq!(vault.seconds_until_lock(), Some(1));
    phone.clock.pass(1);
    assert_eq!(code_of(vault.touch()), ErrorCode::Locked);

    unlock();
    for _ in 0..14 {
        phone.clock.pass(59);
        assert!(has_record(&vault));
    }
    phone.clock.pass(59);
    assert!(has_record(&vault));
    assert_eq!(vault.seconds_until_lock(), Some(15));
    phone.clock.pass(15);
    assert!(!has_record(&vault));

    unlock();
    phone.clock.set(-2);
    assert!(vault.is_unlocked());
    phone.clock.set(-3600);
    assert!(!vault.is_unlocked());

    unlock();
    phone.clock.set(3600);
    assert!(!vault.is_unlocked());

    unlock();
    vault.lock();
    assert!(!vault.is_unlocked());
}

#[test]
fn an_attempt_begun_before_the_pin_was_changed_does_not_open_with_the_old_pin() {
    let (phone, _) = Phone::with_everything();
    let late = phone.open().unwrap();
    let attempt = late.begin_unlock(UnlockWith::Pin(PIN)).unwrap();
    let (vault, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    // Even where the old hardware key is still there.
    phone.fail("delete", 0, DeviceKeyError::UnavailableNow);
    let changed = block_on(vault.change_pin(PIN, &pin(OTHER_PIN))).unwrap();
    assert_eq!(changed, Retirement::RetirementPending);
    assert_eq!(
        code_of(block_on(attempt.finish(&late))),
        ErrorCode::WrongSecret
    );
    assert!(!late.is_unlocked());
}

#[test]
fn no_secret_or_its_derivatives_stand_in_the_files() {
    let (phone, code) = Phone::with_everything();
    for entry in std::fs::read_dir(phone.dir()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in [PIN, PASSPHRASE, &code[..], b"a citizen's name"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret));
        }
    }
}

proptest! {
    #[test]
    fn no_entered_bytes_make_unlocking_panic(bytes in proptest::collection::vec(any::<u8>(), 0..50)) {
        let (phone, _) = Phone::with_everything();
        for with in [UnlockWith::Pin(&bytes), UnlockWith::Passphrase(&bytes), UnlockWith::RecoveryCode(&bytes)] {
            prop_assert!(phone.unlock(with).is_err());
        }
    }
}
