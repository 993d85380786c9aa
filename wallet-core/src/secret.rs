//! Secret bytes: wiped when dropped, never printed, compared in constant time.

use crate::error::WalletError;
use crate::random::Random;
use subtle::ConstantTimeEq as _;
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

/// Secret bytes of any length.
pub type SecretBytes = Zeroizing<Vec<u8>>;
