//! Why there is no type metadata.

use crate::error::{Category, ErrorCode, WalletError};
use crate::http::FetchError;
use crate::json::JsonError;

/// Why the metadata of a type could not be had or was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TypeMetadataError {
    /// The document could not be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The document is not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A required member is missing, a member has the wrong type, or there are too many of them.
    #[error("the type metadata is malformed")]
    Malformed,
    /// The document describes another type than asked for.
    #[error("the document is of another type")]
    WrongType,
    /// The document does not match its integrity hash, or the hash is of no algorithm known.
    #[error("the document does not match its integrity hash")]
    Integrity,
    /// A type extends itself.
    #[error("a type extends itself")]
    ExtendsLoop,
    /// More than [`super::MAX_EXTENDS`] types extend each other.
    #[error("too many types extend each other")]
    ExtendsTooDeep,
    /// A type that is extended has no document.
    #[error("an extended type has no document")]
    ExtendedTypeMissing,
}

impl From<TypeMetadataError> for WalletError {
    fn from(error: TypeMetadataError) -> Self {
        use ErrorCode as Code;
        use TypeMetadataError as E;
        let malformed = |about: &str, rule| {
            let error = Self::new(Code::Malformed).by(Category::Issuer);
            error.about(about).rule(rule)
        };
        match error {
            E::Fetch(error) => error.into(),
            E::Json(error) => Self::from(error).by(Category::Issuer),
            E::Malformed => malformed("type_metadata", "SD-JWT VC 5.2"),
            E::WrongType => malformed("vct", "SD-JWT VC 5.3"),
            E::Integrity => Self::new(Code::IntegrityMismatch).rule("SD-JWT VC 6"),
            E::ExtendsLoop => malformed("extends_loop", "SD-JWT VC 7.4"),
            E::ExtendsTooDeep => malformed("extends_depth", "SD-JWT VC 7.4"),
            E::ExtendedTypeMissing => malformed("extends", "SD-JWT VC 5.4"),
        }
    }
}
