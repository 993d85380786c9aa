//! Receiving a card: offer, the holder's go, verified copies. Storing them is in [`super::keep`].

use super::Wallet;
use super::cards::{self, CardClaim};
use super::deferred::DeferredCard;
use super::holder_keys::{self, NewKey};
use super::keep::KeptCard;
use super::ports::KeepPolicy;
use super::records::RecordName;
use crate::did::DatedEvidence;
use crate::error::{Category, ErrorCode, WalletError};
use crate::formats::data_integrity::HolderSecrets;
use crate::issuance::{
    AuthorizedIssuance, CredentialOrder, DeferredIssuance, DisplaySnapshot, NotificationEvent,
    OfferLink, OfferedIssuance, Ports, ProofRequirement, ReceivedCredentials, RefreshGrant,
    Requested,
};
use crate::jose::Algorithm;
use crate::keys::KeyStore;
use core::fmt;
use std::sync::Arc;

/// A card that was received and verified but is not stored yet.
pub struct ReceivedCard {
    pub(super) received: ReceivedCredentials,
    pub(super) keys: Vec<NewKey>,
    /// What it is bound to instead of keys.
    pub(super) holder: Option<Arc<HolderSecrets>>,
    pub(super) display: DisplaySnapshot,
    /// What renews it, unless the wallet has that already.
    pub(super) grant: Option<RefreshGrant>,
    /// The promise it fulfils, where it came later.
    pub(super) deferred: Option<RecordName>,
}

impl ReceivedCard {
    /// What shows that its copies are signed by keys of their issuer's DID, where it has one.
    pub(super) fn issuer_evidence(&self) -> impl Iterator<Item = &DatedEvidence> {
        let copies = self.received.copies.iter();
        copies.filter_map(|copy| copy.credential.evidence().of_did())
    }
}

/// Where the right to order a card came from.
pub(super) enum Origin {
    /// From the holder, perhaps with what renews the card later.
    Grant(Option<Box<RefreshGrant>>),
    /// From what renews this card, which the wallet has.
    Renewal(RecordName),
}

impl Origin {
    fn into_grant(self) -> Option<RefreshGrant> {
        match self {
            Self::Grant(grant) => grant.map(|grant| *grant),
            Self::Renewal(_) => None,
        }
    }
}

/// What came of an order.
pub enum Ordered {
    /// The card, verified and not stored yet.
    Received(Box<ReceivedCard>),
    /// The issuer's promise of one, or one that came and cannot be verified yet, stored with its keys: see
    /// [`Wallet::poll_deferred`].
    Deferred(DeferredCard),
}

impl Ordered {
    /// The card, for callers that do not wait.
    ///
    /// # Errors
    /// `issuance_deferred` where it comes later; the promise stays stored.
    pub fn received(self) -> Result<ReceivedCard, WalletError> {
        match self {
            Self::Received(card) => Ok(*card),
            Self::Deferred(_) => {
                Err(WalletError::new(ErrorCode::IssuanceDeferred).rule("OpenID4VCI 1.0 8.3"))
            }
        }
    }
}

impl ReceivedCard {
    /// The type.
    #[must_use]
    pub fn credential_type(&self) -> &str {
        &self.received.context.credential_type
    }

    /// How many copies there are.
    #[must_use]
    pub fn copies(&self) -> usize {
        self.received.copies.len()
    }

    /// Who signed it, by a name somebody the app trusts vouches for; what the issuer calls itself nobody does.
    #[must_use]
    pub fn signed_by(&self) -> Option<String> {
        let first = self.received.copies.first();
        first.map(|copy| copy.credential.evidence().signer())
    }

    /// How it looks.
    #[must_use]
    pub fn display(&self) -> &DisplaySnapshot {
        &self.display
    }

    /// The keys stored before it came that its copies are bound to.
    pub(super) fn used_kept_keys(&self) -> Vec<&RecordName> {
        let is_used = |key: &&NewKey| {
            let mut copies = self.received.copies.iter();
            copies.any(|copy| copy.key.as_ref() == Some(key.id()))
        };
        let used = self.keys.iter().filter(is_used);
        used.filter_map(NewKey::kept_name).collect()
    }

    /// What it says, for the holder to look at before keeping it.
    #[must_use]
    pub fn claims<S: AsRef<str>>(&self, locales: &[S]) -> Vec<CardClaim> {
        let first = self.received.copies.first();
        first.map_or_else(Vec::new, |copy| {
            cards::claims(&copy.credential, &self.display, locales)
        })
    }
}

/// What to do with an offer.
#[derive(Clone, Default)]
pub struct ReceiveOptions {
    /// The transaction code, where the offer asks for one.
    pub tx_code: Option<String>,
    /// How many copies of each card; the issuer may give fewer. 0 counts as 1.
    pub copies: u16,
    /// How the cards are kept.
    pub keep: KeepPolicy,
}

impl fmt::Debug for ReceiveOptions {
    /// Without the code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiveOptions")
            .field("copies", &self.copies)
            .field("keep", &self.keep)
            .finish_non_exhaustive()
    }
}

impl Wallet {
    /// Reads an offer and fetches what the holder must see before agreeing. Call it after the holder's go only: it
    /// makes requests to addresses the offer names.
    ///
    /// # Errors
    /// `locked`, the integrity codes, `offer_invalid`, `issuer_metadata_invalid`, `issuer_mismatch`,
    /// `grant_not_supported`, `format_not_supported`, and the network's.
    pub async fn offer(&self, link: &str) -> Result<OfferedIssuance, WalletError> {
        self.require_sound()?;
        let settings = self.issuance_settings();
        let ports = self.issuance_ports(&settings);
        let offer = OfferLink::parse(link)?.resolve(&ports).await?;
        Ok(OfferedIssuance::fetch(&ports, offer).await?)
    }

    /// After the holder agreed: asks the issuer's authorization server for access. After `grant_refused` it may be
    /// called again with another transaction code.
    ///
    /// # Errors
    /// See [`OfferedIssuance::accept`].
    pub async fn accept(
        &self,
        offered: &OfferedIssuance,
        tx_code: Option<&str>,
    ) -> Result<AuthorizedIssuance, WalletError> {
        self.require_sound()?;
        let settings = self.issuance_settings();
        Ok(offered
            .accept(&self.issuance_ports(&settings), tx_code)
            .await?)
    }

    /// Orders one card in `copies` copies, each with a key of its own, and verifies it. A card that is here is not
    /// stored yet: see [`Wallet::keep`] and [`Wallet::decline`]. One that comes later is written down at once, and so is the
    /// issuer's answer where a server that would show its keys does not answer: the issuer gives it once.
    ///
    /// # Errors
    /// See [`AuthorizedIssuance::request`], and those of the store for a card that comes later. New keys are gone then.
    pub async fn order(
        &self,
        authorized: &AuthorizedIssuance,
        order: &CredentialOrder,
        copies: u16,
    ) -> Result<Ordered, WalletError> {
        let origin = Origin::Grant(authorized.refresh_grant().map(Box::new));
        self.order_from(authorized, order, copies, origin).await
    }

    pub(super) async fn order_from(
        &self,
        authorized: &AuthorizedIssuance,
        order: &CredentialOrder,
        copies: u16,
        origin: Origin,
    ) -> Result<Ordered, WalletError> {
        self.require_sound()?;
        let trust = self.trust()?;
        let keys = self.make_keys(authorized, order, copies).await?;
        let holder = match order.configuration().proof() {
            ProofRequirement::Commitment { feature } => {
                Some(self.enrolment(authorized.issuer(), *feature)?)
            }
            _ => None,
        };
        let settings = self.issuance_settings();
        let ports = Ports {
            trust: &trust,
            ..self.issuance_ports(&settings)
        };
        let holder_keys: Vec<_> = keys.iter().map(NewKey::holder_key).collect();
        let requested = match &holder {
            Some(holder) => authorized.request_bound(&ports, order, holder).await,
            None => authorized.request(&ports, order, &holder_keys).await,
        };
        match self.after_resolving(requested) {
            Ok(Requested::Received(received)) => {
                let display = received.fetch_display(&ports).await;
                Ok(Ordered::Received(Box::new(ReceivedCard {
                    received: *received,
                    keys,
                    holder,
                    display,
                    grant: origin.into_grant(),
                    deferred: None,
                })))
            }
            Ok(Requested::Deferred(issuance)) => {
                self.note_or_release(&issuance, &keys, &origin).await
            }
            Ok(Requested::Unverified {
                issuance,
                notification,
                ..
            }) => {
                let noted = self.note_or_release(&issuance, &keys, &origin).await;
                if noted.is_err() {
                    // The issuer gave the card, and it is gone.
                    self.notify(notification, NotificationEvent::Failure).await;
                }
                noted
            }
            Err(error) => {
                self.release_keys(&keys).await;
                Err(error.into())
            }
        }
    }

    /// Writes a promise down. Where that fails its keys are of no use.
    async fn note_or_release(
        &self,
        issuance: &DeferredIssuance,
        keys: &[NewKey],
        origin: &Origin,
    ) -> Result<Ordered, WalletError> {
        let noted = self.note_deferred(issuance, keys, origin);
        if noted.is_err() {
            self.release_keys(keys).await;
        }
        noted.map(Ordered::Deferred)
    }

    /// All of it for apps that ask the holder once: every card of the offer is ordered and kept. Those that come later
    /// are in [`Wallet::deferred`].
    ///
    /// # Errors
    /// As the single steps. Cards of the same offer that were kept before the failure stay.
    pub async fn receive(
        &self,
        link: &str,
        options: &ReceiveOptions,
    ) -> Result<Vec<KeptCard>, WalletError> {
        let offered = self.offer(link).await?;
        let authorized = self.accept(&offered, options.tx_code.as_deref()).await?;
        let mut kept = Vec::new();
        for order in authorized.orders() {
            let ordered = self.order(&authorized, order, options.copies.max(1));
            let Ordered::Received(card) = ordered.await? else {
                continue;
            };
            match self.keep(*card, options.keep).await {
                Ok(card) => kept.push(card),
                Err(not_kept) => {
                    let _ = self.give_up(*not_kept.card).await;
                    return Err(not_kept.error);
                }
            }
        }
        Ok(kept)
    }

    async fn make_keys(
        &self,
        authorized: &AuthorizedIssuance,
        order: &CredentialOrder,
        copies: u16,
    ) -> Result<Vec<NewKey>, WalletError> {
        let algorithm = match order.configuration().proof() {
            ProofRequirement::None | ProofRequirement::Commitment { .. } => return Ok(Vec::new()),
            proof => preferred_algorithm(proof.key_algorithms())?,
        };
        let most = u16::try_from(authorized.batch_size())
            .unwrap_or(u16::MAX)
            .max(1);
        let count = copies.clamp(1, most);
        let key_store = self.platform.key_store.as_ref();
        if key_store.is_none() {
            // Where the device's key is gone nothing could be stored: better known before the issuer issues.
            self.device_bound_seal()?;
        }
        let now = self.now()?;
        let keys = holder_keys::make(count, algorithm, key_store, self.random()).await?;
        match self.note_keys(&keys, now) {
            Ok(()) => Ok(keys),
            Err(error) => {
                delete_now(key_store, &keys).await;
                Err(error)
            }
        }
    }
}

/// For keys that could not be written down.
async fn delete_now(key_store: Option<&Arc<dyn KeyStore>>, keys: &[NewKey]) {
    let Some(key_store) = key_store else { return };
    for handle in keys.iter().filter_map(NewKey::handle) {
        // There is nowhere to remember a failure.
        let _ = key_store.delete(handle.to_owned()).await;
    }
}

/// ES256 where the issuer takes it: hardware on phones has nothing else.
fn preferred_algorithm(accepted: &[Algorithm]) -> Result<Algorithm, WalletError> {
    [Algorithm::Es256, Algorithm::EdDsa]
        .into_iter()
        .find(|algorithm| accepted.contains(algorithm))
        .ok_or_else(|| {
            WalletError::new(ErrorCode::AlgorithmNotAllowed)
                .by(Category::Issuer)
                .rule("OpenID4VCI 1.0 12.2.4")
        })
}
