//! Derived proofs: from the holder to a verifier (vc-di-ecdsa 3.5.5 to 3.5.8).

use super::{Signature, verify_issuer, verify_statements};
use crate::formats::data_integrity::error::DataIntegrityError;
use crate::formats::data_integrity::label_map::Labels;
use crate::formats::data_integrity::proof::hash_statements;
use crate::formats::data_integrity::proof_value::{Parts, Writer, decode};
use crate::formats::data_integrity::statements::Statements;
use crate::jose::{PublicKey, base64url};
use crate::order;
use std::collections::BTreeMap;

const HEADER: [u8; 3] = [0xd9, 0x5d, 0x01];

/// A derived proof value.
#[derive(Debug, PartialEq)]
pub(in super::super) struct DerivedProof {
    pub(in super::super) signature: Signature,
    pub(in super::super) proof_key: [u8; 35],
    /// One for each shown statement that is not mandatory.
    pub(in super::super) signatures: Vec<Signature>,
    /// From the labels the shown statements have by themselves to those that were signed.
    pub(in super::super) labels: Labels,
    /// Among the shown statements.
    pub(in super::super) mandatory: Vec<usize>,
}

impl DerivedProof {
    /// Reads the text form.
    pub(in super::super) fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        let bytes = decode(text)?;
        let parts = Parts::after(&bytes, HEADER, 5)?;
        let mut parts = parts.ok_or(DataIntegrityError::ProofKind)?;
        Ok(Self {
            signature: parts.array()?,
            proof_key: parts.array()?,
            signatures: parts.signatures()?,
            labels: parts.labels(|parts| {
                let mut label = base64url::encode(&parts.array::<32>()?);
                label.insert(0, 'u');
                Ok(label)
            })?,
            mandatory: parts.indexes()?,
        })
    }

    /// The text form.
    pub(in super::super) fn to_text(&self) -> Result<String, DataIntegrityError> {
        Ok(Writer::after(HEADER, 5)
            .bytes(&self.signature)
            .bytes(&self.proof_key)
            .signatures(&self.signatures)
            .hmacs(&compressed(&self.labels)?)
            .indexes(&self.mandatory)
            .finish())
    }

    /// Whether the issuer signed the statements, which are labelled by [`Self::labels`], under the proof with this hash.
    pub(in super::super) fn verify(
        &self,
        issuer: &PublicKey,
        proof_hash: &[u8; 32],
        statements: &Statements,
    ) -> Result<(), DataIntegrityError> {
        let (mandatory, selective) = statements.split_mandatory(&self.mandatory)?;
        let hash = hash_statements(mandatory.into_iter());
        verify_issuer(issuer, &self.signature, proof_hash, &self.proof_key, &hash)?;
        verify_statements(&self.proof_key, &selective, &self.signatures)
    }
}

/// The numbers of the labels, and the HMACs they stand for (vc-di-ecdsa 3.5.5).
fn compressed(labels: &Labels) -> Result<BTreeMap<u32, Vec<u8>>, DataIntegrityError> {
    let pair = |(canonical, signed): (&String, &String)| {
        let number = canonical.strip_prefix("c14n")?.parse().ok()?;
        let hmac = base64url::decode(signed.strip_prefix('u')?).ok()?;
        Some((number, hmac))
    };
    let pairs = labels.iter().map(pair);
    order::try_map(pairs.map(|pair| pair.ok_or(DataIntegrityError::LabelMap)))
}
