//! Receiving a card: offer, the holder's go, verified copies, one durable commit, then the issuer is told.

use super::Wallet;
use super::cards::{self, CardClaim};
use super::device_bound::DeviceBoundSeal;
use super::history;
use super::holder_keys::{self, NewKey};
use super::ports::KeepPolicy;
use super::records::{
    CopyRecord, CopyState, CredentialRecord, HistoryEvent, Other, PendingRecord, ProfileRecord,
    RecordName,
};
use super::store::{self, Batch, Stored, make_name};
use crate::error::{Category, ErrorCode, WalletError};
use crate::issuance::{
    AuthorizedIssuance, CredentialOrder, DisplaySnapshot, Notified, OfferLink, OfferedIssuance,
    ProofRequirement, ReceivedCopy, ReceivedCredentials,
};
use crate::jose::Algorithm;
use crate::keys::KeyId;
use crate::vault::database::{Database, RecordKind};
use zeroize::Zeroizing;

/// A card that was received and verified but is not stored yet.
pub struct ReceivedCard {
    received: ReceivedCredentials,
    keys: Vec<NewKey>,
    display: DisplaySnapshot,
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

/// A card that is stored, durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCard {
    /// Its name.
    pub id: RecordName,
    /// Its type.
    pub credential_type: String,
    /// How many copies.
    pub copies: usize,
    /// Whether the issuer was told; `None` where it does not want to be.
    pub notified: Option<Notified>,
}

/// What to do with an offer.
#[derive(Clone, Debug, Default)]
pub struct ReceiveOptions {
    /// The transaction code, where the offer asks for one.
    pub tx_code: Option<String>,
    /// How many copies of each card; the issuer may give fewer. 0 counts as 1.
    pub copies: u16,
    /// How the cards are kept.
    pub keep: KeepPolicy,
}

impl Wallet {
    /// Reads an offer and fetches what the holder must see before agreeing. Call it after the holder's go only: it makes
    /// requests to addresses the offer names.
    ///
    /// # Errors
    /// `locked`, `offer_invalid`, `issuer_metadata_invalid`, `issuer_mismatch`, `grant_not_supported`,
    /// `format_not_supported`, and the network's.
    pub async fn offer(&self, link: &str) -> Result<OfferedIssuance, WalletError> {
        self.require_unlocked()?;
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
        self.require_unlocked()?;
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
        self.require_unlocked()?;
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
                })
            }
            Err(error) => {
                self.discard_keys(&keys).await;
                Err(error.into())
            }
        }
    }

    /// Stores a card: all its copies or none. The issuer is told only after they are durable.
    ///
    /// # Errors
    /// `locked` and those of the store. The issuer is told of the failure; nothing is stored.
    pub async fn keep(
        &self,
        card: ReceivedCard,
        policy: KeepPolicy,
    ) -> Result<KeptCard, WalletError> {
        let settings = self.issuance_settings();
        let ports = self.issuance_ports(&settings);
        let stored = match self.device_bound_seal() {
            Ok(seal) => self.store_card(&card, policy, seal.as_ref()),
            Err(error) => Err(error),
        };
        let ReceivedCard { received, keys, .. } = card;
        match stored {
            Ok(id) => {
                let notified = match received.notification {
                    Some(notification) => Some(notification.accepted(&ports).await),
                    None => None,
                };
                self.discard_keys(unused(&keys, &received.unused_keys))
                    .await;
                let credential_type = received.context.credential_type;
                Ok(KeptCard {
                    id,
                    credential_type,
                    copies: received.copies.len(),
                    notified,
                })
            }
            Err(error) => {
                if let Some(notification) = received.notification {
                    let _ = notification.failed(&ports).await;
                }
                self.discard_keys(&keys).await;
                Err(error)
            }
        }
    }

    /// The holder does not want the card after all: nothing is stored, the issuer is told `credential_deleted`
    /// (OpenID4VCI 1.0 11.1).
    pub async fn decline(&self, card: ReceivedCard) -> Option<Notified> {
        let settings = self.issuance_settings();
        let ports = self.issuance_ports(&settings);
        self.discard_keys(&card.keys).await;
        match card.received.notification {
            Some(notification) => Some(notification.declined(&ports).await),
            None => None,
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
            kept.push(self.keep(card, options.keep).await?);
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
        holder_keys::make(
            count,
            algorithm,
            self.platform.key_store.as_ref(),
            self.random(),
        )
        .await
    }

    /// Deletes keys in hardware that no stored copy needs; what cannot be deleted now is on the to-do list.
    async fn discard_keys<'k>(&self, keys: impl IntoIterator<Item = &'k NewKey>) {
        let Some(store) = self.platform.key_store.as_ref() else {
            return;
        };
        for handle in keys.into_iter().filter_map(NewKey::handle) {
            if store.delete(handle.to_owned()).await.is_err() {
                let _ = self.remember_deletion(handle);
            }
        }
    }

    fn remember_deletion(&self, handle: &str) -> Result<(), WalletError> {
        let mut batch = Batch::default();
        let todo = PendingRecord::DeleteHardwareKey {
            handle: handle.to_owned(),
            other: Other::new(),
        };
        batch.insert(RecordKind::PENDING, &make_name(self.random())?, &todo)?;
        self.with_store(|db| db.commit(batch.into_changes()))
    }

    fn store_card(
        &self,
        card: &ReceivedCard,
        policy: KeepPolicy,
        seal: Option<&DeviceBoundSeal>,
    ) -> Result<RecordName, WalletError> {
        self.with_store(|db| {
            let mut batch = Batch::default();
            let id = make_name(self.random())?;
            let first = card.received.copies.first().ok_or(ErrorCode::Bug)?;
            let mut copies = Vec::with_capacity(card.received.copies.len());
            for copy in &card.received.copies {
                copies.push(self.store_copy(&mut batch, card, copy, &id, seal)?);
            }
            let display = make_name(self.random())?;
            batch.insert(RecordKind::DISPLAY_SNAPSHOT, &display, &card.display)?;
            let context = make_name(self.random())?;
            batch.insert(
                RecordKind::ISSUANCE_CONTEXT,
                &context,
                &card.received.context,
            )?;
            let issued = &card.received.context;
            let now = self.now()?;
            let record = CredentialRecord {
                issuer: issued.issuer.as_str().to_owned(),
                configuration_id: issued.configuration_id.clone(),
                format: crate::formats::CredentialFormat::SdJwtVc
                    .as_str()
                    .to_owned(),
                credential_type: issued.credential_type.clone(),
                profile: self.own_profile(db)?,
                supersedes: None,
                received_at: now.as_secs(),
                expires_at: first
                    .credential
                    .expires()
                    .map(crate::clock::UnixTime::as_secs),
                valid_from: first
                    .credential
                    .not_before()
                    .map(crate::clock::UnixTime::as_secs),
                reuse: policy.reuse,
                user_auth: policy.user_auth,
                issuer_evidence: first.credential.evidence().clone(),
                display,
                context,
                copies,
                other: Other::new(),
            };
            batch.insert(RecordKind::CREDENTIAL, &id, &record)?;
            let event = HistoryEvent::Received {
                credential: id.clone(),
                credential_type: record.credential_type,
                issuer: record.issuer,
                copies: u32::try_from(card.received.copies.len()).unwrap_or(u32::MAX),
            };
            history::append(db, &mut batch, now, event, self.random())?;
            db.commit(batch.into_changes())?;
            Ok(id)
        })
    }

    fn store_copy(
        &self,
        batch: &mut Batch,
        card: &ReceivedCard,
        copy: &ReceivedCopy,
        id: &RecordName,
        seal: Option<&DeviceBoundSeal>,
    ) -> Result<RecordName, WalletError> {
        let body = make_name(self.random())?;
        batch.insert_body(
            &body,
            Zeroizing::new(copy.credential.text().as_bytes().to_vec()),
        )?;
        let key = match &copy.key {
            Some(bound) => {
                let key = card
                    .keys
                    .iter()
                    .find(|key| key.id() == bound)
                    .ok_or(ErrorCode::Bug)?;
                Some(key.store(batch, seal, self.random())?)
            }
            None => None,
        };
        let record = CopyRecord {
            credential: id.clone(),
            body,
            key,
            uses: 0,
            state: CopyState::Usable,
            status: copy.credential.status().cloned(),
            other: Other::new(),
        };
        let name = make_name(self.random())?;
        batch.insert(RecordKind::COPY, &name, &record)?;
        Ok(name)
    }

    fn own_profile(&self, db: &Database) -> Result<RecordName, WalletError> {
        let profiles: Vec<Stored<ProfileRecord>> = store::list(db, RecordKind::PROFILE)?;
        let own = profiles
            .into_iter()
            .find(|profile| !profile.value.by_delegation);
        own.map(|profile| profile.name)
            .ok_or_else(|| WalletError::new(ErrorCode::NotFound).about("profile"))
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

fn unused<'k>(keys: &'k [NewKey], unused: &'k [KeyId]) -> impl Iterator<Item = &'k NewKey> {
    keys.iter().filter(|key| unused.contains(key.id()))
}
