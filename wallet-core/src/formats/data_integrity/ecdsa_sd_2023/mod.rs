//! The suite ecdsa-sd-2023 (W3C vc-di-ecdsa): proof values, and what is signed by them. P-256 only.
//!
//! A key made for one proof signs every statement that may be withheld; the issuer's key signs that key, the proof and the
//! mandatory statements. Every showing has the same signatures: it can be linked to the others.

mod base;
mod derived;

pub(super) use base::BaseProof;
pub(super) use derived::DerivedProof;

use super::error::DataIntegrityError;
use super::multikey::Multikey;
use crate::jose::PublicKey;

/// A signature of P-256: `r`, then `s`.
type Signature = [u8; 64];

/// Whether `issuer` signed the proof, the key for it, and the mandatory statements (`serializeSignData`).
fn verify_issuer(
    issuer: &PublicKey,
    signature: &Signature,
    proof_hash: &[u8; 32],
    proof_key: &[u8; 35],
    mandatory_hash: &[u8; 32],
) -> Result<(), DataIntegrityError> {
    let signed = [proof_hash.as_slice(), proof_key, mandatory_hash].concat();
    let verified = issuer.verify(&signed, signature);
    verified.map_err(|_| DataIntegrityError::ProofInvalid)
}

/// Whether the key for this proof signed each of the statements.
fn verify_statements(
    proof_key: &[u8; 35],
    statements: &[&String],
    signatures: &[Signature],
) -> Result<(), DataIntegrityError> {
    if statements.len() != signatures.len() {
        return Err(DataIntegrityError::ProofInvalid);
    }
    let Multikey::P256(key) = Multikey::from_bytes(proof_key)? else {
        return Err(DataIntegrityError::Key);
    };
    let key = PublicKey::P256(key);
    let mut signed = statements.iter().zip(signatures);
    let verified =
        signed.try_for_each(|(statement, signature)| key.verify(statement.as_bytes(), signature));
    verified.map_err(|_| DataIntegrityError::ProofInvalid)
}
