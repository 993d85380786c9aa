//! What can go wrong with slots and unlocking.

use super::device_key::DeviceKeyError;
use super::passphrase::PassphraseWeakness;
use super::pin::PinWeakness;
use crate::error::{ErrorCode, WalletError};

/// An error of the vault. None of them means that anything was deleted or recreated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The secret does not open any slot of its kind. The store is intact.
    #[error("wrong secret")]
    WrongSecret {
        /// Tries left before waiting begins (or, with erase-after-n, before the slot is destroyed).
        tries_left: u32,
        /// Seconds to wait before the next try.
        wait_seconds: u64,
    },
    /// Too many wrong tries.
    #[error("locked out")]
    LockedOut {
        /// Seconds to wait before the next try.
        seconds: u64,
    },
    /// No slot of that kind exists.
    #[error("no such slot")]
    SlotMissing,
    /// The hardware key gave no answer.
    #[error(transparent)]
    DeviceKey(#[from] DeviceKeyError),
    /// There is no store at this place.
    #[error("no store here")]
    StoreMissing,
    /// There is a store, or a part of one, at this place.
    #[error("there is a store here")]
    StoreExists,
    /// Written by a newer version.
    #[error("the store is newer than this version")]
    StoreTooNew,
    /// Erasing was interrupted.
    #[error("the store is being erased")]
    ErasePending,
    /// Both slot files are damaged or missing.
    #[error("both slot files are damaged")]
    HeaderCorrupt,
    /// The slot files were changed by someone without the root key.
    #[error("the slots were tampered with")]
    SlotTampered,
    /// The slot files are older than the database.
    #[error("the store was rolled back")]
    RolledBack,
    /// Key-derivation parameters outside the bounds.
    #[error("key derivation parameters out of range")]
    KdfParamsOutOfRange,
    /// No memory for key derivation.
    #[error("no memory for key derivation")]
    KdfMemoryUnavailable,
    /// The PIN is refused.
    #[error("weak PIN")]
    WeakPin(PinWeakness),
    /// The passphrase is refused.
    #[error("weak passphrase")]
    WeakPassphrase(PassphraseWeakness),
    /// The recovery code has a typing error.
    #[error("malformed recovery code")]
    RecoveryCodeMalformed,
    /// The configuration would not protect the store or lose it too easily.
    #[error("unsafe configuration")]
    UnsafeConfiguration(UnsafeReason),
    /// More than 16 slots.
    #[error("too many slots")]
    TooManySlots,
    /// The vault is locked.
    #[error("locked")]
    Locked,
    /// Another process is changing the slots, or changed them meanwhile.
    #[error("the slots were changed by another process")]
    Conflict,
    /// Another process holds the store for too long.
    #[error("busy")]
    Busy,
    /// Something below failed: files, clock, randomness, anchor, database.
    #[error(transparent)]
    Wallet(#[from] WalletError),
}

/// Why a configuration is unsafe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnsafeReason {
    /// A PIN protects nothing without a hardware key.
    PinWithoutDeviceKey,
    /// Unlocking by the operating system needs a hardware key that asks the user.
    OsAuthWithoutDeviceKey,
    /// Every slot depends on a hardware key that the system may destroy.
    NoDurableSlot,
    /// No slot at all.
    NoSlot,
    /// Erasing a slot after wrong tries without another durable slot, or after fewer than 5 tries.
    EraseAfter,
    /// Erasing needs the device key that the slots name.
    EraseWithoutDeviceKey,
}

impl UnsafeReason {
    /// The stable reason word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PinWithoutDeviceKey => "pin_without_device_key",
            Self::OsAuthWithoutDeviceKey => "os_auth_without_device_key",
            Self::NoDurableSlot => "no_durable_slot",
            Self::NoSlot => "no_slot",
            Self::EraseAfter => "erase_after",
            Self::EraseWithoutDeviceKey => "erase_without_device_key",
        }
    }
}

impl From<VaultError> for WalletError {
    fn from(error: VaultError) -> Self {
        use VaultError as E;
        let code = match error {
            E::Wallet(error) => return error,
            E::DeviceKey(error) => return error.into(),
            E::WrongSecret {
                tries_left,
                wait_seconds,
            } => {
                let tries_left = u8::try_from(tries_left).unwrap_or(u8::MAX);
                let error = Self::new(ErrorCode::WrongSecret).tries_left_of(tries_left);
                return match wait_seconds {
                    0 => error,
                    seconds => error.retry_after_seconds(seconds),
                };
            }
            E::LockedOut { seconds } => {
                return Self::new(ErrorCode::LockedOut).retry_after_seconds(seconds);
            }
            E::WeakPin(why) => return Self::new(ErrorCode::WeakPin).about(why.as_str()),
            E::WeakPassphrase(why) => {
                return Self::new(ErrorCode::WeakPassphrase).about(why.as_str());
            }
            E::UnsafeConfiguration(why) => {
                return Self::new(ErrorCode::UnsafeConfiguration).about(why.as_str());
            }
            E::TooManySlots => return Self::new(ErrorCode::QuotaExceeded).about("slots"),
            E::SlotMissing => ErrorCode::SlotMissing,
            E::StoreMissing => ErrorCode::StoreMissing,
            E::StoreExists => ErrorCode::StoreExists,
            E::StoreTooNew => ErrorCode::StoreTooNew,
            E::ErasePending => ErrorCode::ErasePending,
            E::HeaderCorrupt => ErrorCode::HeaderCorrupt,
            E::SlotTampered => ErrorCode::SlotTampered,
            E::RolledBack => ErrorCode::RolledBack,
            E::KdfParamsOutOfRange => ErrorCode::KdfParamsOutOfRange,
            E::KdfMemoryUnavailable => ErrorCode::KdfMemoryUnavailable,
            E::RecoveryCodeMalformed => ErrorCode::RecoveryCodeMalformed,
            E::Locked => ErrorCode::Locked,
            E::Conflict => ErrorCode::Conflict,
            E::Busy => ErrorCode::StoreBusy,
        };
        Self::new(code)
    }
}

impl From<std::io::Error> for VaultError {
    fn from(error: std::io::Error) -> Self {
        Self::Wallet(super::files::wallet_error(&error))
    }
}

impl From<super::anchor::AnchorError> for VaultError {
    fn from(error: super::anchor::AnchorError) -> Self {
        Self::Wallet(error.into())
    }
}
