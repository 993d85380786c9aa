//! Derived proofs: from the holder to a verifier (vc-di-bbs 3.3.4 to 3.3.7).

use super::base::messages;
use super::header;
use crate::formats::data_integrity::error::DataIntegrityError;
use crate::formats::data_integrity::label_map::Labels;
use crate::formats::data_integrity::proof::hash_statements;
use crate::formats::data_integrity::proof_value::{Parts, Writer, decode};
use crate::formats::data_integrity::statements::{Indexes, Statements};
use std::collections::BTreeMap;
use wallet_bbs::{BlindShown, Proof, PublicKey};

/// Without optional features.
const BASELINE: [u8; 3] = [0xd9, 0x5d, 0x03];

/// With holder binding.
const HOLDER_BOUND: [u8; 3] = [0xd9, 0x5d, 0x05];

/// With a pseudonym, and with both.
const PSEUDONYMS: [[u8; 3]; 2] = [[0xd9, 0x5d, 0x07], [0xd9, 0x5d, 0x09]];

/// A derived proof value.
#[derive(Debug, PartialEq)]
pub(in super::super) struct DerivedProof {
    pub(in super::super) proof: Vec<u8>,
    /// From the labels the shown statements have by themselves to those that were signed.
    pub(in super::super) labels: Labels,
    /// Among the shown statements.
    pub(in super::super) mandatory: Vec<usize>,
    /// Among all statements that are not mandatory.
    pub(in super::super) selective: Vec<usize>,
    pub(in super::super) presentation_header: Vec<u8>,
    /// How many statements are not mandatory; said only with holder binding, whose secret is hidden among them.
    pub(in super::super) count: Option<usize>,
}

impl DerivedProof {
    /// Reads the text form.
    pub(in super::super) fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        let bytes = decode(text)?;
        if PSEUDONYMS.iter().any(|feature| bytes.starts_with(feature)) {
            return Err(DataIntegrityError::Feature);
        }
        let is_holder_bound = bytes.starts_with(&HOLDER_BOUND);
        let (header, length) = match is_holder_bound {
            true => (HOLDER_BOUND, 6),
            false => (BASELINE, 5),
        };
        let parts = Parts::after(&bytes, header, length)?;
        let mut parts = parts.ok_or(DataIntegrityError::ProofKind)?;
        Ok(Self {
            proof: parts.bytes()?.to_vec(),
            labels: parts.labels(|parts| Ok(format!("b{}", parts.number()?)))?,
            mandatory: parts.indexes()?,
            selective: parts.indexes()?,
            presentation_header: parts.bytes()?.to_vec(),
            count: match is_holder_bound {
                true => Some(parts.number()? as usize),
                false => None,
            },
        })
    }

    /// The text form.
    pub(in super::super) fn to_text(&self) -> Result<String, DataIntegrityError> {
        let (header, length) = match self.count {
            Some(_) => (HOLDER_BOUND, 6),
            None => (BASELINE, 5),
        };
        let writer = Writer::after(header, length)
            .bytes(&self.proof)
            .numbers(&compressed(&self.labels)?)
            .indexes(&self.mandatory)
            .indexes(&self.selective)
            .bytes(&self.presentation_header);
        let writer = match self.count {
            Some(count) => writer.number(count),
            None => writer,
        };
        Ok(writer.finish())
    }

    /// Whether the issuer with this key signed the statements, which are labelled by [`Self::labels`], under the proof with
    /// this hash. Everything here is public.
    pub(in super::super) fn verify(
        &self,
        key: &PublicKey,
        proof_hash: &[u8; 32],
        statements: &Statements,
    ) -> Result<(), DataIntegrityError> {
        let mandatory: Indexes = self.mandatory.iter().copied().collect();
        if mandatory.last() >= Some(&statements.lines().len()) {
            return Err(DataIntegrityError::Indexes);
        }
        let (mandatory, selective) = statements.split(&mandatory);
        if selective.len() != self.selective.len() {
            return Err(DataIntegrityError::Indexes);
        }
        let header = header(proof_hash, &hash_statements(mandatory.into_iter()));
        let disclosed: Vec<_> = self
            .selective
            .iter()
            .copied()
            .zip(messages(&selective))
            .collect();
        let proof = Proof::from_bytes(&self.proof)?;
        let occasion = &self.presentation_header;
        match self.count {
            None => key.verify_proof(&proof, &header, occasion, &disclosed)?,
            Some(count) => {
                let shown = BlindShown {
                    header: &header,
                    count,
                    messages: &disclosed,
                    committed: &[],
                };
                key.verify_blind_proof(&proof, &shown, occasion)?;
            }
        }
        Ok(())
    }
}

/// The numbers of the labels (vc-di-bbs 3.3.4).
fn compressed(labels: &Labels) -> Result<BTreeMap<u32, u32>, DataIntegrityError> {
    let number = |label: &str, prefix| label.strip_prefix(prefix).and_then(|n| n.parse().ok());
    let pair = |(canonical, signed): (&String, &String)| {
        Some((number(canonical, "c14n")?, number(signed, "b")?))
    };
    let pairs = labels.iter().map(pair).collect::<Option<_>>();
    pairs.ok_or(DataIntegrityError::LabelMap)
}
