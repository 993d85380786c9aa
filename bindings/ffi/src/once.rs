//! What can be used once.

use crate::error::WalletError;
use std::sync::{Mutex, MutexGuard};
use wallet_core::ErrorCode;
use wallet_core::wallet::GivenBack;

/// A value that is taken out by its use. Kotlin and Swift cannot move, so a second use is found at run time. One that was
/// being looked at or changed when a panic came is used up: nobody knows what state it is in.
pub(crate) struct Single<T>(Mutex<Option<T>>);

impl<T> Single<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(Some(value)))
    }

    /// Takes the value out.
    pub(crate) fn take(&self) -> Result<T, WalletError> {
        self.slot().take().ok_or_else(used_up)
    }

    /// Puts the value back that an operation gave back.
    pub(crate) fn put_back(&self, value: T) {
        *self.slot() = Some(value);
    }

    /// Puts a card back that a call could not use, and says why.
    pub(crate) fn take_back(&self, given_back: GivenBack<T>) -> WalletError {
        self.put_back(*given_back.card);
        given_back.error.into()
    }

    /// Looks at the value.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&T) -> R) -> Result<R, WalletError> {
        self.slot().as_ref().map(look).ok_or_else(used_up)
    }

    /// Changes the value.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> Result<R, WalletError> {
        self.slot().as_mut().map(change).ok_or_else(used_up)
    }

    fn slot(&self) -> MutexGuard<'_, Option<T>> {
        self.0.lock().unwrap_or_else(|after_panic| {
            let mut slot = after_panic.into_inner();
            *slot = None;
            slot
        })
    }
}

fn used_up() -> WalletError {
    wallet_core::WalletError::new(ErrorCode::UsedUp).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::guard::caught;

    fn code<T>(result: Result<T, WalletError>) -> Option<String> {
        result.err().map(|error| error.fault().code.clone())
    }

    #[test]
    fn a_value_is_taken_once_and_can_be_given_back() {
        let single = Single::new(1);
        assert_eq!(single.with(|value| *value).unwrap(), 1);
        assert_eq!(single.take().unwrap(), 1);
        assert_eq!(code(single.take()).unwrap(), "used_up");
        single.put_back(2);
        assert_eq!(single.take().unwrap(), 2);
    }

    #[test]
    fn a_value_that_a_panic_left_half_changed_is_used_up() {
        let single = Single::new(1);
        let panicking = caught(|| {
            single.change(|value| {
                *value = 2;
                std::panic::resume_unwind(Box::new(()))
            })
        });
        let panicking: Result<(), _> = panicking;
        assert_eq!(code(panicking).unwrap(), "bug");
        assert_eq!(code(single.with(|value| *value)).unwrap(), "used_up");
        assert_eq!(code(single.change(|value| *value = 3)).unwrap(), "used_up");
        assert_eq!(code(single.take()).unwrap(), "used_up");
    }
}
