//! RDF datasets: quads, N-Quads, and RDFC-1.0, which gives every dataset one text (docs/adr/25).

mod error;
pub mod limits;
mod n_quads;
mod quad;
pub mod rdfc10;

pub use error::RdfError;
pub(crate) use n_quads::is_language_tag;
pub use n_quads::parse;
pub use quad::{Literal, LiteralKind, Node, Object, Quad, is_absolute_iri};

#[cfg(test)]
pub(crate) mod tests;
