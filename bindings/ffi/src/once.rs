//! What can be used once.

use crate::error::WalletError;
use std::sync::{Mutex, MutexGuard, PoisonError};
use wallet_core::ErrorCode;
use wallet_core::wallet::GivenBack;

/// A value that is taken out by its use. Kotlin and Swift cannot move, so a second use is found at run time.
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn used_up() -> WalletError {
    wallet_core::WalletError::new(ErrorCode::UsedUp).into()
}
