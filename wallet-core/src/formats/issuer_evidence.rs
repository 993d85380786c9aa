//! Who signed a credential, and how that was proven.

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
            Self::Web { .. } | Self::Pinned { .. } | Self::Controller { .. } => &[],
        }
    }

    /// The issuer identifier and its key, a Multikey, where a Data Integrity proof was verified by it.
    #[must_use]
    pub fn multikey(&self) -> Option<(&str, &str)> {
        match self {
            Self::Certificate { .. } | Self::Web { .. } => None,
            Self::Pinned { issuer, key } | Self::Controller { issuer, key, .. } => {
                Some((issuer, key))
            }
        }
    }
}
