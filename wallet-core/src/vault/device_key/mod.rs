//! The vault's hardware key: a keyed function that cannot leave the device.
//!
//! Android: an `HMAC_SHA256` Keystore key. iOS: Secure Enclave key agreement with the RFC 9380 hash-to-curve point of
//! the input ([`agreement_point`]; never `s·G`, whose result follows from the public key).

mod agreement;
#[cfg(any(test, feature = "test-doubles"))]
mod memory;
mod software;

pub use agreement::{agreement_output, agreement_point};
#[cfg(any(test, feature = "test-doubles"))]
pub use memory::{DeviceKeyFault, InMemoryDeviceKey};
pub use software::InsecureSoftwareDeviceKey;

use crate::error::{ErrorCode, WalletError};
use crate::secret::Secret;
use async_trait::async_trait;

/// Where the key lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeviceKeyLevel {
    /// A separate secure element (Android StrongBox, Apple Secure Enclave).
    SecureElement,
    /// A trusted execution environment on the main processor.
    TrustedEnvironment,
    /// Ordinary software: protects nothing once the files are copied.
    Software,
}

/// What a [`DeviceKey`] can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceKeyCapabilities {
    /// Where keys live.
    pub level: DeviceKeyLevel,
    /// Whether a key can demand that the user authenticates (biometry, screen lock) for each use.
    pub user_auth: bool,
    /// Whether such a key survives a change of the enrolled biometrics.
    pub survives_biometric_change: bool,
}

impl DeviceKeyCapabilities {
    /// Keys at `level` that cannot demand user authentication.
    #[must_use]
    pub const fn new(level: DeviceKeyLevel) -> Self {
        Self {
            level,
            user_auth: false,
            survives_biometric_change: true,
        }
    }
}

/// What a key is created for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceKeyPolicy {
    /// Usable whenever the app runs and the phone was unlocked once. For PINs: a biometric change must not end the key.
    AppOnly,
    /// Each use asks the user to authenticate to the operating system.
    UserAuth,
}

/// Why the hardware key gave no answer. None of these says that the store is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceKeyError {
    /// Before the first unlock after boot, or interrupted. Try later; nothing is lost.
    #[error("the device key is not available now")]
    UnavailableNow,
    /// The holder cancelled the prompt.
    #[error("the user cancelled")]
    UserCancelled,
    /// The holder has to authenticate to the system first.
    #[error("user authentication is required")]
    AuthRequired,
    /// The system destroyed the key: biometrics or screen lock changed.
    #[error("the device key was invalidated")]
    Invalidated,
    /// There is no key with this alias on this device.
    #[error("there is no such device key")]
    NotFound,
    /// The system refuses for this many seconds after failed authentication.
    #[error("the device key is locked out")]
    LockedOut {
        /// Seconds until the next try.
        seconds: u64,
    },
    /// The hardware failed.
    #[error("the device key hardware failed")]
    HardwareFault,
    /// The device cannot do this.
    #[error("the device key does not support this")]
    Unsupported,
    /// The app's code failed in a way it did not declare. Nothing is known of the key.
    #[error("the app's device key failed")]
    HostFailed,
}

impl From<DeviceKeyError> for WalletError {
    fn from(error: DeviceKeyError) -> Self {
        Self::new(match error {
            DeviceKeyError::UnavailableNow => ErrorCode::DeviceKeyUnavailableNow,
            DeviceKeyError::UserCancelled => ErrorCode::UserCancelled,
            DeviceKeyError::AuthRequired => ErrorCode::UserAuthRequired,
            DeviceKeyError::Invalidated => ErrorCode::DeviceKeyInvalidated,
            DeviceKeyError::NotFound => ErrorCode::DeviceKeyMissing,
            DeviceKeyError::LockedOut { seconds } => {
                return Self::new(ErrorCode::LockedOut)
                    .about("device_key")
                    .retry_after_seconds(seconds);
            }
            DeviceKeyError::HardwareFault => ErrorCode::DeviceKeyFailed,
            DeviceKeyError::Unsupported => ErrorCode::NotSupported,
            DeviceKeyError::HostFailed => {
                return Self::new(ErrorCode::HostFailed).about("device_key");
            }
        })
    }
}

/// A keyed pseudo-random function in hardware. Implemented by the app; its methods may wait for the user.
///
/// Implementations should serialise calls to the platform and retry transient failures.
#[async_trait]
pub trait DeviceKey: Send + Sync {
    /// What keys made here can do.
    ///
    /// # Errors
    /// [`DeviceKeyError`]
    async fn capabilities(&self) -> Result<DeviceKeyCapabilities, DeviceKeyError>;

    /// Makes a new, non-exportable key. An existing key of that alias is replaced.
    ///
    /// # Errors
    /// [`DeviceKeyError`]
    async fn create(&self, alias: &str, policy: DeviceKeyPolicy) -> Result<(), DeviceKeyError>;

    /// The key's pseudo-random function of 32 bytes; the same input always gives the same output.
    ///
    /// # Errors
    /// [`DeviceKeyError`]; [`DeviceKeyError::NotFound`] only if the key certainly does not exist.
    async fn prf(&self, alias: &str, input: &Secret<32>) -> Result<Secret<32>, DeviceKeyError>;

    /// Destroys the key. Deleting an absent one is no error.
    ///
    /// # Errors
    /// [`DeviceKeyError`]
    async fn delete(&self, alias: &str) -> Result<(), DeviceKeyError>;

    /// The aliases of all keys made here.
    ///
    /// # Errors
    /// [`DeviceKeyError`]
    async fn list(&self) -> Result<Vec<String>, DeviceKeyError>;
}
