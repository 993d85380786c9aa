//! Names for blank nodes, so that parts of a document can be told apart (vc-di-ecdsa 3.4.5 to 3.4.9).

use super::error::JsonLdError as E;
use crate::formats::claim_path::PathSegment;
use crate::formats::data_integrity::rdf::Node;
use serde_json::{Map, Value};

/// Begins the IRIs that stand for blank nodes.
const PREFIX: &str = "urn:bnid:";

/// What `urn:bnid:` IRIs are in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// Refused: it comes from elsewhere.
    Foreign,
    /// Blank nodes: [`name`] put them there.
    Skolemized,
}

impl Naming {
    /// The node of this IRI.
    pub(super) fn node(self, iri: String) -> Result<Node, E> {
        match (self, iri.strip_prefix(PREFIX)) {
            (_, None) => unreserved(iri).map(Node::Iri),
            (Self::Skolemized, Some(label)) if is_label(label) => Ok(Node::Blank(label.to_owned())),
            (_, Some(_)) => Err(E::ReservedIdentifier),
        }
    }
}

/// The IRI, unless it is a reserved one.
pub(super) fn unreserved(iri: String) -> Result<String, E> {
    // A URN's scheme and namespace are the same in either case (RFC 8141 3).
    let is_reserved = iri
        .get(..PREFIX.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
    (!is_reserved).then_some(iri).ok_or(E::ReservedIdentifier)
}

/// Whether this is a label of ours.
fn is_label(label: &str) -> bool {
    let number = label.strip_prefix('b');
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// An object without an identifier.
pub(super) struct Place {
    /// The way to it.
    pub(super) path: Vec<PathSegment>,
    /// What its identifier would be called.
    pub(super) name: &'static str,
    /// The label of its blank node.
    pub(super) label: String,
}

/// Gives the objects at these places their names.
pub(super) fn name(document: &mut Map<String, Value>, places: Vec<Place>) -> Result<(), E> {
    for place in places {
        let object = object_at(document, &place.path).ok_or(E::Unsupported)?;
        let id = Value::String(format!("{PREFIX}{}", place.label));
        object.insert(place.name.to_owned(), id);
    }
    Ok(())
}

fn object_at<'d>(
    document: &'d mut Map<String, Value>,
    path: &[PathSegment],
) -> Option<&'d mut Map<String, Value>> {
    let Some((PathSegment::Key(first), rest)) = path.split_first() else {
        return path.is_empty().then_some(document);
    };
    let found = rest
        .iter()
        .try_fold(document.get_mut(first)?, |value, segment| match segment {
            PathSegment::Key(name) => value.as_object_mut()?.get_mut(name),
            PathSegment::Index(index) => {
                value.as_array_mut()?.get_mut(usize::try_from(*index).ok()?)
            }
            PathSegment::All => None,
        })?;
    found.as_object_mut()
}
