//! The Concat KDF of NIST SP 800-56A 5.8.1 with SHA-256, as RFC 7518 4.6.2 uses it for direct key agreement.

use crate::secret::SecretBytes;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// A key of `key_bytes` (at most 32: one round of the hash) from the shared secret.
pub(super) fn concat_kdf(
    shared: &[u8; 32],
    algorithm_id: &str,
    party_u: &[u8],
    party_v: &[u8],
    key_bytes: usize,
) -> SecretBytes {
    debug_assert!(key_bytes <= 32, "one round gives 32 bytes");
    let mut hash = Sha256::new();
    hash.update(1u32.to_be_bytes());
    hash.update(shared);
    for field in [algorithm_id.as_bytes(), party_u, party_v] {
        hash.update(be32(field.len()));
        hash.update(field);
    }
    hash.update(be32(key_bytes * 8));
    let mut block = Zeroizing::new([0; 32]);
    hash.finalize_into((&mut *block).into());
    SecretBytes::new(block.iter().copied().take(key_bytes).collect())
}

/// Lengths here are those of a header of a few KiB.
fn be32(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::jose::base64url;

    /// RFC 7518 appendix C.
    const Z: [u8; 32] = [
        158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110,
        163, 218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
    ];

    // shows: VP 35 (vector)
    #[test]
    fn the_example_of_rfc_7518_appendix_c_holds() {
        let key = concat_kdf(&Z, "A128GCM", b"Alice", b"Bob", 16);
        assert_eq!(base64url::encode(&key), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn every_input_changes_the_key() {
        let right = concat_kdf(&Z, "A128GCM", b"Alice", b"Bob", 16);
        for other in [
            concat_kdf(&[0; 32], "A128GCM", b"Alice", b"Bob", 16),
            concat_kdf(&Z, "A256GCM", b"Alice", b"Bob", 16),
            concat_kdf(&Z, "A128GCM", b"AliceB", b"ob", 16),
            concat_kdf(&Z, "A128GCM", b"", b"AliceBob", 16),
            concat_kdf(&Z, "A128GCM", b"Alice", b"Bob", 32),
        ] {
            assert_ne!(other.get(..16).unwrap(), right.as_slice());
        }
    }
}
