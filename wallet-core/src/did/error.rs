//! Why a DID or a DID URL was refused.

use crate::error::{ErrorCode, WalletError};
use crate::jose::JoseError;
use crate::json::JsonError;
use thiserror::Error;

/// Why a DID or a DID URL was refused. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DidError {
    /// Longer than allowed.
    #[error("the identifier is too long")]
    TooLarge,
    /// Not of the grammar of DID URLs (DID Core 3.2).
    #[error("not a DID URL")]
    Malformed,
    /// The method is not one of ours.
    #[error("the DID method is not supported")]
    MethodNotSupported,
    /// Not base58btc with the prefix `z`, or not the one encoding of its bytes.
    #[error("not base58btc")]
    NotMultibase,
    /// The multicodec is not that of a kind of key this wallet knows.
    #[error("the multicodec is not supported")]
    UnknownCodec,
    /// The key has another length than its multicodec says.
    #[error("the key has a wrong length")]
    KeyLength,
    /// A `jwk_jcs-pub` key is not in its canonical form (RFC 8785).
    #[error("the key is not canonical JSON")]
    NotCanonical,
    /// The key is no strict JSON object.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The key is malformed, private, or not for signatures.
    #[error(transparent)]
    Key(#[from] JoseError),
    /// The URL names no key of the DID that may be used for this.
    #[error("the DID has no such key")]
    NoSuchKey,
}

impl From<DidError> for WalletError {
    fn from(error: DidError) -> Self {
        use ErrorCode as Code;
        match error {
            DidError::TooLarge => Self::new(Code::TooLarge),
            DidError::Malformed => Self::new(Code::Malformed)
                .about("did")
                .rule("DID Core 1.0 3.2"),
            DidError::MethodNotSupported => Self::new(Code::NotSupported)
                .about("did")
                .rule("DID Core 1.0 8"),
            DidError::NotMultibase | DidError::NotCanonical => Self::new(Code::NotCanonical)
                .about("did")
                .rule("did:key 3.1"),
            DidError::UnknownCodec => Self::new(Code::AlgorithmNotAllowed).rule("did:key 3.1.1"),
            DidError::KeyLength => Self::new(Code::Malformed)
                .about("did")
                .rule("did:key 3.1.3"),
            DidError::Json(error) => error.into(),
            DidError::Key(error) => error.into(),
            DidError::NoSuchKey => Self::new(Code::Malformed)
                .about("kid")
                .rule("DID Core 1.0 5.3.1"),
        }
    }
}
