//! Why RDF was refused.

use crate::error::{Category, ErrorCode, WalletError};

/// Why an RDF dataset was refused. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RdfError {
    /// More bytes or quads than allowed.
    #[error("the RDF dataset is too large")]
    TooLarge,
    /// Its blank nodes are so alike that telling them apart would take too long (RDFC-1.0 7.1).
    #[error("the RDF dataset takes too much work to canonicalise")]
    TooMuchWork,
    /// Not N-Quads (N-Quads 3).
    #[error("the N-Quads are malformed")]
    Malformed,
}

impl From<RdfError> for WalletError {
    fn from(error: RdfError) -> Self {
        match error {
            RdfError::TooLarge => Self::new(ErrorCode::TooLarge).about("rdf"),
            RdfError::TooMuchWork => Self::new(ErrorCode::TooLarge)
                .about("blank_nodes")
                .rule("RDFC-1.0 7.1"),
            RdfError::Malformed => Self::new(ErrorCode::Malformed)
                .about("n_quads")
                .rule("N-Quads 3"),
        }
        .by(Category::Issuer)
    }
}
