//! Which of the possible answers is chosen: by default the verifier's first satisfiable options, with the card that
//! discloses least, and nothing that is optional.

use super::dcql::{CandidateMatch, ClaimOption, CredentialRef, DcqlQuery, QueryMatch, SetMatch};
use super::error::PresentationError;
use super::transaction_data::TransactionData;
use crate::order;
use std::collections::BTreeSet;

/// A change of the holder's mind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Choice {
    /// Answer a credential query with these cards: one, or several where the query says `multiple`.
    Credentials {
        /// The credential query.
        query: String,
        /// The cards.
        credentials: Vec<CredentialRef>,
    },
    /// Answer with this one of the verifier's `claim_sets`.
    ClaimSet {
        /// The credential query.
        query: String,
        /// The card, which must be chosen already.
        credential: CredentialRef,
        /// The place in `claim_sets`.
        claim_set: usize,
    },
    /// Satisfy a use case with this one of its options; `None` skips an optional use case.
    SetOption {
        /// The place in `credential_sets`.
        set: usize,
        /// The place in `options`.
        option: Option<usize>,
    },
}

/// One card for one query, with one option: places in the [`QueryMatch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pick {
    pub(super) candidate: usize,
    pub(super) option: usize,
}

/// A complete choice: an option per use case and at least one pick per query that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    options: Vec<Option<usize>>,
    picks: Vec<Vec<Pick>>,
}

impl Selection {
    /// The default. `cost` counts what a showing of an option reveals.
    pub(super) fn default_for(
        matches: &[QueryMatch],
        sets: &[SetMatch],
        cost: impl Fn(&CandidateMatch, &ClaimOption) -> usize,
    ) -> Self {
        let options = sets
            .iter()
            .map(|set| set.satisfiable.first().copied().filter(|_| set.required))
            .collect();
        let least = |query: &QueryMatch| {
            (0..)
                .zip(&query.candidates)
                .filter_map(|(place, found)| Some((cost(found, found.options.first()?), place)))
                .min()
                .map(|(_, candidate)| Pick {
                    candidate,
                    option: 0,
                })
        };
        let picks = matches
            .iter()
            .map(|query| least(query).into_iter().collect())
            .collect();
        Self { options, picks }
    }

    /// The option chosen for a use case.
    pub(super) fn option(&self, set: usize) -> Option<usize> {
        self.options.get(set).copied().flatten()
    }

    /// The picks of one query.
    pub(super) fn picks(&self, query: usize) -> &[Pick] {
        self.picks.get(query).map_or(&[], Vec::as_slice)
    }

    /// The queries that are answered: those of every chosen option, in the verifier's order.
    pub(super) fn queries(&self, sets: &[SetMatch]) -> BTreeSet<usize> {
        let chosen = sets.iter().zip(&self.options);
        let chosen = chosen.filter_map(|(set, option)| set.options.get((*option)?));
        order::set(chosen.flatten().copied())
    }

    /// The credential query that authorises a transaction: the first of those it names that is answered (5.1: only
    /// one).
    fn carrier<'d>(
        &self,
        data: &'d TransactionData,
        matches: &[QueryMatch],
        sets: &[SetMatch],
    ) -> Option<&'d str> {
        let answered = self.queries(sets);
        let is_answered = |id: &&String| {
            answered
                .iter()
                .filter_map(|place| matches.get(*place))
                .any(|found| found.query == **id)
        };
        let id = data.credential_ids().iter().find(is_answered)?;
        Some(id)
    }

    /// Whether every transaction is authorised by a card of this selection.
    pub(super) fn covers(
        &self,
        data: &[TransactionData],
        matches: &[QueryMatch],
        sets: &[SetMatch],
    ) -> bool {
        data.iter()
            .all(|data| self.carrier(data, matches, sets).is_some())
    }

    /// The places of the transactions that this query authorises.
    pub(super) fn carried(
        &self,
        query: &str,
        data: &[TransactionData],
        matches: &[QueryMatch],
        sets: &[SetMatch],
    ) -> Vec<usize> {
        (0..)
            .zip(data)
            .filter(|(_, data)| self.carrier(data, matches, sets) == Some(query))
            .map(|(place, _)| place)
            .collect()
    }

    /// Chooses options until every transaction is authorised; says whether that was possible.
    pub(super) fn cover(
        &mut self,
        data: &[TransactionData],
        matches: &[QueryMatch],
        sets: &[SetMatch],
    ) -> bool {
        (1..=data.len())
            .filter_map(|count| data.get(..count))
            .all(|data| {
                if self.covers(data, matches, sets) {
                    return true;
                }
                let options = (0..).zip(sets).flat_map(|(set, found)| {
                    found.satisfiable.iter().map(move |option| (set, option))
                });
                let better = options.filter_map(|(set, option)| {
                    let mut other = self.clone();
                    other.choose_option(set, Some(*option), sets)?;
                    other.covers(data, matches, sets).then_some(other)
                });
                let better = better.take(1).next();
                better.map(|better| *self = better).is_some()
            })
    }

    /// Applies a choice.
    ///
    /// # Errors
    /// [`PresentationError::UnknownChoice`] if the verifier's query does not allow it or no card satisfies it.
    pub(super) fn change(
        &mut self,
        choice: &Choice,
        query: &DcqlQuery,
        matches: &[QueryMatch],
        sets: &[SetMatch],
        card: impl Fn(&CandidateMatch) -> Option<CredentialRef>,
    ) -> Result<(), PresentationError> {
        let place_of = |id: &str| matches.iter().position(|found| found.query == id);
        let candidate = |place: usize, credential: &CredentialRef| {
            let found = &matches.get(place)?.candidates;
            found
                .iter()
                .position(|found| card(found).as_ref() == Some(credential))
        };
        match choice {
            Choice::Credentials {
                query: id,
                credentials,
            } => place_of(id).and_then(|place| {
                let chosen = credentials
                    .iter()
                    .map(|credential| candidate(place, credential))
                    .collect::<Option<Vec<_>>>()?;
                let many = query.credential(id)?.multiple;
                self.choose_cards(place, &chosen, many)
            }),
            Choice::ClaimSet {
                query: id,
                credential,
                claim_set,
            } => place_of(id).and_then(|place| {
                let candidate = candidate(place, credential)?;
                let found = matches.get(place)?.candidates.get(candidate)?;
                self.choose_claim_set(place, candidate, found, *claim_set)
            }),
            Choice::SetOption { set, option } => self.choose_option(*set, *option, sets),
        }
        .ok_or(PresentationError::UnknownChoice)
    }

    fn choose_cards(&mut self, place: usize, candidates: &[usize], many: bool) -> Option<()> {
        let distinct = order::set(candidates);
        let is_allowed = match candidates.len() {
            0 => false,
            1 => true,
            count => many && distinct.len() == count,
        };
        let picks = candidates.iter().map(|candidate| Pick {
            candidate: *candidate,
            option: 0,
        });
        *self.picks.get_mut(place).filter(|_| is_allowed)? = picks.collect();
        Some(())
    }

    fn choose_claim_set(
        &mut self,
        place: usize,
        candidate: usize,
        found: &CandidateMatch,
        claim_set: usize,
    ) -> Option<()> {
        let option = found
            .options
            .iter()
            .position(|option| option.claim_set == Some(claim_set))?;
        let mut picks = self.picks.get_mut(place)?.iter_mut();
        picks.find(|pick| pick.candidate == candidate)?.option = option;
        Some(())
    }

    fn choose_option(
        &mut self,
        set: usize,
        option: Option<usize>,
        sets: &[SetMatch],
    ) -> Option<()> {
        let found = sets.get(set)?;
        let is_allowed = match option {
            Some(option) => found.satisfiable.contains(&option),
            None => !found.required,
        };
        *self.options.get_mut(set).filter(|_| is_allowed)? = option;
        Some(())
    }
}
