//! AES-GCM (NIST SP 800-38D) with nonces of 96 bits; the tag follows the ciphertext.

use crate::Refused;
use aes_gcm::aead::{Aead as _, AeadInOut as _, Payload};
use aes_gcm::{Aes128Gcm, Aes256Gcm, KeyInit as _};

/// Bytes of a nonce.
pub const NONCE_BYTES: usize = 12;

/// Bytes of a tag.
pub const TAG_BYTES: usize = 16;

/// Encrypts `text` in place; its tag.
///
/// # Errors
/// [`Refused`] for a key that is neither 16 nor 32 bytes, and for a text longer than 64 GiB.
#[inline(never)]
pub fn seal(
    key: &[u8],
    nonce: &[u8; NONCE_BYTES],
    associated_data: &[u8],
    text: &mut [u8],
) -> Result<[u8; TAG_BYTES], Refused> {
    let tag = if key.len() == 16 {
        Aes128Gcm::new_from_slice(key)
            .map_err(|_| Refused)?
            .encrypt_inout_detached(nonce.into(), associated_data, text.into())
    } else {
        Aes256Gcm::new_from_slice(key)
            .map_err(|_| Refused)?
            .encrypt_inout_detached(nonce.into(), associated_data, text.into())
    };
    tag.map(Into::into).map_err(|_| Refused)
}

/// The text of `sealed`, which ends with its tag.
///
/// # Errors
/// [`Refused`] for a key that is neither 16 nor 32 bytes, and for whatever was not sealed so.
#[inline(never)]
pub fn open(
    key: &[u8],
    nonce: &[u8; NONCE_BYTES],
    associated_data: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, Refused> {
    let message = Payload {
        msg: sealed,
        aad: associated_data,
    };
    let text = if key.len() == 16 {
        Aes128Gcm::new_from_slice(key)
            .map_err(|_| Refused)?
            .decrypt(nonce.into(), message)
    } else {
        Aes256Gcm::new_from_slice(key)
            .map_err(|_| Refused)?
            .decrypt(nonce.into(), message)
    };
    text.map_err(|_| Refused)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Test cases 2 and 14 of McGrew and Viega, "The Galois/Counter Mode of Operation": a block of zeros under a key of zeros.
    #[test]
    fn the_vectors_of_its_authors_hold_for_both_lengths_of_key() {
        let sealed = |key: &[u8]| {
            let mut text = vec![0; 16];
            let tag = seal(key, &[0; 12], b"", &mut text)?;
            Ok([text, tag.to_vec()].concat())
        };
        let short = sealed(&[0; 16]).unwrap();
        assert_eq!(short[..4], [0x03, 0x88, 0xda, 0xce]);
        assert_eq!(short[16..20], [0xab, 0x6e, 0x47, 0xd4]);
        let long = sealed(&[0; 32]).unwrap();
        assert_eq!(long[..4], [0xce, 0xa7, 0x40, 0x3d]);
        assert_eq!(long[16..20], [0xd0, 0xd1, 0xc8, 0xa7]);
        assert_eq!(open(&[0; 32], &[0; 12], b"", &long).unwrap(), [0; 16]);
        assert_eq!(open(&[0; 32], &[0; 12], b"x", &long), Err(Refused));
        assert_eq!(sealed(&[0; 24]), Err(Refused));
    }
}
