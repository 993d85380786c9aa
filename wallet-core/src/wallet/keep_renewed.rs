//! Putting a card that was issued again in its own place: all of it durably or nothing, and only then is the issuer
//! told.

use super::Wallet;
use super::cards;
use super::due::has_run_out;
use super::enrolment;
use super::given_back::GivenBack;
use super::history;
use super::keep::{Seals, first_start, last_end};
use super::key_claims;
use super::records::{ContextRecord, CredentialRecord, HistoryEvent, RecordName};
use super::renew::{RenewalKind, RenewedCard};
use super::store::{self, Batch, Stored, make_name};
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::issuance::{NotificationEvent, Notified};
use crate::vault::database::{Database, RecordKind};

/// A card that was renewed, durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewed {
    /// Its name, as before.
    pub id: RecordName,
    /// How it was changed.
    pub kind: RenewalKind,
    /// How many copies came.
    pub copies: usize,
    /// Whether the issuer was told; `None` where it does not want to be.
    pub notified: Option<Notified>,
}

impl Wallet {
    /// Stores a renewed card in its own place, in one transaction: a crash leaves the old one or the new one, whole. Of
    /// the old copies those stay, at a refill, that may still be shown. The others go with their keys;
    /// keys in hardware are deleted afterwards, at each [`Wallet::do_pending`] until it succeeds. The issuer is told
    /// only after the new copies are durable.
    ///
    /// A plan that was made with an old copy can no longer be presented: make it anew.
    ///
    /// # Errors
    /// [`GivenBack`] gives the card back: `not_found` if the card was deleted meanwhile, and those of
    /// [`Wallet::keep`].
    pub async fn keep_renewed(&self, card: RenewedCard) -> Result<Renewed, GivenBack<RenewedCard>> {
        if let Err(error) = self.store_renewed(&card) {
            return Err(GivenBack::new(card, error));
        }
        let RenewedCard { id, kind, card, .. } = card;
        let owed = card.received.notification;
        let notified = self.notify(owed, NotificationEvent::Accepted).await;
        // Keys the issuer gave no copy for, and those of the old copies.
        self.release_keys(&card.keys).await;
        let _ = self.do_pending().await;
        Ok(Renewed {
            id,
            kind,
            copies: card.received.copies.len(),
            notified,
        })
    }

    fn store_renewed(&self, renewed: &RenewedCard) -> Result<(), WalletError> {
        self.keep_what_resolvers_saw(renewed.card.issuer_evidence())?;
        let seals = self.seals(&renewed.card)?;
        let now = self.now()?;
        // Known before, so that it can be looked for afterwards.
        let mark = make_name(self.random())?;
        let stored = self.commit(|db, batch| {
            let mut record: Stored<CredentialRecord> = store::get(db, &renewed.id)?;
            self.replace_content(db, batch, renewed, &mut record.value, (&seals, &mark), now)?;
            let event = HistoryEvent::Renewed {
                credential: renewed.id.clone(),
                credential_type: record.value.credential_type.clone(),
                issuer: record.value.issuer.clone(),
                copies: u32::try_from(renewed.card.received.copies.len()).unwrap_or(u32::MAX),
                changed: renewed.is_changed(),
            };
            batch.update(&record)?;
            history::append(db, batch, now, event, self.random()).map(|_| ())
        });
        // Some failures leave it open whether the commit took place: then what is there decides.
        match stored {
            Err(error) if self.with_store(|db| db.get(&mark.id()?)).is_err() => Err(error),
            _ => Ok(()),
        }
    }

    /// `display` is the name of the new display snapshot.
    fn replace_content(
        &self,
        db: &Database,
        batch: &mut Batch,
        renewed: &RenewedCard,
        record: &mut CredentialRecord,
        (seals, display): (&Seals, &RecordName),
        now: UnixTime,
    ) -> Result<(), WalletError> {
        let card = &renewed.card;
        let batch_before = record.batch();
        let (mut copies, end) = staying(db, renewed, record, now)?;
        let old = record.copies.iter().filter(|name| !copies.contains(name));
        self.delete_copies(db, batch, &old.cloned().collect::<Vec<_>>())?;
        let is_joining = !copies.is_empty();
        let notes = key_claims::unclaimed(db)?;
        for copy in &card.received.copies {
            copies.push(self.add_copy(batch, card, copy, &renewed.id, seals, &notes)?);
        }
        enrolment::pin_entropy(db, batch, card)?;
        self.finish_deferred(db, batch, card)?;
        batch.insert(RecordKind::DISPLAY_SNAPSHOT, display, &card.display)?;
        store::delete_if_there(db, batch, &record.display)?;
        record.context = self.replace_context(db, batch, renewed, &record.context, seals)?;
        record.display = display.clone();
        record.configuration_id = card.received.context.configuration_id.clone();
        record.extended_types = card.display.extended_types.clone();
        record.renewed_at = Some(now.as_secs());
        record.expires_at = end;
        if !is_joining {
            record.valid_from = first_start(card);
        }
        let batch_size = match renewed.is_whole {
            true => copies.len(),
            false => batch_before,
        };
        record.batch = u32::try_from(batch_size).ok();
        record.copies = copies;
        Ok(())
    }

    /// The refresh token stays, unless the card came with one of its own.
    fn replace_context(
        &self,
        db: &Database,
        batch: &mut Batch,
        renewed: &RenewedCard,
        name: &RecordName,
        seals: &Seals,
    ) -> Result<RecordName, WalletError> {
        let new = self.context_record(&renewed.card, name, seals)?;
        match cards::readable(store::get::<ContextRecord>(db, name))? {
            Some(mut context) => {
                context.value.issued = new.issued;
                if new.renewal.is_some() {
                    context.value.renewal = new.renewal;
                }
                batch.update(&context)?;
                Ok(name.clone())
            }
            None => {
                store::delete_if_there(db, batch, name)?;
                let name = make_name(self.random())?;
                let new = self.context_record(&renewed.card, &name, seals)?;
                batch.insert(RecordKind::ISSUANCE_CONTEXT, &name, &new)?;
                Ok(name)
            }
        }
    }
}

/// The old copies that stay: of a refill those that may still be shown. And when the last copy runs out, with the new
/// ones; `None` is never.
fn staying(
    db: &Database,
    renewed: &RenewedCard,
    record: &CredentialRecord,
    now: UnixTime,
) -> Result<(Vec<RecordName>, Option<i64>), WalletError> {
    let (mut staying, mut end) = (Vec::new(), last_end(&renewed.card));
    if renewed.kind != RenewalKind::Refill {
        return Ok((staying, end));
    }
    for copy in cards::copies(db, record)? {
        if copy.value.may_be_shown(record.reuse) && !has_run_out(&copy.value, record, now) {
            let its_end = copy.value.expires_at.or(record.expires_at);
            end = end.zip(its_end).map(|(one, other)| one.max(other));
            staying.push(copy.name);
        }
    }
    Ok((staying, end))
}
