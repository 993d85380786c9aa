//! Numbers as texts. Implementations of JSON-LD and JCS compute with doubles: what a double does not hold exactly, or what
//! its text would round, is refused.

use super::error::JsonLdError as E;
use serde_json::Number;

/// From here on doubles no longer tell neighbouring integers apart (2^53).
const FIRST_INEXACT: i64 = 1 << 53;

/// The integer, if it is one: `7.0` is.
pub(super) fn integer(number: &Number) -> Option<i64> {
    if let Some(integer) = number.as_i64() {
        return is_exact(integer).then_some(integer);
    }
    let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
    // Exact: a whole number below 2^53.
    (float.abs() < FIRST_INEXACT as f64).then_some(float as i64)
}

const fn is_exact(integer: i64) -> bool {
    -FIRST_INEXACT < integer && integer < FIRST_INEXACT
}

/// The canonical form of xsd:double (XML Schema 1.1 part 2, as JSON-LD 1.1 API 8.2.2 rounds it to 15 fractional digits).
pub(super) fn canonical_double(number: &Number) -> Result<String, E> {
    let float = exact(number)?;
    let rounded = format!("{float:.15E}");
    if rounded.parse() != Ok(float) {
        return Err(E::Number);
    }
    let (mantissa, exponent) = rounded.split_once('E').ok_or(E::Number)?;
    let digits = mantissa.trim_end_matches('0');
    // At least one digit stands after the point.
    let zero = if digits.ends_with('.') { "0" } else { "" };
    Ok(format!("{digits}{zero}E{exponent}"))
}

/// The number as ECMAScript writes it (RFC 8785 3.2.2.3).
pub(super) fn ecmascript(number: &Number) -> Result<String, E> {
    if let Some(integer) = integer(number) {
        return Ok(integer.to_string());
    }
    let float = exact(number)?;
    let shortest = format!("{float:e}");
    let (mantissa, exponent) = shortest.split_once('e').ok_or(E::Number)?;
    let exponent: i32 = exponent.parse().map_err(|_| E::Number)?;
    // Between these, the number is written without an exponent, as Rust does.
    if (-6..21).contains(&exponent) {
        return Ok(float.to_string());
    }
    Ok(format!("{mantissa}e{exponent:+}"))
}

/// The number as a double, unless that would be another one.
fn exact(number: &Number) -> Result<f64, E> {
    let float = number.as_f64().ok_or(E::Number)?;
    let is_kept = float.fract() != 0.0 || integer(number).is_some();
    let is_zeroed = float == 0.0 && float.is_sign_negative();
    (is_kept && float.is_finite() && !is_zeroed)
        .then_some(float)
        .ok_or(E::Number)
}
