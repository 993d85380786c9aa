//! Derived proofs: from the holder to a verifier (vc-di-bbs 3.3.4 to 3.3.7).

use super::base::messages;
use super::feature::{Feature, Kind};
use super::header;
use super::holder_secrets::{ShownBound, ShownPseudonym};
use crate::formats::data_integrity::error::DataIntegrityError;
use crate::formats::data_integrity::label_map::Labels;
use crate::formats::data_integrity::proof::hash_statements;
use crate::formats::data_integrity::proof_value::{Parts, Writer, decode};
use crate::formats::data_integrity::statements::Statements;
use crate::order;
use bbs::{Proof, PublicKey};
use std::collections::BTreeMap;

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
    /// `None` is the baseline.
    pub(in super::super) bound: Option<ShownBound>,
}

impl DerivedProof {
    /// Reads the text form.
    pub(in super::super) fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        let bytes = decode(text)?;
        let feature = Kind::Derived.feature_of(&bytes)?;
        let parts = Parts::after(&bytes, Kind::Derived.header(feature), components(feature))?;
        let mut parts = parts.ok_or(DataIntegrityError::ProofKind)?;
        Ok(Self {
            proof: parts.bytes()?.to_vec(),
            labels: parts.labels(|parts| Ok(format!("b{}", parts.number()?)))?,
            mandatory: parts.indexes()?,
            selective: parts.indexes()?,
            presentation_header: parts.bytes()?.to_vec(),
            bound: match feature {
                None => None,
                Some(feature) => Some(read_bound(feature, &mut parts)?),
            },
        })
    }

    /// The text form.
    pub(in super::super) fn to_text(&self) -> Result<String, DataIntegrityError> {
        let feature = self.bound.as_ref().map(|bound| bound.feature);
        let writer = Writer::after(Kind::Derived.header(feature), components(feature))
            .bytes(&self.proof)
            .numbers(&compressed(&self.labels)?)
            .indexes(&self.mandatory)
            .indexes(&self.selective)
            .bytes(&self.presentation_header);
        let Some(bound) = &self.bound else {
            return Ok(writer.finish());
        };
        let writer = match &bound.pseudonym {
            None => writer,
            Some(pseudonym) => writer.text(&pseudonym.scope).bytes(&pseudonym.value),
        };
        let count =
            u32::try_from(bound.count).map_err(|_| DataIntegrityError::TooManyStatements)?;
        Ok(writer.number(count).finish())
    }

    /// Whether the issuer with this key signed the statements, which are labelled by [`Self::labels`], under the proof with
    /// this hash. Everything here is public.
    pub(in super::super) fn verify(
        &self,
        key: &PublicKey,
        proof_hash: &[u8; 32],
        statements: &Statements,
    ) -> Result<(), DataIntegrityError> {
        let (mandatory, selective) = statements.split_mandatory(&self.mandatory)?;
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
        match &self.bound {
            None => Ok(key.verify_proof(&proof, &header, occasion, &disclosed)?),
            Some(bound) => bound.verify(key, &proof, &header, occasion, &disclosed),
        }
    }
}

/// How many parts a proof value has (vc-di-bbs 3.3.6).
fn components(feature: Option<Feature>) -> u64 {
    match feature {
        None => 5,
        Some(feature) if feature.has_pseudonym() => 8,
        Some(_) => 6,
    }
}

fn read_bound(feature: Feature, parts: &mut Parts<'_>) -> Result<ShownBound, DataIntegrityError> {
    let pseudonym = match feature.has_pseudonym() {
        true => Some(ShownPseudonym {
            scope: parts.text()?.to_owned(),
            value: parts.array()?,
        }),
        false => None,
    };
    Ok(ShownBound {
        feature,
        pseudonym,
        count: parts.number()? as usize,
    })
}

/// The numbers of the labels (vc-di-bbs 3.3.4).
fn compressed(labels: &Labels) -> Result<BTreeMap<u32, u32>, DataIntegrityError> {
    let number = |label: &str, prefix| label.strip_prefix(prefix).and_then(|n| n.parse().ok());
    let pair = |(canonical, signed): (&String, &String)| {
        Some((number(canonical, "c14n")?, number(signed, "b")?))
    };
    let pairs = labels.iter().map(pair);
    order::try_map(pairs.map(|pair| pair.ok_or(DataIntegrityError::LabelMap)))
}
