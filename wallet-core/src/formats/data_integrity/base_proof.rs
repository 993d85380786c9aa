//! A base proof of either suite.

use super::bbs_2023::{Feature, HolderSecrets};
use super::error::DataIntegrityError;
use super::label_map::Labelling;
use super::multikey::Multikey;
use super::pointer::Pointer;
use super::present::Derivation;
use super::proof::Cryptosuite;
use super::statements::{Indexes, Selected, Statements};
use super::{bbs_2023, ecdsa_sd_2023};
use crate::jose::PublicKey;

/// The value of a base proof: what the issuer gives to the holder alone.
pub(super) enum BaseProof {
    Bbs2023(Box<bbs_2023::BaseProof>),
    EcdsaSd2023(ecdsa_sd_2023::BaseProof),
}

impl BaseProof {
    pub(super) fn parse(suite: Cryptosuite, text: &str) -> Result<Self, DataIntegrityError> {
        Ok(match suite {
            Cryptosuite::Bbs2023 => Self::Bbs2023(Box::new(bbs_2023::BaseProof::parse(text)?)),
            Cryptosuite::EcdsaSd2023 => Self::EcdsaSd2023(ecdsa_sd_2023::BaseProof::parse(text)?),
        })
    }

    /// What it is bound to; `None` where it is bound to nothing.
    pub(super) fn feature(&self) -> Option<Feature> {
        match self {
            Self::Bbs2023(proof) => proof.feature(),
            Self::EcdsaSd2023(_) => None,
        }
    }

    /// SHA-256 of the issuer's part of the secret of pseudonyms.
    pub(super) fn entropy_digest(&self) -> Option<[u8; 32]> {
        match self {
            Self::Bbs2023(proof) => proof.entropy_digest(),
            Self::EcdsaSd2023(_) => None,
        }
    }

    /// How the issuer named blank nodes.
    pub(super) fn labelling(&self) -> Labelling<'_> {
        match self {
            Self::Bbs2023(proof) => Labelling::Shuffled(&proof.hmac_key),
            Self::EcdsaSd2023(proof) => Labelling::Hmac(&proof.hmac_key),
        }
    }

    /// What every showing holds.
    pub(super) fn mandatory(&self) -> &[Pointer] {
        match self {
            Self::Bbs2023(proof) => &proof.mandatory,
            Self::EcdsaSd2023(proof) => &proof.mandatory,
        }
    }

    /// Whether the issuer with this key signed the statements, those at `mandatory` to be shown in any case, under the
    /// proof with this hash, and with the holder's secrets where it is bound to such.
    pub(super) fn verify(
        &self,
        key: &Multikey,
        proof_hash: &[u8; 32],
        statements: &Statements,
        mandatory: &Indexes,
        holder: Option<&HolderSecrets>,
    ) -> Result<(), DataIntegrityError> {
        match (self, key) {
            (Self::Bbs2023(proof), Multikey::Bls12381G2(key)) => {
                proof.verify(key, proof_hash, statements, mandatory, holder)
            }
            (Self::EcdsaSd2023(proof), Multikey::P256(key)) if holder.is_none() => {
                proof.verify(&PublicKey::P256(*key), proof_hash, statements, mandatory)
            }
            _ => Err(DataIntegrityError::WrongKey),
        }
    }

    /// The value of a derived proof of the statements in `shown`. A suite without a presentation header drops it.
    pub(super) fn derive(
        &self,
        statements: &Statements,
        mandatory: &Indexes,
        shown: &Selected,
        occasion: &Derivation<'_>,
    ) -> Result<String, DataIntegrityError> {
        match self {
            Self::Bbs2023(proof) => proof
                .derive(statements, mandatory, shown, occasion)?
                .to_text(),
            Self::EcdsaSd2023(proof) => proof.derive(statements, mandatory, shown)?.to_text(),
        }
    }
}
