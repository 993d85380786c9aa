//! Pseudonyms: one for each holder and context, proven to come from a secret that the issuer signed without seeing it
//! (draft-irtf-cfrg-bbs-per-verifier-linkability; the sections named here are those of -03).

mod proof;
mod secrets;

use core::fmt;
use core::num::NonZeroUsize;

#[cfg(test)]
pub(crate) use proof::Occasion;
pub use proof::PseudonymShown;
pub use secrets::{NymSecrets, ProverNyms, SignerNymEntropy};

use crate::curve::{Affine, Point};
use crate::suite::{Draft, Interface};
use crate::{Error, Fault, Scalar, Suite};

/// A revision of draft-irtf-cfrg-bbs-per-verifier-linkability. Nothing in a signature, proof or pseudonym says which it is of:
/// whoever keeps a signature keeps its revision with it. What is of one does not verify in the other with the same header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PseudonymRevision {
    /// -00 and -01: one secret. The W3C's vectors for bbs-2023 (April 2025) follow it.
    Draft01,
    /// -02 and -03: one secret or more. Who can compute discrete logarithms one day links nothing by fewer pseudonyms of a holder
    /// than there are secrets.
    Draft03 {
        /// How many; signed, and shown to verifiers.
        secrets: NonZeroUsize,
    },
}

impl PseudonymRevision {
    /// How many secrets a holder has.
    #[must_use]
    pub fn secrets(self) -> usize {
        match self {
            Self::Draft01 => 1,
            Self::Draft03 { secrets } => secrets.get(),
        }
    }

    /// What is signed as the header.
    fn header(self, header: &[u8]) -> Vec<u8> {
        let mut signed = header.to_vec();
        if let Self::Draft03 { secrets } = self {
            signed.extend_from_slice(&(secrets.get() as u64).to_be_bytes());
        }
        signed
    }
}

/// What a holder is called in a context: a point, the same each time and unlinkable to that in another context.
///
/// It says nothing of how many a person has: that is one for each secret the issuer signs.
#[derive(Clone, Copy)]
pub struct Pseudonym(Affine);

impl Pseudonym {
    /// Reads the 48 bytes of a compressed point of G1.
    ///
    /// # Errors
    /// [`Error::Pseudonym`] for another length and for what is not on the curve, not in the subgroup, or at infinity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let bytes = bytes.try_into();
        let bytes = bytes.map_err(|_| Error::Pseudonym(Fault::Length))?;
        let point = Affine::read(bytes).map_err(Error::Pseudonym)?;
        Ok(Self(point))
    }

    /// The compressed point.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 48] {
        self.0.to_bytes()
    }
}

impl PartialEq for Pseudonym {
    fn eq(&self, other: &Self) -> bool {
        self.to_bytes() == other.to_bytes()
    }
}

impl Eq for Pseudonym {}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pseudonym(")?;
        for byte in self.to_bytes() {
            write!(formatter, "{byte:02x}")?;
        }
        formatter.write_str(")")
    }
}

/// What pseudonyms of a context are made with (sections 4 and 7.3).
struct Context {
    /// `OP`.
    base: Affine,
    /// `z`.
    place: Scalar,
}

impl Context {
    fn new(suite: Suite, context: &[u8]) -> Self {
        let interface = interface(suite);
        Self {
            base: suite.hash_to_point(context, interface.id().as_bytes()),
            place: interface.hash_to_scalar(context, "VECT_NYM_SECRETS"),
        }
    }

    /// The polynomial with these coefficients, at the place of this context.
    fn evaluate(&self, coefficients: &[Scalar]) -> Scalar {
        let step = |sum: Scalar, next: &Scalar| sum.times(&self.place).plus(next);
        coefficients.iter().rev().fold(Scalar::default(), step)
    }

    /// The multiple of the base by the polynomial, in constant time.
    fn point(&self, coefficients: &[Scalar]) -> Point {
        self.base.point().times(&self.evaluate(coefficients))
    }
}

fn interface(suite: Suite) -> Interface {
    suite.interface(Draft::Pseudonym)
}
