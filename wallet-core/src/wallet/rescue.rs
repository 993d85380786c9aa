//! A new wallet from what can be read of a damaged one.

use super::Wallet;
use super::device_bound::{DeviceBoundSeal, Sealed};
use super::integrity::burn_limited;
use super::records::{
    CopyRecord, CredentialRecord, HistoryEvent, KeyPlace, KeyRecord, Other, ProfileRecord,
    RecordName,
};
use super::renewal_grant::change_grants;
use super::store::{self, Batch, Stored, make_name};
use super::{Platform, history, kept_answers};
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::order;
use crate::random::Random;
use crate::vault::database::{self, Changes, Database, RecordKind, SalvageReport};
use crate::vault::{Enrolments, RecoveryCode, UnlockWith, Vault, VaultSettings};
use std::path::PathBuf;

/// What was saved.
pub struct Rescued {
    /// The new wallet, unlocked.
    pub wallet: Wallet,
    /// Its recovery code, if one was asked for. It cannot be shown again.
    pub recovery_code: Option<RecoveryCode>,
    /// What is lost.
    pub report: RescueReport,
}

/// What a rescue brought and what it did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RescueReport {
    /// Record by record.
    pub records: SalvageReport,
    /// Cards in the new wallet of which something is lost: a copy, its key, how it looks. They show and can do what is
    /// left of them.
    pub incomplete: Vec<RecordName>,
}

impl Wallet {
    /// Makes a new wallet in `dir` from what can be read of this one: for `store_corrupt`, or when records are refused.
    /// This one need not be unlocked and is not changed; its files are worth keeping (see [`Wallet::quarantine`]).
    /// Everything that decrypts is taken over under its name, with the history. As after [`Wallet::adopt`], copies that
    /// may be shown a limited number of times count as used. Holder keys that need this device come along if the
    /// hardware key answers; else their cards need reissuing. A crash on the way leaves no store in `dir`. Derives keys
    /// and reads the whole file: call it on a worker thread.
    ///
    /// # Errors
    /// As unlocking for the secret of this wallet, and as [`Wallet::create`] for the new one.
    pub async fn rescue(
        &self,
        with: UnlockWith<'_>,
        dir: impl Into<PathBuf>,
        settings: VaultSettings,
        enrolments: Enrolments,
    ) -> Result<Rescued, WalletError> {
        let damaged = self.begin_unlock(with)?.open_damaged(&self.vault).await?;
        let Platform { random, .. } = &self.platform;
        let (random, now) = (&**random, self.now()?);
        let old_seal = damaged.device_bound.clone().map(DeviceBoundSeal::new);
        let ports = self.platform.vault_ports();
        let (created, report) = Vault::create_filled(dir, ports, settings, enrolments, |vault| {
            let records = damaged.salvage(vault)?;
            let new_seal = vault.device_bound_key()?.map(DeviceBoundSeal::new);
            vault.with_database(|db| {
                make_usable(db, now, random)?;
                if let (Some(old), Some(new)) = (&old_seal, &new_seal) {
                    reseal_keys(db, old, new, random)?;
                    reseal_grants(db, old, new, random)?;
                }
                let incomplete = incomplete(db, &records)?;
                Ok::<_, WalletError>(RescueReport {
                    records,
                    incomplete,
                })
            })
        })
        .await?;
        Ok(Rescued {
            wallet: Self::over(created.vault, self.platform.clone(), self.policy.clone()),
            recovery_code: created.recovery_code,
            report,
        })
    }

    /// Copies the database beside the store, into a folder named after the time, for later investigation. Returns
    /// where.
    ///
    /// # Errors
    /// `store_exists` if there is one of the same second, `store_missing`, `disk_full`, `read_only_medium`,
    /// `io_failed`.
    pub fn quarantine(&self) -> Result<PathBuf, WalletError> {
        database::quarantine(self.vault.dir(), self.now()?)
    }
}

/// What every wallet has is there again, and no copy can be shown once too often.
fn make_usable(db: &Database, now: UnixTime, random: &dyn Random) -> Result<(), WalletError> {
    let mut batch = Batch::default();
    restore_profile(db, &mut batch, random)?;
    history::restore_end(db, &mut batch, random)?;
    db.commit(batch.into_changes())?;

    let mut batch = Batch::default();
    burn_limited(db, &mut batch, random)?;
    kept_answers::end_answered(db, &mut batch, random)?;
    history::append(db, &mut batch, now, HistoryEvent::Adopted, random)?;
    db.commit(batch.into_changes())
}

/// The holder's own profile, under the name the cards know it by.
fn restore_profile(
    db: &Database,
    batch: &mut Batch,
    random: &dyn Random,
) -> Result<(), WalletError> {
    let profiles: Vec<Stored<ProfileRecord>> = store::list_readable(db, RecordKind::PROFILE)?;
    if profiles.iter().any(|profile| !profile.value.by_delegation) {
        return Ok(());
    }
    let cards: Vec<Stored<CredentialRecord>> = store::list_readable(db, RecordKind::CREDENTIAL)?;
    let is_lost = |name: &&RecordName| profiles.iter().all(|profile| profile.name != **name);
    let lost = cards.iter().map(|card| &card.value.profile).find(is_lost);
    let name = match lost {
        Some(name) => name.clone(),
        None => make_name(random)?,
    };
    let profile = ProfileRecord {
        label: String::new(),
        by_delegation: false,
        other: Other::new(),
    };
    batch.insert(RecordKind::PROFILE, &name, &profile)
}

/// Device-bound keys move from the one store's key to the other's. One that does not open stays as it is.
fn reseal_keys(
    db: &Database,
    old: &DeviceBoundSeal,
    new: &DeviceBoundSeal,
    random: &dyn Random,
) -> Result<(), WalletError> {
    let mut changes = Changes::new();
    let keys: Vec<Stored<KeyRecord>> = store::list_readable(db, RecordKind::KEY)?;
    for key in keys {
        let KeyPlace::Store {
            body,
            device_bound: true,
        } = &key.value.place
        else {
            continue;
        };
        let id = body.id()?;
        let Ok(record) = db.get(&id) else { continue };
        if let Ok(secret) = old.open(Sealed::HolderKey, &id, &record.body) {
            let sealed = new.seal(Sealed::HolderKey, &id, &secret, random)?;
            changes.update(id, record.version, record.schema, sealed);
        }
    }
    db.commit(changes)
}

/// And what renews the cards.
fn reseal_grants(
    db: &Database,
    old: &DeviceBoundSeal,
    new: &DeviceBoundSeal,
    random: &dyn Random,
) -> Result<(), WalletError> {
    let mut batch = Batch::default();
    change_grants(db, &mut batch, |name, kept| {
        let is_sealed = kept.device_bound;
        if is_sealed {
            kept.reseal(name, old, new, random)?;
        }
        Ok(is_sealed)
    })?;
    db.commit(batch.into_changes())
}

/// The cards that name a lost record.
fn incomplete(db: &Database, report: &SalvageReport) -> Result<Vec<RecordName>, WalletError> {
    let lost = order::set(report.lost.iter().map(|(id, _)| RecordName::of(id)));
    let copies: Vec<Stored<CopyRecord>> = store::list_readable(db, RecordKind::COPY)?;
    let keys: Vec<Stored<KeyRecord>> = store::list_readable(db, RecordKind::KEY)?;
    let is_key_whole = |name: &RecordName| {
        let key = keys.iter().find(|key| key.name == *name);
        key.is_some_and(|key| match &key.value.place {
            KeyPlace::Store { body, .. } => !lost.contains(body),
            KeyPlace::Hardware { .. } => true,
        })
    };
    let is_copy_whole = |name: &RecordName| {
        let copy = copies.iter().find(|copy| copy.name == *name);
        copy.is_some_and(|copy| {
            !lost.contains(&copy.value.body) && copy.value.key.iter().all(is_key_whole)
        })
    };
    let cards: Vec<Stored<CredentialRecord>> = store::list_readable(db, RecordKind::CREDENTIAL)?;
    let incomplete = cards.into_iter().filter(|card| {
        let card = &card.value;
        lost.contains(&card.display)
            || lost.contains(&card.context)
            || !card.copies.iter().all(is_copy_whole)
    });
    Ok(incomplete.map(|card| card.name).collect())
}
