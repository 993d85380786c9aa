//! Renewing a card: more copies of it, or new content in its place.

use super::claims::{ClaimValue, PathSegment, segments, value};
use super::keep::Notified;
use super::receive::ReceivedCard;
use super::{NativeWallet, count, element, name};
use crate::error::WalletError;
use crate::guard::caught;
use crate::once::Single;
use crate::redacted::redacted;
use std::sync::Arc;
use wallet_core::wallet as core;

redacted!(ClaimChange);

/// How a renewal changes a card.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum RenewalKind {
    /// The card says what it said: the new copies join those that were not shown yet.
    Refill,
    /// The new copies take the place of all others.
    Reissue,
    /// Something that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// A card that was issued again and verified, compared with what it was, and is not stored yet. It is used up by
/// `keepRenewed`, unless that fails, and by [`Self::into_card`].
#[derive(uniffi::Object)]
pub struct RenewedCard(Single<core::RenewedCard>);

/// What a renewed card says otherwise than before. The values stay here and cross one at a time.
#[derive(uniffi::Object)]
pub struct ClaimChanges(Vec<core::ClaimChange>);

/// How a claim is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ClaimChangeKind {
    /// The card did not say this before.
    Added,
    /// The card does not say this any more.
    Removed,
    /// The card says something else.
    Changed,
    /// The holder could withhold this by itself before, and cannot any more.
    NoLongerWithheld,
    /// Something that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// One claim that is not as it was, without its values.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ClaimChange {
    /// How.
    pub kind: ClaimChangeKind,
    /// Where.
    pub path: Vec<PathSegment>,
    /// The issuer's label in the preferred language, safe to show.
    pub label: Option<String>,
}

/// A card that was renewed, durably.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Renewed {
    /// Its name, as before.
    pub id: String,
    /// How it was changed.
    pub kind: RenewalKind,
    /// How many copies came.
    pub copies: u32,
    /// Whether the issuer was told; none where it does not want to be.
    pub notified: Option<Notified>,
}

impl RenewalKind {
    fn of(kind: core::RenewalKind) -> Self {
        match kind {
            core::RenewalKind::Refill => Self::Refill,
            core::RenewalKind::Reissue => Self::Reissue,
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }
}

impl ClaimChangeKind {
    fn of(change: &core::ClaimChange) -> Self {
        match change {
            core::ClaimChange::Added { .. } => Self::Added,
            core::ClaimChange::Removed { .. } => Self::Removed,
            core::ClaimChange::Changed { .. } => Self::Changed,
            core::ClaimChange::NoLongerWithheld { .. } => Self::NoLongerWithheld,
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }
}

impl Renewed {
    fn of(renewed: core::Renewed) -> Self {
        Self {
            id: renewed.id.as_str().to_owned(),
            kind: RenewalKind::of(renewed.kind),
            copies: count(renewed.copies),
            notified: renewed.notified.map(Notified::of),
        }
    }
}

#[uniffi::export]
impl RenewedCard {
    /// The card's name in this wallet.
    ///
    /// # Errors
    /// `used_up`
    pub fn id(&self) -> Result<String, WalletError> {
        self.look_at(|card| card.id().as_str().to_owned())
    }

    /// Whether more copies came, or new content.
    ///
    /// # Errors
    /// `used_up`
    pub fn kind(&self) -> Result<RenewalKind, WalletError> {
        self.look_at(|card| RenewalKind::of(card.kind()))
    }

    /// How many copies came.
    ///
    /// # Errors
    /// `used_up`
    pub fn copies(&self) -> Result<u32, WalletError> {
        self.look_at(|card| count(card.card().copies()))
    }

    /// Whether it says something else than before, or lets the holder withhold less, or somebody else signed it, or what it
    /// was cannot be read any more. If not, an app may keep it without asking.
    ///
    /// # Errors
    /// `used_up`
    pub fn is_changed(&self) -> Result<bool, WalletError> {
        self.look_at(core::RenewedCard::is_changed)
    }

    /// What it says otherwise than before, with labels in the preferred languages (BCP 47, best first). Validity, status
    /// and keys are not among it: those are new each time.
    ///
    /// # Errors
    /// `used_up`
    pub fn changes(&self, locales: Vec<String>) -> Result<Arc<ClaimChanges>, WalletError> {
        self.look_at(|card| Arc::new(ClaimChanges(card.changes(&locales))))
    }

    /// Who signed it.
    ///
    /// # Errors
    /// `used_up`
    pub fn signed_by(&self) -> Result<Option<String>, WalletError> {
        self.look_at(|card| card.card().signed_by())
    }

    /// Who signed it before, where that was somebody else.
    ///
    /// # Errors
    /// `used_up`
    pub fn signed_by_before(&self) -> Result<Option<String>, WalletError> {
        self.look_at(|card| card.signed_by_before().map(str::to_owned))
    }

    /// For `decline` and `giveUp`: the card stays what it was. Uses this object up.
    ///
    /// # Errors
    /// `used_up`
    pub fn into_card(&self) -> Result<Arc<ReceivedCard>, WalletError> {
        caught(|| Ok(ReceivedCard::of(self.0.take()?.into_card())))
    }
}

impl RenewedCard {
    fn of(card: core::RenewedCard) -> Arc<Self> {
        Arc::new(Self(Single::new(card)))
    }

    fn look_at<R>(&self, look: impl FnOnce(&core::RenewedCard) -> R) -> Result<R, WalletError> {
        caught(|| self.0.with(look))
    }
}

#[uniffi::export]
impl ClaimChanges {
    /// The changes, without values.
    #[must_use]
    pub fn list(&self) -> Vec<ClaimChange> {
        let change = |change: &core::ClaimChange| ClaimChange {
            kind: ClaimChangeKind::of(change),
            path: segments(change.path()),
            label: change.label().map(str::to_owned),
        };
        self.0.iter().map(change).collect()
    }

    /// What the card said at this place in [`Self::list`]; none where it said nothing.
    ///
    /// # Errors
    /// `not_found`
    pub fn before(&self, index: u32) -> Result<Option<ClaimValue>, WalletError> {
        caught(|| Ok(self.at(index)?.before().map(value)))
    }

    /// What it says now; none where it says nothing any more.
    ///
    /// # Errors
    /// `not_found`
    pub fn after(&self, index: u32) -> Result<Option<ClaimValue>, WalletError> {
        caught(|| Ok(self.at(index)?.after().map(value)))
    }
}

impl ClaimChanges {
    fn at(&self, index: u32) -> Result<&core::ClaimChange, WalletError> {
        element(&self.0, index, "claim")
    }
}

#[uniffi::export]
impl NativeWallet {
    /// Lets the issuer issue a card again, without the holder. Nothing of the card changes: show
    /// [`RenewedCard::changes`], then call [`Self::keep_renewed`] or [`Self::decline`].
    ///
    /// # Errors
    /// `renewal_needs_holder`: begin anew with an offer and [`Self::replacing`]; `renewal_mismatch` if it is another card;
    /// `issuance_deferred` if it comes later: it is among [`Self::deferred`]; `conflict` while another renewal is under
    /// way; `not_found`, `locked`, the integrity codes, and those of [`Self::offer`] and [`Self::order`]
    pub async fn renew(&self, id: String) -> Result<Arc<RenewedCard>, WalletError> {
        self.call_async(async { Ok(RenewedCard::of(self.core.renew(&name(&id)?).await?)) })
            .await
    }

    /// Compares a card that was received by an offer or an authorization with the card whose place it is to take. Go on as
    /// after [`Self::renew`].
    ///
    /// # Errors
    /// After each but `used_up` the card can be used again: `renewal_mismatch` if it is another card, `not_found`,
    /// `locked`, those of the store
    pub fn replacing(
        &self,
        id: String,
        card: Arc<ReceivedCard>,
    ) -> Result<Arc<RenewedCard>, WalletError> {
        self.call(|core| {
            let id = name(&id)?;
            match core.replacing(&id, card.0.take()?) {
                Ok(renewed) => Ok(RenewedCard::of(renewed)),
                Err(given_back) => Err(card.0.take_back(given_back)),
            }
        })
    }

    /// Stores a renewed card in its own place: a crash leaves the old one or the new one, whole. The issuer is told only
    /// after the new copies are durable. A plan that was made with an old copy can no longer be presented.
    ///
    /// # Errors
    /// After each but `used_up` the card can be kept again: `not_found` if it was deleted meanwhile, and those of
    /// [`Self::keep`]
    pub async fn keep_renewed(&self, card: Arc<RenewedCard>) -> Result<Renewed, WalletError> {
        self.call_async(async {
            match self.core.keep_renewed(card.0.take()?).await {
                Ok(renewed) => Ok(Renewed::of(renewed)),
                Err(given_back) => Err(card.0.take_back(given_back)),
            }
        })
        .await
    }
}
