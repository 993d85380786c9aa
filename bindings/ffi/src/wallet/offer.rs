//! What an issuer offers, before the holder agreed.

use super::claims::{PathSegment, segments};
use super::count;
use super::display::{CardLook, IssuerLook};
use crate::redacted::redacted;
use std::sync::Arc;
use wallet_core::issuance::{
    ClaimDisplay, DisplaySnapshot, InputMode, OfferedConfiguration, OfferedIssuance, lookup,
};
use wallet_core::wallet as core;

use crate::time::system_time;
use std::time::SystemTime;

redacted!(
    AuthorizationUrl,
    OfferDetails,
    OfferedCard,
    OfferedClaim,
    TxCode
);

/// An offer whose issuer answered for itself. Nothing was asked of it yet, and whether it is trusted shows only with the
/// signature of its card.
#[derive(uniffi::Object)]
pub struct Offer(OfferedIssuance);

/// What the holder sees of an offer.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct OfferDetails {
    /// The issuer's identifier: the address its metadata came from.
    pub issuer: String,
    /// How the issuer looks, without pictures. Nobody vouches for it.
    pub issuer_look: IssuerLook,
    /// Who signed the issuer's metadata, by a certificate that leads to an anchor of the app; none where they are not signed.
    pub metadata_signed_by: Option<String>,
    /// What is offered, in the issuer's order; at least one can be received.
    pub cards: Vec<OfferedCard>,
    /// Whether `accept` leads on: the issuer knows the holder already.
    pub is_pre_authorized: bool,
    /// Whether `authorize` leads on: the holder answers in the browser.
    pub can_be_authorized: bool,
    /// The transaction code to ask the holder for.
    pub tx_code: Option<TxCode>,
    /// Most copies of one card the issuer gives at once.
    pub most_copies: u32,
    /// Whether the HTTP client told which addresses it connected to. If not, only names were checked.
    pub addresses_checked: bool,
}

/// One card on offer.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct OfferedCard {
    /// Its id at this issuer. Foreign text: show the look's name instead.
    pub configuration_id: String,
    /// The type; none where the card cannot be received.
    pub credential_type: Option<String>,
    /// Why this wallet cannot receive it, as a stable word; none where it can.
    pub problem: Option<String>,
    /// How it looks, without pictures.
    pub look: CardLook,
    /// The claims the issuer says it has.
    pub claims: Vec<OfferedClaim>,
}

/// A claim a card on offer will have.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct OfferedClaim {
    /// Where it will be.
    pub path: Vec<PathSegment>,
    /// The issuer's label in the preferred language, safe to show.
    pub label: Option<String>,
    /// Whether the issuer says it is always there.
    pub is_mandatory: bool,
}

/// What the issuer says about the code the holder is to type.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct TxCode {
    /// Which characters it has.
    pub input: TxCodeInput,
    /// Its length in characters, if told.
    pub length: Option<u32>,
    /// What to tell the holder, safe to show.
    pub description: Option<String>,
}

/// Which characters a transaction code has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum TxCodeInput {
    /// ASCII digits.
    Numeric,
    /// Any characters.
    Text,
}

/// Where the holder is to be sent.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct AuthorizationUrl {
    /// To be opened in the system's browser, never in a view of the app's own. It belongs to this issuance: not for logs.
    pub url: String,
    /// Until when the answer is taken.
    pub expires_at: SystemTime,
}

#[uniffi::export]
impl Offer {
    /// What the holder sees, in the preferred languages (BCP 47, best first).
    #[must_use]
    pub fn details(&self, locales: Vec<String>) -> OfferDetails {
        let offered = &self.0;
        let cards = offered.configurations().iter();
        OfferDetails {
            issuer: offered.issuer().as_str().to_owned(),
            issuer_look: self.look(None, &locales).issuer,
            metadata_signed_by: offered.metadata_signer().map(str::to_owned),
            cards: cards.map(|card| self.card(card, &locales)).collect(),
            is_pre_authorized: offered.is_pre_authorized(),
            can_be_authorized: offered.can_be_authorized(),
            tx_code: offered.tx_code().map(|code| TxCode {
                input: match code.input_mode {
                    InputMode::Numeric => TxCodeInput::Numeric,
                    InputMode::Text => TxCodeInput::Text,
                },
                length: code.length.map(count),
                description: code.description.clone(),
            }),
            most_copies: count(offered.batch_size()),
            addresses_checked: offered.address_checked(),
        }
    }
}

impl Offer {
    pub(super) fn of(offered: OfferedIssuance) -> Arc<Self> {
        Arc::new(Self(offered))
    }

    pub(super) const fn core(&self) -> &OfferedIssuance {
        &self.0
    }

    fn card(&self, card: &OfferedConfiguration, locales: &[String]) -> OfferedCard {
        let known = card.configuration.as_ref();
        OfferedCard {
            configuration_id: card.id.clone(),
            credential_type: known.ok().map(|known| known.credential_type().to_owned()),
            problem: known.err().map(|problem| problem.as_str().to_owned()),
            look: self.look(Some(card), locales),
            claims: card.claims.iter().map(|one| claim(one, locales)).collect(),
        }
    }

    fn look(&self, card: Option<&OfferedConfiguration>, locales: &[String]) -> CardLook {
        let display = DisplaySnapshot {
            issuer: self.0.issuer_display().to_vec(),
            credential: card.map_or_else(Vec::new, |card| card.display.clone()),
            ..DisplaySnapshot::default()
        };
        CardLook::of(&display, locales)
    }
}

impl AuthorizationUrl {
    pub(super) fn of(begun: core::AuthorizationUrl) -> Self {
        Self {
            url: begun.url,
            expires_at: system_time(begun.expires_at),
        }
    }
}

fn claim(claim: &ClaimDisplay, locales: &[String]) -> OfferedClaim {
    let label = lookup(&claim.labels, locales);
    OfferedClaim {
        path: segments(&claim.path),
        label: label.and_then(|label| label.label.clone()),
        is_mandatory: claim.mandatory,
    }
}
