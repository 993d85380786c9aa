//! Cards that come later (OpenID4VCI 1.0 9): written down with their keys until the issuer has them.
//!
//! Each try is claimed in the store before the issuer is asked, by moving the time of the next one past its end: two
//! processes never ask at once, and none asks too early.

use super::Wallet;
use super::delete::remove_key;
use super::holder_keys::NewKey;
use super::kept_answers::require_room;
use super::key_claims;
use super::receive::{Origin, ReceivedCard};
use super::records::{DeferredRecord, KeyRecord, Other, PendingRecord, RecordName, RenewalRecord};
use super::store::{self, Batch, Stored, make_name};
use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::issuance::{DeferredAnswer, DeferredIssuance, Ports, RefreshGrant};
use crate::order;
use crate::random::Random;
use crate::vault::database::{Database, RecordKind};

/// How long a card that came may lie before it is kept, in seconds. Until then nobody else asks for it.
const HOLD_SECONDS: i64 = 3600;
/// How long one try may take, in seconds: several fetches of ten seconds each. A second one meanwhile would be told
/// that the transaction is over, and end the promise while its card is here.
const TRY_SECONDS: u64 = 120;
/// Longest wait for a card, in seconds: 90 days. The issuer's transaction does not say when it ends.
const MAX_WAIT_SECONDS: i64 = 90 * 24 * 3600;

/// A card the issuer promised, or gave, where it cannot be verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeferredCard {
    /// Its name until it comes.
    pub id: RecordName,
    /// The issuer's identifier.
    pub issuer: String,
    /// The type.
    pub credential_type: String,
    /// When it was ordered.
    pub since: UnixTime,
    /// When the issuer may be asked again.
    pub retry_at: UnixTime,
    /// The card whose place it is to take ([`Wallet::replacing`]), where it was ordered by [`Wallet::renew`].
    pub renews: Option<RecordName>,
}

/// How asking for a promised card went.
pub enum DeferredPoll {
    /// Not yet.
    NotYet {
        /// When the issuer may be asked again.
        retry_at: UnixTime,
    },
    /// It is here and verified: [`Wallet::keep`] it within the hour, or [`Wallet::decline`] it. The issuer gives it
    /// once.
    Ready(Box<ReceivedCard>),
}

/// A try nobody else makes.
enum Claim {
    Early(UnixTime),
    Mine(Box<Mine>),
}

struct Mine {
    issuance: DeferredIssuance,
    keys: Vec<NewKey>,
    grant: Option<RefreshGrant>,
}

impl Wallet {
    /// The cards that are still to come, those to be asked for first at the beginning.
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub fn deferred(&self) -> Result<Vec<DeferredCard>, WalletError> {
        let mut cards: Vec<_> = self.with_store(|db| {
            let promises = promises(db)?.into_iter();
            Ok(promises.map(overview).collect())
        })?;
        order::sort_by_key(&mut cards, |card: &DeferredCard| card.retry_at);
        Ok(cards)
    }

    /// Asks the issuer for a promised card, unless it is too early: then no request is made. When the issuer says that
    /// there will be none, or sends what does not verify, the promise and its keys are gone.
    ///
    /// # Errors
    /// `not_found`; `issuance_expired`, `credential_refused` and what verification refuses, which are the end of it;
    /// `locked`, the integrity codes, those of the store, of the keys and of the network, after which it may be asked
    /// again. A process that is killed between the issuer's answer and [`Wallet::keep`] has lost the card.
    pub async fn poll_deferred(&self, id: &RecordName) -> Result<DeferredPoll, WalletError> {
        self.require_sound()?;
        let trust = self.trust()?;
        let Mine {
            mut issuance,
            keys,
            grant,
        } = match self.claim_deferred(id)? {
            Claim::Early(retry_at) => return Ok(DeferredPoll::NotYet { retry_at }),
            Claim::Mine(mine) => *mine,
        };
        let settings = self.issuance_settings();
        let ports = Ports {
            trust: &trust,
            ..self.issuance_ports(&settings)
        };
        let holder_keys: Vec<_> = keys.iter().map(NewKey::holder_key).collect();
        let polled = issuance.poll(&ports, &holder_keys).await;
        match self.after_resolving(polled) {
            Ok(DeferredAnswer::Ready(received)) => {
                let hold = self.now()?.saturating_add(HOLD_SECONDS);
                self.postpone(id, hold, &issuance)?;
                let display = received.fetch_display(&ports).await;
                Ok(DeferredPoll::Ready(Box::new(ReceivedCard {
                    received: *received,
                    holder: None,
                    keys,
                    display,
                    grant,
                    deferred: Some(id.clone()),
                })))
            }
            Ok(DeferredAnswer::NotYet) => {
                let retry_at = issuance.not_before();
                self.postpone(id, retry_at, &issuance)?;
                Ok(DeferredPoll::NotYet { retry_at })
            }
            Ok(DeferredAnswer::Over(error)) => {
                self.end_deferred(id).await?;
                Err(error.into())
            }
            Err(error) => {
                // If this fails, too, the next try is a little later.
                let _ = self.postpone(id, issuance.not_before(), &issuance);
                Err(error.into())
            }
        }
    }

    /// The holder no longer wants a promised card: it is not asked for again, and its keys are gone. The issuer is not
    /// told, also where its answer is here and could not be verified yet.
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store.
    pub async fn forget_deferred(&self, id: &RecordName) -> Result<(), WalletError> {
        self.end_deferred(id).await
    }

    /// Writes a promised card down with its keys.
    pub(super) fn note_deferred(
        &self,
        issuance: &DeferredIssuance,
        keys: &[NewKey],
        origin: &Origin,
    ) -> Result<DeferredCard, WalletError> {
        let seal = self.device_bound_seal()?;
        let id = make_name(self.random())?;
        let (grant, renews) = match origin {
            Origin::Grant(grant) => (grant.as_deref(), None),
            Origin::Renewal(card) => (None, Some(card.clone())),
        };
        let now = self.now()?;
        let kept = issuance.to_kept();
        self.commit(|db, batch| {
            require_room(db, None, &kept)?;
            let notes = key_claims::unclaimed(db)?;
            let mut names = Vec::with_capacity(keys.len());
            for key in keys {
                if let Some(handle) = key.handle() {
                    key_claims::claim(&notes, handle, batch)?;
                }
                names.push(key.store(batch, seal.as_ref(), self.random())?);
            }
            let seal_grant = |grant| RenewalRecord::seal(grant, &id, seal.as_ref(), self.random());
            let record = PendingRecord::Deferred(Box::new(DeferredRecord {
                issuance: issuance.to_kept(),
                keys: names,
                renewal: grant.map(seal_grant).transpose()?,
                renews: renews.clone(),
                not_before: issuance.not_before().as_secs(),
                since: now.as_secs(),
                other: Other::new(),
            }));
            batch.insert(RecordKind::PENDING, &id, &record)
        })?;
        self.with_store(|db| find(db, &id).map(overview))
    }

    /// Adds to a batch that a card came: its promise is kept, and the keys it was not bound to go.
    pub(super) fn finish_deferred(
        &self,
        db: &Database,
        batch: &mut Batch,
        card: &ReceivedCard,
    ) -> Result<(), WalletError> {
        let Some(promise) = &card.deferred else {
            return Ok(());
        };
        finish(db, batch, promise, &card.used_kept_keys(), self.random())
    }

    /// Ends a promise: its keys are of no use any more.
    pub(super) async fn end_deferred(&self, id: &RecordName) -> Result<(), WalletError> {
        self.commit(|db, batch| finish(db, batch, id, &[], self.random()))?;
        // The promise is gone; a key that stays in hardware is on the to-do list.
        let _ = self.do_pending().await;
        Ok(())
    }

    /// Ends the promises nobody waits for any more.
    pub(super) fn give_up_old_promises(&self, now: UnixTime) -> Result<(), WalletError> {
        let is_old = |since: i64| since.saturating_add(MAX_WAIT_SECONDS) < now.as_secs();
        for promise in self.with_store(promises)? {
            if !is_old(promise.value.since) {
                continue;
            }
            match self.commit(|db, batch| finish(db, batch, &promise.name, &[], self.random())) {
                // Someone else did it too.
                Err(error) if error.code() == ErrorCode::NotFound => {}
                done => done?,
            }
        }
        Ok(())
    }

    /// Takes the next try, so that nobody else does until it has ended and the interval has passed.
    fn claim_deferred(&self, id: &RecordName) -> Result<Claim, WalletError> {
        let now = self.now()?;
        let early = |promise: &Stored<DeferredRecord>| {
            let not_before = UnixTime::from_secs(promise.value.not_before);
            (not_before > now).then_some(Claim::Early(not_before))
        };
        if let Some(early) = self.with_store(|db| Ok(early(&find(db, id)?)))? {
            return Ok(early);
        }
        let seal = self.device_bound_seal();
        self.commit(|db, batch| {
            let mut promise = find(db, id)?;
            if let Some(early) = early(&promise) {
                return Ok(early);
            }
            let issuance = DeferredIssuance::from_kept(&promise.value.issuance, now)?;
            let mut keys = Vec::with_capacity(promise.value.keys.len());
            for name in &promise.value.keys {
                let record: Stored<KeyRecord> = store::get(db, name)?;
                keys.push(NewKey::Kept {
                    name: name.clone(),
                    key: self.open_key(db, &record, &seal)?,
                });
            }
            let interval = issuance.interval().max(TRY_SECONDS);
            let interval = i64::try_from(interval).unwrap_or(i64::MAX);
            promise.value.not_before = now.saturating_add(interval).as_secs();
            // Without it the card is kept all the same.
            let grant = promise.value.renewal.as_ref();
            let grant = grant.and_then(|renewal| renewal.open(id, &seal).ok());
            update(batch, promise)?;
            Ok(Claim::Mine(Box::new(Mine {
                issuance,
                keys,
                grant,
            })))
        })
    }

    /// Moves the next try, and writes down what the last one changed.
    fn postpone(
        &self,
        id: &RecordName,
        until: UnixTime,
        issuance: &DeferredIssuance,
    ) -> Result<(), WalletError> {
        self.commit(|db, batch| {
            let kept = issuance.to_kept();
            require_room(db, Some(id), &kept)?;
            let mut promise = find(db, id)?;
            promise.value.not_before = until.as_secs();
            promise.value.issuance = kept;
            update(batch, promise)
        })
    }

    /// Whether a promise was kept, or given up, and is gone. False while that cannot be read.
    pub(super) fn is_over(&self, id: &RecordName) -> bool {
        let found = self.with_store(|db| find(db, id));
        found.is_err_and(|error| error.code() == ErrorCode::NotFound)
    }
}

pub(super) fn promises(db: &Database) -> Result<Vec<Stored<DeferredRecord>>, WalletError> {
    let pending: Vec<Stored<PendingRecord>> = store::list(db, RecordKind::PENDING)?;
    Ok(only_promises(pending).collect())
}

pub(super) fn only_promises(
    pending: Vec<Stored<PendingRecord>>,
) -> impl Iterator<Item = Stored<DeferredRecord>> {
    pending.into_iter().filter_map(|todo| {
        todo.filter_map(|value| match value {
            PendingRecord::Deferred(promise) => Some(*promise),
            _ => None,
        })
    })
}

fn find(db: &Database, id: &RecordName) -> Result<Stored<DeferredRecord>, WalletError> {
    let mut promises = promises(db)?.into_iter();
    let found = promises.find(|promise| promise.name == *id);
    found.ok_or_else(|| WalletError::new(ErrorCode::NotFound).about("deferred"))
}

fn update(batch: &mut Batch, promise: Stored<DeferredRecord>) -> Result<(), WalletError> {
    let record = promise.filter_map(|value| Some(PendingRecord::Deferred(Box::new(value))));
    record.map_or(Ok(()), |record| batch.update(&record))
}

fn overview(promise: Stored<DeferredRecord>) -> DeferredCard {
    let context = promise.value.issuance.context();
    DeferredCard {
        issuer: context.issuer.as_str().to_owned(),
        credential_type: context.credential_type.clone(),
        since: UnixTime::from_secs(promise.value.since),
        retry_at: UnixTime::from_secs(promise.value.not_before),
        renews: promise.value.renews,
        id: promise.name,
    }
}

/// The keys cards to come will be bound to.
pub(super) fn promised_keys(db: &Database) -> Result<Vec<RecordName>, WalletError> {
    let promises = promises(db)?.into_iter();
    Ok(promises.flat_map(|promise| promise.value.keys).collect())
}

/// Removes a promise and those of its keys that no copy is bound to.
fn finish(
    db: &Database,
    batch: &mut Batch,
    id: &RecordName,
    used: &[&RecordName],
    random: &dyn Random,
) -> Result<(), WalletError> {
    let promise = find(db, id)?;
    for name in promise
        .value
        .keys
        .iter()
        .filter(|name| !used.contains(name))
    {
        remove_key(db, batch, &store::get(db, name)?, random)?;
    }
    batch.delete(id)
}
