//! Secret bytes: wiped when dropped, never printed, compared in constant time.

use crate::error::WalletError;
use crate::random::Random;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use std::io::{self, Write as _};
use subtle::ConstantTimeEq as _;
use wallet_primitives::json::{write_object, write_text};
use zeroize::{Zeroize as _, Zeroizing};

/// `N` secret bytes on the heap, so that moving the value leaves no copy behind.
///
/// No `Debug`, `Clone` or `Serialize` on purpose.
pub struct Secret<const N: usize>(Box<[u8; N]>);

impl<const N: usize> Secret<N> {
    /// Takes the bytes and wipes the place they came from.
    #[must_use]
    pub fn take(bytes: &mut [u8; N]) -> Self {
        let secret = Self(Box::new(*bytes));
        bytes.zeroize();
        secret
    }

    /// `N` random bytes.
    ///
    /// # Errors
    /// As [`Random::fill`].
    pub fn make(random: &dyn Random) -> Result<Self, WalletError> {
        let mut secret = Self(Box::new([0; N]));
        random.fill(secret.0.as_mut_slice())?;
        Ok(secret)
    }

    /// Lets `fill` write the bytes in place.
    ///
    /// # Errors
    /// What `fill` returns; the bytes are wiped then.
    pub fn try_with<E>(fill: impl FnOnce(&mut [u8; N]) -> Result<(), E>) -> Result<Self, E> {
        let mut secret = Self(Box::new([0; N]));
        fill(&mut secret.0)?;
        Ok(secret)
    }

    /// The bytes, for the duration of a use.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Secret text: a token, a code. Written into sealed records only; no `Debug` and no `Clone` on purpose.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes the text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the duration of a use.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A second one with the same text.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }

    /// Whether `text` is this one, in constant time for texts of the same length.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Secret bytes of any length, wiped as a whole when dropped: they may be megabytes, and `Zeroizing` wipes byte by byte.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// Takes the bytes.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<Zeroizing<Vec<u8>>> for SecretBytes {
    fn from(mut bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(core::mem::take(&mut *bytes))
    }
}

impl AsRef<[u8]> for SecretBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl core::ops::Deref for SecretBytes {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl core::ops::DerefMut for SecretBytes {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl core::fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SecretBytes")
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

impl zeroize::ZeroizeOnDrop for SecretBytes {}

/// Fills all that was set aside with zeros.
fn wipe(bytes: &mut Vec<u8>) {
    bytes.fill(0);
    // Within what is set aside, so nothing is moved.
    bytes.resize(bytes.capacity(), 0);
    // Whoever looks at them from here on may read the zeros: the compiler may not leave them out.
    zeroize::optimization_barrier(bytes.as_slice());
}

/// The JSON of a value. It is written once, and growing leaves no copy of what was written before behind.
///
/// `None` for what has no JSON, such as a map whose keys are no text.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Option<SecretBytes> {
    let mut written = Growing::default();
    serde_json::to_writer(&mut written, value).ok()?;
    Some(written.0)
}

/// As [`json`] for an object that may hold megabytes of text.
pub(crate) fn json_object(object: &Map<String, Value>) -> Option<SecretBytes> {
    let mut written = Growing::default();
    write_object(&mut written, object).ok()?;
    Some(written.0)
}

/// As [`json`] for what becomes an object, with one more member at its end: a text that may be megabytes.
pub(crate) fn json_with_text<T: Serialize>(
    value: &T,
    name: &str,
    text: &str,
) -> Option<SecretBytes> {
    let object = json(value)?;
    let members = object.strip_prefix(b"{")?.strip_suffix(b"}")?;
    let mut written = Growing::default();
    write_with_text(&mut written, members, name, text).ok()?;
    Some(written.0)
}

fn write_with_text(out: &mut Growing, members: &[u8], name: &str, text: &str) -> io::Result<()> {
    out.write_all(b"{")?;
    out.write_all(members)?;
    if !members.is_empty() {
        out.write_all(b",")?;
    }
    write_text(out, name)?;
    out.write_all(b":")?;
    write_text(out, text)?;
    out.write_all(b"}")
}

/// Bytes that are wiped where they no longer fit.
#[derive(Default)]
struct Growing(SecretBytes);

impl io::Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.0.len().saturating_add(bytes.len());
        if length > self.0.capacity() {
            // Large texts come as a whole. What is not used is wiped all the same: there is little of it.
            let mut larger = SecretBytes::new(Vec::with_capacity(length + length / 8 + 256));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn json_is_what_serde_writes_and_a_large_text_leaves_little_room_unused() {
        for length in [0, 1, 300, 1_000_000] {
            let value =
                serde_json::json!({ "a": [1, "\"\u{e9}"], "b": "x".repeat(length), "c": null });
            let written = json(&value).unwrap();
            assert_eq!(*written, serde_json::to_vec(&value).unwrap());
            assert!(written.capacity() <= written.len() + written.len() / 4 + 1024);
        }
    }

    #[test]
    fn an_object_is_what_serde_writes() {
        let value = serde_json::json!({ "a\n": ["\"\\\u{1}\u{e9}", { "b": [1, -2, 0.5, null, true] }], "c": {} });
        let written = json_object(value.as_object().unwrap()).unwrap();
        assert_eq!(*written, serde_json::to_vec(&value).unwrap());
    }

    #[test]
    fn a_text_at_the_end_of_an_object_is_as_serde_writes_it() {
        let long = "\"\\\u{1f600}\u{7f}\u{0}".repeat(5000);
        for (object, text) in [
            (serde_json::json!({}), "x"),
            (serde_json::json!({ "a": 1 }), ""),
            (serde_json::json!({ "a": "}" }), &*long),
        ] {
            let written = json_with_text(&object, "last", text).unwrap();
            let mut whole = object;
            whole["last"] = text.into();
            assert_eq!(*written, serde_json::to_vec(&whole).unwrap());
        }
        assert!(json_with_text(&[1], "last", "x").is_none());
    }

    #[test]
    fn all_that_was_set_aside_is_wiped() {
        let mut bytes = Vec::with_capacity(100);
        bytes.extend_from_slice(&[7; 90]);
        bytes.truncate(10);
        let place = bytes.as_ptr();
        wipe(&mut bytes);
        assert_eq!((bytes.as_ptr(), bytes.as_slice()), (place, &[0; 100][..]));
    }

    #[test]
    fn what_has_no_json_gives_none() {
        let map = std::collections::BTreeMap::from([(vec![1], 1)]);
        assert!(json(&map).is_none());
    }
}
