//! One spelling for what is shown. The signature covers statements and not how JSON spells them, so that an issuer could
//! know a holder again by an order of members: what cannot matter is not passed on.
//!
//! Passed on is the order of arrays, since queries count in them.

use crate::order;
use serde_json::{Map, Value};

/// Sorts members and types, and writes language tags in small letters.
pub(super) fn normalize(members: &mut Map<String, Value>) {
    for (name, value) in &mut *members {
        match (name.as_str(), value) {
            ("type", Value::Array(types)) if types.iter().all(Value::is_string) => {
                order::sort_by(types, |one, other| one.as_str().cmp(&other.as_str()));
                types.dedup();
            }
            ("@language", Value::String(tag)) => tag.make_ascii_lowercase(),
            (_, value) => normalize_within(value),
        }
    }
    members.sort_keys();
}

fn normalize_within(value: &mut Value) {
    match value {
        Value::Object(members) => normalize(members),
        Value::Array(elements) => elements.iter_mut().for_each(normalize_within),
        _ => {}
    }
}

/// Whether `part` says nothing but what `whole` says in the same place, in whatever spelling. Elements of arrays keep their
/// order.
pub(super) fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => part.iter().all(|(name, part)| {
            let whole = whole.get(name);
            whole.is_some_and(|whole| is_part_as(name, part, whole))
        }),
        (Value::Array(part), Value::Array(whole)) => {
            let mut whole = whole.iter();
            part.iter()
                .all(|part| whole.any(|whole| is_part(part, whole)))
        }
        _ => part == whole,
    }
}

fn is_part_as(name: &str, part: &Value, whole: &Value) -> bool {
    match (name, part, whole) {
        ("@context", ..) => part == whole,
        ("type", Value::Array(part), Value::Array(whole)) => {
            part.iter().all(|part| whole.contains(part))
        }
        ("@language", Value::String(part), Value::String(whole)) => {
            part.eq_ignore_ascii_case(whole)
        }
        _ => is_part(part, whole),
    }
}
