//! SHA-2 (FIPS 180-4).

use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// SHA-256 of the concatenation of `parts`.
#[must_use]
#[inline(never)]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// SHA-384.
#[must_use]
#[inline(never)]
pub fn sha384(bytes: &[u8]) -> [u8; 48] {
    Sha384::digest(bytes).into()
}

/// SHA-512.
#[must_use]
#[inline(never)]
pub fn sha512(bytes: &[u8]) -> [u8; 64] {
    Sha512::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The "abc" examples of FIPS 180-4.
    #[test]
    fn the_examples_of_the_standard_hold() {
        assert_eq!(sha256(&[b"a", b"", b"bc"])[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(sha384(b"abc")[..4], [0xcb, 0x00, 0x75, 0x3f]);
        assert_eq!(sha512(b"abc")[..4], [0xdd, 0xaf, 0x35, 0xa1]);
    }
}
