//! From claims queries to the claims of one credential (OpenID4VP 1.0 6.4.1 and 7.1.1).

use super::candidate::{Candidate, Reveals};
use super::query::ClaimsQuery;
use crate::formats::claim_path::{ClaimPath, ClaimPaths};
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
    let mut selected = query.path.resolve(claims);
    if let Some(values) = &query.values {
        let matches = |claim: &Value| super::values::matches(values, claim);
        selected.retain(|path| path.value_in(claims).is_some_and(matches));
    }
    (!selected.is_empty()).then(|| SelectedClaim {
        asked: query.path.clone(),
        selected,
        intent_to_retain: query.intent_to_retain,
    })
}

/// Splits what the holder may disclose into what a showing of `selected` reveals and what it withholds.
pub(super) fn split_disclosable(
    candidate: &Candidate<'_>,
    selected: &[SelectedClaim],
) -> (Vec<ClaimPath>, Vec<ClaimPath>) {
    let selected = ClaimPaths::new(selected.iter().flat_map(|claim| &claim.selected));
    let disclosable = candidate.disclosable.iter().cloned();
    let (needed, others): (Vec<_>, Vec<_>) = disclosable.partition(|path| selected.touch(path));
    match candidate.reveals {
        Reveals::Disclosures => (needed, others),
        Reveals::Statements(credential) => {
            let revealed = credential.revealed_by(&needed);
            let revealed = ClaimPaths::new(&revealed);
            let disclosable = candidate.disclosable.iter().cloned();
            disclosable.partition(|path| revealed.contains(path))
        }
    }
}
