//! When an unlocked vault locks itself. The library schedules nothing: every access asks, and the app may ask how long.

use crate::clock::{Clock, UnixTime};
use crate::error::WalletError;
use core::time::Duration;

/// When the vault locks itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoLock {
    /// Without use for this long.
    pub idle: Duration,
    /// This long after unlocking, whatever happens.
    pub max_session: Duration,
}

impl Default for AutoLock {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(60),
            max_session: Duration::from_secs(15 * 60),
        }
    }
}

/// A wall clock that goes back further than this was set, not adjusted.
const ADJUSTMENT_SECONDS: i64 = 5;

/// A reading of both clocks.
#[derive(Clone, Copy, Debug)]
struct Reading {
    wall: UnixTime,
    monotonic: Duration,
}

impl Reading {
    fn now(clock: &dyn Clock) -> Result<Self, WalletError> {
        Ok(Self {
            wall: clock.now()?,
            monotonic: clock.monotonic()?,
        })
    }

    /// The time since `self` by whichever clock shows more (the monotonic one may have slept), or `None` if the wall
    /// clock was set back.
    fn until(&self, later: &Self) -> Option<Duration> {
        let wall = later.wall.as_secs().saturating_sub(self.wall.as_secs());
        if wall < -ADJUSTMENT_SECONDS {
            return None;
        }
        let wall = Duration::from_secs(u64::try_from(wall).unwrap_or(0));
        Some(wall.max(later.monotonic.saturating_sub(self.monotonic)))
    }
}

/// The times of one unlocked session.
pub(crate) struct SessionClock {
    rules: AutoLock,
    unlocked: Reading,
    used: Reading,
}

impl SessionClock {
    pub(crate) fn start(rules: AutoLock, clock: &dyn Clock) -> Result<Self, WalletError> {
        let now = Reading::now(clock)?;
        Ok(Self {
            rules,
            unlocked: now,
            used: now,
        })
    }

    /// How long the session may last if nothing is done; zero when it is over, also where no clock can be read.
    pub(crate) fn left(&self, clock: &dyn Clock) -> Duration {
        let left = || {
            let now = Reading::now(clock).ok()?;
            let idle = self.rules.idle.checked_sub(self.used.until(&now)?)?;
            let session = self
                .rules
                .max_session
                .checked_sub(self.unlocked.until(&now)?)?;
            Some(idle.min(session))
        };
        left().unwrap_or_default()
    }

    /// The session was used now. Only for a session that is not over.
    pub(crate) fn touch(&mut self, clock: &dyn Clock) {
        if let Ok(now) = Reading::now(clock) {
            self.used = now;
        }
    }
}
