//! Receiving: from an offer or by the browser to a card that is verified and not stored yet.

use super::claims::Claims;
use super::deferred::DeferredCard;
use super::display::CardLook;
use super::keep::{KeepPolicy, KeptCard};
use super::offer::{AuthorizationUrl, Offer};
use super::{NativeWallet, count, element};
use crate::error::WalletError;
use crate::guard::caught;
use crate::once::Single;
use crate::redacted::redacted;
use crate::secrets::Secret;
use std::sync::Arc;
use wallet_core::wallet as core;
use wallet_core::{ErrorCode, WalletError as CoreError, issuance};

redacted!(CardOrder);

/// The issuer's go: what may be ordered.
#[derive(uniffi::Object)]
pub struct AuthorizedIssuance(issuance::AuthorizedIssuance);

/// One card that may be ordered.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct CardOrder {
    /// Its place in [`AuthorizedIssuance::orders`].
    pub index: u32,
    /// The id of what it is at this issuer. Foreign text.
    pub configuration_id: String,
    /// The type.
    pub credential_type: String,
    /// Which of several cards of that kind. Foreign text.
    pub credential_identifier: Option<String>,
}

/// What came of an order.
#[derive(uniffi::Enum)]
pub enum Ordered {
    /// The card, verified and not stored yet.
    Received {
        /// It.
        card: Arc<ReceivedCard>,
    },
    /// The issuer's promise of one, or one that cannot be verified yet, stored with its keys.
    Deferred {
        /// It.
        promise: DeferredCard,
    },
}

/// A card that was received and verified but is not stored yet. It is used up by `keep`, `decline`, `giveUp` or
/// `replacing`, unless they fail.
///
/// Nothing of one that is dropped without either is in the store. The issuer is told nothing then, and its keys in
/// hardware go with a later `doPending`.
#[derive(uniffi::Object)]
pub struct ReceivedCard(pub(super) Single<core::ReceivedCard>);

#[uniffi::export]
impl AuthorizedIssuance {
    /// What may be ordered, in the order of the offer.
    #[must_use]
    pub fn orders(&self) -> Vec<CardOrder> {
        let orders = self.0.orders().iter().enumerate();
        let order = |(index, order): (usize, &issuance::CredentialOrder)| CardOrder {
            index: count(index),
            configuration_id: order.configuration().id().to_owned(),
            credential_type: order.configuration().credential_type().to_owned(),
            credential_identifier: order.credential_identifier().map(str::to_owned),
        };
        orders.map(order).collect()
    }

    /// Most copies of one card in one order.
    #[must_use]
    pub fn most_copies(&self) -> u32 {
        count(self.0.batch_size())
    }
}

impl AuthorizedIssuance {
    fn of(authorized: issuance::AuthorizedIssuance) -> Arc<Self> {
        Arc::new(Self(authorized))
    }

    fn order(&self, index: u32) -> Result<&issuance::CredentialOrder, WalletError> {
        element(self.0.orders(), index, "order")
    }
}

impl Ordered {
    fn of(ordered: core::Ordered) -> Self {
        match ordered {
            core::Ordered::Received(card) => Self::Received {
                card: ReceivedCard::of(*card),
            },
            core::Ordered::Deferred(promise) => Self::Deferred {
                promise: DeferredCard::of(promise),
            },
        }
    }
}

#[uniffi::export]
impl ReceivedCard {
    /// The type.
    ///
    /// # Errors
    /// `used_up`
    pub fn credential_type(&self) -> Result<String, WalletError> {
        self.look_at(|card| card.credential_type().to_owned())
    }

    /// How many copies there are.
    ///
    /// # Errors
    /// `used_up`
    pub fn copies(&self) -> Result<u32, WalletError> {
        self.look_at(|card| count(card.copies()))
    }

    /// Who signed it: what the trust anchor vouches for. What the issuer calls itself nobody does.
    ///
    /// # Errors
    /// `used_up`
    pub fn signed_by(&self) -> Result<Option<String>, WalletError> {
        self.look_at(core::ReceivedCard::signed_by)
    }

    /// How it looks, in the preferred languages (BCP 47, best first).
    ///
    /// # Errors
    /// `used_up`
    pub fn look(&self, locales: Vec<String>) -> Result<CardLook, WalletError> {
        self.look_at(|card| CardLook::of(card.display(), &locales))
    }

    /// What it says, for the holder to look at before keeping it.
    ///
    /// # Errors
    /// `used_up`
    pub fn claims(&self, locales: Vec<String>) -> Result<Arc<Claims>, WalletError> {
        self.look_at(|card| Claims::of(card.claims(&locales)))
    }
}

impl ReceivedCard {
    pub(super) fn of(card: core::ReceivedCard) -> Arc<Self> {
        Arc::new(Self(Single::new(card)))
    }

    fn look_at<R>(&self, look: impl FnOnce(&core::ReceivedCard) -> R) -> Result<R, WalletError> {
        caught(|| self.0.with(look))
    }
}

#[uniffi::export]
impl NativeWallet {
    /// Reads an offer (a link or what a QR code says) and fetches what the holder must see before agreeing. It makes
    /// requests to addresses the offer names: ask the holder first.
    ///
    /// # Errors
    /// `locked`, the integrity codes, `offer_invalid`, `issuer_metadata_invalid`, `issuer_mismatch`, `grant_not_supported`,
    /// `format_not_supported` and the network's
    pub async fn offer(&self, link: String) -> Result<Arc<Offer>, WalletError> {
        self.call_async(async { Ok(Offer::of(self.core.offer(&link).await?)) })
            .await
    }

    /// What an issuer (by its identifier) offers for these configurations, where the wallet comes by itself. It makes
    /// requests: ask the holder first.
    ///
    /// # Errors
    /// As [`Self::offer`]
    pub async fn discover(
        &self,
        issuer: String,
        configuration_ids: Vec<String>,
    ) -> Result<Arc<Offer>, WalletError> {
        self.call_async(async {
            let offered = self.core.discover(&issuer, &configuration_ids).await?;
            Ok(Offer::of(offered))
        })
        .await
    }

    /// After the holder agreed: asks the issuer's server for access by a pre-authorized code. After `grant_refused` it may
    /// be called again with another transaction code.
    ///
    /// # Errors
    /// `tx_code_required`, `tx_code_not_expected` (both before any request), `issuance_expired` (also where the offer was
    /// accepted before), `grant_refused`, `token_refused`, `token_response_invalid`, `not_supported`, and the network's
    pub async fn accept(
        &self,
        offer: Arc<Offer>,
        tx_code: Option<Arc<Secret>>,
    ) -> Result<Arc<AuthorizedIssuance>, WalletError> {
        self.call_async(async {
            let tx_code = tx_code.as_deref().map(typed).transpose()?;
            let authorized = self.core.accept(offer.core(), tx_code).await?;
            Ok(AuthorizedIssuance::of(authorized))
        })
        .await
    }

    /// After the holder agreed: begins an authorization in the browser, for these configurations or, without any, for all
    /// that can be received. What is needed to go on is stored: the app may end meanwhile. Go on with [`Self::resume`].
    ///
    /// # Errors
    /// `not_supported` without a `redirectUri` in the policy or where the offer has no such grant; those of the server,
    /// the store and the network
    pub async fn authorize(
        &self,
        offer: Arc<Offer>,
        configuration_ids: Vec<String>,
    ) -> Result<AuthorizationUrl, WalletError> {
        self.call_async(async {
            let begun = self
                .core
                .authorize(offer.core(), &configuration_ids)
                .await?;
            Ok(AuthorizationUrl::of(begun))
        })
        .await
    }

    /// Takes the link the browser came back with, also after a restart. The authorization it answers is used up by it,
    /// whatever comes of it. A link that answers none changes nothing.
    ///
    /// # Errors
    /// `authorization_response_invalid`, `authorization_refused`, `issuance_expired`, those of the server, the store and
    /// the network
    pub async fn resume(
        &self,
        redirect_url: String,
    ) -> Result<Arc<AuthorizedIssuance>, WalletError> {
        self.call_async(async {
            let authorized = self.core.resume(&redirect_url).await?;
            Ok(AuthorizedIssuance::of(authorized))
        })
        .await
    }

    /// Orders one card by its place among the orders, in so many copies (the issuer may give fewer), each with a key of
    /// its own, and verifies it. It is not stored yet; one that comes later is written down at once.
    ///
    /// # Errors
    /// `not_found` for a place there is none at, `credential_refused`, what verification refuses, those of the keys, of the
    /// store and of the network
    pub async fn order(
        &self,
        authorized: Arc<AuthorizedIssuance>,
        index: u32,
        copies: u16,
    ) -> Result<Ordered, WalletError> {
        self.call_async(async {
            let order = authorized.order(index)?;
            let ordered = self.core.order(&authorized.0, order, copies).await?;
            Ok(Ordered::of(ordered))
        })
        .await
    }

    /// All of it for apps that ask the holder once: every card of the offer is ordered and kept. Those that come later are
    /// in [`Self::deferred`].
    ///
    /// # Errors
    /// As the single steps. Cards of the same offer that were kept before the failure stay.
    pub async fn receive(
        &self,
        link: String,
        tx_code: Option<Arc<Secret>>,
        copies: u16,
        policy: KeepPolicy,
    ) -> Result<Vec<KeptCard>, WalletError> {
        self.call_async(async {
            let tx_code = tx_code.as_deref().map(typed).transpose()?;
            let options = core::ReceiveOptions {
                tx_code: tx_code.map(str::to_owned),
                copies,
                keep: policy.to_core(),
            };
            let kept = self.core.receive(&link, &options).await?.into_iter();
            Ok(kept.map(KeptCard::of).collect())
        })
        .await
    }
}

/// A transaction code as the holder typed it.
fn typed(code: &Secret) -> Result<&str, WalletError> {
    let not_text = CoreError::new(ErrorCode::TxCodeRequired).about("input_mode");
    std::str::from_utf8(code.expose()).map_err(|_| not_text.into())
}
