//! The secrets of a store: after an answered change only the new one opens, after an unanswered one exactly one.

use crate::content::Call;
use crate::phone::{Dice, Phone, passphrase, pin};
use pollster::block_on;
use wallet_core::vault::{SlotKind, UnlockWith};
use wallet_core::{ErrorCode, WalletError};

#[derive(Clone)]
pub struct Secrets {
    pub passphrase: u32,
    pub pin: Option<u32>,
    /// `None`: the code in force was made by a call that was never answered.
    pub code: Option<String>,
    /// Secrets that must not open any more.
    old: Vec<Old>,
}

#[derive(Clone)]
enum Old {
    Passphrase(u32),
    Pin(u32),
    Code(String),
}

impl Default for Secrets {
    /// Those of a new store.
    fn default() -> Self {
        Self {
            passphrase: 0,
            pin: Some(0),
            code: None,
            old: Vec::new(),
        }
    }
}

impl Secrets {
    pub fn answered(&mut self, call: &Call, answer: &[String]) {
        let number = || call.with[0].parse::<u32>().unwrap();
        match call.what.as_str() {
            "create" => {
                *self = Self::default();
                self.code = Some(answer[0].clone());
            }
            "change_pin" => self.pin_is(Some(number())),
            "add_pin" => self.pin_is(Some(number())),
            "remove_pin" => self.pin_is(None),
            "change_passphrase" => self.rotated(number(), Some(answer[0].clone())),
            "renew_code" => self.rotated(self.passphrase, Some(answer[0].clone())),
            _ => {}
        }
    }

    fn pin_is(&mut self, new: Option<u32>) {
        if let Some(old) = core::mem::replace(&mut self.pin, new) {
            self.old.push(Old::Pin(old));
        }
    }

    fn rotated(&mut self, passphrase: u32, code: Option<String>) {
        if passphrase != self.passphrase {
            self.old.push(Old::Passphrase(self.passphrase));
        }
        self.passphrase = passphrase;
        if let Some(old) = core::mem::replace(&mut self.code, code) {
            self.old.push(Old::Code(old));
        }
    }

    /// Unlocks with everything that must and with something that must not, after `call` was cut short.
    pub fn check(&mut self, phone: &Phone, call: Option<&Call>, dice: &mut Dice) {
        let number = |call: &Call| call.with[0].parse::<u32>().unwrap();
        match call {
            Some(call) if call.what == "change_pin" => {
                let (old, new) = (self.pin.unwrap(), number(call));
                let [old_opens, new_opens] = both(
                    phone,
                    dice,
                    [UnlockWith::Pin(pin(old)), UnlockWith::Pin(pin(new))],
                );
                assert!(old_opens != new_opens, "exactly one PIN opens");
                if new_opens {
                    self.pin_is(Some(new));
                }
            }
            Some(call) if call.what == "add_pin" => {
                self.settle_added_pin(phone, number(call));
            }
            Some(call) if call.what == "remove_pin" => {
                let digits = pin(self.pin.unwrap());
                if code(phone, UnlockWith::Pin(digits)) == Some(ErrorCode::SlotMissing) {
                    self.pin_is(None);
                }
            }
            Some(call) if call.what == "change_passphrase" => {
                let (old, new) = (passphrase(self.passphrase), passphrase(number(call)));
                let [old_opens, new_opens] = both(
                    phone,
                    dice,
                    [UnlockWith::Passphrase(&old), UnlockWith::Passphrase(&new)],
                );
                assert!(old_opens != new_opens, "exactly one passphrase opens");
                if new_opens {
                    self.rotated(number(call), None);
                }
            }
            Some(call) if call.what == "renew_code" => {
                // The passphrase opens whichever it is; then either the old code does or one that nobody has seen.
                assert!(opens(
                    phone,
                    UnlockWith::Passphrase(&passphrase(self.passphrase))
                ));
                let code = self.code.clone();
                if code.is_some_and(|code| !opens(phone, UnlockWith::RecoveryCode(code.as_bytes())))
                {
                    self.rotated(self.passphrase, None);
                }
            }
            _ => {}
        }
        self.check_old(phone, dice);
        assert!(opens(
            phone,
            UnlockWith::Passphrase(&passphrase(self.passphrase))
        ));
        match self.pin {
            Some(n) => assert!(opens(phone, UnlockWith::Pin(pin(n)))),
            None => assert_eq!(
                code(phone, UnlockWith::Pin(pin(0))),
                Some(ErrorCode::SlotMissing)
            ),
        }
        if let Some(code) = &self.code {
            assert!(opens(phone, UnlockWith::RecoveryCode(code.as_bytes())));
        }
    }

    /// One secret that is no longer in force does not open.
    fn check_old(&self, phone: &Phone, dice: &mut Dice) {
        let newest = self.old.len().min(4);
        if newest == 0 || !dice.one_in(2) {
            return;
        }
        let back = 1 + usize::try_from(dice.below(u64::try_from(newest).unwrap())).unwrap();
        let refused = match &self.old[self.old.len() - back] {
            // PINs come round again.
            Old::Pin(n) if self.pin.is_some_and(|now| pin(now) == pin(*n)) => return,
            Old::Pin(n) => code(phone, UnlockWith::Pin(pin(*n))),
            Old::Passphrase(n) => code(phone, UnlockWith::Passphrase(&passphrase(*n))),
            Old::Code(text) => code(phone, UnlockWith::RecoveryCode(text.as_bytes())),
        };
        let allowed = [Some(ErrorCode::WrongSecret), Some(ErrorCode::SlotMissing)];
        assert!(allowed.contains(&refused), "{refused:?}");
    }

    /// A PIN whose adding was not answered is there, or not, or there without a counter, which counts as used up: then
    /// it is taken away.
    fn settle_added_pin(&mut self, phone: &Phone, n: u32) {
        match code(phone, UnlockWith::Pin(pin(n))) {
            None => self.pin = Some(n),
            Some(ErrorCode::SlotMissing) => {}
            Some(ErrorCode::LockedOut) => {
                let vault = phone.vault().unwrap();
                let passphrase = passphrase(self.passphrase);
                block_on(vault.unlock(UnlockWith::Passphrase(&passphrase))).unwrap();
                block_on(vault.remove_slot(SlotKind::Pin)).unwrap();
            }
            Some(other) => panic!("{other:?}"),
        }
    }
}

/// Tries two secrets in either order.
fn both(phone: &Phone, dice: &mut Dice, [first, second]: [UnlockWith<'_>; 2]) -> [bool; 2] {
    if dice.one_in(2) {
        let first = opens(phone, first);
        [first, opens(phone, second)]
    } else {
        let second = opens(phone, second);
        [opens(phone, first), second]
    }
}

fn opens(phone: &Phone, with: UnlockWith<'_>) -> bool {
    match code(phone, with) {
        None => true,
        Some(ErrorCode::WrongSecret) => false,
        Some(other) => panic!("{other:?}"),
    }
}

/// Why a secret does not open.
fn code(phone: &Phone, with: UnlockWith<'_>) -> Option<ErrorCode> {
    let vault = phone.vault().unwrap();
    let refused = block_on(vault.unlock(with)).err()?;
    Some(WalletError::from(refused).code())
}
