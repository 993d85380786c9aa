//! Changing what the store can be opened with.

use super::{NativeWallet, SlotKind};
use crate::error::WalletError;
use crate::platform::ProgressStep;
use crate::secrets::{FreshAuth, Passphrase, Pin, RecoveryCode, Secret};
use std::sync::Arc;
use wallet_core::{ErrorCode, WalletError as CoreError, vault};

/// The secrets that stay when the passphrase or the recovery code is changed. They are checked again; what is not given here
/// no longer opens the store.
#[derive(Clone, Default, uniffi::Record)]
pub struct Keep {
    /// The PIN, if there is one and it is to stay.
    #[uniffi(default = None)]
    pub pin: Option<Arc<Secret>>,
    /// Whether unlocking by the operating system stays; it prompts.
    #[uniffi(default = false)]
    pub os_auth: bool,
    /// The passphrase, where it stays the same.
    #[uniffi(default = None)]
    pub passphrase: Option<Arc<Secret>>,
}

impl Keep {
    fn to_core(&self) -> vault::Keep<'_> {
        vault::Keep {
            pin: self.pin.as_deref().map(Secret::expose),
            os_auth: self.os_auth,
            passphrase: self.passphrase.as_deref().map(Secret::expose),
        }
    }
}

/// What a change of the passphrase or the recovery code leaves.
#[derive(uniffi::Record)]
pub struct Rotated {
    /// The new recovery code. The old one is void; this one is given once.
    pub recovery_code: Arc<RecoveryCode>,
    /// What no longer opens the store, because its secret was not given.
    pub dropped: Vec<SlotKind>,
}

impl Rotated {
    fn of(rotated: vault::Rotated) -> Self {
        Self {
            recovery_code: RecoveryCode::of(rotated.recovery_code),
            dropped: rotated.dropped.into_iter().map(SlotKind::of).collect(),
        }
    }
}

/// Whether what was replaced or removed is gone for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Retirement {
    /// Its hardware key is deleted: old copies of the files do not open with the old secret.
    Retired,
    /// Its hardware key could not be deleted yet; that is tried again at each unlock.
    Pending,
}

impl Retirement {
    const fn of(retirement: vault::Retirement) -> Self {
        match retirement {
            vault::Retirement::Retired => Self::Retired,
            vault::Retirement::RetirementPending => Self::Pending,
        }
    }
}

#[uniffi::export]
impl NativeWallet {
    /// Changes the PIN. The old one is a counted try.
    ///
    /// # Errors
    /// `locked`, `slot_missing`, `wrong_secret`, `locked_out`, `weak_pin`, those of the hardware key
    pub async fn change_pin(
        &self,
        old: Arc<Secret>,
        new: Arc<Pin>,
    ) -> Result<Retirement, WalletError> {
        self.observers.progress(ProgressStep::DerivingKey);
        self.call_async(async {
            let retirement = self.core.change_pin(old.expose(), &new.to_core()?).await?;
            Ok(Retirement::of(retirement))
        })
        .await
    }

    /// Changes the passphrase. Every other secret that is to stay must be in `keep`; the recovery code is made anew.
    ///
    /// # Errors
    /// `locked`, `slot_missing`, `wrong_secret`, `locked_out`, `weak_passphrase`, those of the hardware key
    pub async fn change_passphrase(
        &self,
        old: Arc<Secret>,
        new: Arc<Passphrase>,
        keep: Keep,
    ) -> Result<Rotated, WalletError> {
        self.observers.progress(ProgressStep::DerivingKey);
        self.call_async(async {
            let new = new.to_core()?;
            let change = self
                .core
                .change_passphrase(old.expose(), &new, keep.to_core());
            Ok(Rotated::of(change.await?))
        })
        .await
    }

    /// Makes a new recovery code; the old one is void. Every other secret that is to stay must be in `keep`.
    ///
    /// # Errors
    /// `user_auth_required`, `locked`, `wrong_secret`, `locked_out`, those of the hardware key
    pub async fn renew_recovery_code(
        &self,
        auth: Arc<FreshAuth>,
        keep: Keep,
    ) -> Result<Rotated, WalletError> {
        self.observers.progress(ProgressStep::DerivingKey);
        self.call_async(async {
            let rotated = self.core.renew_recovery_code(&auth.0, keep.to_core());
            Ok(Rotated::of(rotated.await?))
        })
        .await
    }

    /// Adds a PIN; needs a hardware key. `erase_after` wrong ones destroy it, if given.
    ///
    /// # Errors
    /// `user_auth_required`, `locked`, `unsafe_configuration`, those of the hardware key
    pub async fn add_pin(
        &self,
        auth: Arc<FreshAuth>,
        pin: Arc<Pin>,
        erase_after: Option<u8>,
    ) -> Result<(), WalletError> {
        self.observers.progress(ProgressStep::DerivingKey);
        self.call_async(async {
            let pin = pin.to_core()?;
            Ok(self.core.add_pin(&auth.0, &pin, erase_after).await?)
        })
        .await
    }

    /// Adds unlocking by the operating system (biometrics, device code); needs a hardware key that can ask.
    ///
    /// # Errors
    /// `user_auth_required`, `locked`, `unsafe_configuration`, those of the hardware key
    pub async fn add_os_auth(&self, auth: Arc<FreshAuth>) -> Result<(), WalletError> {
        self.call_async(async { Ok(self.core.add_os_auth(&auth.0).await?) })
            .await
    }

    /// Adds a passphrase.
    ///
    /// # Errors
    /// `user_auth_required`, `locked`, `unsafe_configuration`
    pub async fn add_passphrase(
        &self,
        auth: Arc<FreshAuth>,
        passphrase: Arc<Passphrase>,
    ) -> Result<(), WalletError> {
        self.observers.progress(ProgressStep::DerivingKey);
        self.call_async(async {
            let passphrase = passphrase.to_core()?;
            Ok(self.core.add_passphrase(&auth.0, &passphrase).await?)
        })
        .await
    }

    /// Removes the PIN or the operating system's unlocking, as long as another durable way in remains.
    ///
    /// # Errors
    /// `user_auth_required`, `locked`, `slot_missing`, `unsafe_configuration`, `not_supported` for another kind
    pub async fn remove_slot(
        &self,
        auth: Arc<FreshAuth>,
        kind: SlotKind,
    ) -> Result<Retirement, WalletError> {
        self.call_async(async {
            let kind = kind.to_core()?;
            Ok(Retirement::of(self.core.remove_slot(&auth.0, kind).await?))
        })
        .await
    }
}

impl SlotKind {
    /// A kind these bindings do not know no store of theirs has.
    fn to_core(&self) -> Result<vault::SlotKind, WalletError> {
        match self {
            Self::Pin => Ok(vault::SlotKind::Pin),
            Self::OsAuth => Ok(vault::SlotKind::OsAuth),
            Self::Passphrase => Ok(vault::SlotKind::Passphrase),
            Self::RecoveryCode => Ok(vault::SlotKind::RecoveryCode),
            Self::Other { .. } => Err(CoreError::new(ErrorCode::SlotMissing).into()),
        }
    }
}
