//! Cards in a list, and one card.

use super::card_anchor::CardAnchor;
use super::claims::Claims;
use super::did_evidence::DatedDidEvidence;
use super::display::CardLook;
use super::presentation::Linkability;
use super::{NativeWallet, count, name};
use crate::error::WalletError;
use crate::redacted::redacted;
use crate::time::system_time;
use std::sync::Arc;
use std::time::SystemTime;
use wallet_core::trust::status;
use wallet_core::wallet as core;

redacted!(CardOverview);

/// Whether a card is valid in time.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Validity {
    /// It is.
    Valid,
    /// Its time has not come.
    NotYetValid,
    /// Its time is over.
    Expired,
    /// Something that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// What is known of a card's status, without asking anybody.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum CardStatus {
    /// The issuer keeps no status of it.
    NotTracked,
    /// The issuer's list says it is valid.
    Valid,
    /// The issuer revoked it.
    Revoked,
    /// The issuer suspended it.
    Suspended,
    /// Nothing is known.
    Unknown {
        /// Why, as a stable word.
        why: String,
    },
    /// The list last seen is too old to go by.
    Stale {
        /// When it was fetched.
        seen_at: SystemTime,
    },
    /// The list says something else, or something came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// A card in a list.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct CardOverview {
    /// Its name in this wallet.
    pub id: String,
    /// What the issuer calls it, in the preferred language.
    pub name: String,
    /// What the issuer calls itself. Nobody vouches for it: show `signed_by` beside it.
    pub issuer_name: String,
    /// Who signed the card: what the trust anchor vouches for.
    pub signed_by: Option<String>,
    /// The issuer's identifier.
    pub issuer: String,
    /// The format, such as `dc+sd-jwt`.
    pub format: String,
    /// The type.
    pub credential_type: String,
    /// When it was received.
    pub received_at: SystemTime,
    /// When it expires.
    pub expires_at: Option<SystemTime>,
    /// Whether it is valid now.
    pub validity: Validity,
    /// What the issuer's status list said when it was last asked.
    pub status: CardStatus,
    /// How many copies may still be shown.
    pub usable_copies: u32,
    /// How many copies there are.
    pub copies: u32,
}

/// A card with its claims.
#[derive(uniffi::Record)]
pub struct CardDetail {
    /// The card.
    pub overview: CardOverview,
    /// Its claims, as in its first copy.
    pub claims: Arc<Claims>,
    /// What any showing of it lets verifiers recognise.
    pub linkability: Vec<Linkability>,
    /// What showed that the key which signed it is that of the issuer's DID, when the card was received; none where the
    /// issuer was found in another way.
    pub issuer_did: Option<DatedDidEvidence>,
    /// What shows that its copies were anchored on a ledger, one for each that came with a proof (`Policy.anchors`).
    pub anchors: Vec<CardAnchor>,
    /// How it looks in the preferred language.
    pub look: CardLook,
}

impl CardOverview {
    fn of(card: core::CardOverview) -> Self {
        Self {
            id: card.id.as_str().to_owned(),
            name: card.name,
            issuer_name: card.issuer_name,
            signed_by: card.signed_by,
            issuer: card.issuer,
            format: card.format,
            credential_type: card.credential_type,
            received_at: system_time(card.received_at),
            expires_at: card.expires_at.map(system_time),
            validity: match card.validity {
                core::Validity::Valid => Validity::Valid,
                core::Validity::NotYetValid => Validity::NotYetValid,
                core::Validity::Expired => Validity::Expired,
                other => Validity::Other {
                    code: other.as_str().to_owned(),
                },
            },
            status: card_status(card.status),
            usable_copies: count(card.usable_copies),
            copies: count(card.copies),
        }
    }
}

pub(super) fn card_status(card: status::CardStatus) -> CardStatus {
    match card {
        status::CardStatus::NotTracked => CardStatus::NotTracked,
        status::CardStatus::Valid => CardStatus::Valid,
        status::CardStatus::Revoked => CardStatus::Revoked,
        status::CardStatus::Suspended => CardStatus::Suspended,
        status::CardStatus::Unknown(why) => CardStatus::Unknown {
            why: why.as_str().to_owned(),
        },
        status::CardStatus::Stale { seen_at, .. } => CardStatus::Stale {
            seen_at: system_time(seen_at),
        },
        other => CardStatus::Other {
            code: other.as_str().to_owned(),
        },
    }
}

#[uniffi::export]
impl NativeWallet {
    /// All cards in the order of their receiving, with names in the preferred languages (BCP 47, best first).
    ///
    /// # Errors
    /// `locked` and those of the store
    pub fn list(&self, locales: Vec<String>) -> Result<Vec<CardOverview>, WalletError> {
        self.call(|core| {
            let cards = core.list(&locales)?.into_iter();
            Ok(cards.map(CardOverview::of).collect())
        })
    }

    /// One card.
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store
    pub fn detail(&self, id: String, locales: Vec<String>) -> Result<CardDetail, WalletError> {
        self.call(|core| {
            let id = name(&id)?;
            let card = core.detail(&id, &locales)?;
            let anchors = core.stapled(&id)?.into_iter();
            let linkability = card.linkability.iter().copied();
            Ok(CardDetail {
                overview: CardOverview::of(card.overview),
                claims: Claims::of(card.claims),
                linkability: linkability.map(Linkability::of).collect(),
                issuer_did: card.issuer_did.as_ref().map(DatedDidEvidence::of),
                anchors: anchors.map(CardAnchor::of).collect(),
                look: CardLook::of(&card.display, &locales),
            })
        })
    }
}
