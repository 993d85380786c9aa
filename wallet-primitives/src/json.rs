//! Strict JSON (RFC 8259, with the rules of RFC 7493): duplicate members refused, depth and size bounded, integers exact.
//!
//! The tokenizer is serde_json's; this module builds the tree itself so that each rule is checked before memory or stack
//! is spent on what breaks it.

use crate::base64::each;
use core::cell::Cell;
use core::fmt;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::io;

/// Floats from here on no longer tell neighbouring integers apart (2^53).
const FIRST_INEXACT: f64 = 9_007_199_254_740_992.0;

/// serde_json's own recursion guard stops after 127; a larger [`Limits::max_depth`] counts as this.
const DEEPEST: usize = 126;

/// Most values in one text, counting members and elements at every depth. A small one takes a few bytes of text and some
/// seventy of memory.
pub const MAX_VALUES: usize = 100_000;

/// Bounds on one JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes.
    pub max_bytes: usize,
    /// Most arrays and objects inside one another; a scalar has depth 0, `[]` has depth 1. At most 126.
    pub max_depth: usize,
}

impl Default for Limits {
    /// 64 KiB, 32 deep.
    fn default() -> Self {
        Self::bytes(64 * 1024)
    }
}

impl Limits {
    /// `max_bytes` at the default depth of 32.
    #[must_use]
    pub const fn bytes(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            max_depth: 32,
        }
    }
}

/// Why a JSON text was refused. Holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// More bytes than allowed, or more than [`MAX_VALUES`].
    #[error("JSON text is too large")]
    TooLarge,
    /// Nested deeper than allowed.
    #[error("JSON text is nested too deeply")]
    TooDeep,
    /// A member name occurs twice in one object (RFC 7493 2.3).
    #[error("JSON object names a member twice")]
    DuplicateKey,
    /// Something follows the value.
    #[error("JSON text is followed by other data")]
    TrailingData,
    /// Not UTF-8 (RFC 8259 8.1).
    #[error("JSON text is not UTF-8")]
    InvalidUtf8,
    /// A number that would not be kept exactly (RFC 7493 2.2).
    #[error("JSON number cannot be kept exactly")]
    NumberOutOfRange,
    /// An object was expected.
    #[error("JSON value is not an object")]
    NotAnObject,
    /// Breaks the grammar of RFC 8259, or holds half a surrogate pair (RFC 7493 2.1).
    #[error("JSON text is malformed")]
    Malformed,
}

/// Parses one JSON text of any type. Members keep their order.
///
/// # Errors
/// Any [`JsonError`].
#[inline(never)]
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Value, JsonError> {
    parse_within(bytes, limits, &Cell::new(MAX_VALUES))
}

/// [`parse`] for texts that share a bound: at most `values_left` values, which become fewer.
///
/// # Errors
/// Any [`JsonError`].
#[inline(never)]
pub fn parse_within(
    bytes: &[u8],
    limits: Limits,
    values_left: &Cell<usize>,
) -> Result<Value, JsonError> {
    if bytes.len() > limits.max_bytes {
        return Err(JsonError::TooLarge);
    }
    let text = core::str::from_utf8(bytes).map_err(|_| JsonError::InvalidUtf8)?;
    let broken = Cell::new(None);
    let seed = StrictValue {
        depth_left: limits.max_depth.min(DEEPEST),
        values_left,
        broken: &broken,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = seed
        .deserialize(&mut deserializer)
        .map_err(|error| broken.get().unwrap_or_else(|| tokenizer_error(&error)))?;
    deserializer.end().map_err(|_| JsonError::TrailingData)?;
    Ok(value)
}

/// Parses one JSON object. Members keep their order.
///
/// # Errors
/// Any [`JsonError`]; [`JsonError::NotAnObject`] for another type.
#[inline(never)]
pub fn parse_object(bytes: &[u8], limits: Limits) -> Result<Map<String, Value>, JsonError> {
    match parse(bytes, limits)? {
        Value::Object(members) => Ok(members),
        _ => Err(JsonError::NotAnObject),
    }
}

/// Writes an object as JSON without white space, its members in their order. Texts may be megabytes.
///
/// # Errors
/// Those of `out`.
#[inline(never)]
pub fn write_object(out: &mut dyn io::Write, object: &Map<String, Value>) -> io::Result<()> {
    Ok(serde_json::to_writer(out, object)?)
}

/// Writes a text as a JSON string.
///
/// # Errors
/// Those of `out`.
#[inline(never)]
pub fn write_text(out: &mut dyn io::Write, text: &str) -> io::Result<()> {
    if !is_plain(text.as_bytes()) {
        return Ok(serde_json::to_writer(out, text)?);
    }
    out.write_all(b"\"")?;
    out.write_all(text.as_bytes())?;
    out.write_all(b"\"")
}

/// Whether nothing in a text has to be escaped (RFC 8259 7). It may be megabytes: eight bytes are looked at together.
fn is_plain(text: &[u8]) -> bool {
    // Not zero where a byte is below `least`, which is at most 128.
    let below = |eight: u64, least: u8| eight.wrapping_sub(each(least)) & !eight;
    let (eights, rest) = text.as_chunks();
    let mut last = [b' '; 8];
    for (place, byte) in last.iter_mut().zip(rest) {
        *place = *byte;
    }
    let mut found = 0;
    for eight in eights.iter().chain([&last]) {
        let eight = u64::from_ne_bytes(*eight);
        let is = |byte: u8| below(eight ^ each(byte), 1);
        found |= below(eight, 0x20) | is(b'"') | is(b'\\');
    }
    found & each(0x80) == 0
}

/// serde_json tells an overflowing number (`1e999`) from other syntax errors only by its message.
fn tokenizer_error(error: &serde_json::Error) -> JsonError {
    if error.to_string().starts_with("number out of range") {
        JsonError::NumberOutOfRange
    } else {
        JsonError::Malformed
    }
}

/// Builds one value; `broken` carries our own reason past serde's text-only errors.
#[derive(Clone, Copy)]
struct StrictValue<'a> {
    depth_left: usize,
    values_left: &'a Cell<usize>,
    broken: &'a Cell<Option<JsonError>>,
}

impl StrictValue<'_> {
    fn refuse<E: serde::de::Error>(self, reason: JsonError) -> E {
        self.broken.set(Some(reason));
        E::custom(reason)
    }

    fn one_deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth_left.checked_sub(1) {
            Some(depth_left) => Ok(Self { depth_left, ..self }),
            None => Err(self.refuse(JsonError::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for StrictValue<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.values_left.get().checked_sub(1) {
            Some(left) => self.values_left.set(left),
            None => return Err(self.refuse(JsonError::TooLarge)),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StrictValue<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .filter(|_| value.abs() < FIRST_INEXACT)
            .map(Value::Number)
            .ok_or_else(|| self.refuse(JsonError::NumberOutOfRange))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.one_deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.one_deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(self.refuse(JsonError::DuplicateKey));
            }
            let value = members.next_value_seed(inner)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests;
