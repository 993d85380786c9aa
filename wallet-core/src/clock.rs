//! Time comes from the app, so that tests own it and a changed phone clock can be noticed.

use crate::error::{ErrorCode, WalletError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds (RFC 7519 NumericDate).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

impl UnixTime {
    /// From seconds since the epoch.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0
    }

    /// This time plus `secs` (which may be negative), stopping at the ends of the range.
    #[must_use]
    pub const fn saturating_add(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs))
    }
}

/// The app's clock.
pub trait Clock: Send + Sync {
    /// The wall clock.
    ///
    /// # Errors
    /// [`ErrorCode::ClockImplausible`] where there is none.
    fn now(&self) -> Result<UnixTime, WalletError>;

    /// Time since an arbitrary start that never goes back while the process lives, and where the platform can, counts
    /// sleep too (Android `elapsedRealtime`, Apple `mach_continuous_time`).
    ///
    /// # Errors
    /// [`ErrorCode::ClockImplausible`] where there is none.
    fn monotonic(&self) -> Result<Duration, WalletError>;
}

/// The operating system's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Result<UnixTime, WalletError> {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(|_| WalletError::new(ErrorCode::ClockImplausible))?;
        i64::try_from(since.as_secs())
            .map(UnixTime)
            .map_err(|_| WalletError::new(ErrorCode::ClockImplausible))
    }

    fn monotonic(&self) -> Result<Duration, WalletError> {
        Ok(self.start.elapsed())
    }
}
