//! Addresses of secp256k1 keys, which documents of ledgers often hold instead of the keys.

use crate::jose::{Algorithm, CompactJws, JoseError, PublicKey};
use alloy_primitives::keccak256;
use wallet_primitives::{hash, k256};

/// The last 20 bytes of the Keccak-256 of the point's coordinates (Ethereum yellow paper, appendix F); `None` for keys of
/// another curve.
#[must_use]
pub fn address_of(key: &PublicKey) -> Option<[u8; 20]> {
    let PublicKey::Secp256k1(key) = key else {
        return None;
    };
    let point = key.to_sec1_point(false);
    let digest = keccak256(point.as_bytes().get(1..)?);
    digest.get(12..)?.try_into().ok()
}

/// Verifies a JWS by the key of this address: at most two keys can have made a signature, and one of them has it.
pub(super) fn verify(address: &[u8; 20], jws: &CompactJws) -> Result<PublicKey, JoseError> {
    if jws.algorithm() != Algorithm::Es256K {
        return Err(JoseError::AlgorithmMismatch);
    }
    let invalid = JoseError::SignatureInvalid;
    let signature: &[u8; 64] = jws.signature().try_into().map_err(|_| invalid)?;
    let digest = hash::sha256(&[jws.signing_input().as_bytes()]);
    let keys = [false, true].map(|is_y_odd| k256::recover(&digest, signature, is_y_odd));
    let mut keys = keys.into_iter().flatten().map(PublicKey::Secp256k1);
    keys.find(|key| address_of(key).as_ref() == Some(address))
        .ok_or(invalid)
}
