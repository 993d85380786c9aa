//! Numbers modulo the order of the groups.

use core::fmt;

use blst::{
    blst_bendian_from_scalar, blst_fr, blst_fr_add, blst_fr_from_scalar, blst_fr_inverse,
    blst_fr_mul, blst_fr_sub, blst_scalar, blst_scalar_fr_check, blst_scalar_from_be_bytes,
    blst_scalar_from_bendian, blst_scalar_from_fr,
};
use zeroize::{Zeroize, Zeroizing};

use crate::published::published;
use crate::{Error, Fault};

/// A number below the order of BLS12-381's groups: a message, or what one is hashed to. Wiped when dropped; all arithmetic
/// is constant time.
#[derive(Clone, Default)]
pub struct Scalar(blst_fr);

impl Scalar {
    /// Reads 32 bytes, big-endian. Zero is a scalar.
    ///
    /// # Errors
    /// [`Error::Scalar`] if the number is not below the order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, Error> {
        Self::read(bytes).map_err(Error::Scalar)
    }

    /// The 32 bytes, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0; 32]);
        // SAFETY: exactly the 32 bytes blst writes.
        unsafe { blst_bendian_from_scalar(bytes.as_mut_ptr(), &self.integer()) };
        bytes
    }

    pub(crate) fn read(bytes: &[u8; 32]) -> Result<Self, Fault> {
        let (mut integer, mut scalar) = (blst_scalar::default(), blst_fr::default());
        // SAFETY: exactly the 32 bytes blst reads.
        let is_below_order = unsafe {
            blst_scalar_from_bendian(&mut integer, bytes.as_ptr());
            blst_scalar_fr_check(&integer)
        };
        // Whether it is a scalar: the caller learns it.
        if !published(is_below_order) {
            return Err(Fault::ScalarRange);
        }
        // SAFETY: of blst's own types.
        unsafe { blst_fr_from_scalar(&mut scalar, &integer) };
        Ok(Self(scalar))
    }

    /// As [`read`](Self::read), and not zero: the scalars of keys, signatures and proofs.
    pub(crate) fn read_nonzero(bytes: &[u8; 32]) -> Result<Self, Fault> {
        let scalar = Self::read(bytes)?;
        match scalar.is_zero() {
            true => Err(Fault::ScalarRange),
            false => Ok(scalar),
        }
    }

    /// 48 bytes, big-endian, modulo the order: uniform if they are.
    pub(crate) fn reduce(bytes: &[u8; 48]) -> Self {
        let (mut integer, mut scalar) = (blst_scalar::default(), blst_fr::default());
        // SAFETY: read by length. What it returns says whether the result is zero.
        unsafe {
            blst_scalar_from_be_bytes(&mut integer, bytes.as_ptr(), bytes.len());
            blst_fr_from_scalar(&mut scalar, &integer);
        }
        Self(scalar)
    }

    /// Whether it is zero, which the caller learns by an error: of random scalars none ever is.
    pub(crate) fn is_zero(&self) -> bool {
        published(self.0.l.iter().fold(0, |all, limb| all | limb) == 0)
    }

    pub(super) fn integer(&self) -> blst_scalar {
        let mut integer = blst_scalar::default();
        // SAFETY: of blst's own types.
        unsafe { blst_scalar_from_fr(&mut integer, &self.0) };
        integer
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        let mut result = Self::default();
        // SAFETY: of blst's own types; the output is exclusive.
        unsafe { blst_fr_add(&mut result.0, &self.0, &other.0) };
        result
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        let mut result = Self::default();
        // SAFETY: as above.
        unsafe { blst_fr_sub(&mut result.0, &self.0, &other.0) };
        result
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        let mut result = Self::default();
        // SAFETY: as above.
        unsafe { blst_fr_mul(&mut result.0, &self.0, &other.0) };
        result
    }

    /// One divided by it; zero for zero.
    pub(crate) fn inverse(&self) -> Self {
        let mut result = Self::default();
        // SAFETY: as above.
        unsafe { blst_fr_inverse(&mut result.0, &self.0) };
        result
    }

    /// As it lies in memory.
    #[cfg(test)]
    pub(crate) fn limbs(&self) -> [u64; 4] {
        self.0.l
    }

    #[cfg(test)]
    pub(crate) fn mark_secret(&mut self) {
        crate::tests::valgrind::mark_secret(&mut self.0.l);
    }
}

impl Drop for Scalar {
    fn drop(&mut self) {
        self.0.l.zeroize();
    }
}

/// Shows nothing of it.
impl fmt::Debug for Scalar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Scalar(..)")
    }
}
