//! Why a key, a JWS or a JWE was refused.

use crate::error::{ErrorCode, WalletError};
use crate::json::JsonError;

/// Why a key, a JWS or a JWE was refused. Holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoseError {
    /// Not unpadded base64url in its one spelling (RFC 7515 2).
    #[error("not canonical base64url")]
    NotBase64Url,
    /// A header, key or payload is not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Larger than the caller allows.
    #[error("too large")]
    TooLarge,
    /// A member of a key is missing, of a wrong type or of a wrong length (RFC 7518 6, RFC 8037 2).
    #[error("the key is malformed")]
    MalformedKey,
    /// A public key was expected but private members are there (RFC 7517 9.2).
    #[error("the key holds private members")]
    PrivateKey,
    /// The coordinates are no point of the curve, or one that no honest key has.
    #[error("the key is no valid point of its curve")]
    NotOnCurve,
    /// The key type or curve is not one of ours.
    #[error("the kind of key is not supported")]
    UnsupportedKey,
    /// The key says it is for something else (`use`, `key_ops`, `alg`; RFC 7517 4.2 to 4.4).
    #[error("the key is not for this use")]
    KeyUse,
    /// The algorithm is not one of ours: `none`, HMAC, RSA, unknown, or absent.
    #[error("the algorithm is not allowed")]
    AlgorithmNotAllowed,
    /// The algorithm named is not that of the key (RFC 8725 3.1).
    #[error("the algorithm is not that of the key")]
    AlgorithmMismatch,
    /// Not three parts, for a JWS (RFC 7515 7.1).
    #[error("not a compact JWS")]
    MalformedJws,
    /// Not five parts, or parts that must be empty or of fixed length are not (RFC 7516 7.1, RFC 7518 4.6, 5.3).
    #[error("not a compact JWE of direct key agreement")]
    MalformedJwe,
    /// A header parameter has a wrong type.
    #[error("a header parameter has a wrong type")]
    HeaderParameter,
    /// The header has `crit`, or `b64`: extensions this wallet does not understand (RFC 7515 4.1.11, RFC 7797).
    #[error("the header has a critical extension")]
    CriticalHeader,
    /// The header has `zip` (RFC 7516 4.1.3): compressed content is never read.
    #[error("the content is compressed")]
    Compressed,
    /// `x5c` is not a short list of base64 certificates (RFC 7515 4.1.6).
    #[error("the certificate list is malformed")]
    MalformedX5c,
    /// The signature does not verify, or has a wrong length.
    #[error("the signature does not verify")]
    SignatureInvalid,
    /// The content does not decrypt under this key.
    #[error("the content does not decrypt")]
    DecryptionFailed,
    /// No randomness could be had.
    #[error("no randomness")]
    RandomUnavailable,
}

impl From<JoseError> for WalletError {
    fn from(error: JoseError) -> Self {
        use ErrorCode as Code;
        match error {
            JoseError::Json(error) => error.into(),
            JoseError::NotBase64Url => Self::new(Code::NotCanonical).rule("RFC 7515 2"),
            JoseError::TooLarge => Self::new(Code::TooLarge),
            JoseError::MalformedKey => Self::new(Code::Malformed).about("key").rule("RFC 7518 6"),
            JoseError::PrivateKey => Self::new(Code::Malformed)
                .about("private_key")
                .rule("RFC 7517 9.2"),
            JoseError::NotOnCurve => Self::new(Code::Malformed)
                .about("key")
                .rule("RFC 7518 6.2.1"),
            JoseError::UnsupportedKey => Self::new(Code::AlgorithmNotAllowed).rule("RFC 7517 4.1"),
            JoseError::KeyUse => Self::new(Code::AlgorithmNotAllowed).rule("RFC 7517 4"),
            JoseError::AlgorithmNotAllowed => {
                Self::new(Code::AlgorithmNotAllowed).rule("RFC 7515 4.1.1")
            }
            JoseError::AlgorithmMismatch => {
                Self::new(Code::AlgorithmNotAllowed).rule("RFC 8725 3.1")
            }
            JoseError::MalformedJws => Self::new(Code::Malformed).about("jws").rule("RFC 7515 7.1"),
            JoseError::MalformedJwe => Self::new(Code::Malformed).about("jwe").rule("RFC 7516 7.1"),
            JoseError::HeaderParameter => Self::new(Code::Malformed)
                .about("header")
                .rule("RFC 7515 4.1"),
            JoseError::CriticalHeader => Self::new(Code::Malformed)
                .about("crit")
                .rule("RFC 7515 4.1.11"),
            JoseError::Compressed => Self::new(Code::Malformed).about("zip").rule("RFC 8725 3.6"),
            JoseError::MalformedX5c => Self::new(Code::Malformed)
                .about("x5c")
                .rule("RFC 7515 4.1.6"),
            JoseError::SignatureInvalid => Self::new(Code::SignatureInvalid).rule("RFC 7515 5.2"),
            JoseError::DecryptionFailed => Self::new(Code::DecryptionFailed).rule("RFC 7516 5.2"),
            JoseError::RandomUnavailable => Self::new(Code::RandomUnavailable),
        }
    }
}
