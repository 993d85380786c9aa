//! RDF and JSON-LD: what is signed is what was read, whole and no more.

use super::fixture::json;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use wallet_core::formats::data_integrity::json_ld::{skolemize, to_deskolemized_rdf, to_rdf};
use wallet_core::formats::data_integrity::rdf::rdfc10::canonicalize;
use wallet_core::formats::data_integrity::rdf::{Quad, RdfError, parse};

/// A text: what is read and written again is read as the same.
pub(super) fn n_quads(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let Ok(quads) = parse(text) else { return };
    assert!(written_and_read(&quads) == quads);
    for quad in &quads {
        let line = quad.to_string();
        assert_eq!(line.find('\n'), Some(line.len() - 1));
    }
}

/// N-Quads: order, repetition and labels do not change the canonical form, which is its own.
pub(super) fn canonical(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let Ok(quads) = parse(text) else { return };
    let canonical = match canonicalize(&quads) {
        Ok(canonical) => canonical,
        Err(RdfError::TooMuchWork) => return,
        Err(error) => panic!("{error}"),
    };
    let used: BTreeSet<_> = canonical.labels.values().cloned().collect();
    let count = canonical.labels.len();
    assert_eq!(used, (0..count).map(|n| format!("c14n{n}")).collect());
    // Named the other way round, and from the last to the first, each twice.
    let names = canonical.labels.keys().zip((0..count).rev());
    let names: BTreeMap<&str, String> = names
        .map(|(label, n)| (label.as_str(), format!("c14n{n}")))
        .collect();
    let name = |label| names.get(label).map_or(label, String::as_str);
    let lines = quads.iter().rev().map(|quad| quad.line(name));
    let renamed = parse(&lines.collect::<String>()).unwrap();
    let own = parse(&canonical.n_quads.concat()).unwrap();
    for same in [renamed, own] {
        let twice = [same.as_slice(), same.as_slice()].concat();
        match canonicalize(&twice) {
            Ok(other) => assert_eq!(other.n_quads, canonical.n_quads),
            // How much work it is depends on the order, how much it is at most does not.
            Err(RdfError::TooMuchWork | RdfError::TooLarge) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// A document: its statements are N-Quads and nothing else, no text or number of it is without effect on them, and naming
/// its blank nodes changes nothing.
pub(super) fn document(input: &[u8]) {
    let Some(Value::Object(document)) = json(input) else {
        return;
    };
    let Ok(quads) = to_rdf(&document) else { return };
    assert!(written_and_read(&quads) == quads);
    let distinct: BTreeSet<_> = quads.iter().collect();
    assert_eq!(distinct.len(), quads.len());
    let mut changed = document.clone();
    for index in 0.. {
        let mut left = index;
        let scalars = changed.iter_mut().filter(|(name, _)| *name != "@context");
        let scalar = scalars
            .into_iter()
            .find_map(|(_, value)| nth_scalar(value, &mut left));
        let Some(scalar) = scalar else { break };
        let before = core::mem::take(scalar);
        *scalar = another(&before);
        let effect = to_rdf(&changed);
        assert!(
            effect.map_or(true, |other| other != quads),
            "a scalar without effect"
        );
        let scalars = changed.iter_mut().filter(|(name, _)| *name != "@context");
        left = index;
        let scalar = scalars
            .into_iter()
            .find_map(|(_, value)| nth_scalar(value, &mut left));
        *scalar.unwrap() = before;
    }
    skolemized(document, &quads);
}

fn skolemized(mut document: Map<String, Value>, quads: &[Quad]) {
    if skolemize(&mut document).is_ok() {
        assert!(to_deskolemized_rdf(&document).unwrap() == quads);
        // It holds what is reserved now, unless every object had a name.
        let has_blank_nodes = !canonicalize(quads).map_or(true, |c| c.labels.is_empty());
        assert_eq!(to_rdf(&document).is_err(), has_blank_nodes);
    }
}

/// A scalar of the same kind that is another.
fn another(scalar: &Value) -> Value {
    match scalar {
        Value::String(text) => Value::String(format!("{text}x")),
        Value::Bool(value) => Value::Bool(!value),
        Value::Number(number) => match number.as_i64() {
            Some(0) | None => Value::from(1),
            Some(number) => Value::from(number / 2),
        },
        _ => Value::Bool(true),
    }
}

/// The scalar with `left` others before it.
fn nth_scalar<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth_scalar(item, left)),
        Value::Object(members) => members
            .iter_mut()
            .find_map(|(_, member)| nth_scalar(member, left)),
        scalar => match left.checked_sub(1) {
            Some(fewer) => {
                *left = fewer;
                None
            }
            None => Some(scalar),
        },
    }
}

fn written_and_read(quads: &[Quad]) -> Vec<Quad> {
    let lines: String = quads.iter().map(ToString::to_string).collect();
    parse(&lines).unwrap()
}
