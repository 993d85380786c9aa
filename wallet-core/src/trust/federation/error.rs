//! Why a federation does not vouch for a verifier.

use crate::error::{Category, ErrorCode, WalletError};
use crate::http::FetchError;
use crate::jose::JoseError;
use thiserror::Error;

/// Why a federation does not vouch for a verifier. Holds nothing of its statements.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FederationError {
    /// A statement could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A statement is no acceptable JWS, or not signed by the key its superior names.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// A statement is not of type `entity-statement+jwt`, or a claim is missing or of a wrong type.
    #[error("not an entity statement")]
    Statement,
    /// A statement has a critical claim or policy operator that is not understood.
    #[error("a statement has something critical that is not understood")]
    Critical,
    /// A statement has expired or was issued in the future.
    #[error("a statement is not valid now")]
    Time,
    /// The statements do not follow one another from the verifier up.
    #[error("the statements are no chain")]
    NotAChain,
    /// The chain is longer than allowed.
    #[error("the chain is too long")]
    TooLong,
    /// No chain leads to an anchor of the app.
    #[error("no trust anchor for this entity")]
    NoAnchor,
    /// Finding a chain took more requests than allowed.
    #[error("too many requests for one chain")]
    TooManyFetches,
    /// A superior does not allow a chain, a name or an entity type like this.
    #[error("a constraint is broken")]
    Constraint,
    /// The metadata policies contradict one another.
    #[error("the metadata policies contradict one another")]
    Policy,
    /// The verifier's metadata do not obey the policies.
    #[error("the metadata do not obey the policies")]
    PolicyBroken,
    /// The entity is no verifier.
    #[error("the entity is no verifier")]
    NotAVerifier,
    /// The verifier's metadata have no usable keys.
    #[error("the verifier has no usable keys")]
    NoKeys,
}

impl FederationError {
    const fn section(&self) -> &'static str {
        match self {
            Self::Fetch(_) | Self::TooManyFetches => "OpenID Federation 1.0 8",
            Self::Jose(_) | Self::Statement | Self::Critical | Self::Time => {
                "OpenID Federation 1.0 3.2"
            }
            Self::NotAChain | Self::TooLong | Self::NoAnchor => "OpenID Federation 1.0 10.2",
            Self::Constraint => "OpenID Federation 1.0 6.2",
            Self::Policy | Self::PolicyBroken => "OpenID Federation 1.0 6.1",
            Self::NotAVerifier | Self::NoKeys => "OpenID Federation 1.0 5",
        }
    }
}

impl From<FederationError> for WalletError {
    fn from(error: FederationError) -> Self {
        match error {
            FederationError::Fetch(error) => error.into(),
            FederationError::Jose(error) => Self::from(error).by(Category::Verifier),
            error => Self::new(ErrorCode::UntrustedVerifier).rule(error.section()),
        }
    }
}
