//! A credential with a derived proof, as a verifier gets it.

use super::bbs_2023::ShownPseudonym;
use super::document::Secured;
use super::error::DataIntegrityError;
use super::label_map::Labelling;
use super::multikey::Multikey;
use super::proof::Cryptosuite;
use super::statements::Statements;
use super::{bbs_2023, ecdsa_sd_2023};
use crate::jose::PublicKey;
use serde_json::Value;

/// The value of a derived proof.
enum DerivedProof {
    Bbs2023(bbs_2023::DerivedProof),
    EcdsaSd2023(ecdsa_sd_2023::DerivedProof),
}

/// A credential with a derived proof of bbs-2023 or ecdsa-sd-2023, read but **not verified**.
pub struct DerivedCredential {
    pub(super) secured: Secured,
    proof: DerivedProof,
}

impl DerivedCredential {
    /// Reads JSON.
    ///
    /// # Errors
    /// Any [`DataIntegrityError`] about form; [`DataIntegrityError::ProofKind`] for a base proof.
    pub fn parse(text: &str) -> Result<Self, DataIntegrityError> {
        let secured = Secured::parse(text)?;
        let value = &secured.proof.value;
        let proof = match secured.proof.suite {
            Cryptosuite::Bbs2023 => DerivedProof::Bbs2023(bbs_2023::DerivedProof::parse(value)?),
            Cryptosuite::EcdsaSd2023 => {
                DerivedProof::EcdsaSd2023(ecdsa_sd_2023::DerivedProof::parse(value)?)
            }
        };
        Ok(Self { secured, proof })
    }

    /// The document without its proof: an object.
    #[must_use]
    pub fn claims(&self) -> &Value {
        &self.secured.document
    }

    /// What the proof is bound to; `None` where the suite knows no such thing.
    #[must_use]
    pub fn presentation_header(&self) -> Option<&[u8]> {
        match &self.proof {
            DerivedProof::Bbs2023(proof) => Some(&proof.presentation_header),
            DerivedProof::EcdsaSd2023(_) => None,
        }
    }

    /// The pseudonym it is shown under, if it is.
    #[must_use]
    pub fn pseudonym(&self) -> Option<&ShownPseudonym> {
        match &self.proof {
            DerivedProof::Bbs2023(proof) => proof.bound.as_ref()?.pseudonym.as_ref(),
            DerivedProof::EcdsaSd2023(_) => None,
        }
    }

    /// Checks that the issuer with this key signed every statement of the document. Whose key it is, is for the caller.
    ///
    /// # Errors
    /// [`DataIntegrityError::ProofInvalid`], [`DataIntegrityError::WrongKey`], and those about the document's statements.
    pub fn verify(&self, key: &Multikey) -> Result<(), DataIntegrityError> {
        self.verified_statements(key).map(drop)
    }

    pub(super) fn verified_statements(
        &self,
        key: &Multikey,
    ) -> Result<Statements, DataIntegrityError> {
        let labels = match &self.proof {
            DerivedProof::Bbs2023(proof) => &proof.labels,
            DerivedProof::EcdsaSd2023(proof) => &proof.labels,
        };
        let statements = Statements::of(self.secured.members()?, &Labelling::Given(labels))?;
        let hash = self.secured.proof_hash()?;
        match (&self.proof, key) {
            (DerivedProof::Bbs2023(proof), Multikey::Bls12381G2(key)) => {
                proof.verify(key, &hash, &statements)?;
            }
            (DerivedProof::EcdsaSd2023(proof), Multikey::P256(key)) => {
                proof.verify(&PublicKey::P256(*key), &hash, &statements)?;
            }
            _ => return Err(DataIntegrityError::WrongKey),
        }
        Ok(statements)
    }
}
