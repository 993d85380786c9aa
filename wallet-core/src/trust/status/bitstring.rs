//! Bitstring Status List v1.0 (W3C): the entry in a credential, and the bits of a list.

use super::error::StatusError;
use super::inflate;
use crate::jose::base64url;
use serde_json::Value;

/// Fewest entries of a list: with fewer the holder would not disappear among them (6.1).
const MIN_ENTRIES: u64 = 131_072;

/// Most bits of one entry. The specification knows no limit; more than this no one needs to tell messages apart.
const MAX_ENTRY_BITS: u8 = 8;

/// Most entries of one credential that are read.
const MAX_STATUSES: usize = 16;

/// A `BitstringStatusListEntry` in the `credentialStatus` of a credential (2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitstringEntry {
    purpose: String,
    index: u64,
    list: String,
    bits: u8,
}

impl BitstringEntry {
    /// Reads `credentialStatus`: one object or several. Entries of other types are passed over.
    ///
    /// # Errors
    /// [`StatusError::Reference`]; [`StatusError::EntrySize`] for a `statusSize` outside 1 to 8.
    pub fn read(credential_status: &Value) -> Result<Vec<Self>, StatusError> {
        let entries = match credential_status {
            Value::Array(entries) if entries.len() <= MAX_STATUSES => entries.as_slice(),
            one @ Value::Object(_) => core::slice::from_ref(one),
            _ => return Err(StatusError::Reference),
        };
        let is_bitstring = |entry: &&Value| has_type(entry, "BitstringStatusListEntry");
        entries.iter().filter(is_bitstring).map(Self::of).collect()
    }

    fn of(entry: &Value) -> Result<Self, StatusError> {
        let text = |name| entry.get(name).and_then(Value::as_str);
        let required = |name| text(name).ok_or(StatusError::Reference);
        let bits = match entry.get("statusSize") {
            None => 1,
            Some(size) => size
                .as_u64()
                .and_then(|size| u8::try_from(size).ok())
                .filter(|size| (1..=MAX_ENTRY_BITS).contains(size))
                .ok_or(StatusError::EntrySize)?,
        };
        let index = required("statusListIndex")?;
        let is_plain = index.bytes().all(|digit| digit.is_ascii_digit());
        Ok(Self {
            purpose: required("statusPurpose")?.to_owned(),
            index: index
                .parse()
                .ok()
                .filter(|_| is_plain)
                .ok_or(StatusError::Reference)?,
            list: required("statusListCredential")?.to_owned(),
            bits,
        })
    }

    /// `statusPurpose`: `revocation`, `suspension`, `message`, `refresh` or an application's own.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// The entry.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The address of the list.
    #[must_use]
    pub fn list(&self) -> &str {
        &self.list
    }

    /// How many bits an entry has.
    #[must_use]
    pub const fn bits(&self) -> u8 {
        self.bits
    }
}

/// The bits of a list: the first entry is in the most significant bits of the first byte (3.3).
#[derive(Clone, PartialEq, Eq)]
pub struct BitstringList(Vec<u8>);

impl core::fmt::Debug for BitstringList {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "BitstringList({} bits)", self.0.len() as u64 * 8)
    }
}

impl BitstringList {
    /// Reads `encodedList`: multibase `u`, base64url, gzip (3.3).
    ///
    /// # Errors
    /// [`StatusError::Claim`], [`StatusError::Compression`], [`StatusError::TrailingData`], [`StatusError::Bomb`].
    pub fn decode(encoded: &str) -> Result<Self, StatusError> {
        let text = encoded.strip_prefix('u').ok_or(StatusError::Claim)?;
        inflate::gzip(&base64url::decode(text)?).map(Self)
    }

    /// What the list says at a credential's entry: 0 is "not set".
    ///
    /// # Errors
    /// [`StatusError::TooShort`] if the list has fewer than 131 072 entries of that size, [`StatusError::OutOfRange`].
    pub fn get(&self, entry: &BitstringEntry) -> Result<u8, StatusError> {
        let size = u64::from(entry.bits);
        let bits = self.0.len() as u64 * 8;
        if bits / size < MIN_ENTRIES {
            return Err(StatusError::TooShort);
        }
        let first = entry.index.checked_mul(size);
        let first = first.ok_or(StatusError::OutOfRange)?;
        (0..size).try_fold(0, |value, place| {
            let bit = first.checked_add(place).ok_or(StatusError::OutOfRange)?;
            Ok(value << 1 | self.bit(bit)?)
        })
    }

    fn bit(&self, place: u64) -> Result<u8, StatusError> {
        let byte = usize::try_from(place / 8).ok();
        let byte = byte.and_then(|byte| self.0.get(byte));
        let shift = 7 - place % 8;
        byte.map(|byte| (byte >> shift) & 1)
            .ok_or(StatusError::OutOfRange)
    }
}

/// Whether `type` is, or names, this type.
pub(super) fn has_type(object: &Value, wanted: &str) -> bool {
    match object.get("type") {
        Some(Value::String(one)) => one == wanted,
        Some(Value::Array(all)) => all.iter().any(|one| one == wanted),
        _ => false,
    }
}
