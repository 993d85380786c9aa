//! Why a JSON-LD document was refused.

use crate::error::{Category, ErrorCode, WalletError};

/// Why a JSON-LD document was refused. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonLdError {
    /// It uses a context that does not ship with the library.
    #[error("the JSON-LD context is unknown")]
    UnknownContext,
}

impl From<JsonLdError> for WalletError {
    fn from(error: JsonLdError) -> Self {
        match error {
            JsonLdError::UnknownContext => Self::new(ErrorCode::Malformed).about("context"),
        }
        .by(Category::Issuer)
    }
}
