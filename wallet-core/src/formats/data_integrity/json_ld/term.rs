//! Term definitions (JSON-LD 1.1 9.15.1).

use super::JsonLdError;
use serde_json::Value;

/// A keyword that may have another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Id,
    Type,
    Value,
    Language,
    /// Any other: a form this library does not know.
    Other,
}

impl Keyword {
    /// The keyword of this name.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "@id" => Some(Self::Id),
            "@type" => Some(Self::Type),
            "@value" => Some(Self::Value),
            "@language" => Some(Self::Language),
            _ => name.starts_with('@').then_some(Self::Other),
        }
    }
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Keyword(Keyword),
    /// An absolute IRI.
    Iri(String),
    /// Expressly nothing (`null`).
    Nothing,
}

/// What becomes of the scalars under a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Coercion {
    None,
    /// `@id`: strings are IRIs.
    Id,
    /// `@vocab`: strings are terms or IRIs.
    Vocab,
    /// `@json`: any JSON is one literal.
    Json,
    /// A datatype's IRI.
    Datatype(String),
}

/// A term definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) meaning: Meaning,
    pub(super) coercion: Coercion,
    /// `@container` is `@graph`. `@set` changes nothing in RDF.
    pub(super) is_graph: bool,
    /// Whether it may stand before a colon.
    pub(super) is_prefix: bool,
    /// The context that holds under it: `null`, or definitions.
    pub(super) context: Option<&'static Value>,
}

/// Whether a container mapping makes graphs.
pub(super) fn is_graph_container(container: Option<&Value>) -> Result<bool, JsonLdError> {
    match container.map(Value::as_str) {
        None | Some(Some("@set")) => Ok(false),
        Some(Some("@graph")) => Ok(true),
        _ => Err(JsonLdError::UnsupportedContext),
    }
}
