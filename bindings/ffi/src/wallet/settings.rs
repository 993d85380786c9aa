//! How a store is made and behaves.

use crate::error::WalletError;
use crate::secrets::{Passphrase, Pin, core_error};
use std::sync::Arc;
use std::time::Duration;
use wallet_core::vault;

/// The work of key derivation for slots written from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum KeyDerivation {
    /// 64 MiB; passes so that one derivation takes about 350 ms on this device.
    Mobile,
    /// 32 MiB and more passes: for app extensions with little memory.
    LowMemory,
    /// These parameters, within the library's bounds.
    Fixed {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes.
        passes: u32,
    },
}

/// How a store behaves on this device. Not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct VaultSettings {
    /// The work of key derivation; without it that of `Mobile`.
    #[uniffi(default = None)]
    pub key_derivation: Option<KeyDerivation>,
    /// Seconds without use after which the wallet locks itself.
    #[uniffi(default = 60)]
    pub lock_after_idle_seconds: u64,
    /// Seconds after unlocking at which the wallet locks itself, whatever happens.
    #[uniffi(default = 900)]
    pub lock_after_seconds: u64,
}

impl VaultSettings {
    pub(super) fn to_core(self) -> Result<vault::VaultSettings, WalletError> {
        let kdf = match self.key_derivation {
            None | Some(KeyDerivation::Mobile) => vault::KdfProfile::MOBILE,
            Some(KeyDerivation::LowMemory) => vault::KdfProfile::LOW_MEMORY,
            Some(KeyDerivation::Fixed { memory_kib, passes }) => vault::KdfProfile::fixed(
                vault::KdfParams::new(memory_kib, passes).map_err(core_error)?,
            ),
        };
        Ok(vault::VaultSettings {
            kdf,
            auto_lock: vault::AutoLock {
                idle: Duration::from_secs(self.lock_after_idle_seconds),
                max_session: Duration::from_secs(self.lock_after_seconds),
            },
        })
    }
}

/// What a new store can be opened with. At least one that survives the loss of the hardware key is needed, unless the loss
/// is accepted by name.
#[derive(Clone, uniffi::Record)]
pub struct Enrolments {
    /// A PIN; needs a hardware key.
    #[uniffi(default = None)]
    pub pin: Option<Arc<Pin>>,
    /// Wrong PINs after which the PIN is destroyed; without it never.
    #[uniffi(default = None)]
    pub erase_pin_after: Option<u8>,
    /// The operating system's own authentication; needs a hardware key that can ask.
    #[uniffi(default = false)]
    pub os_auth: bool,
    /// A passphrase.
    #[uniffi(default = None)]
    pub passphrase: Option<Arc<Passphrase>>,
    /// Whether a recovery code is made.
    #[uniffi(default = false)]
    pub recovery_code: bool,
    /// Accept that a destroyed hardware key is the loss of everything in the store.
    #[uniffi(default = false)]
    pub accept_loss_on_key_invalidation: bool,
}

impl Enrolments {
    pub(super) fn to_core(&self) -> Result<vault::Enrolments, WalletError> {
        let pin = self.pin.as_deref().map(Pin::to_core);
        let passphrase = self.passphrase.as_deref().map(Passphrase::to_core);
        Ok(vault::Enrolments {
            pin: pin.transpose()?,
            erase_pin_after: self.erase_pin_after,
            os_auth: self.os_auth,
            passphrase: passphrase.transpose()?,
            recovery_code: self.recovery_code,
            accept_loss_on_key_invalidation: self.accept_loss_on_key_invalidation,
        })
    }
}
