//! A Token Status List: many small entries in one compressed array (Token Status List 4), and the token that carries it.

use super::error::StatusError;
use super::{LEEWAY_SECONDS, inflate};
use crate::clock::UnixTime;
use crate::formats::IssuerEvidence;
use serde::{Deserialize, Serialize};

/// What an entry says (Token Status List 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "u8", into = "u8")]
#[non_exhaustive]
pub enum StatusValue {
    /// `VALID`, 0.
    Valid,
    /// `INVALID`, 1: revoked, for good.
    Revoked,
    /// `SUSPENDED`, 2: not valid for the time being.
    Suspended,
    /// Something the application or a later standard gives a meaning to.
    Other(u8),
}

impl From<u8> for StatusValue {
    fn from(value: u8) -> Self {
        match value {
            0 => Self::Valid,
            1 => Self::Revoked,
            2 => Self::Suspended,
            other => Self::Other(other),
        }
    }
}

impl From<StatusValue> for u8 {
    fn from(value: StatusValue) -> Self {
        match value {
            StatusValue::Valid => 0,
            StatusValue::Revoked => 1,
            StatusValue::Suspended => 2,
            StatusValue::Other(other) => other,
        }
    }
}

/// The array: entries of 1, 2, 4 or 8 bits, the first in the least significant bits of the first byte.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusArray {
    bits: u8,
    bytes: Vec<u8>,
}

impl core::fmt::Debug for StatusArray {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "StatusArray({} entries)", self.entries())
    }
}

impl StatusArray {
    /// Inflates `lst` with entries of `bits` bits.
    ///
    /// # Errors
    /// [`StatusError::EntrySize`], [`StatusError::Compression`], [`StatusError::TrailingData`], [`StatusError::Bomb`].
    pub fn inflate(bits: u64, compressed: &[u8]) -> Result<Self, StatusError> {
        let bits = match bits {
            1 | 2 | 4 | 8 => bits as u8,
            _ => return Err(StatusError::EntrySize),
        };
        Ok(Self {
            bits,
            bytes: inflate::zlib(compressed)?,
        })
    }

    /// How many entries there are.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.bytes.len() as u64 * u64::from(8 / self.bits)
    }

    /// The entry at `index`.
    ///
    /// # Errors
    /// [`StatusError::OutOfRange`].
    pub fn get(&self, index: u64) -> Result<StatusValue, StatusError> {
        let per_byte = u64::from(8 / self.bits);
        let byte = usize::try_from(index / per_byte)
            .ok()
            .and_then(|place| self.bytes.get(place))
            .ok_or(StatusError::OutOfRange)?;
        // At most 7: the entry's place in its byte.
        let shift = (index % per_byte) as u8 * self.bits;
        let mask = u8::MAX >> (8 - self.bits);
        Ok(StatusValue::from((byte >> shift) & mask))
    }
}

/// A verified Status List Token (Token Status List 5).
#[derive(Clone, Debug)]
pub struct StatusList {
    array: StatusArray,
    issued_at: UnixTime,
    valid_until: Option<UnixTime>,
    ttl_seconds: Option<u64>,
    evidence: IssuerEvidence,
}

/// The claims of a token, before anything was made of them.
pub(super) struct Claims<'c> {
    pub(super) subject: Option<&'c str>,
    pub(super) issued_at: Option<i64>,
    pub(super) expires: Option<i64>,
    pub(super) ttl_seconds: Option<u64>,
    pub(super) bits: Option<u64>,
    pub(super) compressed: Vec<u8>,
}

impl StatusList {
    /// Checks the claims of a token whose signature was verified, and inflates the list.
    pub(super) fn new(
        claims: &Claims<'_>,
        uri: &str,
        evidence: IssuerEvidence,
        at: UnixTime,
    ) -> Result<Self, StatusError> {
        if claims.subject != Some(uri) {
            return Err(StatusError::WrongSubject);
        }
        let issued_at = UnixTime::from_secs(claims.issued_at.ok_or(StatusError::Claim)?);
        let valid_until = claims.expires.map(UnixTime::from_secs);
        if valid_until.is_some_and(|end| end <= at.saturating_add(-LEEWAY_SECONDS)) {
            return Err(StatusError::Expired);
        }
        if issued_at > at.saturating_add(LEEWAY_SECONDS) {
            return Err(StatusError::NotYetIssued);
        }
        let bits = claims.bits.ok_or(StatusError::Claim)?;
        Ok(Self {
            array: StatusArray::inflate(bits, &claims.compressed)?,
            issued_at,
            valid_until,
            ttl_seconds: claims.ttl_seconds,
            evidence,
        })
    }

    /// The entries.
    #[must_use]
    pub const fn array(&self) -> &StatusArray {
        &self.array
    }

    /// When it was made.
    #[must_use]
    pub const fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// From when it is no longer to be believed, if it says so.
    #[must_use]
    pub const fn valid_until(&self) -> Option<UnixTime> {
        self.valid_until
    }

    /// How long it may be kept, by its keeper's wish (13.7).
    #[must_use]
    pub const fn ttl_seconds(&self) -> Option<u64> {
        self.ttl_seconds
    }

    /// Who signed it, and how that was proven.
    #[must_use]
    pub const fn evidence(&self) -> &IssuerEvidence {
        &self.evidence
    }
}
