//! Keys of P-384, as those of the crate `p384`.

use crate::Refused;
use p384::ecdsa::VerifyingKey;

/// The key whose point this is, in one of the forms of SEC 1 2.3.3.
///
/// # Errors
/// [`Refused`] for what is no point of the curve.
pub fn verifying_key(point: &[u8]) -> Result<VerifyingKey, Refused> {
    VerifyingKey::from_sec1_bytes(point).map_err(|_| Refused)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use p384::ecdsa::SigningKey;

    #[test]
    fn a_point_is_read_in_either_form_and_nothing_else_is() {
        let secret = SigningKey::from_slice(&[1; 48]).unwrap();
        for compressed in [false, true] {
            let point = secret.verifying_key().to_sec1_point(compressed);
            let key = verifying_key(point.as_bytes());
            assert_eq!(key.as_ref(), Ok(secret.verifying_key()));
        }
        assert_eq!(verifying_key(&[4; 97]), Err(Refused));
    }
}
