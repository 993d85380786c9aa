//! JSON-LD 1.1 as far as credentials use it: compact documents over contexts that ship with the library, to RDF
//! (docs/adr/25). Nothing is fetched, and what would be dropped is refused.

mod error;

pub use error::JsonLdError;

use super::rdf::Quad;
use serde_json::{Map, Value};

/// The statements of a compact document. Blank nodes are labelled in the order they come.
///
/// # Errors
/// [`JsonLdError`].
pub fn to_rdf(document: &Map<String, Value>) -> Result<Vec<Quad>, JsonLdError> {
    _ = document;
    Err(JsonLdError::UnknownContext)
}

/// Gives every node object without an identifier one of `urn:bnid:` (vc-di-ecdsa 3.4.6, skolemizeCompactJsonLd), in place.
///
/// # Errors
/// [`JsonLdError`].
pub fn skolemize(document: &mut Map<String, Value>) -> Result<(), JsonLdError> {
    to_rdf(document).map(drop)
}

/// The statements of a skolemized document, or of what was selected of one, with blank nodes again in the place of
/// `urn:bnid:` IRIs (vc-di-ecdsa 3.4.8, toDeskolemizedNQuads). Labels are those that [`skolemize`] gave.
///
/// # Errors
/// [`JsonLdError`].
pub fn to_deskolemized_rdf(document: &Map<String, Value>) -> Result<Vec<Quad>, JsonLdError> {
    to_rdf(document)
}
