//! Which combinations of credentials can answer the whole query (OpenID4VP 1.0 6.4.2).

use super::matching::QueryMatch;
use super::query::DcqlQuery;

/// One use case and how it can be satisfied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetMatch {
    /// Whether the verifier insists on it.
    pub required: bool,
    /// Every option, as places among the credential queries; the verifier's order.
    pub options: Vec<Vec<usize>>,
    /// The places in `options` for which every credential query has an answer.
    pub satisfiable: Vec<usize>,
}

/// Looks at every use case. A query without `credential_sets` is one required use case that wants every credential.
///
/// `None`: a required use case cannot be satisfied, so nothing at all may be returned.
#[must_use]
pub fn match_sets(query: &DcqlQuery, matches: &[QueryMatch]) -> Option<Vec<SetMatch>> {
    let answered = |place: &usize| {
        matches
            .get(*place)
            .is_some_and(|query| !query.candidates.is_empty())
    };
    let set = |required: bool, options: Vec<Vec<usize>>| {
        let satisfiable: Vec<_> = (0..)
            .zip(&options)
            .filter(|(_, option)| option.iter().all(answered))
            .map(|(place, _)| place)
            .collect();
        (!required || !satisfiable.is_empty()).then_some(SetMatch {
            required,
            options,
            satisfiable,
        })
    };
    match query.credential_sets() {
        None => Some(vec![set(
            true,
            vec![(0..query.credentials().len()).collect()],
        )?]),
        Some(sets) => sets
            .iter()
            .map(|query| set(query.required, query.options.clone()))
            .collect(),
    }
}
