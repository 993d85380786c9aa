//! JSON-LD 1.1 as far as credentials use it: compact documents over contexts that ship with the library, to RDF
//! (docs/adr/25). Nothing is fetched. What RDF would not hold is refused: nobody would have signed it.

mod bundle;
mod context;
mod error;
pub(super) mod jcs;
pub mod limits;
mod literal;
mod number;
mod skolem;
mod statements;
mod term;

pub use bundle::CITIZEN_ID_CONTEXT;
pub use error::JsonLdError;

use super::rdf::Quad;
use serde_json::{Map, Value};
use skolem::Naming;
use statements::Statements;

/// The statements of a compact document, each once. Blank nodes are labelled `b0`, `b1` … in the order they come.
///
/// # Errors
/// [`JsonLdError`].
pub fn to_rdf(document: &Map<String, Value>) -> Result<Vec<Quad>, JsonLdError> {
    Statements::of(document, Naming::Foreign).map(Statements::into_quads)
}

/// Gives every object without an identifier one, in place: `urn:bnid:b0`, `urn:bnid:b1` … (vc-di-ecdsa 3.4.7,
/// skolemizeCompactJsonLd). The labels are those of [`to_rdf`]. Nothing else of the document changes.
///
/// # Errors
/// [`JsonLdError`]; [`JsonLdError::Unsupported`] for what holds graphs of their own, as a proof or a presentation does.
pub fn skolemize(document: &mut Map<String, Value>) -> Result<(), JsonLdError> {
    let statements = Statements::of(document, Naming::Foreign)?;
    if statements.has_graphs {
        return Err(JsonLdError::Unsupported);
    }
    skolem::name(document, statements.unnamed)
}

/// The statements of a skolemized document, or of what was selected of one, with blank nodes of the same labels in the place
/// of `urn:bnid:` IRIs (vc-di-ecdsa 3.4.8, toDeskolemizedNQuads).
///
/// # Errors
/// [`JsonLdError`]; [`JsonLdError::Identifier`] for an object without an identifier.
pub fn to_deskolemized_rdf(document: &Map<String, Value>) -> Result<Vec<Quad>, JsonLdError> {
    Statements::of(document, Naming::Skolemized).map(Statements::into_quads)
}

#[cfg(test)]
mod tests;
