//! A pseudo-random function from hardware that agrees on keys and computes no MAC (Apple's Secure Enclave).
//!
//! With the key `k`, `H1` of RFC 9380 and HKDF as `H2` it is `f(input) = H2(input, x of k·H1(input))`: the function of
//! 2HashDH (Jarecki, Kiayias, Krawczyk, ASIACRYPT 2014), evaluated without blinding. That it cannot be computed from
//! the public key `k·G` rests on nobody knowing which multiple of `G` the point is.

use super::DeviceKeyError;
use crate::labels;
use crate::secret::Secret;
use wallet_primitives::{mac, p256};

/// The point for the hardware to multiply with its key: 65 bytes, uncompressed (SEC 1 2.3.3).
///
/// # Errors
/// [`DeviceKeyError::HardwareFault`] for inputs that hash to no key; no one is known.
pub fn agreement_point(input: &Secret<32>) -> Result<[u8; 65], DeviceKeyError> {
    p256::hash_to_point(labels::AGREEMENT_POINT, input.expose())
        .map_err(|_| DeviceKeyError::HardwareFault)
}

/// The function's output, from the same input and the x coordinate of the product (the result of ECDH, without a key
/// derivation of its own).
///
/// # Errors
/// None: all lengths are fixed.
pub fn agreement_output(
    input: &Secret<32>,
    shared: &Secret<32>,
) -> Result<Secret<32>, DeviceKeyError> {
    let info = [labels::AGREEMENT_OUTPUT, input.expose().as_slice()];
    Secret::try_with(|output| mac::hkdf(None, shared.expose(), &info, output))
        .map_err(|_| DeviceKeyError::HardwareFault)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use ::p256::ecdh::diffie_hellman;
    use ::p256::{PublicKey, SecretKey};

    fn prf(key: &SecretKey, input: [u8; 32]) -> [u8; 32] {
        let input = Secret::take(&mut input.clone());
        let point = PublicKey::from_sec1_bytes(&agreement_point(&input).unwrap()).unwrap();
        let shared = diffie_hellman(key.to_nonzero_scalar(), point.as_affine());
        let shared = Secret::take(&mut (*shared.raw_secret_bytes()).into());
        *agreement_output(&input, &shared).unwrap().expose()
    }

    #[test]
    fn the_same_key_and_input_give_the_same_output_and_others_another() {
        let (one, other) = (
            SecretKey::from_slice(&[1; 32]).unwrap(),
            SecretKey::from_slice(&[2; 32]).unwrap(),
        );
        assert_eq!(prf(&one, [7; 32]), prf(&one, [7; 32]));
        assert_ne!(prf(&one, [7; 32]), prf(&one, [8; 32]));
        assert_ne!(prf(&one, [7; 32]), prf(&other, [7; 32]));
    }

    /// Stores would not open after a change: the value is part of the format. It was computed by a program in Python, from
    /// the formulas of RFC 9380 and RFC 5869 alone.
    #[test]
    fn the_function_never_changes() {
        let key = SecretKey::from_slice(&[1; 32]).unwrap();
        let output = [
            0xad, 0xd5, 0x27, 0xb6, 0xad, 0x9b, 0x1a, 0x13, 0x60, 0x4d, 0x48, 0xe8, 0x58, 0xfd,
            0x1f, 0xcf, 0x42, 0xb7, 0xc0, 0xa0, 0x1f, 0x6c, 0x19, 0x1d, 0xa8, 0x2c, 0xdf, 0x63,
            0xe8, 0x5f, 0x04, 0x9e,
        ];
        assert_eq!(prf(&key, [7; 32]), output);
    }

    #[test]
    fn the_output_is_bound_to_its_input_and_not_to_the_point_alone() {
        let shared = Secret::take(&mut [3; 32]);
        let outputs = [[1; 32], [2; 32]]
            .map(|mut input| agreement_output(&Secret::take(&mut input), &shared).unwrap());
        assert_ne!(outputs[0].expose(), outputs[1].expose());
    }
}
