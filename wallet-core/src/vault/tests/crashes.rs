//! A crash after any step of any change leaves a store that one of its secrets opens, and the next unlock settles it.

use super::*;
use crate::error::ErrorCode;
use crate::vault::files::faults::crash_after;
use proptest::prelude::*;

/// Runs `work` on a process that dies after `steps` steps.
fn dying_after<T>(steps: u32, work: impl FnOnce() -> T) -> T {
    crash_after(Some(steps));
    let result = work();
    crash_after(None);
    result
}

/// Runs `change` with a crash after each of its steps in turn, until it passes without one; `check` looks at each
/// outcome.
fn at_every_step(change: impl Fn(&Vault) -> bool, check: impl Fn(&Phone, &[u8], bool)) {
    for steps in 0..500 {
        let (phone, code) = Phone::with_everything();
        let (vault, _) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
        let done = dying_after(steps, || {
            let done = change(&vault);
            // What a dead process does not do: close its database tidily.
            drop(vault);
            done
        });
        check(&phone, &code, done);
        if done {
            assert!(steps > 10, "the change has more steps than that");
            return;
        }
    }
    panic!("the change never came to its end");
}

/// Exactly one of the two opens the store, and it stays so.
fn exactly_one_opens(
    phone: &Phone,
    first: UnlockWith<'_>,
    second: UnlockWith<'_>,
    done: bool,
    new: UnlockWith<'_>,
) {
    let (by_first, by_second) = (phone.opens(first), phone.opens(second));
    assert!(by_first != by_second, "{by_first} {by_second}");
    assert!(!done || phone.opens(new));
    let (winner, loser) = if by_first {
        (first, second)
    } else {
        (second, first)
    };
    assert!(phone.opens(winner));
    assert_eq!(code_of(phone.unlock(loser)), ErrorCode::WrongSecret);
    let vault = phone.unlock(winner).unwrap().0;
    assert_eq!(vault.integrity().unwrap(), IntegrityState::Ok);
    let table = Pair::load(&phone.dir()).unwrap().newest().unwrap().clone();
    for slot in table.slots() {
        assert_eq!(
            table.of_kind(slot.header.kind()).len(),
            1,
            "no version is left over"
        );
        assert_eq!(slot.header.epoch, table.mac_epoch);
    }
    assert_eq!(table.retired, Vec::<String>::new());
}

fn change_pin(vault: &Vault) -> bool {
    block_on(vault.change_pin(PIN, &pin(OTHER_PIN))).is_ok()
}

fn change_passphrase(vault: &Vault) -> bool {
    let keep = Keep {
        pin: Some(PIN),
        ..Keep::default()
    };
    block_on(vault.change_passphrase(PASSPHRASE, &passphrase(OTHER_PASSPHRASE), keep)).is_ok()
}

#[test]
fn a_crash_at_any_step_of_a_pin_change_leaves_one_pin_when_the_old_one_is_tried_first() {
    let (old, new) = (UnlockWith::Pin(PIN), UnlockWith::Pin(OTHER_PIN));
    at_every_step(change_pin, |phone, _, done| {
        exactly_one_opens(phone, old, new, done, new)
    });
}

#[test]
fn a_crash_at_any_step_of_a_pin_change_leaves_one_pin_when_the_new_one_is_tried_first() {
    let (old, new) = (UnlockWith::Pin(PIN), UnlockWith::Pin(OTHER_PIN));
    at_every_step(change_pin, |phone, _, done| {
        exactly_one_opens(phone, new, old, done, new)
    });
}

#[test]
fn a_crash_at_any_step_of_a_rotation_leaves_one_passphrase_when_the_old_one_is_tried_first() {
    let (old, new) = (
        UnlockWith::Passphrase(PASSPHRASE),
        UnlockWith::Passphrase(OTHER_PASSPHRASE),
    );
    at_every_step(change_passphrase, |phone, _, done| {
        exactly_one_opens(phone, old, new, done, new);
        assert!(
            phone.opens(UnlockWith::Pin(PIN)),
            "the kept PIN opens in every case"
        );
    });
}

#[test]
fn a_crash_at_any_step_of_a_rotation_leaves_one_passphrase_when_the_new_one_is_tried_first() {
    let (old, new) = (
        UnlockWith::Passphrase(PASSPHRASE),
        UnlockWith::Passphrase(OTHER_PASSPHRASE),
    );
    at_every_step(change_passphrase, |phone, _, done| {
        exactly_one_opens(phone, new, old, done, new);
        assert!(
            phone.opens(UnlockWith::Pin(PIN)),
            "the kept PIN opens in every case"
        );
    });
}

#[test]
fn an_interrupted_rotation_is_undone_or_finished_by_whichever_secret_opens_and_says_so() {
    let mut seen = std::collections::BTreeSet::new();
    at_every_step(change_passphrase, |phone, code, done| {
        let by_code = phone.unlock(UnlockWith::RecoveryCode(code));
        let by_new = phone.unlock(UnlockWith::Passphrase(OTHER_PASSPHRASE));
        assert!(by_code.is_ok() != by_new.is_ok());
        let (_, report) = by_code.or(by_new).unwrap();
        assert!(!done || report.advisories.is_empty());
        SEEN.with_borrow_mut(|seen| seen.extend(report.advisories.iter().map(|a| a.as_str())));
    });
    SEEN.with_borrow_mut(|all| seen.append(all));
    assert!(
        seen.contains("rotation_undone") && seen.contains("rotation_finished"),
        "{seen:?}"
    );
}

thread_local! {
    static SEEN: std::cell::RefCell<std::collections::BTreeSet<&'static str>> = const { std::cell::RefCell::new(std::collections::BTreeSet::new()) };
}

#[test]
fn a_crash_at_any_step_of_making_a_store_leaves_none_and_making_it_again_works() {
    for steps in 0..500 {
        let phone = Phone::default();
        let created = dying_after(steps, || phone.create(everything()).map(drop));
        if created.is_ok() {
            assert!(steps > 20);
            return;
        }
        let before = phone.open();
        if before.is_ok() {
            // All but the answer was done: the marker of making was already gone.
            assert!(phone.unlock(UnlockWith::Pin(PIN)).is_ok());
            continue;
        }
        assert_eq!(code_of(before), ErrorCode::StoreMissing, "{steps}");
        phone.create(everything()).unwrap();
        phone.unlock(UnlockWith::Pin(PIN)).unwrap();
        // The store's key and the PIN's: nothing of the first try is left.
        assert_eq!(phone.device_key.aliases().len(), 2);
    }
    panic!("never made");
}

#[test]
fn a_store_that_could_not_be_filled_is_none_and_can_be_made_again() {
    let phone = Phone::default();
    let filled = block_on(Vault::create_filled(
        phone.dir(),
        phone.ports(),
        settings(),
        everything(),
        |vault| {
            write_record(vault);
            assert_eq!(code_of(phone.open()), ErrorCode::StoreMissing);
            Err::<(), _>(VaultError::Busy)
        },
    ));
    assert_eq!(code_of(filled), ErrorCode::StoreBusy);
    assert_eq!(code_of(phone.open()), ErrorCode::StoreMissing);
    phone.create(everything()).unwrap();
    assert!(phone.unlock(UnlockWith::Pin(PIN)).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The change dies, then settling it dies (twice): still a secret opens the store.
    #[test]
    fn crashes_while_settling_a_crash_lose_nothing(
        rotation: bool,
        steps in 0..60_u32,
        settling in proptest::collection::vec((any::<bool>(), 0..40_u32), 1..3),
    ) {
        let (phone, _) = Phone::with_everything();
        let (vault, _) = phone.unlock(UnlockWith::Passphrase(PASSPHRASE)).unwrap();
        let (old, new) = if rotation {
            (UnlockWith::Passphrase(PASSPHRASE), UnlockWith::Passphrase(OTHER_PASSPHRASE))
        } else {
            (UnlockWith::Pin(PIN), UnlockWith::Pin(OTHER_PIN))
        };
        dying_after(steps, || {
            if rotation { change_passphrase(&vault) } else { change_pin(&vault) };
            drop(vault);
        });
        for (with_old, steps) in settling {
            dying_after(steps, || drop(phone.unlock(if with_old { old } else { new })));
        }
        let (by_new, by_old) = (phone.opens(new), phone.opens(old));
        prop_assert!(by_new != by_old, "{} {}", by_new, by_old);
    }
}
