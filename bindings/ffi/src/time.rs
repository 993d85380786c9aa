//! Times cross as the languages' own (`Instant`, `Date`).

use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wallet_core::clock::UnixTime;

/// The end of year 9999: no calendar of the languages goes wrong up to here.
const LATEST: i64 = 253_402_300_799;

/// A time as the languages know it; what is before 1970 or after 9999 stops there.
pub(crate) fn system_time(time: UnixTime) -> SystemTime {
    let seconds = time.as_secs().clamp(0, LATEST);
    UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}

/// A time of the app's.
pub(crate) fn unix_time(time: SystemTime) -> UnixTime {
    let seconds = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(LATEST),
        Err(_) => 0,
    };
    UnixTime::from_secs(seconds.min(LATEST))
}
