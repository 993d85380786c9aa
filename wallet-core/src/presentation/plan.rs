//! The consent plan: everything a showing would reveal, to whom, and what else could be chosen. It is the only way to a
//! presentation.

use super::approval::{ApprovalHash, ApprovedPlan, NotApproved, UserAuth};
use super::card::Card;
use super::dcql::{Candidate, QueryMatch, SetMatch, UserAuthPolicy, match_query, match_sets};
use super::error::PresentationError;
use super::linkability::Linkability;
use super::pseudonym;
use super::response::Answer;
use super::selection::{Choice, Selection};
use super::showing::{Alternative, SetAlternative, Showing};
use super::transaction_data::TransactionData;
use super::verifier::VerifiedRequest;
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::order;
use crate::random::{Random, make_bytes};

/// What can be put before the holder. Both kinds need the holder's answer before anything is sent.
#[derive(Debug)]
pub enum Proposal {
    /// The request can be answered.
    Plan(Box<ConsentPlan>),
    /// The request cannot be answered; it can only be declined.
    Unavailable(Box<UnavailablePlan>),
}

/// A request no card satisfies. Declining it sends the same bytes as declining a plan (OpenID4VP 1.0 15.9).
#[derive(Debug)]
pub struct UnavailablePlan {
    request: VerifiedRequest,
    unmatched: Vec<String>,
}

/// An answer that the holder may change, approve or decline.
#[derive(Debug)]
pub struct ConsentPlan {
    request: VerifiedRequest,
    cards: Vec<Card>,
    matches: Vec<QueryMatch>,
    sets: Vec<SetMatch>,
    selection: Selection,
    showings: Vec<Showing>,
    made_at: UnixTime,
    hash: ApprovalHash,
}

impl Proposal {
    /// Matches a request against the wallet's cards.
    ///
    /// # Errors
    /// [`PresentationError::Expired`] if the request ended meanwhile; [`PresentationError::PseudonymForAnybody`]; no randomness.
    pub fn make(
        request: VerifiedRequest,
        candidates: &[Candidate<'_>],
        now: UnixTime,
        random: &dyn Random,
    ) -> Result<Self, PresentationError> {
        if now > request.expires_at() {
            return Err(PresentationError::Expired);
        }
        pseudonym::require_authenticated(&request)?;
        let matches = match_query(request.query(), request.formats(), candidates, now);
        let Some(sets) = match_sets(request.query(), &matches) else {
            let unmatched = matches
                .into_iter()
                .filter(|found| found.candidates.is_empty())
                .map(|found| found.query)
                .collect();
            return Ok(Self::Unavailable(Box::new(UnavailablePlan {
                request,
                unmatched,
            })));
        };
        let cards: Vec<_> = candidates.iter().map(Card::of).collect();
        let mut selection = Selection::default_for(&matches, &sets, |found, option| {
            let card = cards.get(found.candidate);
            card.map_or(usize::MAX, |card| card.cost(option))
        });
        if !selection.cover(request.transaction_data(), &matches, &sets) {
            let unmatched = Vec::new();
            let unavailable = UnavailablePlan { request, unmatched };
            return Ok(Self::Unavailable(Box::new(unavailable)));
        }
        let mut plan = ConsentPlan {
            request,
            cards,
            matches,
            sets,
            selection,
            showings: Vec::new(),
            made_at: now,
            hash: ApprovalHash::from_bytes([0; 32]),
        };
        plan.refresh(random)?;
        Ok(Self::Plan(Box::new(plan)))
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &VerifiedRequest {
        match self {
            Self::Plan(plan) => plan.request(),
            Self::Unavailable(plan) => plan.request(),
        }
    }

    /// The holder says no.
    #[must_use]
    pub fn decline(self) -> Answer {
        match self {
            Self::Plan(plan) => plan.decline(),
            Self::Unavailable(plan) => plan.decline(),
        }
    }
}

impl UnavailablePlan {
    /// The request.
    #[must_use]
    pub fn request(&self) -> &VerifiedRequest {
        &self.request
    }

    /// The credential queries no card answers. Why is not said: a value that differs looks like a card that is absent.
    #[must_use]
    pub fn unmatched(&self) -> &[String] {
        &self.unmatched
    }

    /// The holder has seen that nothing can be shown.
    #[must_use]
    pub fn decline(self) -> Answer {
        Answer::access_denied(&self.request)
    }
}

impl ConsentPlan {
    /// The request.
    #[must_use]
    pub fn request(&self) -> &VerifiedRequest {
        &self.request
    }

    /// The presentations that would be made.
    #[must_use]
    pub fn showings(&self) -> &[Showing] {
        &self.showings
    }

    /// The hash of all of this, to be approved. Never stored or logged.
    #[must_use]
    pub fn hash(&self) -> &ApprovalHash {
        &self.hash
    }

    /// What the holder authorises with this plan: each with the credential query whose card authorises it.
    pub fn transactions(&self) -> Vec<(&str, &TransactionData)> {
        let all = self.request.transaction_data();
        let mut transactions = Vec::new();
        for showing in &self.showings {
            let places = showing.transactions.iter();
            let data = places.filter_map(|place| all.get(*place));
            transactions.extend(data.map(|data| (showing.query.as_str(), data)));
        }
        transactions
    }

    /// Whether the holder must authenticate for this plan: where a chosen card wants it, and for every transaction,
    /// whatever the card wants.
    #[must_use]
    pub fn user_auth(&self) -> UserAuthPolicy {
        let asks = |showing: &Showing| showing.user_auth == UserAuthPolicy::EachShowing;
        if self.showings.iter().any(asks) || !self.request.transaction_data().is_empty() {
            UserAuthPolicy::EachShowing
        } else {
            UserAuthPolicy::Unlocked
        }
    }

    /// Every way to answer each query that is answered, those that disclose least first.
    #[must_use]
    pub fn alternatives(&self) -> Vec<Alternative> {
        let mut all = Vec::new();
        for place in self.selection.queries(&self.sets) {
            let Some(query) = self.matches.get(place) else {
                continue;
            };
            let mut ways = Vec::new();
            for (candidate, found) in (0..).zip(&query.candidates) {
                let Some(card) = self.cards.get(found.candidate) else {
                    continue;
                };
                for (option, way) in (0..).zip(&found.options) {
                    let alternative = Alternative {
                        query: query.query.clone(),
                        credential: card.credential.clone(),
                        claim_set: way.claim_set,
                        disclosed: way.disclosed.clone(),
                        always_disclosed: card.always_disclosed.clone(),
                        chosen: self
                            .selection
                            .picks(place)
                            .iter()
                            .any(|pick| pick.candidate == candidate && pick.option == option),
                    };
                    ways.push((card.cost(way), alternative));
                }
            }
            order::sort_by_key(&mut ways, |(cost, _)| *cost);
            all.extend(ways.into_iter().map(|(_, way)| way));
        }
        all
    }

    /// The verifier's use cases and the options that can be chosen.
    #[must_use]
    pub fn set_alternatives(&self) -> Vec<SetAlternative> {
        let names = |option: &[usize]| {
            option
                .iter()
                .filter_map(|place| self.matches.get(*place))
                .map(|found| found.query.clone())
                .collect()
        };
        (0..)
            .zip(&self.sets)
            .map(|(place, set)| SetAlternative {
                set: place,
                required: set.required,
                options: set
                    .satisfiable
                    .iter()
                    .filter_map(|option| Some((*option, names(set.options.get(*option)?))))
                    .collect(),
                chosen: self.selection.option(place),
            })
            .collect()
    }

    /// Changes the plan. It gets a new salt and hash; whatever was shown before must be shown again, and the holder
    /// must authenticate again where the card asks for it.
    ///
    /// # Errors
    /// [`PresentationError::UnknownChoice`] if the verifier's query or the cards do not allow it: the plan stays as it
    /// was. No randomness.
    pub fn select(
        &mut self,
        choice: &Choice,
        now: UnixTime,
        random: &dyn Random,
    ) -> Result<(), PresentationError> {
        let mut selection = self.selection.clone();
        selection.change(
            choice,
            self.request.query(),
            &self.matches,
            &self.sets,
            |found| {
                self.cards
                    .get(found.candidate)
                    .map(|card| card.credential.clone())
            },
        )?;
        if !selection.covers(self.request.transaction_data(), &self.matches, &self.sets) {
            return Err(PresentationError::UnknownChoice);
        }
        let before = core::mem::replace(&mut self.selection, selection);
        self.refresh(random)
            .inspect_err(|_| self.selection = before)?;
        self.made_at = self.made_at.max(now);
        Ok(())
    }

    /// The holder agrees to the plan with this hash.
    ///
    /// # Errors
    /// [`NotApproved`] gives the plan back: the hash is of another plan, the request has ended, or the holder did not
    /// authenticate as a card's policy asks.
    pub fn approve(
        self,
        hash: &ApprovalHash,
        auth: UserAuth,
        now: UnixTime,
    ) -> Result<ApprovedPlan, NotApproved> {
        let why = if now > self.request.expires_at() || now < self.made_at {
            PresentationError::ConsentExpired
        } else if *hash != self.hash {
            PresentationError::ConsentMismatch
        } else if self.user_auth() == UserAuthPolicy::EachShowing
            && !auth.is_fresh(self.made_at, now)
        {
            PresentationError::UserAuthRequired
        } else {
            return Ok(ApprovedPlan::new(self.request, self.showings));
        };
        Err(NotApproved {
            plan: Box::new(self),
            error: why.into(),
        })
    }

    /// The holder says no.
    #[must_use]
    pub fn decline(self) -> Answer {
        Answer::access_denied(&self.request)
    }

    fn refresh(&mut self, random: &dyn Random) -> Result<(), PresentationError> {
        let salt = make_bytes(random).map_err(|_: WalletError| PresentationError::NoRandomness)?;
        let showings = self.make_showings();
        self.hash = ApprovalHash::of(&salt, &self.request, &showings);
        self.showings = showings;
        Ok(())
    }

    fn make_showings(&self) -> Vec<Showing> {
        let mut showings = Vec::new();
        for place in self.selection.queries(&self.sets) {
            for pick in self.selection.picks(place) {
                let showing = self.make_showing(place, pick.candidate, pick.option);
                showings.extend(showing.map(|showing| self.with_transactions(showing, &showings)));
            }
        }
        showings
    }

    fn make_showing(&self, place: usize, candidate: usize, option: usize) -> Option<Showing> {
        let query = self.request.query().credentials().get(place)?;
        let found = self.matches.get(place)?.candidates.get(candidate)?;
        let card = self.cards.get(found.candidate)?;
        let option = found.options.get(option)?;
        let client_id = self.request.verifier().client_id();
        let pseudonym = card.pseudonym(client_id, query);
        let mut linkability = card.linkability(option);
        linkability.extend(pseudonym.as_ref().map(|_| Linkability::Pseudonym));
        let anchor_proof = card.gives_anchor_proof(query);
        linkability.extend(anchor_proof.then_some(Linkability::AnchorProof));
        order::sort(&mut linkability);
        Some(Showing {
            query: query.id.clone(),
            credential: card.credential.clone(),
            copy: card.copy.clone(),
            copy_digest: card.copy_digest,
            format: card.format,
            claim_set: option.claim_set,
            claims: option.claims.clone(),
            disclosed: option.disclosed.clone(),
            always_disclosed: card.always_disclosed.clone(),
            withheld: option.withheld.clone(),
            key_binding: query.require_cryptographic_holder_binding && card.is_bound,
            transactions: Vec::new(),
            linkability,
            pseudonym,
            anchor_proof,
            notes: card.notes(query.require_cryptographic_holder_binding),
            user_auth: card.user_auth,
            status: card.status,
        })
    }

    /// Gives the first card of a query the transactions that this query authorises: one card for each (5.1).
    fn with_transactions(&self, mut showing: Showing, before: &[Showing]) -> Showing {
        if before.iter().all(|other| other.query != showing.query) {
            showing.transactions = self.selection.carried(
                &showing.query,
                self.request.transaction_data(),
                &self.matches,
                &self.sets,
            );
        }
        showing
    }
}
