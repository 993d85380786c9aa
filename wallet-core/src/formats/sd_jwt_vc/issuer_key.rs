//! The issuer's key and how it was found to be the issuer's (SD-JWT VC 2.5).

use super::error::SdJwtError;
use super::parse::SdJwt;
use crate::jose::PublicKey;
use serde::{Deserialize, Serialize};

/// Who signed, and how that was proven. Kept with a stored credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum IssuerEvidence {
    /// The certificate chain of the `x5c` header leads to one of the app's anchors.
    Certificate {
        /// The subject of the leaf certificate: text of foreign origin, made safe to show.
        subject: String,
        /// SHA-256 of the leaf certificate.
        leaf_sha256: [u8; 32],
        /// The authority key identifiers of the chain.
        authority_key_ids: Vec<Vec<u8>>,
    },
    /// The JWT VC Issuer Metadata of an issuer the app trusts lists the key (SD-JWT VC 4).
    Web {
        /// The issuer identifier, equal to `iss`.
        issuer: String,
        /// Whether the address connected to could be checked to be a public one.
        address_checked: bool,
    },
}

impl IssuerEvidence {
    /// The authority key identifiers of the certificate chain; none without certificates.
    #[must_use]
    pub fn authority_key_ids(&self) -> &[Vec<u8>] {
        match self {
            Self::Certificate {
                authority_key_ids, ..
            } => authority_key_ids,
            Self::Web { .. } => &[],
        }
    }
}

/// A key that was found to be an issuer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerKey {
    key: PublicKey,
    evidence: IssuerEvidence,
}

impl IssuerKey {
    /// The key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// How it was found.
    #[must_use]
    pub fn evidence(&self) -> &IssuerEvidence {
        &self.evidence
    }

    /// A key by web metadata speaks only for its own `iss`. With a certificate, the issuer is the certificate's
    /// subject, and `iss` may be anything or absent (SD-JWT VC 2.5).
    pub(super) fn check_issuer_of(&self, sd_jwt: &SdJwt) -> Result<(), SdJwtError> {
        match &self.evidence {
            IssuerEvidence::Web { issuer, .. } => {
                let iss = sd_jwt.claims.get("iss").and_then(|iss| iss.as_str());
                (iss == Some(issuer.as_str()))
                    .then_some(())
                    .ok_or(SdJwtError::WrongIssuerKey)
            }
            IssuerEvidence::Certificate { .. } => Ok(()),
        }
    }

    /// A key for tests, found by nobody.
    #[cfg(test)]
    pub(crate) fn for_tests(key: PublicKey) -> Self {
        Self {
            key,
            evidence: IssuerEvidence::Certificate {
                subject: "CN=Test issuer".to_owned(),
                leaf_sha256: [0; 32],
                authority_key_ids: Vec::new(),
            },
        }
    }
}
