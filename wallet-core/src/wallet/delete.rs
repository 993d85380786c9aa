//! Deleting cards and history, and what must still be done about it.

use super::Wallet;
use super::anchored::anchored;
use super::cards;
use super::deferred;
use super::deliver;
use super::history;
use super::records::{
    AnchoredThing, CopyRecord, CredentialRecord, HistoryEvent, KeyPlace, KeyRecord, Other,
    PendingRecord, RecordName,
};
use super::status_cache::forget_unused;
use super::store::{self, Batch, Stored, make_name};
use crate::error::{ErrorCode, WalletError};
use crate::keys::key_store::KeyStoreError;
use crate::order;
use crate::random::Random;
use crate::vault::database::{Database, RecordKind};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

impl Wallet {
    /// Deletes a card with its copies, keys, context and display, in one transaction. The issuer is not told. Keys in
    /// hardware are deleted after it; what fails is tried again at each [`Wallet::do_pending`].
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store: then nothing was deleted.
    pub async fn delete(&self, id: &RecordName) -> Result<(), WalletError> {
        let now = self.now()?;
        self.commit(|db, batch| {
            let card: Stored<CredentialRecord> = store::get(db, id)?;
            self.delete_parts(db, batch, parts_of(db, &card.value)?)?;
            batch.delete(id)?;
            forget_unused(db, batch, Some(id))?;
            let showings = showings_of(db, id)?;
            deliver::forget_answers(db, batch, |history| showings.contains(history))?;
            let event = HistoryEvent::Deleted {
                credential_type: card.value.credential_type,
                issuer: card.value.issuer,
            };
            history::append(db, batch, now, event, self.random()).map(|_| ())
        })?;
        // The card is gone; a key that stays in hardware is on the to-do list.
        let _ = self.do_pending().await;
        Ok(())
    }

    /// Deletes what a history entry says. That there was an entry stays visible. A presentation whose arrival is
    /// unknown cannot be sent again afterwards.
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store.
    pub fn delete_history(&self, entry: &RecordName) -> Result<(), WalletError> {
        self.commit(|db, batch| {
            deliver::forget_answers(db, batch, |history| history == entry)?;
            history::delete(db, batch, entry)
        })
    }

    /// Does what is on the to-do list: hardware keys that could not be deleted yet, answers that can no longer be sent
    /// again. Call it after unlocking. Returns how many things are left to do.
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub async fn do_pending(&self) -> Result<usize, WalletError> {
        let now = self.now()?;
        self.give_up_old_notes(now)?;
        self.give_up_old_promises(now)?;
        self.give_up_old_authorizations(now)?;
        let pending: Vec<Stored<PendingRecord>> =
            self.with_store(|db| store::list(db, RecordKind::PENDING))?;
        let mut left = 0;
        for todo in pending {
            let is_done = match &todo.value {
                PendingRecord::DeleteHardwareKey { handle, .. } => {
                    let is_deleted = self.delete_in_hardware(handle).await;
                    left += usize::from(!is_deleted);
                    is_deleted
                }
                PendingRecord::Resend { expires_at, .. } => *expires_at < now.as_secs(),
                _ => false,
            };
            if is_done {
                match self.commit(|_, batch| batch.delete(&todo.name)) {
                    // Someone else did it too.
                    Err(error) if error.code() == ErrorCode::NotFound => {}
                    done => done?,
                }
            }
        }
        Ok(left)
    }

    async fn delete_in_hardware(&self, handle: &str) -> bool {
        match &self.platform.key_store {
            Some(store) => matches!(
                store.delete(handle.to_owned()).await,
                Ok(()) | Err(KeyStoreError::NotFound)
            ),
            None => false,
        }
    }

    /// Deletes copies of a card with their bodies and keys.
    pub(super) fn delete_copies(
        &self,
        db: &Database,
        batch: &mut Batch,
        copies: &[RecordName],
    ) -> Result<(), WalletError> {
        let mut parts = Parts::default();
        parts.add_copies(db, copies)?;
        self.delete_parts(db, batch, parts)
    }

    fn delete_parts(
        &self,
        db: &Database,
        batch: &mut Batch,
        mut parts: Parts,
    ) -> Result<(), WalletError> {
        if parts.is_damaged {
            parts.add_orphans(db)?;
        }
        for key in &parts.keys {
            remove_key(db, batch, key, self.random())?;
        }
        parts.records.iter().try_for_each(|name| batch.delete(name))
    }
}

/// What a card is made of, besides its own record.
#[derive(Default)]
struct Parts {
    keys: Vec<Stored<KeyRecord>>,
    records: BTreeSet<RecordName>,
    /// A record was damaged, so that what it names is not known.
    is_damaged: bool,
}

fn parts_of(db: &Database, card: &CredentialRecord) -> Result<Parts, WalletError> {
    let mut parts = Parts::default();
    parts.add(db, &card.display)?;
    parts.add(db, &card.context)?;
    parts.add_copies(db, &card.copies)?;
    Ok(parts)
}

impl Parts {
    fn add_copies(&mut self, db: &Database, copies: &[RecordName]) -> Result<(), WalletError> {
        for name in copies {
            self.add(db, name)?;
            let of_copy =
                |one: &AnchoredThing| matches!(one, AnchoredThing::Copy(of) if of == name);
            // First: no proof outlives its card, damaged or not.
            let stapled = anchored(db, of_copy)?.into_iter();
            self.records.extend(stapled.map(|proof| proof.name));
            let Some(copy) = cards::readable(store::get::<CopyRecord>(db, name))? else {
                self.is_damaged = true;
                continue;
            };
            // A burned copy may have none.
            self.add(db, &copy.value.body)?;
            let Some(name) = &copy.value.key else {
                continue;
            };
            match cards::readable(store::get::<KeyRecord>(db, name))? {
                Some(key) => self.keys.push(key),
                None => {
                    self.add(db, name)?;
                    self.is_damaged = true;
                }
            }
        }
        Ok(())
    }

    /// A record, if it is there.
    fn add(&mut self, db: &Database, name: &RecordName) -> Result<(), WalletError> {
        if store::is_there(db, name)? {
            self.records.insert(name.clone());
        }
        Ok(())
    }

    /// Bodies and keys that belong to nothing else. Found only if no other card is damaged, whose they could be.
    fn add_orphans(&mut self, db: &Database) -> Result<(), WalletError> {
        // In this order: what another process stores meanwhile names what was listed before, never the other way round.
        let bodies = db.ids(RecordKind::BODY)?;
        let Some(keys) = self.others::<KeyRecord>(db, RecordKind::KEY)? else {
            return Ok(());
        };
        let Some(copies) = self.others::<CopyRecord>(db, RecordKind::COPY)? else {
            return Ok(());
        };
        let Ok(promised) = deferred::promised_keys(db) else {
            return Ok(());
        };
        let named = |name: &RecordName| {
            let of_copy = |copy: &Stored<CopyRecord>| copy.value.key.as_ref() == Some(name);
            promised.contains(name) || copies.iter().any(of_copy)
        };
        let stays = |key: &Stored<KeyRecord>| {
            let is_of_no_card = key.value.enrolled_at.is_some() || key.value.identity.is_some();
            is_of_no_card || named(&key.name)
        };
        let (keys, orphans): (Vec<_>, Vec<_>) = keys.into_iter().partition(stays);
        self.keys.extend(orphans);
        let secret = |key: &Stored<KeyRecord>| match &key.value.place {
            KeyPlace::Store { body, .. } => Some(body.clone()),
            KeyPlace::Hardware { .. } => None,
        };
        let secrets = keys.iter().chain(&self.keys).filter_map(secret);
        let shown = copies.iter().map(|copy| copy.value.body.clone());
        let used = order::set(secrets.chain(shown));
        let bodies = bodies.iter().map(RecordName::of);
        self.records
            .extend(bodies.filter(|name| !used.contains(name)));
        Ok(())
    }

    /// The records of a kind that are not part of this; `None` if one of them is damaged.
    fn others<T: DeserializeOwned>(
        &self,
        db: &Database,
        kind: RecordKind,
    ) -> Result<Option<Vec<Stored<T>>>, WalletError> {
        let mut others = Vec::new();
        for id in db.ids(kind)? {
            let name = RecordName::of(&id);
            if self.records.contains(&name) || self.keys.iter().any(|key| key.name == name) {
                continue;
            }
            match cards::readable(store::get(db, &name))? {
                Some(record) => others.push(record),
                None => return Ok(None),
            }
        }
        Ok(Some(others))
    }
}

/// The presentations of a card.
fn showings_of(db: &Database, id: &RecordName) -> Result<Vec<RecordName>, WalletError> {
    let items = history::read(db)?.items.into_iter();
    let of_card = items.filter(|item| match &item.event {
        HistoryEvent::Presented { shown, .. } => shown.iter().any(|shown| shown.credential == *id),
        _ => false,
    });
    Ok(of_card.map(|item| item.name).collect())
}

/// Removes a key: its secret with it, or a to-do for the hardware.
pub(crate) fn remove_key(
    db: &Database,
    batch: &mut Batch,
    key: &Stored<KeyRecord>,
    random: &dyn Random,
) -> Result<(), WalletError> {
    match &key.value.place {
        KeyPlace::Store { body, .. } => store::delete_if_there(db, batch, body)?,
        KeyPlace::Hardware { handle } => {
            let todo = PendingRecord::DeleteHardwareKey {
                handle: handle.clone(),
                other: Other::new(),
            };
            batch.insert(RecordKind::PENDING, &make_name(random)?, &todo)?;
        }
    }
    batch.delete(&key.name)
}
