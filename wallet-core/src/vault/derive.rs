//! HKDF-SHA-256 (RFC 5869) and HMAC-SHA-256 (RFC 2104), as the vault uses them.

use super::error::VaultError;
use crate::error::{ErrorCode, WalletError};
use crate::secret::Secret;
use wallet_primitives::{Refused, mac};

/// HKDF-SHA-256 to 32 bytes; `info` is the concatenation of its parts, the first of which is a label of `labels.rs`.
pub(crate) fn hkdf(
    salt: Option<&[u8]>,
    ikm: &[u8],
    info: &[&[u8]],
) -> Result<Secret<32>, VaultError> {
    Secret::try_with(|key| mac::hkdf(salt, ikm, info, key)).map_err(|Refused| bug())
}

/// HMAC-SHA-256 of the concatenation of `parts`.
pub(crate) fn hmac(key: &Secret<32>, parts: &[&[u8]]) -> Result<[u8; 32], VaultError> {
    mac::hmac(key.expose(), parts).map_err(|Refused| bug())
}

/// Whether `tag` is the HMAC-SHA-256 of the concatenation of `parts`, compared in constant time.
pub(crate) fn hmac_matches(
    key: &Secret<32>,
    parts: &[&[u8]],
    tag: &[u8],
) -> Result<bool, VaultError> {
    mac::hmac_matches(key.expose(), parts, tag).map_err(|Refused| bug())
}

/// Fixed lengths that a primitive refuses all the same.
pub(crate) fn bug() -> VaultError {
    VaultError::Wallet(WalletError::new(ErrorCode::Bug))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// RFC 5869 A.1, whose first 32 bytes do not depend on L.
    #[test]
    fn hkdf_gives_the_vector_of_rfc_5869() {
        let salt: Vec<u8> = (0..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let okm = hkdf(Some(&salt), &[0x0b; 22], &[&info[..4], &info[4..]]).unwrap();
        assert_eq!(
            okm.expose(),
            &[
                0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90, 0x43, 0x4f, 0x64, 0xd0, 0x36,
                0x2f, 0x2a, 0x2d, 0x2d, 0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0, 0x2d, 0x56,
                0xec, 0xc4, 0xc5, 0xbf
            ]
        );
    }
}
