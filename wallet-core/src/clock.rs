//! Time comes from the app, so that tests own it and a changed phone clock can be noticed.

use crate::error::{ErrorCode, WalletError};
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use x509_cert::der::DateTime;

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds (RFC 7519 NumericDate).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
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

    /// Reads a date and time with its offset (RFC 3339 5.6), from 1970 on. Fractions of a second are cut off.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let (date, time) = text.split_once(['T', 't'])?;
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let (clock, offset) = match time.strip_suffix(['Z', 'z']) {
            Some(clock) => (clock, 0),
            None => {
                let (clock, offset) = time.split_at(time.rfind(['+', '-'])?);
                let sign = if offset.starts_with('-') { -1 } else { 1 };
                let [hours, minutes] = numbers(offset.get(1..)?, ':', [2, 2])?;
                let is_offset = hours < 24 && minutes < 60;
                (
                    clock,
                    is_offset.then_some(sign * i64::from(hours * 60 + minutes) * 60)?,
                )
            }
        };
        let clock = match clock.split_once('.') {
            Some((clock, fraction)) => {
                let is_fraction =
                    !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
                is_fraction.then_some(clock)?
            }
            None => clock,
        };
        let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
        let small = |number: u16| u8::try_from(number).ok();
        let (month, day) = (small(month)?, small(day)?);
        let (hour, minute, second) = (small(hour)?, small(minute)?, small(second)?);
        let utc = DateTime::new(year, month, day, hour, minute, second).ok()?;
        let seconds = i64::try_from(utc.unix_duration().as_secs()).ok()?;
        Some(Self(seconds - offset))
    }

    /// The time in UTC (RFC 3339 5.6), if it lies in the years 1970 to 9999.
    #[must_use]
    pub fn to_rfc3339(self) -> Option<String> {
        let since = Duration::from_secs(u64::try_from(self.0).ok()?);
        let time = DateTime::from_unix_duration(since).ok()?;
        Some(time.to_string())
    }

    /// This time plus `secs` (which may be negative), stopping at the ends of the range.
    #[must_use]
    pub const fn saturating_add(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs))
    }
}

/// Decimal numbers of these widths between separators, and nothing else.
fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[u16; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(separator);
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        let is_plain = part.len() == width && part.bytes().all(|b| b.is_ascii_digit());
        *number = part.parse().ok().filter(|_| is_plain)?;
    }
    parts.next().is_none().then_some(numbers)
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
#[derive(Debug, Default)]
pub struct SystemClock(());

/// One start for all clocks of the process: times of one are compared with those of another.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

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
        Ok(START.elapsed())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// RFC 3339 5.8, and the end of a leap day.
    #[test]
    fn dates_of_rfc_3339_are_read() {
        for (text, seconds) in [
            ("1985-04-12T23:20:50.52Z", 482_196_050),
            ("1996-12-19T16:39:57-08:00", 851_042_397),
            ("1996-12-20T00:39:57Z", 851_042_397),
            ("2024-02-29T23:59:59+00:00", 1_709_251_199),
        ] {
            assert_eq!(
                UnixTime::from_rfc3339(text),
                Some(UnixTime::from_secs(seconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_time_is_written_as_it_is_read() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59Z",
            "9999-12-31T23:59:59Z",
        ] {
            let time = UnixTime::from_rfc3339(text).unwrap();
            assert_eq!(time.to_rfc3339().as_deref(), Some(text));
        }
        for beyond in [-1, i64::MAX] {
            assert_eq!(UnixTime::from_secs(beyond).to_rfc3339(), None);
        }
    }

    #[test]
    fn what_is_no_date_of_rfc_3339_is_refused() {
        for text in [
            "",
            "T",
            "2024-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01",
            "2024-01-01 00:00:00Z",
            "24-01-01T00:00:00Z",
            "2024-1-01T00:00:00Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00.5xZ",
            "2024-01-01T00:00:00+0100",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00ZZ",
            "+024-01-01T00:00:00Z",
            "2024-01-01T00:00:00Z ",
            "1969-12-31T23:59:59Z",
        ] {
            assert_eq!(UnixTime::from_rfc3339(text), None, "{text}");
        }
    }
}
