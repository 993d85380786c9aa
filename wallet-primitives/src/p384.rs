//! ECDSA (FIPS 186-5) on P-384, verification only. Keys are those of the crate `p384`.

use crate::Refused;
use p384::ecdsa::signature::hazmat::PrehashVerifier as _;
use p384::ecdsa::{Signature, VerifyingKey};

/// The key whose point this is, in one of the forms of SEC 1 2.3.3.
///
/// # Errors
/// [`Refused`] for what is no point of the curve.
pub fn verifying_key(point: &[u8]) -> Result<VerifyingKey, Refused> {
    VerifyingKey::from_sec1_bytes(point).map_err(|_| Refused)
}

/// Verifies a signature in DER (RFC 3279 2.2.3) over a message of which this is the digest.
///
/// # Errors
/// [`Refused`] for every other signature.
pub fn verify_digest(key: &VerifyingKey, digest: &[u8], signature: &[u8]) -> Result<(), Refused> {
    Signature::from_der(signature)
        .and_then(|signature| key.verify_prehash(digest, &signature))
        .map_err(|_| Refused)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use p384::ecdsa::SigningKey;
    use p384::ecdsa::signature::Signer as _;

    #[test]
    fn a_signature_fits_its_digest_and_no_other() {
        let secret = SigningKey::from_slice(&[1; 48]).unwrap();
        let signature: Signature = secret.sign(b"message");
        let point = secret.verifying_key().to_sec1_point(false);
        let key = verifying_key(point.as_bytes()).unwrap();
        let digest = crate::hash::sha384(b"message");
        let der = signature.to_der();
        assert_eq!(verify_digest(&key, &digest, der.as_bytes()), Ok(()));
        let other = crate::hash::sha384(b"other");
        assert_eq!(verify_digest(&key, &other, der.as_bytes()), Err(Refused));
    }
}
