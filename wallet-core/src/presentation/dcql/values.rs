//! Value matching (OpenID4VP 1.0 6.3): type and value must both match exactly.

use serde_json::{Number, Value};

/// Whether a value may stand in `values`: a string, an integer or a boolean.
pub(super) fn is_legal(value: &Value) -> bool {
    match value {
        Value::String(_) | Value::Bool(_) => true,
        Value::Number(number) => integer(number).is_some(),
        _ => false,
    }
}

/// Whether `actual` has the type and the value of one of `expected`.
pub(super) fn matches(expected: &[Value], actual: &Value) -> bool {
    expected.iter().any(|expected| match (expected, actual) {
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => integer(a).is_some() && integer(a) == integer(b),
        _ => false,
    })
}

fn integer(number: &Number) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
}
