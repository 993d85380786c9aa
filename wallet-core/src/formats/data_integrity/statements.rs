//! A document as the statements that are signed, and which of them a part of the document makes (`canonicalizeAndGroup` of
//! vc-di-ecdsa 3.4.16).

use super::error::DataIntegrityError;
use super::json_ld;
use super::label_map::{Labelling, Labels};
use super::pointer::Pointer;
use super::rdf::{Quad, rdfc10};
use super::selection::select;
use crate::order;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Positions of statements.
pub(super) type Indexes = BTreeSet<usize>;

/// The statements of a document, in the order they are signed in.
pub(super) struct Statements {
    /// The document, every node of it with an identifier.
    skolemized: Map<String, Value>,
    /// The label that is signed, by the label in the identifiers above.
    labels: Labels,
    /// Lines of N-Quads.
    lines: Vec<String>,
}

impl Statements {
    /// Those of `document`, with blank nodes named as `labelling` says.
    pub(super) fn of(
        document: &Map<String, Value>,
        labelling: &Labelling<'_>,
    ) -> Result<Self, DataIntegrityError> {
        let mut skolemized = document.clone();
        json_ld::skolemize(&mut skolemized)?;
        let quads = json_ld::to_deskolemized_rdf(&skolemized)?;
        let canonical = rdfc10::canonicalize(&quads)?;
        let labels = labelling.apply(&canonical.labels)?;
        let mut lines = relabelled(&quads, &labels)?;
        order::sort(&mut lines);
        lines.dedup();
        Ok(Self {
            skolemized,
            labels,
            lines,
        })
    }

    /// All of them.
    pub(super) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Whether blank nodes are named in the order in which they stand in the document.
    pub(super) fn are_named_in_order(&self) -> bool {
        // The document's own labels count through it, as the shuffled ones do through theirs.
        self.labels.iter().all(|(label, signed)| label == signed)
    }

    /// Where this one stands.
    pub(super) fn position(&self, line: &String) -> Option<usize> {
        self.lines.binary_search(line).ok()
    }

    /// Those that the part of the document at these pointers makes.
    pub(super) fn select(&self, pointers: &[Pointer]) -> Result<Selected, DataIntegrityError> {
        let Some(part) = select(&self.skolemized, pointers)? else {
            return Ok(Selected::default());
        };
        let quads = json_ld::to_deskolemized_rdf(&part)?;
        let lines =
            relabelled(&quads, &self.labels).map_err(|_| DataIntegrityError::NotSeparable)?;
        let indexes = lines.iter().map(|line| self.position(line));
        let indexes = indexes.collect::<Option<_>>();
        Ok(Selected {
            indexes: indexes.ok_or(DataIntegrityError::NotSeparable)?,
            quads,
        })
    }

    /// The label that is signed, by the label a verifier will find: what a derived proof tells of blank nodes.
    pub(super) fn verifier_labels(&self, shown: &Selected) -> Result<Labels, DataIntegrityError> {
        let canonical = rdfc10::canonicalize(&shown.quads)?.labels;
        let signed = |(label, canonical): (String, String)| {
            let signed = self.labels.get(&label);
            Ok((
                canonical,
                signed.ok_or(DataIntegrityError::LabelMap)?.clone(),
            ))
        };
        order::try_map(canonical.into_iter().map(signed))
    }

    /// The mandatory lines, which are at these positions, and those shown by choice.
    ///
    /// # Errors
    /// [`DataIntegrityError::Indexes`] if there is no line at one of the positions.
    pub(super) fn split_mandatory(
        &self,
        mandatory: &[usize],
    ) -> Result<(Vec<&String>, Vec<&String>), DataIntegrityError> {
        let mandatory = order::set(mandatory.iter().copied());
        if mandatory.last() >= Some(&self.lines.len()) {
            return Err(DataIntegrityError::Indexes);
        }
        Ok(self.split(&mandatory))
    }

    /// The lines at these positions, and the others.
    pub(super) fn split(&self, indexes: &Indexes) -> (Vec<&String>, Vec<&String>) {
        let (inside, outside): (Vec<_>, Vec<_>) = (0..)
            .zip(&self.lines)
            .partition(|(index, _)| indexes.contains(index));
        let lines = |part: Vec<(usize, _)>| part.into_iter().map(|(_, line)| line).collect();
        (lines(inside), lines(outside))
    }
}

/// A part of the statements.
#[derive(Default)]
pub(super) struct Selected {
    pub(super) indexes: Indexes,
    quads: Vec<Quad>,
}

/// The positions of `parts` within the ascending positions of `whole`; what is in one only is passed over.
pub(super) fn relative<'i>(parts: &Indexes, whole: impl Iterator<Item = &'i usize>) -> Vec<usize> {
    let places = whole.enumerate().filter(|(_, index)| parts.contains(index));
    places.map(|(place, _)| place).collect()
}

fn relabelled(quads: &[Quad], labels: &Labels) -> Result<Vec<String>, DataIntegrityError> {
    let mut blank = quads.iter().flat_map(Quad::blank_nodes);
    if !blank.all(|(_, label)| labels.contains_key(label)) {
        return Err(DataIntegrityError::LabelMap);
    }
    let line = |quad: &Quad| quad.line(|label| labels.get(label).map_or(label, String::as_str));
    Ok(quads.iter().map(line).collect())
}
