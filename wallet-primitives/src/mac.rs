//! HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869).

use crate::Refused;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// HMAC-SHA-256 of the concatenation of `parts`.
///
/// # Errors
/// None: a key may have any length. The type of the crate below says otherwise.
#[inline(never)]
pub fn hmac(key: &[u8], parts: &[&[u8]]) -> Result<[u8; 32], Refused> {
    Ok(mac(key, parts)?.finalize().into_bytes().into())
}

/// Whether `tag` is the HMAC-SHA-256 of the concatenation of `parts`, compared in constant time.
///
/// # Errors
/// As [`hmac()`].
#[inline(never)]
pub fn hmac_matches(key: &[u8], parts: &[&[u8]], tag: &[u8]) -> Result<bool, Refused> {
    Ok(mac(key, parts)?.verify_slice(tag).is_ok())
}

/// HKDF-SHA-256; `info` is the concatenation of its parts.
///
/// # Errors
/// None: 32 bytes are one round. The type of the crate below says otherwise.
#[inline(never)]
pub fn hkdf(
    salt: Option<&[u8]>,
    ikm: &[u8],
    info: &[&[u8]],
    key: &mut [u8; 32],
) -> Result<(), Refused> {
    Hkdf::<Sha256>::new(salt, ikm)
        .expand_multi_info(info, key)
        .map_err(|_| Refused)
}

/// HKDF-SHA-256 without its first step, from a key that is uniform already (RFC 5869 3.3).
///
/// # Errors
/// As [`hkdf()`].
#[inline(never)]
pub fn hkdf_expand(prk: &[u8; 32], info: &[&[u8]], key: &mut [u8; 32]) -> Result<(), Refused> {
    Hkdf::<Sha256>::from_prk(prk)
        .map_err(|_| Refused)?
        .expand_multi_info(info, key)
        .map_err(|_| Refused)
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Result<Hmac<Sha256>, Refused> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| Refused)?;
    parts.iter().for_each(|part| mac.update(part));
    Ok(mac)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// RFC 4231 4.2.
    #[test]
    fn hmac_gives_the_vector_of_rfc_4231() {
        let tag = hmac(&[0x0b; 20], &[b"Hi ", b"There"]).unwrap();
        assert_eq!(tag[..4], [0xb0, 0x34, 0x4c, 0x61]);
        assert!(hmac_matches(&[0x0b; 20], &[b"Hi There"], &tag).unwrap());
        assert!(!hmac_matches(&[0x0b; 20], &[b"Hi there"], &tag).unwrap());
        assert!(!hmac_matches(&[0x0b; 20], &[b"Hi There"], &tag[..31]).unwrap());
    }

    /// RFC 5869 A.1, whose first 32 bytes do not depend on L; its PRK is that of the document.
    #[test]
    fn hkdf_gives_the_vector_of_rfc_5869_from_its_key_and_from_its_prk() {
        let salt: Vec<u8> = (0..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let (mut okm, mut expanded) = ([0; 32], [0; 32]);
        hkdf(Some(&salt), &[0x0b; 22], &[&info], &mut okm).unwrap();
        assert_eq!(okm[..4], [0x3c, 0xb2, 0x5f, 0x25]);
        let prk = [
            0x07, 0x77, 0x09, 0x36, 0x2c, 0x2e, 0x32, 0xdf, 0x0d, 0xdc, 0x3f, 0x0d, 0xc4, 0x7b,
            0xba, 0x63, 0x90, 0xb6, 0xc7, 0x3b, 0xb5, 0x0f, 0x9c, 0x31, 0x22, 0xec, 0x84, 0x4a,
            0xd7, 0xc2, 0xb3, 0xe5,
        ];
        hkdf_expand(&prk, &[&info[..4], &info[4..]], &mut expanded).unwrap();
        assert_eq!(okm, expanded);
    }
}
