//! NumericDate (RFC 7519 2).

use crate::clock::UnixTime;
use serde_json::Value;

/// Reads a NumericDate; `None` for what is no number. Fractions of a second are cut off.
pub(super) fn numeric_date(value: &Value) -> Option<UnixTime> {
    // The cast cuts what is beyond the range to its end: as far in the past or future.
    let seconds = value
        .as_i64()
        .or_else(|| value.as_f64().map(|float| float as i64));
    seconds.map(UnixTime::from_secs)
}
