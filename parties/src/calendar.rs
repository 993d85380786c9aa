//! Dates, as xsd:dateTime in UTC.

use crate::refused::{OrRefuse, Result, ensure};

const DAY: u64 = 86_400;

/// `2026-01-02T03:04:05Z`, of seconds since 1970.
pub(crate) fn date_time(unix: u64) -> String {
    let (year, month, day) = civil(unix / DAY);
    let (hour, minute, second) = (unix / 3600 % 24, unix / 60 % 60, unix % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Midnight of the first day of the month.
pub(crate) fn start_of_month(unix: u64) -> u64 {
    let days = unix / DAY;
    (days + 1 - civil(days).2) * DAY
}

/// Seconds since 1970 of what [`date_time`] writes.
pub(crate) fn unix_time(text: &str) -> Result<u64> {
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to).or_refuse("not a date and time")?;
        digits.parse::<u64>().or_refuse("not a date and time")
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let time = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    ensure((1970..=9999).contains(&year), "a year out of range")?;
    let unix = days_of(year, month, day) * DAY + time;
    // Whatever else it may be, it is not what is written.
    ensure(date_time(unix) == text, "not a date and time in UTC")?;
    Ok(unix)
}

/// Days since 1970 of a date of the Gregorian calendar. The year begins with March here, so that the leap day is its last.
fn days_of(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let of_year = (153 * month + 2) / 5 + day;
    (year * 365 + year / 4 - year / 100 + year / 400 + of_year).saturating_sub(719_469)
}

/// Year, month and day of a day since 1970.
fn civil(days: u64) -> (u64, u64, u64) {
    let first_after = |start: u64, is_later: &dyn Fn(u64) -> bool| {
        (start..).find(|next| is_later(*next)).unwrap_or(start)
    };
    let year = first_after(1970 + days / 366, &|year| days_of(year + 1, 1, 1) > days);
    let month = first_after(1, &|month| {
        month == 12 || days_of(year, month + 1, 1) > days
    });
    (year, month, days + 1 - days_of(year, month, 1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn times_are_written_and_read_as_others_do() {
        for (unix, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
            (1_767_225_600, "2026-01-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(date_time(unix), text);
            assert_eq!(unix_time(text).unwrap(), unix);
        }
        assert_eq!(
            date_time(start_of_month(1_767_225_599)),
            "2025-12-01T00:00:00Z"
        );
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "2026",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+09:00",
            "2026-01-01T24:00:00Z",
            "1969-01-01T00:00:00Z",
            "가나다라마바사아자차",
        ] {
            assert!(unix_time(text).is_err(), "{text}");
        }
    }
}
