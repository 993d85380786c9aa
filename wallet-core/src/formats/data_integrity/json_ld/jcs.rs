//! The JSON Canonicalization Scheme (RFC 8785), for literals that are JSON.

use super::error::JsonLdError as E;
use super::limits::MAX_DEPTH;
use super::number;
use crate::order;
use serde_json::Value;

/// The canonical text of any JSON.
pub(in crate::formats::data_integrity) fn canonical(value: &Value) -> Result<String, E> {
    let mut text = String::new();
    push(&mut text, value, MAX_DEPTH)?;
    Ok(text)
}

fn push(text: &mut String, value: &Value, depth: usize) -> Result<(), E> {
    let deeper = || depth.checked_sub(1).ok_or(E::TooDeep);
    match value {
        Value::Null | Value::Bool(_) => text.push_str(&value.to_string()),
        Value::Number(number) => text.push_str(&number::ecmascript(number)?),
        Value::String(string) => push_string(text, string),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                push(text, item, deeper()?)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            // By UTF-16 code units (3.2.3).
            order::sort_by(&mut members, |(one, _), (other, _)| {
                one.encode_utf16().cmp(other.encode_utf16())
            });
            text.push('{');
            for (index, (name, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                push_string(text, name);
                text.push(':');
                push(text, member, deeper()?)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

/// serde_json escapes what 3.2.2.2 escapes, and in that form.
fn push_string(text: &mut String, string: &str) {
    text.push_str(&Value::from(string).to_string());
}
