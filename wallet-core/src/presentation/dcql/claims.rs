//! From claims queries to the claims of one credential (OpenID4VP 1.0 6.4.1 and 7.1.1).

use super::candidate::Candidate;
use super::query::ClaimsQuery;
use crate::formats::claim_path::{ClaimPath, PathSegment};
use serde_json::Value;

/// A claim that was asked for, and where it is in the credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectedClaim {
    /// The path as the verifier wrote it.
    pub asked: ClaimPath,
    /// The concrete claims it selects: at least one.
    pub selected: Vec<ClaimPath>,
    /// The verifier says that it will keep the claim.
    pub intent_to_retain: bool,
}

/// The claim this query selects, or `None` if it is absent, the path does not fit, or no value matches.
///
/// A value that does not match is treated as if the claim did not exist (6.4.1); where the path selects several
/// elements, only the matching ones are selected.
pub(super) fn select(query: &ClaimsQuery, claims: &Value) -> Option<SelectedClaim> {
    let mut found = resolve(&query.path, claims)?;
    if let Some(values) = &query.values {
        found.retain(|(_, value)| super::values::matches(values, value));
    }
    let selected: Vec<_> = found
        .into_iter()
        .filter_map(|(path, _)| ClaimPath::new(path))
        .collect();
    (!selected.is_empty()).then(|| SelectedClaim {
        asked: query.path.clone(),
        selected,
        intent_to_retain: query.intent_to_retain,
    })
}

type Found<'a> = Vec<(Vec<PathSegment>, &'a Value)>;

/// Processes a claims path pointer (7.1.1). `None` is the error of the standard: a wrong type, or nothing selected.
fn resolve<'a>(path: &ClaimPath, claims: &'a Value) -> Option<Found<'a>> {
    let mut found: Found<'a> = vec![(Vec::new(), claims)];
    for segment in path.segments() {
        let mut next = Vec::new();
        for (parents, value) in found {
            let mut push = |segment: PathSegment, value: &'a Value| {
                let mut path = parents.clone();
                path.push(segment);
                next.push((path, value));
            };
            match segment {
                PathSegment::Key(key) => {
                    if let Some(value) = value.as_object()?.get(key) {
                        push(segment.clone(), value);
                    }
                }
                PathSegment::Index(index) => {
                    let array = value.as_array()?;
                    if let Some(value) = usize::try_from(*index).ok().and_then(|at| array.get(at)) {
                        push(segment.clone(), value);
                    }
                }
                PathSegment::All => {
                    for (index, value) in (0..).zip(value.as_array()?) {
                        push(PathSegment::Index(index), value);
                    }
                }
            }
        }
        found = next;
    }
    (!found.is_empty()).then_some(found)
}

/// Splits what the holder may disclose into what a showing of `selected` reveals and what it withholds.
///
/// A selected claim brings along the disclosures around it (RFC 9901 7.2: parents are needed) and inside it (7.1.1: a
/// claim is selected with its sub-claims).
pub(super) fn split_disclosable(
    candidate: &Candidate<'_>,
    selected: &[SelectedClaim],
) -> (Vec<ClaimPath>, Vec<ClaimPath>) {
    let needed = |path: &ClaimPath| {
        selected
            .iter()
            .flat_map(|claim| &claim.selected)
            .any(|claim| claim.starts_with(path) || path.starts_with(claim))
    };
    candidate.disclosable.iter().cloned().partition(needed)
}
