//! The hash algorithms of `_sd_alg` (RFC 9901 4.1.1), of `sd_hash` and of `transaction_data_hashes`.

use crate::jose::base64url;
use wallet_primitives::hash;

/// A hash algorithm this wallet allows, named as in the IANA "Named Information Hash Algorithm" registry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashAlgorithm {
    /// `sha-256`, the default of RFC 9901 4.1.1 and of OpenID4VP 1.0 B.3.3.1.
    #[default]
    Sha256,
    /// `sha-384`
    Sha384,
    /// `sha-512`
    Sha512,
}

impl HashAlgorithm {
    /// The identifier used on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha384 => "sha-384",
            Self::Sha512 => "sha-512",
        }
    }

    /// The algorithm with this identifier, if the wallet allows it.
    #[must_use]
    pub fn from_identifier(text: &str) -> Option<Self> {
        match text {
            "sha-256" => Some(Self::Sha256),
            "sha-384" => Some(Self::Sha384),
            "sha-512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The hash of `bytes`.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => hash::sha256(&[bytes]).to_vec(),
            Self::Sha384 => hash::sha384(bytes).to_vec(),
            Self::Sha512 => hash::sha512(bytes).to_vec(),
        }
    }

    /// The hash of the ASCII `text`, base64url without padding: the form of every digest in an SD-JWT (RFC 9901 4.2.3).
    #[must_use]
    pub fn digest_base64url(self, text: &str) -> String {
        base64url::encode(&self.digest(text.as_bytes()))
    }
}
