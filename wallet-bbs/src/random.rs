//! Random scalars.

use zeroize::Zeroizing;

use crate::{Error, Scalar};

/// Where 48 uniform bytes at a time come from: the system, or a fixture of the draft in tests.
pub(crate) trait Random {
    fn fill(&mut self, uniform: &mut [u8; 48]) -> Result<(), Error>;

    /// A uniform scalar (`calculate_random_scalars` of the draft). Only a broken source gives zero, which would hide nothing:
    /// it is refused.
    fn scalar(&mut self) -> Result<Scalar, Error> {
        let mut uniform = Zeroizing::new([0; 48]);
        self.fill(&mut uniform)?;
        let scalar = Scalar::reduce(&uniform);
        match scalar.is_zero() {
            true => Err(Error::NoRandomness),
            false => Ok(scalar),
        }
    }
}

/// The system's randomness.
pub(crate) fn system() -> impl Random {
    System
}

struct System;

impl Random for System {
    fn fill(&mut self, uniform: &mut [u8; 48]) -> Result<(), Error> {
        getrandom::fill(uniform).map_err(|_| Error::NoRandomness)
    }
}
