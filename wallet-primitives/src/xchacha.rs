//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), in place.

use crate::Refused;
use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::{KeyInit as _, Tag, XChaCha20Poly1305, XNonce};

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce: enough that random ones never meet.
pub const NONCE_BYTES: usize = 24;
/// Bytes of a tag.
pub const TAG_BYTES: usize = 16;

/// Encrypts `text` in place; its tag.
///
/// # Errors
/// [`Refused`] for a text longer than 256 GiB.
#[inline(never)]
pub fn seal(
    key: &[u8; KEY_BYTES],
    nonce: &[u8; NONCE_BYTES],
    associated_data: &[u8],
    text: &mut [u8],
) -> Result<[u8; TAG_BYTES], Refused> {
    XChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(&XNonce::from(*nonce), associated_data, text.into())
        .map(Into::into)
        .map_err(|_| Refused)
}

/// Decrypts `text` in place; it is left as it was if anything was changed.
///
/// # Errors
/// [`Refused`] for another key, nonce, tag, text or associated data than was sealed.
#[inline(never)]
pub fn open(
    key: &[u8; KEY_BYTES],
    nonce: &[u8; NONCE_BYTES],
    associated_data: &[u8],
    text: &mut [u8],
    tag: &[u8; TAG_BYTES],
) -> Result<(), Refused> {
    XChaCha20Poly1305::new(key.into())
        .decrypt_inout_detached(
            &XNonce::from(*nonce),
            associated_data,
            text.into(),
            &Tag::from(*tag),
        )
        .map_err(|_| Refused)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TEXT: &[u8] =
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
        future, sunscreen would be it.";
    const AAD: [u8; 12] = [
        0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7,
    ];

    /// draft-irtf-cfrg-xchacha-03 A.3.1.
    #[test]
    fn the_vector_of_the_draft_holds() {
        let key: [u8; 32] = core::array::from_fn(|at| 0x80 + u8::try_from(at).unwrap());
        let nonce: [u8; 24] = core::array::from_fn(|at| 0x40 + u8::try_from(at).unwrap());
        let mut text = TEXT.to_vec();
        let tag = seal(&key, &nonce, &AAD, &mut text).unwrap();
        assert_eq!(text[..4], [0xbd, 0x6d, 0x17, 0x9d]);
        let expected = [
            0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79, 0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a,
            0xcf, 0x49,
        ];
        assert_eq!(tag, expected);
        open(&key, &nonce, &AAD, &mut text, &tag).unwrap();
        assert_eq!(text, TEXT);
    }

    #[test]
    fn what_is_refused_is_not_decrypted() {
        let (key, nonce) = ([1; 32], [2; 24]);
        let mut sealed = TEXT.to_vec();
        let tag = seal(&key, &nonce, &AAD, &mut sealed).unwrap();
        let mut text = sealed.clone();
        let other = open(&key, &nonce, b"other", &mut text, &tag);
        assert_eq!(other, Err(Refused));
        assert_eq!(text, sealed);
    }
}
