//! Keys, of one suite each.

use core::fmt;

use zeroize::Zeroizing;

use crate::curve::G2;
use crate::random::{Random, system};
use crate::suite::Draft;
use crate::{Error, Fault, Scalar, Suite};

/// An issuer's secret key, wiped when dropped. Signs in its suite only.
#[derive(Clone)]
pub struct SecretKey {
    pub(crate) scalar: Scalar,
    public: PublicKey,
}

impl SecretKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`Error::NoRandomness`] if the system has none.
    pub fn random(suite: Suite) -> Result<Self, Error> {
        Self::new(suite, system().scalar()?)
    }

    /// The key of secret material by `KeyGen` of the draft: the same each time.
    ///
    /// `material` has 32 bytes or more and as much entropy; `info` (65,535 bytes or less) tells keys of the same material
    /// apart.
    ///
    /// # Errors
    /// [`Error::KeyMaterial`] for other lengths.
    pub fn generate(suite: Suite, material: &[u8], info: &[u8]) -> Result<Self, Error> {
        let length = u16::try_from(info.len()).map_err(|_| Error::KeyMaterial)?;
        if material.len() < 32 {
            return Err(Error::KeyMaterial);
        }
        let length = length.to_be_bytes();
        let input = Zeroizing::new([material, &length, info].concat());
        let interface = suite.interface(Draft::Plain);
        Self::new(suite, interface.hash_to_scalar(&input, "KEYGEN_DST_"))
    }

    /// Reads 32 bytes, big-endian.
    ///
    /// # Errors
    /// [`Error::SecretKey`] for zero, and for what is not below the order.
    pub fn from_bytes(suite: Suite, bytes: &[u8; 32]) -> Result<Self, Error> {
        Self::new(suite, Scalar::read(bytes).map_err(Error::SecretKey)?)
    }

    fn new(suite: Suite, scalar: Scalar) -> Result<Self, Error> {
        if scalar.is_zero() {
            return Err(Error::SecretKey(Fault::ScalarRange));
        }
        let public = PublicKey::new(suite, G2::public_half(&scalar));
        Ok(Self { scalar, public })
    }

    /// The 32 bytes, big-endian; wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.scalar.to_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }
}

/// Shows nothing of the secret.
impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("SecretKey");
        debug.field("public", &self.public).finish_non_exhaustive()
    }
}

/// An issuer's public key: verifies signatures and proofs, and makes proofs, in its suite only.
#[derive(Clone)]
pub struct PublicKey {
    pub(crate) suite: Suite,
    pub(crate) point: G2,
    pub(crate) bytes: [u8; 96],
}

impl PublicKey {
    fn new(suite: Suite, point: G2) -> Self {
        Self {
            suite,
            point,
            bytes: point.to_bytes(),
        }
    }

    /// Reads the 96 bytes of a compressed point of G2.
    ///
    /// # Errors
    /// [`Error::PublicKey`] for another length and for what is not on the curve, not in the subgroup, or at infinity.
    pub fn from_bytes(suite: Suite, bytes: &[u8]) -> Result<Self, Error> {
        let bytes = bytes.try_into();
        let bytes = bytes.map_err(|_| Error::PublicKey(Fault::Length))?;
        let point = G2::read(bytes).map_err(Error::PublicKey)?;
        Ok(Self::new(suite, point))
    }

    /// The compressed point.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 96] {
        self.bytes
    }

    /// The suite it is used in.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.suite
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        (self.suite, self.bytes) == (other.suite, other.bytes)
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({:?}, ", self.suite)?;
        for byte in self.bytes {
            write!(formatter, "{byte:02x}")?;
        }
        formatter.write_str(")")
    }
}
