//! The name of one store.

use crate::error::WalletError;
use crate::random::{Random, make_bytes};
use core::fmt;

/// 16 random bytes that name one store. Every key, slot and record is bound to it, so that parts of two stores cannot be
/// mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StoreId([u8; 16]);

impl StoreId {
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
impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
