//! Literals (JSON-LD 1.1 API 8.2.2).

use super::context::Context;
use super::error::JsonLdError as E;
use super::jcs;
use super::number;
use super::skolem;
use super::term::{Keyword, Meaning};
use crate::formats::data_integrity::rdf::{Literal, LiteralKind, is_language_tag};
use serde_json::{Map, Value};

pub(super) const XSD_BOOLEAN: &str = "http://www.w3.org/2001/XMLSchema#boolean";
pub(super) const XSD_INTEGER: &str = "http://www.w3.org/2001/XMLSchema#integer";
pub(super) const XSD_DOUBLE: &str = "http://www.w3.org/2001/XMLSchema#double";
const RDF_JSON: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON";

/// A scalar without a type of its own.
pub(super) fn plain(scalar: &Value) -> Result<Literal, E> {
    let (text, datatype) = lexical(scalar, None)?;
    Ok(Literal::new(
        text,
        datatype.map_or(LiteralKind::Text, |datatype| {
            LiteralKind::Datatype(datatype.to_owned())
        }),
    ))
}

/// A scalar of this datatype.
pub(super) fn typed(scalar: &Value, datatype: &str) -> Result<Literal, E> {
    let (text, _) = lexical(scalar, Some(datatype))?;
    let datatype = skolem::unreserved(datatype.to_owned())?;
    Ok(Literal::new(text, LiteralKind::Datatype(datatype)))
}

/// Any JSON as one literal.
pub(super) fn json(value: &Value) -> Result<Literal, E> {
    let text = jcs::canonical(value)?;
    Ok(Literal::new(
        text,
        LiteralKind::Datatype(RDF_JSON.to_owned()),
    ))
}

/// The text of a scalar, and the datatype it has by itself.
fn lexical(scalar: &Value, datatype: Option<&str>) -> Result<(String, Option<&'static str>), E> {
    Ok(match scalar {
        Value::String(text) => (text.clone(), None),
        Value::Bool(value) => (value.to_string(), Some(XSD_BOOLEAN)),
        Value::Number(value) => match number::integer(value) {
            Some(integer) if datatype != Some(XSD_DOUBLE) => {
                (integer.to_string(), Some(XSD_INTEGER))
            }
            _ => (number::canonical_double(value)?, Some(XSD_DOUBLE)),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => return Err(E::ValueObject),
    })
}

/// A value object (JSON-LD 1.1 9.5).
pub(super) fn value_object(members: &Map<String, Value>, context: &Context) -> Result<Literal, E> {
    let (mut value, mut kind, mut language) = (None, None, None);
    for (name, member) in members {
        let slot = match context.meaning(name) {
            Ok(Meaning::Keyword(Keyword::Value)) => &mut value,
            Ok(Meaning::Keyword(Keyword::Type)) => &mut kind,
            Ok(Meaning::Keyword(Keyword::Language)) => &mut language,
            _ => return Err(E::ValueObject),
        };
        if slot.replace(member).is_some() {
            return Err(E::ValueObject);
        }
    }
    let value = value.ok_or(E::ValueObject)?;
    match (kind, language) {
        (None, None) => plain(value),
        (Some(kind), None) if kind == "@json" => json(value),
        (Some(kind), None) => match context.meaning(kind.as_str().ok_or(E::ValueObject)?)? {
            Meaning::Iri(datatype) => typed(value, &datatype),
            _ => Err(E::ValueObject),
        },
        (None, Some(language)) => match (value, language.as_str()) {
            (Value::String(text), Some(tag)) if is_well_formed(tag) => {
                let language = LiteralKind::Language(tag.to_ascii_lowercase());
                Ok(Literal::new(text.clone(), language))
            }
            _ => Err(E::ValueObject),
        },
        (Some(_), Some(_)) => Err(E::ValueObject),
    }
}

/// Whether a language tag is one of BCP 47 by its form; N-Quads would take longer parts.
fn is_well_formed(tag: &str) -> bool {
    is_language_tag(tag) && tag.split('-').all(|part| part.len() <= 8)
}
