//! The app's clock.

use super::answering::answering;
use std::sync::Arc;
use std::time::Duration;
use wallet_core::clock::{Clock as CoreClock, UnixTime};
use wallet_core::{ErrorCode, WalletError};

/// There is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ClockError {
    /// The clock cannot be read.
    #[error("unavailable")]
    Unavailable,
    /// Anything else the app's object throws.
    #[error("the clock failed")]
    HostFailed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ClockError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::HostFailed
    }
}

impl From<ClockError> for WalletError {
    fn from(error: ClockError) -> Self {
        match error {
            ClockError::Unavailable => Self::new(ErrorCode::ClockImplausible),
            ClockError::HostFailed => Self::new(ErrorCode::HostFailed).about("clock"),
        }
    }
}

/// The app's clock, where it is not to be the operating system's: server time, a clock that counts sleep.
#[uniffi::export(foreign)]
pub trait Clock: Send + Sync {
    /// Seconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> Result<i64, ClockError>;

    /// Milliseconds since any start that never goes back while the process lives, and counts sleep where the platform can
    /// (Android: `SystemClock.elapsedRealtime`).
    fn monotonic_millis(&self) -> Result<u64, ClockError>;
}

/// The app's clock as the core knows it.
pub(crate) struct AppClock(Arc<dyn Clock>);

impl AppClock {
    pub(crate) fn new(app: Arc<dyn Clock>) -> Self {
        Self(app)
    }
}

impl CoreClock for AppClock {
    fn now(&self) -> Result<UnixTime, WalletError> {
        Ok(UnixTime::from_secs(answering(|| self.0.now())?))
    }

    fn monotonic(&self) -> Result<Duration, WalletError> {
        Ok(Duration::from_millis(answering(|| {
            self.0.monotonic_millis()
        })?))
    }
}
