//! Locking while something else is under way.

use super::*;
use crate::error::ErrorCode;

#[test]
fn what_was_begun_before_a_lock_does_not_unlock_after_it_and_costs_no_try() {
    let (phone, _) = Phone::with_everything();
    let vault = phone.open().unwrap();
    for with in [UnlockWith::Pin(PIN), UnlockWith::Passphrase(PASSPHRASE)] {
        for _ in 0..6 {
            let attempt = vault.begin_unlock(with).unwrap();
            vault.lock();
            let finished = block_on(attempt.finish(&vault));
            assert_eq!(code_of(finished), ErrorCode::Locked);
            assert!(!vault.is_unlocked());
        }
        block_on(vault.unlock(with)).unwrap();
        assert!(has_record(&vault));
        vault.lock();
    }
}

#[test]
fn an_open_vault_that_is_locked_while_the_holder_authenticates_again_stays_locked() {
    let (phone, _) = Phone::with_everything();
    let (vault, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    let attempt = vault.begin_unlock(UnlockWith::Pin(PIN)).unwrap();
    vault.lock();
    assert_eq!(code_of(block_on(attempt.finish(&vault))), ErrorCode::Locked);
    assert!(!vault.is_unlocked());
}

#[test]
fn a_session_that_ends_by_itself_does_not_stop_the_holder_from_unlocking_again() {
    let (phone, _) = Phone::with_everything();
    let (vault, _) = phone.unlock(UnlockWith::Pin(PIN)).unwrap();
    let attempt = vault.begin_unlock(UnlockWith::Pin(PIN)).unwrap();
    phone.clock.pass(settings().auto_lock.idle.as_secs());
    assert!(!vault.is_unlocked());
    block_on(attempt.finish(&vault)).unwrap();
    assert!(has_record(&vault));
}
