//! Records: what the store keeps, and the limits on them.

use crate::error::WalletError;
use crate::random::{Random, make_bytes};
use crate::secret::SecretBytes;
use core::fmt;

/// Largest body of one record, in bytes: the encrypted answer that shows the largest credential, kept to be sent again
/// (docs/adr/15).
pub const MAX_BODY_BYTES: usize = 9 * 1024 * 1024;
/// Most records in one store.
pub const MAX_RECORDS: usize = 1_000_000;

/// 16 random bytes that name one record of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 16]);

impl RecordId {
    /// A new id.
    ///
    /// # Errors
    /// `random_unavailable`.
    pub fn make(random: &dyn Random) -> Result<Self, WalletError> {
        make_bytes(random).map(Self)
    }

    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// 32 lower-case hexadecimal digits.
impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a record is about. A number, because kinds of later versions must be kept by this one.
///
/// Numbers are never used for another meaning. Kinds are visible in the file (docs/vault-format.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKind(pub u16);

impl RecordKind {
    /// The holder, or a child or ward the holder acts for.
    pub const PROFILE: Self = Self(1);
    /// The logical card: issuer, type, profile, state, policies.
    pub const CREDENTIAL: Self = Self(2);
    /// One issued copy of a card: key handle, uses, status reference.
    pub const COPY: Self = Self(3);
    /// The received bytes of a copy, apart from its overview.
    pub const BODY: Self = Self(4);
    /// What is needed to have a card issued again: servers, refresh token, DPoP key.
    pub const ISSUANCE_CONTEXT: Self = Self(5);
    /// How a card looks: texts of all locales, images.
    pub const DISPLAY_SNAPSHOT: Self = Self(6);
    /// A holder key or its handle, with its purpose.
    pub const KEY: Self = Self(7);
    /// The last status list seen.
    pub const STATUS_CACHE: Self = Self(8);
    /// What is known about issuers and verifiers.
    pub const TRUST_STATE: Self = Self(9);
    /// Something begun and not finished, to be resumed or cleaned up.
    pub const PENDING: Self = Self(10);
    /// An entry of the history.
    pub const HISTORY: Self = Self(11);
    /// A proof that a copy or a receipt was anchored on a ledger.
    pub const ANCHORED: Self = Self(12);
    /// The newest block of a ledger that was taken for current.
    pub const LEDGER_SEEN: Self = Self(13);
}

/// A decrypted record.
///
/// No `Debug` on purpose: the body is secret.
pub struct Record {
    /// Its name.
    pub id: RecordId,
    /// What it is about.
    pub kind: RecordKind,
    /// Version of the layout of `body`, chosen by whoever wrote it.
    pub schema: u16,
    /// Counts the changes, from 1.
    pub version: u64,
    /// The content, wiped when dropped.
    pub body: SecretBytes,
}
