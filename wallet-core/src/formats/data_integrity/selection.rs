//! A part of a compact document by pointers (`selectJsonLd` of vc-di-ecdsa 3.4.13).

use super::error::DataIntegrityError;
use super::pointer::{Pointer, step};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What was chosen of a value: all of it, or parts by name or index.
#[derive(Default)]
struct Chosen {
    is_whole: bool,
    parts: BTreeMap<String, Chosen>,
}

/// The part of `document` the pointers name, with the contexts, and with the identifiers and types of every object on the
/// way; `None` without pointers. Arrays become dense and keep their order.
///
/// # Errors
/// [`DataIntegrityError::NoSuchClaim`] for a pointer that leads nowhere, or to the contexts, which are no claim.
pub(super) fn select(
    document: &Map<String, Value>,
    pointers: &[Pointer],
) -> Result<Option<Map<String, Value>>, DataIntegrityError> {
    if pointers.is_empty() {
        return Ok(None);
    }
    let mut chosen = Chosen::default();
    for pointer in pointers {
        chosen.add(document, pointer)?;
    }
    let mut selection = project_members(document, &chosen);
    // Without it nothing has a meaning.
    if let Some(context) = document.get("@context") {
        selection.insert("@context".to_owned(), context.clone());
    }
    Ok(Some(selection))
}

impl Chosen {
    fn add(
        &mut self,
        document: &Map<String, Value>,
        pointer: &Pointer,
    ) -> Result<(), DataIntegrityError> {
        let mut chosen = self;
        let mut tokens = pointer.tokens().iter();
        let mut value = match tokens.next() {
            None => {
                chosen.is_whole = true;
                return Ok(());
            }
            Some(first) if first == "@context" => return Err(DataIntegrityError::NoSuchClaim),
            Some(first) => {
                chosen = chosen.parts.entry(first.clone()).or_default();
                document.get(first)
            }
        };
        for token in tokens {
            chosen = chosen.parts.entry(token.clone()).or_default();
            value = value.and_then(|value| step(value, token));
        }
        chosen.is_whole = true;
        value.map(|_| ()).ok_or(DataIntegrityError::NoSuchClaim)
    }
}

fn project(value: &Value, chosen: &Chosen) -> Value {
    match value {
        _ if chosen.is_whole => value.clone(),
        Value::Object(members) => Value::Object(project_members(members, chosen)),
        Value::Array(elements) => (0_usize..)
            .zip(elements)
            .filter_map(|(index, element)| {
                let chosen = chosen.parts.get(&index.to_string())?;
                Some(project(element, chosen))
            })
            .collect(),
        literal => literal.clone(),
    }
}

fn project_members(members: &Map<String, Value>, chosen: &Chosen) -> Map<String, Value> {
    if chosen.is_whole {
        return members.clone();
    }
    let project = |(name, value): (&String, &Value)| {
        let value = match chosen.parts.get(name) {
            _ if is_brought_along(name, value) => value.clone(),
            Some(chosen) => project(value, chosen),
            None => return None,
        };
        Some((name.clone(), value))
    };
    members.iter().filter_map(project).collect()
}

/// Types, and identifiers other than those of blank nodes (`createInitialSelection`).
fn is_brought_along(name: &str, value: &Value) -> bool {
    let is_blank = |value: &Value| value.as_str().is_some_and(|id| id.starts_with("_:"));
    name == "type" || (name == "id" && !is_blank(value))
}
