//! ECDSA (FIPS 186-5), key agreement (SP 800-56A) and hashing to a point (RFC 9380) on P-256. Keys are those of the crate
//! `p256`.

use crate::Refused;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::hash2curve::GroupDigest as _;
use p256::{NistP256, PublicKey, SecretKey};

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

/// The signature of `message` with SHA-256, `R ‖ S`; its nonce is that of RFC 6979.
///
/// # Errors
/// As [`public_half`].
pub fn sign(secret: &[u8; 32], message: &[u8]) -> Result<[u8; 64], Refused> {
    SigningKey::from_slice(secret)
        .and_then(|key| key.try_sign(message))
        .map(|signature: Signature| signature.to_bytes().into())
        .map_err(|_| Refused)
}

/// The public half of a key for agreement.
#[must_use]
pub fn public_key(key: &SecretKey) -> PublicKey {
    key.public_key()
}

/// Writes the x coordinate of the shared point.
pub fn agree(key: &SecretKey, peer: &PublicKey, shared: &mut [u8; 32]) {
    shared.copy_from_slice(key.diffie_hellman(peer).raw_secret_bytes());
}

/// The point of `message` by P256_XMD:SHA-256_SSWU_RO_ (RFC 9380 8.2) under the domain separation tag `tag`, uncompressed
/// (SEC 1 2.3.3). Nobody knows which multiple of the generator it is.
///
/// # Errors
/// [`Refused`] for an empty tag; for the point at infinity, which no one has ever met.
pub fn hash_to_point(tag: &[u8], message: &[u8]) -> Result<[u8; 65], Refused> {
    let point = NistP256::hash_from_bytes(&[message], &[tag]).map_err(|_| Refused)?;
    let key = VerifyingKey::from_affine(point.to_affine()).map_err(|_| Refused)?;
    key.to_sec1_point(false)
        .as_bytes()
        .try_into()
        .map_err(|_| Refused)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The key and the first bytes of R of RFC 6979 A.2.5, SHA-256, message "sample".
    #[test]
    fn the_example_of_rfc_6979_holds() {
        let secret = [
            0xc9, 0xaf, 0xa9, 0xd8, 0x45, 0xba, 0x75, 0x16, 0x6b, 0x5c, 0x21, 0x57, 0x67, 0xb1,
            0xd6, 0x93, 0x4e, 0x50, 0xc3, 0xdb, 0x36, 0xe8, 0x9b, 0x12, 0x7b, 0x8a, 0x62, 0x2b,
            0x12, 0x0f, 0x67, 0x21,
        ];
        let signature = sign(&secret, b"sample").unwrap();
        assert_eq!(signature[..4], [0xef, 0xd4, 0x8b, 0x2a]);
        let key = public_half(&secret).unwrap();
        let point = key.to_sec1_point(true);
        assert_eq!(point.as_bytes()[1..5], [0x60, 0xfe, 0xd4, 0xba]);
        assert_eq!(verifying_key(point.as_bytes()), Ok(key));
    }

    #[test]
    fn what_is_no_scalar_or_no_point_is_refused() {
        assert_eq!(public_half(&[0; 32]), Err(Refused));
        assert_eq!(sign(&[0xff; 32], b""), Err(Refused));
        assert_eq!(verifying_key(&[2; 33][..32]), Err(Refused));
        assert_eq!(verifying_key(&[4; 65]), Err(Refused));
    }

    #[test]
    fn both_sides_agree() {
        let (one, other) = (
            SecretKey::from_slice(&[1; 32]).unwrap(),
            SecretKey::from_slice(&[2; 32]).unwrap(),
        );
        let (mut here, mut there) = ([0; 32], [1; 32]);
        agree(&one, &public_key(&other), &mut here);
        agree(&other, &public_key(&one), &mut there);
        assert_eq!(here, there);
        assert_ne!(here, [0; 32]);
    }

    /// RFC 9380 J.1.1.
    #[test]
    fn the_points_of_rfc_9380_come_out() {
        let file = include_str!(
            "../../test-fixtures/vectors/hash-to-curve/P256_XMD_SHA-256_SSWU_RO_.json"
        );
        let suite: serde_json::Value = serde_json::from_str(file).unwrap();
        let tag = suite["dst"].as_str().unwrap();
        assert_eq!(tag, "QUUX-V01-CS02-with-P256_XMD:SHA-256_SSWU_RO_");
        let vectors = suite["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 5);
        for vector in vectors {
            let message = vector["msg"].as_str().unwrap();
            let point = hash_to_point(tag.as_bytes(), message.as_bytes()).unwrap();
            assert_eq!(point[0], 4);
            for (coordinate, bytes) in [("x", &point[1..33]), ("y", &point[33..])] {
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!(vector["P"][coordinate], format!("0x{hex}"), "{message}");
            }
        }
    }

    /// Asks the curve's equation of another place: a key is read back from the point, which the crate checks.
    #[test]
    fn every_input_gives_a_point_of_the_curve_and_no_tag_is_refused() {
        let points: std::collections::BTreeSet<_> = (0..=255)
            .map(|byte| hash_to_point(b"tag", &[byte]).unwrap())
            .collect();
        assert_eq!(points.len(), 256);
        for point in &points {
            assert!(verifying_key(point).is_ok());
        }
        assert_eq!(hash_to_point(b"", b"message"), Err(Refused));
    }
}
