//! Base proofs: from the issuer to the holder (vc-di-ecdsa 3.5.2, 3.5.3).

use super::derived::DerivedProof;
use super::{Signature, verify_issuer, verify_statements};
use crate::formats::data_integrity::error::DataIntegrityError;
use crate::formats::data_integrity::pointer::Pointer;
use crate::formats::data_integrity::proof::hash_statements;
use crate::formats::data_integrity::proof_value::{Parts, decode};
use crate::formats::data_integrity::statements::{Indexes, Selected, Statements, relative};
use crate::jose::PublicKey;
use crate::order;
use zeroize::Zeroizing;

const HEADER: [u8; 3] = [0xd9, 0x5d, 0x00];

/// A base proof value. Its HMAC key tells what is withheld from the names of blank nodes: it never leaves the wallet.
pub(in super::super) struct BaseProof {
    signature: Signature,
    proof_key: [u8; 35],
    pub(in super::super) hmac_key: Zeroizing<[u8; 32]>,
    /// One for each statement that is not mandatory.
    signatures: Vec<Signature>,
    pub(in super::super) mandatory: Vec<Pointer>,
}

impl BaseProof {
    /// Reads the text form.
    pub(in super::super) fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        let bytes = Zeroizing::new(decode(text)?);
        let parts = Parts::after(&bytes, HEADER, 5)?;
        let mut parts = parts.ok_or(DataIntegrityError::ProofKind)?;
        Ok(Self {
            signature: parts.array()?,
            proof_key: parts.array()?,
            hmac_key: Zeroizing::new(parts.array()?),
            signatures: parts.signatures()?,
            mandatory: parts.pointers()?,
        })
    }

    /// Whether the issuer signed the statements, those at `mandatory` to be shown in any case, under the proof with this
    /// hash. Not in constant time, unlike bbs-2023: the signatures over withheld statements are verified as any others are.
    pub(in super::super) fn verify(
        &self,
        issuer: &PublicKey,
        proof_hash: &[u8; 32],
        statements: &Statements,
        mandatory: &Indexes,
    ) -> Result<(), DataIntegrityError> {
        let (shown, hidden) = statements.split(mandatory);
        let hash = hash_statements(shown.into_iter());
        verify_issuer(issuer, &self.signature, proof_hash, &self.proof_key, &hash)?;
        verify_statements(&self.proof_key, &hidden, &self.signatures)
    }

    /// The proof of the statements in `shown`, which holds all `mandatory` ones (vc-di-ecdsa 3.5.4).
    pub(in super::super) fn derive(
        &self,
        statements: &Statements,
        mandatory: &Indexes,
        shown: &Selected,
    ) -> Result<DerivedProof, DataIntegrityError> {
        let all = order::set(0..statements.lines().len());
        let selective = relative(&shown.indexes, all.difference(mandatory));
        let signatures = selective.iter().map(|at| self.signatures.get(*at).copied());
        Ok(DerivedProof {
            signature: self.signature,
            proof_key: self.proof_key,
            signatures: signatures
                .collect::<Option<_>>()
                .ok_or(DataIntegrityError::ProofInvalid)?,
            labels: statements.verifier_labels(shown)?,
            mandatory: relative(mandatory, shown.indexes.iter()),
        })
    }
}
