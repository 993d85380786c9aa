//! Each presentation a plan would make, and what else could be chosen.

use super::super::cards::{CardStatus, card_status};
use super::super::claims::{PathSegment, segments};
use super::super::{count, place};
use super::transactions::Transaction;
use crate::redacted::redacted;
use wallet_core::formats::claim_path::ClaimPath;
use wallet_core::presentation as core;
use wallet_core::presentation::dcql::{CredentialRef, SelectedClaim, UserAuthPolicy};
use wallet_core::text::display_text;

/// The longest there may be has 256 bytes.
pub(super) const MAX_SERVICE_CHARS: usize = 256;

redacted!(
    AskedClaim,
    PseudonymShowing,
    Showing,
    Alternative,
    UseCase,
    UseCaseOption,
    Choice
);

/// What lets verifiers recognise the holder in two showings, besides network and time.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Linkability {
    /// The issuer's signature and salts are the same in every showing of this copy.
    IssuerSignature,
    /// The holder's key is the same in every showing of this copy.
    HolderKey,
    /// The credential names its own place in a status list.
    StatusReference,
    /// Its statements are in an order of its own, which every showing tells something of (bbs-2023).
    StatementOrder,
    /// This copy was shown before.
    CopyShownBefore,
    /// The credential or its subject has an identifier, and shows it.
    CredentialId,
    /// A date about the credential is exact to the second, and so shared with few.
    Dates,
    /// Values about the holder that any showing reveals.
    AlwaysDisclosedValues,
    /// Values about the holder that this showing reveals.
    DisclosedValues,
    /// The holder's pseudonym is the same in every showing to this verifier for this service.
    Pseudonym,
    /// The proof that this copy was anchored is the same wherever it is given. It has a place in its issuer's tree: proofs of
    /// the card's other copies may point at each other, where an issuer put them side by side.
    AnchorProof,
    /// Something that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// Something the holder should know of a showing before approving it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ShowingNote {
    /// The proof is bound to this verifier and request, but a verifier that does not compare would take the same proof from
    /// anybody, again.
    HeaderUnchecked,
    /// A key made for this showing alone ties it to this verifier and request: it protects against replay and is no holder
    /// binding.
    ReplayProtectionOnly,
    /// It takes the link secret of the card to show it, which the verifier does not see. That is holder binding by software:
    /// whoever copies the wallet has it too.
    LinkSecret,
    /// Nothing binds the proof to this verifier and request: whoever sees it can show it again.
    NotBound,
    /// Something that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// A claim the verifier asks for.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct AskedClaim {
    /// Where, as the verifier wrote it.
    pub asked: Vec<PathSegment>,
    /// The claims it selects.
    pub selected: Vec<Vec<PathSegment>>,
    /// The verifier says that it will keep the claim.
    pub intent_to_retain: bool,
}

/// The pseudonym a showing has.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct PseudonymShowing {
    /// What the verifier asks for it for, in its own words: one pseudonym for each.
    pub service: String,
    /// What the pseudonym is computed in: of the verifier's identifier and the service.
    pub scope: String,
    /// Whether the issuer says that no person has a second one in this scope. If not, it is a name and no proof of being one
    /// person.
    pub is_one_per_person: bool,
}

/// One presentation a plan would make. The values are told by `revealed`, the card's name and look by `detail`.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Showing {
    /// The verifier's query it answers.
    pub query: String,
    /// The card.
    pub card: String,
    /// The format.
    pub format: String,
    /// The verifier's `claim_sets` entry it follows, if there are any.
    pub claim_set: Option<u32>,
    /// The claims asked for.
    pub asked: Vec<AskedClaim>,
    /// The claims that would be disclosed because of it: those asked for, and those around and inside them.
    pub disclosed: Vec<Vec<PathSegment>>,
    /// The claims that are disclosed whatever is asked. Show them, too.
    pub always_disclosed: Vec<Vec<PathSegment>>,
    /// The claims that stay hidden.
    pub withheld: Vec<Vec<PathSegment>>,
    /// Whether a proof with the key is made that the card is bound to. Without one the verifier can pass the card on as if the holder had
    /// shown it.
    pub key_binding: bool,
    /// The pseudonym that is shown with it. Show it to the holder.
    pub pseudonym: Option<PseudonymShowing>,
    /// What the holder authorises by it.
    pub transactions: Vec<Transaction>,
    /// What makes it linkable to others.
    pub linkability: Vec<Linkability>,
    /// What else the holder should know.
    pub notes: Vec<ShowingNote>,
    /// Whether the card itself asks the holder to authenticate for each showing.
    pub needs_auth: bool,
    /// What is known of the card's status; nobody was asked for it now. The verifier will ask for itself.
    pub status: CardStatus,
    /// Whether the proof that this copy was anchored goes along: the verifier asks for it. Show it to the holder.
    #[uniffi(default = false)]
    pub anchor_proof: bool,
}

/// Another way to answer one query.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Alternative {
    /// The verifier's query.
    pub query: String,
    /// The card.
    pub card: String,
    /// The `claim_sets` entry.
    pub claim_set: Option<u32>,
    /// What it would disclose.
    pub disclosed: Vec<Vec<PathSegment>>,
    /// What it would disclose in any case.
    pub always_disclosed: Vec<Vec<PathSegment>>,
    /// Whether it is the one chosen.
    pub is_chosen: bool,
}

/// A use case of the verifier and the options that could satisfy it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct UseCase {
    /// Its place in `credential_sets`; 0 for a request without.
    pub place: u32,
    /// Whether the verifier insists on it.
    pub is_required: bool,
    /// The options that can be chosen.
    pub options: Vec<UseCaseOption>,
    /// The place of the chosen option; none if the use case is skipped.
    pub chosen: Option<u32>,
}

/// An option of a use case.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct UseCaseOption {
    /// Its place in `options`.
    pub place: u32,
    /// The queries it answers.
    pub queries: Vec<String>,
}

/// A change of the holder's mind.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum Choice {
    /// Answer a query with these cards: one, or several where the query allows it.
    Cards {
        /// The verifier's query.
        query: String,
        /// The cards.
        cards: Vec<String>,
    },
    /// Answer with this one of the verifier's `claim_sets`.
    ClaimSet {
        /// The verifier's query.
        query: String,
        /// The card, which must be chosen already.
        card: String,
        /// The place in `claim_sets`.
        claim_set: u32,
    },
    /// Satisfy a use case with this one of its options.
    UseCase {
        /// The place of the use case.
        place: u32,
        /// The place of the option; none skips a use case the verifier does not insist on.
        option: Option<u32>,
    },
}

impl Linkability {
    pub(crate) fn of(note: core::Linkability) -> Self {
        match note {
            core::Linkability::IssuerSignature => Self::IssuerSignature,
            core::Linkability::HolderKey => Self::HolderKey,
            core::Linkability::StatusReference => Self::StatusReference,
            core::Linkability::StatementOrder => Self::StatementOrder,
            core::Linkability::AnchorProof => Self::AnchorProof,
            core::Linkability::CopyShownBefore => Self::CopyShownBefore,
            core::Linkability::CredentialId => Self::CredentialId,
            core::Linkability::Dates => Self::Dates,
            core::Linkability::AlwaysDisclosedValues => Self::AlwaysDisclosedValues,
            core::Linkability::DisclosedValues => Self::DisclosedValues,
            core::Linkability::Pseudonym => Self::Pseudonym,
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }
}

impl ShowingNote {
    fn of(note: core::ShowingNote) -> Self {
        match note {
            core::ShowingNote::HeaderUnchecked => Self::HeaderUnchecked,
            core::ShowingNote::ReplayProtectionOnly => Self::ReplayProtectionOnly,
            core::ShowingNote::LinkSecret => Self::LinkSecret,
            core::ShowingNote::NotBound => Self::NotBound,
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }
}

impl AskedClaim {
    fn of(claim: &SelectedClaim) -> Self {
        Self {
            asked: segments(&claim.asked),
            selected: paths(&claim.selected),
            intent_to_retain: claim.intent_to_retain,
        }
    }
}

impl PseudonymShowing {
    fn of(pseudonym: &core::PseudonymShowing) -> Self {
        Self {
            service: display_text(&pseudonym.service, MAX_SERVICE_CHARS),
            scope: pseudonym.scope.clone(),
            is_one_per_person: pseudonym.is_one_per_person,
        }
    }
}

impl Showing {
    pub(super) fn of(showing: &core::Showing, data: &[core::TransactionData]) -> Self {
        let transactions = showing.transactions.iter();
        let transactions = transactions.filter_map(|place| data.get(*place));
        let linkability = showing.linkability.iter().copied();
        Self {
            query: showing.query.clone(),
            card: showing.credential.0.clone(),
            format: showing.format.as_str().to_owned(),
            claim_set: showing.claim_set.map(count),
            asked: showing.claims.iter().map(AskedClaim::of).collect(),
            disclosed: paths(&showing.disclosed),
            always_disclosed: paths(&showing.always_disclosed),
            withheld: paths(&showing.withheld),
            key_binding: showing.key_binding,
            pseudonym: showing.pseudonym.as_ref().map(PseudonymShowing::of),
            transactions: transactions.map(Transaction::of).collect(),
            linkability: linkability.map(Linkability::of).collect(),
            notes: showing.notes.iter().copied().map(ShowingNote::of).collect(),
            needs_auth: showing.user_auth != UserAuthPolicy::Unlocked,
            status: card_status(showing.status),
            anchor_proof: showing.anchor_proof,
        }
    }
}

impl Alternative {
    pub(super) fn of(way: &core::Alternative) -> Self {
        Self {
            query: way.query.clone(),
            card: way.credential.0.clone(),
            claim_set: way.claim_set.map(count),
            disclosed: paths(&way.disclosed),
            always_disclosed: paths(&way.always_disclosed),
            is_chosen: way.chosen,
        }
    }
}

impl UseCase {
    pub(super) fn of(use_case: &core::SetAlternative) -> Self {
        let options = use_case.options.iter();
        Self {
            place: count(use_case.set),
            is_required: use_case.required,
            options: options
                .map(|(place, queries)| UseCaseOption {
                    place: count(*place),
                    queries: queries.clone(),
                })
                .collect(),
            chosen: use_case.chosen.map(count),
        }
    }
}

impl Choice {
    pub(super) fn to_core(&self) -> core::Choice {
        match self {
            Self::Cards { query, cards } => core::Choice::Credentials {
                query: query.clone(),
                credentials: cards.iter().cloned().map(CredentialRef).collect(),
            },
            Self::ClaimSet {
                query,
                card,
                claim_set,
            } => core::Choice::ClaimSet {
                query: query.clone(),
                credential: CredentialRef(card.clone()),
                claim_set: place(*claim_set),
            },
            Self::UseCase { place: set, option } => core::Choice::SetOption {
                set: place(*set),
                option: option.map(place),
            },
        }
    }
}

fn paths(all: &[ClaimPath]) -> Vec<Vec<PathSegment>> {
    all.iter().map(segments).collect()
}
