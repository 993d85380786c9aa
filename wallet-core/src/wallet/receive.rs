//! Receiving a card: offer, the holder's go, verified copies. Storing them is in [`super::keep`].

use super::Wallet;
use super::cards::{self, CardClaim};
use super::holder_keys::{self, NewKey};
use super::keep::KeptCard;
use super::ports::KeepPolicy;
use crate::error::{Category, ErrorCode, WalletError};
use crate::issuance::{
    AuthorizedIssuance, CredentialOrder, DisplaySnapshot, OfferLink, OfferedIssuance,
    ProofRequirement, ReceivedCredentials, RefreshGrant,
};
use crate::jose::Algorithm;
use crate::keys::KeyStore;
use core::fmt;
use std::sync::Arc;

/// A card that was received and verified but is not stored yet.
pub struct ReceivedCard {
    pub(super) received: ReceivedCredentials,
    pub(super) keys: Vec<NewKey>,
    pub(super) display: DisplaySnapshot,
    /// What renews it, unless the wallet has that already.
    pub(super) grant: Option<RefreshGrant>,
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
    /// Reads an offer and fetches what the holder must see before agreeing. Call it after the holder's go only: it makes
    /// requests to addresses the offer names.
    ///
    /// # Errors
    /// `locked`, the integrity codes, `offer_invalid`, `issuer_metadata_invalid`, `issuer_mismatch`, `grant_not_supported`,
    /// `format_not_supported`, and the network's.
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

    /// Orders one card in `copies` copies, each with a key of its own, and verifies it. Nothing is stored yet: see
    /// [`Wallet::keep`] and [`Wallet::decline`].
    ///
    /// # Errors
    /// See [`AuthorizedIssuance::request`]. New keys are gone then.
    pub async fn order(
        &self,
        authorized: &AuthorizedIssuance,
        order: &CredentialOrder,
        copies: u16,
    ) -> Result<ReceivedCard, WalletError> {
        self.require_sound()?;
        let keys = self.make_keys(authorized, order, copies).await?;
        let settings = self.issuance_settings();
        let ports = self.issuance_ports(&settings);
        let holder_keys: Vec<_> = keys.iter().map(NewKey::holder_key).collect();
        match authorized.request(&ports, order, &holder_keys).await {
            Ok(received) => {
                let display = received.fetch_display(&ports).await;
                Ok(ReceivedCard {
                    received,
                    keys,
                    display,
                    grant: authorized.refresh_grant(),
                })
            }
            Err(error) => {
                self.release_keys(&keys).await;
                Err(error.into())
            }
        }
    }

    /// All of it for apps that ask the holder once: every card of the offer is ordered and kept.
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
            let card = self
                .order(&authorized, order, options.copies.max(1))
                .await?;
            match self.keep(card, options.keep).await {
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
            ProofRequirement::None => return Ok(Vec::new()),
            ProofRequirement::Jwt { algorithms } => preferred_algorithm(algorithms)?,
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
