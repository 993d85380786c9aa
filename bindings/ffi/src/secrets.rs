//! Secrets the holder types, and the one the wallet gives out. They cross as bytes: the buffer they come in is the app's to
//! wipe, and here they are wiped when their object is dropped.

use crate::error::WalletError;
use crate::guard::caught;
use std::sync::Arc;
use wallet_core::vault;
use wallet_core::wallet as core;
use zeroize::Zeroizing;

/// A PIN or passphrase to be tried, or a recovery code: whatever was typed, unchecked.
#[derive(uniffi::Object)]
pub struct Secret(Zeroizing<Vec<u8>>);

#[uniffi::export]
impl Secret {
    /// Takes a copy of the bytes (UTF-8). Wipe yours.
    #[uniffi::constructor]
    #[must_use]
    pub fn new(bytes: &[u8]) -> Arc<Self> {
        Arc::new(Self(Zeroizing::new(bytes.to_vec())))
    }
}

impl Secret {
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// A new PIN: 6 to 12 ASCII digits that are not easy to guess.
#[derive(uniffi::Object)]
pub struct Pin(Zeroizing<Vec<u8>>);

#[uniffi::export]
impl Pin {
    /// Checks the digits and takes a copy of them. Wipe yours.
    ///
    /// # Errors
    /// `weak_pin`; the subject says why
    #[uniffi::constructor]
    pub fn new(digits: &[u8]) -> Result<Arc<Self>, WalletError> {
        caught(|| {
            vault::Pin::new(digits).map_err(core_error)?;
            Ok(Arc::new(Self(Zeroizing::new(digits.to_vec()))))
        })
    }
}

impl Pin {
    pub(crate) fn to_core(&self) -> Result<vault::Pin, WalletError> {
        vault::Pin::new(&self.0).map_err(core_error)
    }
}

/// A new passphrase.
#[derive(uniffi::Object)]
pub struct Passphrase(Zeroizing<Vec<u8>>);

#[uniffi::export]
impl Passphrase {
    /// Checks the text (UTF-8) and takes a copy of it. Wipe yours.
    ///
    /// # Errors
    /// `weak_passphrase`; the subject says why
    #[uniffi::constructor]
    pub fn new(text: &[u8]) -> Result<Arc<Self>, WalletError> {
        caught(|| {
            vault::Passphrase::new(text).map_err(core_error)?;
            Ok(Arc::new(Self(Zeroizing::new(text.to_vec()))))
        })
    }
}

impl Passphrase {
    pub(crate) fn to_core(&self) -> Result<vault::Passphrase, WalletError> {
        vault::Passphrase::new(&self.0).map_err(core_error)
    }
}

/// A recovery code, given once. It opens this store and is no backup.
#[derive(uniffi::Object)]
pub struct RecoveryCode(vault::RecoveryCode);

#[uniffi::export]
impl RecoveryCode {
    /// The code as text (ASCII), for the holder to write down. Wipe it after showing.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        self.0.to_text().to_vec()
    }
}

impl RecoveryCode {
    pub(crate) fn of(code: vault::RecoveryCode) -> Arc<Self> {
        Arc::new(Self(code))
    }
}

/// What the holder unlocks with.
#[derive(uniffi::Enum)]
pub enum UnlockWith {
    /// The PIN.
    Pin {
        /// What was typed.
        secret: Arc<Secret>,
    },
    /// The operating system's own authentication.
    OsAuth,
    /// The passphrase.
    Passphrase {
        /// What was typed.
        secret: Arc<Secret>,
    },
    /// The recovery code.
    RecoveryCode {
        /// What was typed.
        secret: Arc<Secret>,
    },
}

impl UnlockWith {
    pub(crate) fn to_core(&self) -> vault::UnlockWith<'_> {
        match self {
            Self::Pin { secret } => vault::UnlockWith::Pin(secret.expose()),
            Self::OsAuth => vault::UnlockWith::OsAuth,
            Self::Passphrase { secret } => vault::UnlockWith::Passphrase(secret.expose()),
            Self::RecoveryCode { secret } => vault::UnlockWith::RecoveryCode(secret.expose()),
        }
    }
}

/// Proof that the holder authenticated just now; good for a minute.
#[derive(uniffi::Object)]
pub struct FreshAuth(pub(crate) core::FreshAuth);

pub(crate) fn core_error(error: vault::VaultError) -> WalletError {
    wallet_core::WalletError::from(error).into()
}
