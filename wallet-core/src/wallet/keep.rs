//! Storing a card that was received: all its copies durably or none, and only then is the issuer told.

use super::Wallet;
use super::cards;
use super::device_bound::DeviceBoundSeal;
use super::enrolment;
use super::given_back::GivenBack;
use super::history;
use super::holder_keys::{NewKey, is_lost};
use super::key_claims::{self, Note};
use super::ports::KeepPolicy;
use super::receive::ReceivedCard;
use super::records::{
    ContextRecord, CopyRecord, CopyState, CredentialRecord, HistoryEvent, Other, ProfileRecord,
    RecordName, RenewalRecord, ReusePolicy,
};
use super::store::{self, Batch, Stored, make_name};
use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::formats;
use crate::issuance::{NotificationEvent, Notified, PendingNotification, ReceivedCopy};
use crate::secret::SecretBytes;
use crate::vault::database::{Database, RecordKind};

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

impl Wallet {
    /// Stores a card: all its copies or none. The issuer is told only after they are durable.
    ///
    /// # Errors
    /// [`GivenBack`] gives the card back: `not_supported` for a policy by which no copy could ever be shown, `locked`,
    /// the integrity codes, those of the store and of the device key, `key_unavailable` if the card was received more
    /// than an hour ago and its hardware keys were given up.
    pub async fn keep(
        &self,
        card: ReceivedCard,
        policy: KeepPolicy,
    ) -> Result<KeptCard, GivenBack<ReceivedCard>> {
        let id = match self.store_card(&card, policy) {
            Ok(id) => id,
            Err(error) => {
                return Err(GivenBack::new(card, error));
            }
        };
        let ReceivedCard { received, keys, .. } = card;
        let notified = self
            .notify(received.notification, NotificationEvent::Accepted)
            .await;
        // Keys the issuer gave no copy for: those of the card are claimed.
        self.release_keys(&keys).await;
        Ok(KeptCard {
            id,
            credential_type: received.context.credential_type,
            copies: received.copies.len(),
            notified,
        })
    }

    /// The holder does not want the card after all: nothing is stored, the issuer is told `credential_deleted`
    /// (OpenID4VCI 1.0 11.1).
    pub async fn decline(&self, mut card: ReceivedCard) -> Option<Notified> {
        let owed = self.owed(&mut card);
        let notified = self.notify(owed, NotificationEvent::Deleted).await;
        self.drop_card(&card).await;
        notified
    }

    /// The card cannot be stored: the issuer is told `credential_failure` (OpenID4VCI 1.0 11.1).
    pub async fn give_up(&self, mut card: ReceivedCard) -> Option<Notified> {
        let owed = self.owed(&mut card);
        let notified = self.notify(owed, NotificationEvent::Failure).await;
        self.drop_card(&card).await;
        notified
    }

    /// What the issuer is still to be told of a card that is not kept. Nothing of one whose promise is over: it was read
    /// from a kept answer twice, and what was done with the other reading stands.
    fn owed(&self, card: &mut ReceivedCard) -> Option<PendingNotification> {
        let owed = card.received.notification.take();
        let promise = card.deferred.as_ref();
        owed.filter(|_| !promise.is_some_and(|promise| self.is_over(promise)))
    }

    /// Tells the issuer how it went, where it wants to know.
    pub(super) async fn notify(
        &self,
        owed: Option<PendingNotification>,
        event: NotificationEvent,
    ) -> Option<Notified> {
        let settings = self.issuance_settings();
        Some(owed?.send(&self.issuance_ports(&settings), event).await)
    }

    /// Nothing of a card is left.
    async fn drop_card(&self, card: &ReceivedCard) {
        self.release_keys(&card.keys).await;
        if let Some(promise) = &card.deferred {
            // If the wallet is locked by now, the promise runs out.
            let _ = self.end_deferred(promise).await;
        }
    }

    fn store_card(
        &self,
        card: &ReceivedCard,
        policy: KeepPolicy,
    ) -> Result<RecordName, WalletError> {
        if policy.reuse == (ReusePolicy::Limited { times: 0 }) {
            return Err(WalletError::new(ErrorCode::NotSupported).about("reuse_policy"));
        }
        self.keep_what_resolvers_saw(card.issuer_evidence())?;
        let seals = self.seals(card)?;
        let id = make_name(self.random())?;
        let now = self.now()?;
        let stored = self.commit(|db, batch| {
            let notes = key_claims::unclaimed(db)?;
            let record = self.add_card(db, batch, card, policy, &seals, now)?;
            let mut copies = Vec::with_capacity(card.received.copies.len());
            for copy in &card.received.copies {
                copies.push(self.add_copy(batch, card, copy, &id, &seals, &notes)?);
            }
            enrolment::pin_entropy(db, batch, card)?;
            self.finish_deferred(db, batch, card)?;
            let event = HistoryEvent::Received {
                credential: id.clone(),
                credential_type: record.credential_type.clone(),
                issuer: record.issuer.clone(),
                copies: u32::try_from(copies.len()).unwrap_or(u32::MAX),
            };
            let record = CredentialRecord { copies, ..record };
            batch.insert(RecordKind::CREDENTIAL, &id, &record)?;
            history::append(db, batch, now, event, self.random())?;
            Ok(record.copies.into_iter().next())
        });
        // Some failures leave it open whether the commit took place: then what is there decides.
        match stored {
            Err(error) if self.with_store(|db| db.get(&id.id()?)).is_err() => Err(error),
            Err(_) => Ok(id),
            Ok(first) => {
                // What is not kept is read when it is needed.
                let _ = first.map(|copy| self.keep_reading(card, &copy));
                Ok(id)
            }
        }
    }

    /// The first copy is looked at or shown next, and was parsed already.
    fn keep_reading(&self, card: &ReceivedCard, copy: &RecordName) -> Result<(), WalletError> {
        let first = card.received.copies.first().ok_or(ErrorCode::Bug)?;
        let credential = &first.credential;
        self.with_store(|db| {
            let copy: Stored<CopyRecord> = store::get(db, copy)?;
            let body = copy.value.body.id()?;
            db.keep_reading(
                &body,
                credential.text().len(),
                formats::Stored::of(credential),
            )
        })
    }

    /// The seals the card's keys and refresh token need. Where the device's key is gone, a card whose keys are in
    /// hardware is kept without its refresh token.
    pub(super) fn seals(&self, card: &ReceivedCard) -> Result<Seals, WalletError> {
        let is_in_store = card.keys.iter().any(NewKey::is_in_memory);
        match self.device_bound_seal() {
            Ok(seal) => Ok(Seals {
                seal,
                keeps_grant: true,
            }),
            Err(error) if is_in_store || !is_lost(&error) => Err(error),
            Err(_) => Ok(Seals {
                seal: None,
                keeps_grant: false,
            }),
        }
    }

    /// The context of a card under this name.
    pub(super) fn context_record(
        &self,
        card: &ReceivedCard,
        name: &RecordName,
        seals: &Seals,
    ) -> Result<ContextRecord, WalletError> {
        let grant = card.grant.as_ref().filter(|_| seals.keeps_grant);
        let seal = |grant| RenewalRecord::seal(grant, name, seals.seal.as_ref(), self.random());
        Ok(ContextRecord {
            issued: card.received.context.clone(),
            renewal: grant.map(seal).transpose()?,
        })
    }

    /// The card but for its copies.
    fn add_card(
        &self,
        db: &Database,
        batch: &mut Batch,
        card: &ReceivedCard,
        policy: KeepPolicy,
        seals: &Seals,
        now: UnixTime,
    ) -> Result<CredentialRecord, WalletError> {
        let display = make_name(self.random())?;
        batch.insert(RecordKind::DISPLAY_SNAPSHOT, &display, &card.display)?;
        let context = make_name(self.random())?;
        let issued = &card.received.context;
        let record = self.context_record(card, &context, seals)?;
        batch.insert(RecordKind::ISSUANCE_CONTEXT, &context, &record)?;
        let first = card.received.copies.first().ok_or(ErrorCode::Bug)?;
        Ok(CredentialRecord {
            issuer: issued.issuer.as_str().to_owned(),
            configuration_id: issued.configuration_id.clone(),
            format: first.credential.format().as_str().to_owned(),
            credential_type: issued.credential_type.clone(),
            extended_types: card.display.extended_types.clone(),
            profile: own_profile(db)?,
            supersedes: None,
            place: Some(cards::next_place(db)?),
            received_at: now.as_secs(),
            renewed_at: None,
            batch: u32::try_from(card.received.copies.len()).ok(),
            expires_at: last_end(card),
            valid_from: first_start(card),
            reuse: policy.reuse_of(&first.credential),
            user_auth: policy.user_auth,
            display,
            context,
            copies: Vec::new(),
            other: Other::new(),
        })
    }

    pub(super) fn add_copy(
        &self,
        batch: &mut Batch,
        card: &ReceivedCard,
        copy: &ReceivedCopy,
        id: &RecordName,
        seals: &Seals,
        notes: &[Note],
    ) -> Result<RecordName, WalletError> {
        let body = make_name(self.random())?;
        let text = copy.credential.text().as_bytes().to_vec();
        batch.insert_body(&body, SecretBytes::new(text))?;
        let key = match &copy.key {
            Some(bound) => {
                let key = card.keys.iter().find(|key| key.id() == bound);
                let key = key.ok_or(ErrorCode::Bug)?;
                if let Some(handle) = key.handle() {
                    key_claims::claim(notes, handle, batch)?;
                }
                Some(key.store(batch, seals.seal.as_ref(), self.random())?)
            }
            None => match &card.holder {
                Some(holder) => Some(enrolment::store_of_copy(batch, holder, self.random())?),
                None => None,
            },
        };
        let record = CopyRecord {
            credential: id.clone(),
            body,
            key,
            uses: 0,
            state: CopyState::Usable,
            issuer_evidence: copy.credential.evidence().clone(),
            expires_at: copy.credential.expires().map(UnixTime::as_secs),
            status: copy.credential.status().cloned(),
            other: Other::new(),
        };
        let name = make_name(self.random())?;
        batch.insert(RecordKind::COPY, &name, &record)?;
        self.add_stapled(batch, card.received.context.issuer.as_str(), copy, &name)?;
        Ok(name)
    }
}

/// What the device seals once more.
pub(super) struct Seals {
    seal: Option<DeviceBoundSeal>,
    keeps_grant: bool,
}

/// When the last copy runs out; absent is never.
pub(super) fn last_end(card: &ReceivedCard) -> Option<i64> {
    let copies = card.received.copies.iter();
    let ends = copies.map(|copy| copy.credential.expires());
    let last = ends.max_by_key(|end| (end.is_none(), *end)).flatten();
    last.map(UnixTime::as_secs)
}

/// From when the first copy is valid; absent is always.
pub(super) fn first_start(card: &ReceivedCard) -> Option<i64> {
    let copies = card.received.copies.iter();
    let first = copies.map(|copy| copy.credential.not_before()).min();
    first.flatten().map(UnixTime::as_secs)
}

fn own_profile(db: &Database) -> Result<RecordName, WalletError> {
    let profiles: Vec<Stored<ProfileRecord>> = store::list(db, RecordKind::PROFILE)?;
    let own = profiles
        .into_iter()
        .find(|profile| !profile.value.by_delegation);
    own.map(|profile| profile.name)
        .ok_or_else(|| WalletError::new(ErrorCode::NotFound).about("profile"))
}
