//! Secret bytes: wiped when dropped, never printed, compared in constant time.

use crate::error::WalletError;
use crate::random::Random;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
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

/// Secret bytes of any length.
pub type SecretBytes = Zeroizing<Vec<u8>>;
