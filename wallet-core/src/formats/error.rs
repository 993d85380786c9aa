//! Why a credential of any format was refused, or could not be presented.

use super::data_integrity::DataIntegrityError;
use super::sd_jwt_vc::SdJwtError;
use crate::error::WalletError;
use crate::http::FetchError;

/// Why a credential was refused, or could not be presented, by its format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// SD-JWT VC.
    #[error(transparent)]
    SdJwt(#[from] SdJwtError),
    /// A W3C credential with a Data Integrity proof.
    #[error(transparent)]
    DataIntegrity(#[from] DataIntegrityError),
}

impl FormatError {
    /// The failed request, where it was one.
    pub(crate) const fn fetch(&self) -> Option<&FetchError> {
        match self {
            Self::SdJwt(SdJwtError::Fetch(error))
            | Self::DataIntegrity(DataIntegrityError::Fetch(error)) => Some(error),
            _ => None,
        }
    }
}

impl From<FormatError> for WalletError {
    fn from(error: FormatError) -> Self {
        match error {
            FormatError::SdJwt(error) => error.into(),
            FormatError::DataIntegrity(error) => error.into(),
        }
    }
}
