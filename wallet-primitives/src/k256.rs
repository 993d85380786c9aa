//! ECDSA on secp256k1 (SEC 2 2.4.1): with SHA-256 as JOSE has it (RFC 8812 3.2), and over a digest of Keccak-256 with the
//! parity by which an EVM contract recovers the key. Keys are those of the crate `k256`.

use crate::Refused;
use k256::ecdsa::signature::hazmat::PrehashVerifier as _;
use k256::ecdsa::signature::{Signer as _, Verifier as _};
use k256::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};

/// The key whose point this is, in one of the forms of SEC 1 2.3.3.
///
/// # Errors
/// [`Refused`] for what is no point of the curve.
pub fn verifying_key(point: &[u8]) -> Result<VerifyingKey, Refused> {
    VerifyingKey::from_sec1_bytes(point).map_err(|_| Refused)
}

/// The public half of a secret scalar (big-endian).
///
/// # Errors
/// [`Refused`] for zero and for what lies outside the group's order.
pub fn public_half(secret: &[u8; 32]) -> Result<VerifyingKey, Refused> {
    SigningKey::from_slice(secret)
        .map(|key| *key.verifying_key())
        .map_err(|_| Refused)
}

/// The signature of `message` with SHA-256, `R ‖ S` with S in the lower half of the group's order; its nonce is that of
/// RFC 6979.
///
/// # Errors
/// As [`public_half`].
pub fn sign(secret: &[u8; 32], message: &[u8]) -> Result<[u8; 64], Refused> {
    SigningKey::from_slice(secret)
        .and_then(|key| key.try_sign(message))
        .map(|signature: Signature| signature.to_bytes().into())
        .map_err(|_| Refused)
}

/// The signature of a digest, as [`sign`], and whether the y coordinate of R is odd: with it the key can be recovered.
///
/// # Errors
/// As [`public_half`]; for an R that is not below the group's order, which no one has ever met.
pub fn sign_digest(secret: &[u8; 32], digest: &[u8; 32]) -> Result<([u8; 64], bool), Refused> {
    let key = SigningKey::from_slice(secret).map_err(|_| Refused)?;
    let (signature, recovery) = key.sign_prehash_recoverable(digest);
    match recovery.is_x_reduced() {
        true => Err(Refused),
        false => Ok((signature.to_bytes().into(), recovery.is_y_odd())),
    }
}

/// Verifies `R ‖ S` of `message` with SHA-256. Either half of S is taken: RFC 8812 asks for neither.
///
/// # Errors
/// [`Refused`].
pub fn verify(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> Result<(), Refused> {
    Signature::from_slice(signature)
        .and_then(|signature| key.verify(message, &signature.normalize_s()))
        .map_err(|_| Refused)
}

/// Verifies `R ‖ S` of a digest, as [`verify`].
///
/// # Errors
/// [`Refused`].
pub fn verify_digest(
    key: &VerifyingKey,
    digest: &[u8; 32],
    signature: &[u8],
) -> Result<(), Refused> {
    Signature::from_slice(signature)
        .and_then(|signature| key.verify_prehash(digest, &signature.normalize_s()))
        .map_err(|_| Refused)
}

/// The one key whose signature of this digest this is, as the EVM's `ecrecover` finds it.
///
/// # Errors
/// [`Refused`] where there is none.
pub fn recover(
    digest: &[u8; 32],
    signature: &[u8; 64],
    is_y_odd: bool,
) -> Result<VerifyingKey, Refused> {
    let signature = Signature::from_slice(signature).map_err(|_| Refused)?;
    // The crate takes the lower half only; -S with the other parity is of the same key.
    let low = signature.normalize_s();
    let recovery = RecoveryId::new(is_y_odd != (low != signature), false);
    VerifyingKey::recover_from_prehash(digest, &low, recovery).map_err(|_| Refused)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SECRET: [u8; 32] = [7; 32];

    /// Key, message and signature of RFC 6979 with secp256k1, as other libraries' tests have them (trezor-crypto).
    #[test]
    fn nonces_are_those_of_rfc_6979() {
        let mut secret = [0; 32];
        secret[31] = 1;
        let signature = sign(&secret, b"Satoshi Nakamoto").unwrap();
        let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8\
             2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"
        );
    }

    #[test]
    fn a_signature_is_of_its_message_and_key_alone() {
        let key = public_half(&SECRET).unwrap();
        let signature = sign(&SECRET, b"message").unwrap();
        assert_eq!(verify(&key, b"message", &signature), Ok(()));
        assert_eq!(verify(&key, b"massage", &signature), Err(Refused));
        assert_eq!(verify(&key, b"message", &signature[..63]), Err(Refused));
        let other = public_half(&[8; 32]).unwrap();
        assert_eq!(verify(&other, b"message", &signature), Err(Refused));
    }

    #[test]
    fn the_key_is_recovered_from_either_half_of_s_and_another_from_the_other_parity() {
        let key = public_half(&SECRET).unwrap();
        for byte in 0..=255 {
            let digest = [byte; 32];
            let (signature, is_odd) = sign_digest(&SECRET, &digest).unwrap();
            assert_eq!(verify_digest(&key, &digest, &signature), Ok(()));
            assert_eq!(recover(&digest, &signature, is_odd), Ok(key));
            assert_ne!(recover(&digest, &signature, !is_odd), Ok(key));
            let signature = Signature::from_slice(&signature).unwrap();
            assert_eq!(signature.normalize_s(), signature, "S is low");
            let (r, s) = signature.split_scalars();
            let high: [u8; 64] = Signature::from_scalars(r, -*s).unwrap().to_bytes().into();
            assert_eq!(verify_digest(&key, &digest, &high), Ok(()));
            assert_eq!(recover(&digest, &high, !is_odd), Ok(key));
        }
    }

    #[test]
    fn what_is_no_scalar_no_point_or_no_signature_is_refused() {
        assert_eq!(public_half(&[0; 32]), Err(Refused));
        assert_eq!(public_half(&[0xff; 32]), Err(Refused));
        assert_eq!(sign(&[0; 32], b""), Err(Refused));
        assert_eq!(sign_digest(&[0xff; 32], &[1; 32]), Err(Refused));
        assert_eq!(verifying_key(&[4; 65]), Err(Refused));
        for signature in [[0; 64], [0xff; 64]] {
            assert_eq!(recover(&[1; 32], &signature, false), Err(Refused));
        }
    }

    #[test]
    fn a_point_is_read_in_either_form() {
        let key = public_half(&SECRET).unwrap();
        for compressed in [false, true] {
            let point = key.to_sec1_point(compressed);
            assert_eq!(verifying_key(point.as_bytes()), Ok(key));
        }
    }
}
