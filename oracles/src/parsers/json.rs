//! Strict JSON against serde_json's own reading.

use serde_json::Value;
use wallet_core::json::{JsonError, Limits, parse, parse_object};

/// What the strict parser takes is what serde_json reads; what it refuses, serde_json refuses too, or the reason is one of
/// the rules serde_json does not have.
pub(super) fn strict_json(input: &[u8]) {
    let limits = Limits::bytes(16 * 1024);
    let strict = parse(input, limits);
    let lenient = serde_json::from_slice::<Value>(input);
    match (&strict, &lenient) {
        (Ok(strict), Ok(lenient)) => {
            assert_eq!(strict, lenient);
            assert!(depth(strict) <= limits.max_depth);
            let again = parse(strict.to_string().as_bytes(), Limits::bytes(usize::MAX));
            assert_eq!(again.as_ref(), Ok(strict), "written and read again");
        }
        (Ok(_), Err(error)) => panic!("taken, but serde_json says: {error}"),
        (Err(JsonError::TooLarge), _) => assert!(input.len() > limits.max_bytes),
        (Err(JsonError::TooDeep), Ok(lenient)) => assert!(depth(lenient) > limits.max_depth),
        (Err(JsonError::DuplicateKey | JsonError::NumberOutOfRange), _) => {}
        (Err(error), Ok(_)) => panic!("refused as {error:?}, but serde_json takes it"),
        (Err(_), Err(_)) => {}
    }
    let is_object = strict.as_ref().is_ok_and(Value::is_object);
    assert_eq!(parse_object(input, limits).is_ok(), is_object);
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
