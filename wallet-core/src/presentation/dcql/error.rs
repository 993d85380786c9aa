//! Why a DCQL query is refused.

use crate::error::{Category, ErrorCode, WalletError};

/// A rule of OpenID4VP 1.0 section 6 that the verifier's query breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// A member has the wrong JSON type.
    #[error("a member of the query has the wrong type")]
    WrongType,
    /// A required member is absent.
    #[error("a required member of the query is missing")]
    MissingMember,
    /// An array that must not be empty is.
    #[error("an array of the query is empty")]
    EmptyArray,
    /// An identifier is empty or has other characters than letters, digits, `_` and `-`.
    #[error("an identifier of the query is not legal")]
    IllegalId,
    /// Two entries have the same identifier.
    #[error("an identifier of the query is used twice")]
    DuplicateId,
    /// `claim_sets` without `claims`.
    #[error("claim_sets without claims")]
    ClaimSetsWithoutClaims,
    /// `claim_sets` is present but a claim has no `id`.
    #[error("a claim has no id although there are claim_sets")]
    ClaimIdMissing,
    /// A `claim_sets` or `options` entry names something that is not there.
    #[error("the query refers to an unknown identifier")]
    UnknownReference,
    /// A claims path pointer is not a non-empty array of strings, non-negative integers and nulls.
    #[error("a claims path of the query is not legal")]
    IllegalPath,
    /// An expected value is not a string, an integer or a boolean.
    #[error("an expected value is not a string, integer or boolean")]
    IllegalValue,
    /// More entries than [`super::Limits`] allows.
    #[error("the query is too large")]
    TooLarge,
}

impl QueryError {
    /// The section of the standard.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::ClaimSetsWithoutClaims => "OpenID4VP 1.0 6.4.1",
            Self::ClaimIdMissing | Self::IllegalValue => "OpenID4VP 1.0 6.3",
            Self::IllegalPath => "OpenID4VP 1.0 7",
            _ => "OpenID4VP 1.0 6",
        }
    }
}

impl From<QueryError> for WalletError {
    fn from(error: QueryError) -> Self {
        let code = match error {
            QueryError::TooLarge => ErrorCode::TooLarge,
            _ => ErrorCode::QueryInvalid,
        };
        Self::new(code).by(Category::Verifier).rule(error.rule())
    }
}
