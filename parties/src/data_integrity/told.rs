//! What a derived proof of bbs-2023 tells beside the claims: read as one who looks for traces of the citizen reads it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::graph::{Labels, canonical_labels, places_of_nodes, sorted_lines, statements};
use super::proof_value::BbsDerived;
use crate::refused::{OrRefuse, Result};

/// All of it in JSON, bytes in hexadecimal: the parts of the proof value; instead of the label map, for each thing shown the
/// label it was signed with, and instead of the indexes, for each statement shown its index among all that were signed, both by
/// place in the document. By these two showings can be compared that disclose other claims: a thing's label stays the same.
/// (By canonical label, the same number would stand for another thing, and what is alike would say nothing.)
pub(crate) fn told_by_proof(credential: &Value) -> Result<Value> {
    let mut document = credential.as_object().or_refuse("not an object")?.clone();
    let proof = document.remove("proof").or_refuse("no proof")?;
    let derived = BbsDerived::parse(proof["proofValue"].as_str().or_refuse("no proofValue")?)?;
    let statements = statements(&document)?;
    let canonical = canonical_labels(&statements)?;
    let signed = |(node, label): (&String, &String)| {
        Some((node.clone(), derived.labels.get(label)?.clone()))
    };
    let labels: Labels = canonical.iter().filter_map(signed).collect();
    let labels_by_place: BTreeMap<String, &String> = places_of_nodes(&statements)
        .into_iter()
        .filter_map(|(node, place)| Some((place, labels.get(&node)?)))
        .collect();
    let lines = sorted_lines(&statements, &labels)?.into_iter().enumerate();
    let chosen = lines.filter(|(index, _)| derived.mandatory.binary_search(index).is_err());
    let indexes: BTreeMap<&str, usize> = chosen
        .zip(&derived.selective)
        .map(|((_, (_, statement)), index)| (statement.place(), *index))
        .collect();
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
    Ok(json!({
        "proof": hex(&derived.proof),
        "presentation_header": hex(&derived.presentation_header),
        "labels_by_place": labels_by_place,
        "mandatory": derived.mandatory,
        "indexes_by_place": indexes,
    }))
}
