//! SD-JWT and SD-JWT VC (RFC 9901): issuing, and verifying a presentation. Independent of the wallet's code.

mod issue;
mod verify;

pub use issue::{SdJwtDraft, break_signature};
pub use verify::{Audience, IssuerTrust, PresentationCheck, VerifiedPresentation, verify};

use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::refused::{Refused, Result};

/// A claims path pointer (OpenID4VP 1.0 section 7): names, indices and null for every element of an array.
pub type Path = Vec<Value>;

/// The hash algorithm of `_sd_alg` (RFC 9901 section 4.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HashAlgorithm {
    /// `sha-256`, the default.
    #[default]
    Sha256,
    /// `sha-384`
    Sha384,
    /// `sha-512`
    Sha512,
}

impl HashAlgorithm {
    /// The name in the IANA registry of named information hash algorithms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha384 => "sha-384",
            Self::Sha512 => "sha-512",
        }
    }

    fn of_payload(sd_alg: Option<&Value>) -> Result<Self> {
        match sd_alg.map(Value::as_str) {
            None | Some(Some("sha-256")) => Ok(Self::Sha256),
            Some(Some("sha-384")) => Ok(Self::Sha384),
            Some(Some("sha-512")) => Ok(Self::Sha512),
            _ => Err(Refused::because("unknown _sd_alg")),
        }
    }

    fn digest(self, text: &str) -> String {
        let digest = match self {
            Self::Sha256 => Sha256::digest(text).to_vec(),
            Self::Sha384 => Sha384::digest(text).to_vec(),
            Self::Sha512 => Sha512::digest(text).to_vec(),
        };
        crate::encoding::base64url(&digest)
    }
}
