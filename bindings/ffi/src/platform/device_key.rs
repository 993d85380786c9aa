//! The vault's hardware key.

use super::observer::{Observers, ProgressStep};
use crate::error::WalletError;
use crate::guard::caught;
use async_trait::async_trait;
use std::sync::Arc;
use wallet_core::secret::Secret;
use wallet_core::vault::device_key as core;
use zeroize::Zeroizing;

/// Where the key lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum DeviceKeyLevel {
    /// A separate secure element (StrongBox, Secure Enclave).
    SecureElement,
    /// A trusted execution environment on the main processor.
    TrustedEnvironment,
    /// Ordinary software: protects nothing once the files are copied.
    Software,
}

/// What a [`DeviceKey`] can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DeviceKeyCapabilities {
    /// Where keys live.
    pub level: DeviceKeyLevel,
    /// Whether a key can demand that the user authenticates for each use.
    #[uniffi(default = false)]
    pub user_auth: bool,
    /// Whether such a key survives a change of the enrolled biometrics.
    #[uniffi(default = false)]
    pub survives_biometric_change: bool,
}

/// What a key is created for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum DeviceKeyPolicy {
    /// Usable whenever the app runs and the phone was unlocked once. For PINs: a biometric change must not end the key.
    AppOnly,
    /// Each use asks the user to authenticate to the operating system.
    UserAuth,
}

/// Why the hardware key gave no answer. None of these says that the store is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum DeviceKeyError {
    /// Before the first unlock after boot, or interrupted.
    #[error("unavailable now")]
    UnavailableNow,
    /// The holder cancelled the prompt.
    #[error("the user cancelled")]
    UserCancelled,
    /// The holder has to authenticate to the system first.
    #[error("authentication required")]
    AuthRequired,
    /// The system destroyed the key: biometrics or screen lock changed.
    #[error("invalidated")]
    Invalidated,
    /// There is certainly no key with this alias on this device.
    #[error("not found")]
    NotFound,
    /// The system refuses for a while after failed authentication.
    #[error("locked out")]
    LockedOut {
        /// Seconds until the next try.
        seconds: u64,
    },
    /// The hardware failed.
    #[error("the hardware failed")]
    HardwareFault,
    /// The device cannot do this.
    #[error("unsupported")]
    Unsupported,
    /// Anything else the app's object throws.
    #[error("the device key failed")]
    HostFailed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for DeviceKeyError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::HostFailed
    }
}

impl From<DeviceKeyError> for core::DeviceKeyError {
    fn from(error: DeviceKeyError) -> Self {
        match error {
            DeviceKeyError::UnavailableNow => Self::UnavailableNow,
            DeviceKeyError::UserCancelled => Self::UserCancelled,
            DeviceKeyError::AuthRequired => Self::AuthRequired,
            DeviceKeyError::Invalidated => Self::Invalidated,
            DeviceKeyError::NotFound => Self::NotFound,
            DeviceKeyError::LockedOut { seconds } => Self::LockedOut { seconds },
            DeviceKeyError::HardwareFault => Self::HardwareFault,
            DeviceKeyError::Unsupported => Self::Unsupported,
            DeviceKeyError::HostFailed => Self::HostFailed,
        }
    }
}

/// A keyed pseudo-random function in hardware. Its methods may wait for the user. Serialise calls to the platform and retry
/// transient failures.
#[uniffi::export(foreign)]
#[async_trait]
pub trait DeviceKey: Send + Sync {
    /// What keys made here can do.
    async fn capabilities(&self) -> Result<DeviceKeyCapabilities, DeviceKeyError>;

    /// Makes a new, non-exportable key. An existing key of that alias is replaced.
    async fn create(&self, alias: String, policy: DeviceKeyPolicy) -> Result<(), DeviceKeyError>;

    /// The key's pseudo-random function: 32 bytes in, 32 bytes out, the same for the same. Wipe copies you made. Kotlin wipes
    /// both arrays when the answer has crossed: give back one of your own.
    async fn prf(&self, alias: String, input: Vec<u8>) -> Result<Vec<u8>, DeviceKeyError>;

    /// Destroys the key. Deleting an absent one is no error.
    async fn delete(&self, alias: String) -> Result<(), DeviceKeyError>;

    /// The aliases of all keys made here.
    async fn list(&self) -> Result<Vec<String>, DeviceKeyError>;
}

/// For hardware that agrees on keys and computes no MAC, such as Apple's Secure Enclave: the point to agree with (65 bytes,
/// uncompressed) for an input of [`DeviceKey::prf`].
///
/// # Errors
/// [`DeviceKeyError::Unsupported`] for an input that has not 32 bytes
#[uniffi::export]
pub fn agreement_point(input: Vec<u8>) -> Result<Vec<u8>, DeviceKeyError> {
    let input = secret_of(input)?;
    caught(|| {
        let point = core::agreement_point(&input).map_err(wallet_core::WalletError::from)?;
        Ok(point.to_vec())
    })
    .map_err(unexpected)
}

/// The output of [`DeviceKey::prf`], from its input and what the hardware agreed on (the x coordinate, 32 bytes).
///
/// # Errors
/// [`DeviceKeyError::Unsupported`] for what has not 32 bytes
#[uniffi::export]
pub fn agreement_output(input: Vec<u8>, shared: Vec<u8>) -> Result<Vec<u8>, DeviceKeyError> {
    let (input, shared) = (secret_of(input)?, secret_of(shared)?);
    caught(|| {
        let output =
            core::agreement_output(&input, &shared).map_err(wallet_core::WalletError::from)?;
        Ok(output.expose().to_vec())
    })
    .map_err(unexpected)
}

fn secret_of(bytes: Vec<u8>) -> Result<Secret<32>, DeviceKeyError> {
    let bytes = Zeroizing::new(bytes);
    let mut bytes: [u8; 32] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| DeviceKeyError::Unsupported)?;
    Ok(Secret::take(&mut bytes))
}

/// The lengths are right: what fails now is no fault of the caller's.
fn unexpected(_: WalletError) -> DeviceKeyError {
    DeviceKeyError::HardwareFault
}

/// The app's device key as the core knows it.
pub(crate) struct Key {
    app: Arc<dyn DeviceKey>,
    observers: Observers,
}

impl Key {
    pub(crate) fn new(app: Arc<dyn DeviceKey>, observers: Observers) -> Self {
        Self { app, observers }
    }
}

#[async_trait]
impl core::DeviceKey for Key {
    async fn capabilities(&self) -> Result<core::DeviceKeyCapabilities, core::DeviceKeyError> {
        let app = self.app.capabilities().await?;
        let mut capabilities = core::DeviceKeyCapabilities::new(match app.level {
            DeviceKeyLevel::SecureElement => core::DeviceKeyLevel::SecureElement,
            DeviceKeyLevel::TrustedEnvironment => core::DeviceKeyLevel::TrustedEnvironment,
            DeviceKeyLevel::Software => core::DeviceKeyLevel::Software,
        });
        capabilities.user_auth = app.user_auth;
        capabilities.survives_biometric_change = app.survives_biometric_change;
        Ok(capabilities)
    }

    async fn create(
        &self,
        alias: &str,
        policy: core::DeviceKeyPolicy,
    ) -> Result<(), core::DeviceKeyError> {
        self.observers.progress(ProgressStep::DeviceKey);
        let policy = match policy {
            core::DeviceKeyPolicy::AppOnly => DeviceKeyPolicy::AppOnly,
            core::DeviceKeyPolicy::UserAuth => DeviceKeyPolicy::UserAuth,
            _ => return Err(core::DeviceKeyError::Unsupported),
        };
        Ok(self.app.create(alias.to_owned(), policy).await?)
    }

    async fn prf(
        &self,
        alias: &str,
        input: &Secret<32>,
    ) -> Result<Secret<32>, core::DeviceKeyError> {
        self.observers.progress(ProgressStep::DeviceKey);
        let output = self
            .app
            .prf(alias.to_owned(), input.expose().to_vec())
            .await?;
        secret_of(output).map_err(|_| core::DeviceKeyError::HostFailed)
    }

    async fn delete(&self, alias: &str) -> Result<(), core::DeviceKeyError> {
        Ok(self.app.delete(alias.to_owned()).await?)
    }

    async fn list(&self) -> Result<Vec<String>, core::DeviceKeyError> {
        Ok(self.app.list().await?)
    }
}
