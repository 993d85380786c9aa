//! Randomness comes through a trait, so that vectors can be replayed in tests.

use crate::error::{ErrorCode, WalletError};

/// A cryptographically secure source of random bytes.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// [`ErrorCode::RandomUnavailable`]; nothing may be done with `bytes` then.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), WalletError>;
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), WalletError> {
        getrandom::fill(bytes).map_err(|_| WalletError::new(ErrorCode::RandomUnavailable))
    }
}

/// `N` random bytes.
///
/// # Errors
/// As [`Random::fill`].
pub fn make_bytes<const N: usize>(random: &dyn Random) -> Result<[u8; N], WalletError> {
    let mut bytes = [0; N];
    random.fill(&mut bytes)?;
    Ok(bytes)
}
