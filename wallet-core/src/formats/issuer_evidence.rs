//! Who signed a credential, and how that was proven.

use crate::did::DatedEvidence;
use crate::text::display_text;
use serde::{Deserialize, Serialize};

/// Longest issuer identifier shown to a person.
const MAX_SIGNER_CHARS: usize = 200;

/// Who signed, and how that was proven. Kept with a stored credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum IssuerEvidence {
    /// The certificate chain of the `x5c` header leads to one of the app's anchors.
    Certificate {
        /// The subject of the leaf certificate: text of foreign origin, made safe to show.
        subject: String,
        /// The subject's organisation, else its common name, made safe to show.
        organisation: Option<String>,
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
    /// The app gives this issuer this key (Data Integrity).
    Pinned {
        /// The issuer identifier, equal to `issuer`.
        issuer: String,
        /// The key, a Multikey.
        key: String,
    },
    /// The document of the issuer's DID lists the key for assertions, and the app trusts the DID.
    Did {
        /// The DID, equal to `issuer` or `iss`.
        issuer: String,
        /// The verification method, an absolute DID URL.
        method: String,
        /// The key, a Multikey, where a Data Integrity proof was verified by it.
        key: Option<String>,
        /// What showed that the document is the DID's, when the credential was received.
        evidence: DatedEvidence,
    },
    /// The controller document of the issuer lists the key (Data Integrity, Controlled Identifiers 1.0 3.3).
    Controller {
        /// The issuer identifier, equal to `issuer`.
        issuer: String,
        /// The key, a Multikey.
        key: String,
        /// Whether the address connected to could be checked to be a public one.
        address_checked: bool,
    },
}

impl IssuerEvidence {
    /// Who signed, by a name somebody the app trusts vouches for; made safe to show.
    #[must_use]
    pub fn signer(&self) -> String {
        match self {
            Self::Certificate {
                subject,
                organisation,
                ..
            } => organisation.as_ref().unwrap_or(subject).clone(),
            Self::Web { issuer, .. }
            | Self::Pinned { issuer, .. }
            | Self::Did { issuer, .. }
            | Self::Controller { issuer, .. } => display_text(issuer, MAX_SIGNER_CHARS),
        }
    }

    /// The authority key identifiers of the certificate chain; none without certificates.
    #[must_use]
    pub fn authority_key_ids(&self) -> &[Vec<u8>] {
        match self {
            Self::Certificate {
                authority_key_ids, ..
            } => authority_key_ids,
            Self::Web { .. } | Self::Pinned { .. } | Self::Did { .. } | Self::Controller { .. } => {
                &[]
            }
        }
    }

    /// What showed that the key is the DID's, where the issuer is a DID whose document was resolved.
    #[must_use]
    pub const fn of_did(&self) -> Option<&DatedEvidence> {
        match self {
            Self::Did { evidence, .. } => Some(evidence),
            _ => None,
        }
    }

    /// The issuer identifier the evidence is of; `None` where a certificate names its own subject.
    #[must_use]
    pub fn identifier(&self) -> Option<&str> {
        match self {
            Self::Certificate { .. } => None,
            Self::Web { issuer, .. }
            | Self::Pinned { issuer, .. }
            | Self::Did { issuer, .. }
            | Self::Controller { issuer, .. } => Some(issuer),
        }
    }

    /// The issuer identifier and its key, a Multikey, where a Data Integrity proof was verified by it.
    #[must_use]
    pub fn multikey(&self) -> Option<(&str, &str)> {
        match self {
            Self::Certificate { .. } | Self::Web { .. } => None,
            Self::Did { issuer, key, .. } => Some((issuer, key.as_deref()?)),
            Self::Pinned { issuer, key } | Self::Controller { issuer, key, .. } => {
                Some((issuer, key))
            }
        }
    }
}
