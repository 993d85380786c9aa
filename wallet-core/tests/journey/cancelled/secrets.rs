//! Unlocking, changing secrets, making and erasing a store, dropped anywhere: some known secret opens it, no try is
//! lost, and the same call works afterwards.

use super::poll;
use crate::phone::{PASSPHRASE, Phone};
use crate::world::{authenticate, refused};
use pollster::block_on;
use std::sync::Arc;
use wallet_core::ErrorCode;
use wallet_core::vault::database::IntegrityState;
use wallet_core::vault::device_key::DeviceKey as _;
use wallet_core::vault::{
    Enrolments, Erased, KdfProfile, Keep, Passphrase, Pin, SlotKind, UnlockWith, VaultSettings,
};
use wallet_core::wallet::{ChainState, Wallet};
use wallet_parties::Parties;

const PIN: &[u8] = b"730194";
const OTHER_PIN: &[u8] = b"415926";
const WRONG_PIN: &[u8] = b"926415";
const OTHER_PASSPHRASE: &[u8] = b"nimble cedar pocket thunder salad kiosk";

/// Phones with a hardware key, and a wallet with PIN, passphrase and recovery code on each.
struct Phones(Parties);

impl Phones {
    fn new() -> Self {
        Self(Parties::start().unwrap())
    }

    fn empty(&self) -> Phone {
        let mut phone = Phone::trusting(&self.0.anchors);
        phone.device_key = Some(Arc::default());
        phone
    }

    fn with_wallet(&self) -> (Phone, Wallet) {
        let phone = self.empty();
        let (wallet, _) = phone.create();
        let auth = authenticate(&wallet);
        block_on(wallet.add_pin(&auth, &pin(PIN), None)).unwrap();
        (phone, wallet)
    }
}

fn pin(digits: &[u8]) -> Pin {
    Pin::new(digits).unwrap()
}

fn opens(wallet: &Wallet, with: UnlockWith<'_>) -> bool {
    let unlocked = block_on(wallet.unlock(with));
    let is_sound = unlocked.is_ok_and(|report| report.integrity == IntegrityState::Ok);
    is_sound && wallet.history().unwrap().chain == ChainState::Intact
}

fn hardware_keys(phone: &Phone) -> usize {
    let key = phone.device_key.as_ref().unwrap();
    block_on(key.list()).unwrap().len()
}

#[test]
fn an_unlocking_dropped_anywhere_costs_no_try() {
    let phones = Phones::new();
    for times in 1.. {
        let (phone, wallet) = phones.with_wallet();
        wallet.lock();
        let mut is_over = false;
        // More often than there are tries.
        for _ in 0..7 {
            let attempt = wallet.begin_unlock(UnlockWith::Pin(PIN)).unwrap();
            if let Some(unlocked) = poll(wallet.finish_unlock(attempt), times) {
                unlocked.unwrap();
                is_over = true;
            }
            wallet.lock();
        }
        let error = block_on(phone.open().unlock(UnlockWith::Pin(WRONG_PIN))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::WrongSecret, "after {times} polls");
        assert_eq!(error.tries_left(), Some(4), "after {times} polls");
        assert!(opens(&wallet, UnlockWith::Pin(PIN)));
        if is_over {
            assert!(times > 4, "the future was never dropped");
            break;
        }
    }
}

/// Dropping it must not give guesses away: what the hardware has answered is counted.
#[test]
fn a_wrong_pin_is_counted_or_was_not_tried() {
    let phones = Phones::new();
    for times in 1.. {
        let (_phone, wallet) = phones.with_wallet();
        wallet.lock();
        let attempt = wallet.begin_unlock(UnlockWith::Pin(WRONG_PIN)).unwrap();
        let done = poll(wallet.finish_unlock(attempt), times);
        assert!(!wallet.is_unlocked());
        let error = block_on(wallet.unlock(UnlockWith::Pin(WRONG_PIN))).unwrap_err();
        let expected = if done.is_some() { 3 } else { 4 };
        assert_eq!(error.tries_left(), Some(expected), "after {times} polls");
        if done.is_some() {
            assert!(times > 4, "the future was never dropped");
            break;
        }
    }
}

#[test]
fn a_change_of_pin_dropped_anywhere_leaves_the_old_or_the_new_one_and_can_be_made_again() {
    let phones = Phones::new();
    let mut changed_early = 0;
    for times in 1.. {
        let (phone, wallet) = phones.with_wallet();
        let done = poll(wallet.change_pin(PIN, &pin(OTHER_PIN)), times);
        // In the same session, which goes on.
        assert_eq!(wallet.integrity().unwrap(), IntegrityState::Ok);
        if done.is_none() {
            match block_on(wallet.change_pin(PIN, &pin(OTHER_PIN))) {
                Ok(_) => {}
                Err(error) => {
                    assert_eq!(error.code(), ErrorCode::WrongSecret, "after {times} polls");
                    changed_early += 1;
                }
            }
        }
        let again = phone.open();
        assert!(opens(&again, UnlockWith::Pin(OTHER_PIN)), "{times}");
        assert_eq!(
            refused(block_on(again.unlock(UnlockWith::Pin(PIN)))),
            ErrorCode::WrongSecret
        );
        assert!(opens(&again, UnlockWith::Passphrase(PASSPHRASE)));
        if done.is_some() {
            assert!(times > 10 && changed_early > 0);
            assert_eq!(hardware_keys(&phone), 2, "the store's and the PIN's");
            break;
        }
    }
}

#[test]
fn adding_and_removing_a_pin_dropped_anywhere_can_be_done_again() {
    let phones = Phones::new();
    for times in 1.. {
        let (phone, wallet) = phones.with_wallet();
        let auth = authenticate(&wallet);
        let removed = poll(wallet.remove_slot(&auth, SlotKind::Pin), times);
        if removed.is_none() && has_pin(&wallet) {
            block_on(wallet.remove_slot(&auth, SlotKind::Pin)).unwrap();
        }
        assert!(!has_pin(&wallet));
        let added = poll(wallet.add_pin(&auth, &pin(OTHER_PIN), None), times);
        if added.is_none() && !has_pin(&wallet) {
            block_on(wallet.add_pin(&auth, &pin(OTHER_PIN), None)).unwrap();
        }
        let again = phone.open();
        assert!(opens(&again, UnlockWith::Pin(OTHER_PIN)), "{times}");
        assert!(opens(&again, UnlockWith::Passphrase(PASSPHRASE)));
        if removed.is_some() && added.is_some() {
            assert!(times > 4, "the futures were never dropped");
            break;
        }
    }
}

fn has_pin(wallet: &Wallet) -> bool {
    let slots = wallet.slots().unwrap();
    slots.iter().any(|slot| slot.kind == SlotKind::Pin)
}

#[test]
fn a_change_of_passphrase_dropped_anywhere_loses_no_recovery_code_and_can_be_made_again() {
    let phones = Phones::new();
    let new = Passphrase::new(OTHER_PASSPHRASE).unwrap();
    let keep = Keep {
        pin: Some(PIN),
        ..Keep::default()
    };
    for times in 1.. {
        let (phone, wallet) = phones.with_wallet();
        let done = poll(wallet.change_passphrase(PASSPHRASE, &new, keep), times);
        let is_over = done.is_some();
        if let Some(done) = done {
            assert!(done.unwrap().dropped.is_empty());
        } else {
            // In the same session, which goes on.
            assert_eq!(wallet.integrity().unwrap(), IntegrityState::Ok);
            // It was not done without giving out the recovery code: the old passphrase is the right one.
            let rotated = block_on(wallet.change_passphrase(PASSPHRASE, &new, keep));
            assert!(rotated.unwrap().dropped.is_empty(), "{times}");
        }
        let again = phone.open();
        for with in [
            UnlockWith::Passphrase(OTHER_PASSPHRASE),
            UnlockWith::Pin(PIN),
        ] {
            assert!(opens(&again, with), "after {times} polls");
        }
        let old = block_on(again.unlock(UnlockWith::Passphrase(PASSPHRASE)));
        assert_eq!(refused(old), ErrorCode::WrongSecret);
        if is_over {
            assert_eq!(hardware_keys(&phone), 2, "the store's and the PIN's");
            assert!(times > 10, "the future was never dropped");
            break;
        }
    }
}

#[test]
fn a_store_whose_making_was_dropped_is_made_again_and_one_half_erased_is_erased_again() {
    let phones = Phones::new();
    let settings = VaultSettings {
        kdf: KdfProfile::fast_for_tests(),
        ..VaultSettings::default()
    };
    for times in 1.. {
        let phone = phones.empty();
        let make = |pin: &[u8]| {
            let enrolments = Enrolments {
                pin: Some(Pin::new(pin).unwrap()),
                recovery_code: true,
                ..Enrolments::default()
            };
            let (platform, policy) = (phone.platform(), phone.policy.clone());
            Wallet::create(phone.store(), platform, policy, settings, enrolments)
        };
        let made = poll(make(PIN), times).map(Result::unwrap);
        let is_made = made.is_some();
        let (wallet, _) = made.unwrap_or_else(|| block_on(make(PIN)).unwrap());
        assert!(opens(&wallet, UnlockWith::Pin(PIN)), "after {times} polls");
        assert_eq!(hardware_keys(&phone), 2, "after {times} polls");
        drop(wallet);

        let platform = phone.platform();
        let erased = poll(Wallet::erase(&phone.store(), &platform), times);
        if erased.is_none() {
            let again = block_on(Wallet::erase(&phone.store(), &platform)).unwrap();
            assert_eq!(again, Erased::Done);
        }
        assert_eq!(hardware_keys(&phone), 0);
        let again = block_on(Wallet::erase(&phone.store(), &platform)).unwrap();
        assert_eq!(again, Erased::NothingThere);
        if is_made && erased.is_some() {
            assert!(times > 4, "the futures were never dropped");
            break;
        }
    }
}
