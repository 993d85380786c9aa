//! Whose key made a signature (SEC 1 4.1.6), for seals: they name no signer.

use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};

/// The public key (64 bytes, no prefix) that signed `hash`, from `r ‖ s ‖ recovery id` with the id 0 or 1. `None` where
/// there is none, and for the second form every signature has (`s` above half the order).
pub(super) fn signer(hash: &[u8; 32], seal: &[u8]) -> Option<[u8; 64]> {
    let (signature, id) = seal.split_at_checked(64)?;
    let id = match id {
        [id @ (0 | 1)] => RecoveryId::from_byte(*id)?,
        _ => return None,
    };
    let signature = Signature::from_slice(signature).ok()?;
    if signature.normalize_s() != signature {
        return None;
    }
    let key = VerifyingKey::recover_from_prehash(hash, &signature, id).ok()?;
    key.to_sec1_point(false)
        .as_bytes()
        .get(1..)?
        .try_into()
        .ok()
}
