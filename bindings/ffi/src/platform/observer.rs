//! What the app is told while the wallet works.

use super::answering::answering;
use super::http::HttpPurpose;
use std::sync::Arc;

/// What the wallet is doing now.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ProgressStep {
    /// It derives keys from a PIN or passphrase: a few hundred milliseconds of work.
    DerivingKey,
    /// It asks the vault's hardware key; the holder may be prompted.
    DeviceKey,
    /// It asks the holder's keys in hardware; the holder may be prompted.
    HolderKey,
    /// It waits for the network.
    Network {
        /// What for.
        purpose: HttpPurpose,
    },
}

/// Whether the wallet is unlocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum LockState {
    /// Keys are wiped; nothing can be read.
    Locked,
    /// It can be worked with.
    Unlocked,
}

/// Whatever an observer throws. It is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ObserverError {
    /// Anything.
    #[error("the observer failed")]
    HostFailed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ObserverError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::HostFailed
    }
}

/// Told what the wallet is doing, for a progress indicator. Called on the thread that works: return at once.
#[uniffi::export(foreign)]
pub trait ProgressObserver: Send + Sync {
    /// A step begins.
    fn on_step(&self, step: ProgressStep) -> Result<(), ObserverError>;
}

/// Told when the wallet was unlocked or locked, by the app or by itself. Called on the thread that noticed: return at once.
#[uniffi::export(foreign)]
pub trait LockObserver: Send + Sync {
    /// The state changed.
    fn on_lock_state(&self, state: LockState) -> Result<(), ObserverError>;
}

/// The observers of one wallet. What they throw is dropped.
#[derive(Clone, Default)]
pub(crate) struct Observers {
    progress: Option<Arc<dyn ProgressObserver>>,
    lock: Option<Arc<dyn LockObserver>>,
}

impl Observers {
    pub(crate) fn of(platform: &super::Platform) -> Self {
        Self {
            progress: platform.progress.clone(),
            lock: platform.lock.clone(),
        }
    }

    pub(crate) fn progress(&self, step: ProgressStep) {
        if let Some(observer) = &self.progress {
            let _ = answering(|| observer.on_step(step));
        }
    }

    pub(crate) fn lock(&self, state: LockState) {
        if let Some(observer) = &self.lock {
            let _ = answering(|| observer.on_lock_state(state));
        }
    }
}
