//! Changing the passphrase or the recovery code. Slots without hardware cannot be revoked by deleting a key, so the root
//! key itself is changed: old copies of the slot files open nothing that is written from then on.
//!
//! 1. The slot files hold the old slots (wrapping root e) and the new ones (wrapping e and e+1).
//! 2. The records are re-encrypted under e+1 in one transaction.
//! 3. The slot files lose the old slots; the new ones wrap e+1 only.
//!
//! A crash before 2 is done is undone with an old secret or finished with a new one; after it, finished with a new one.

use super::Vault;
use super::enrol::{Enrolled, NewSecret, discard, enrol, start_counter};
use super::error::VaultError;
use super::guess::UnlockWith;
use super::keyring::Keyring;
use super::passphrase::Passphrase;
use super::pin::Pin;
use super::recovery::RecoveryCode;
use super::settle::finish_rotation;
use super::slots::{Entry, Method, SlotHeader, SlotKind, SlotTable};
use crate::secret::Secret;

/// The secrets of the slots that are to stay. They are proven, and enrolled anew under the new root key.
#[derive(Clone, Copy, Default)]
pub struct Keep<'a> {
    /// The PIN, if there is one and it is to stay.
    pub pin: Option<&'a [u8]>,
    /// Whether unlocking by the operating system stays; it prompts.
    pub os_auth: bool,
    /// The passphrase, where it stays the same.
    pub passphrase: Option<&'a [u8]>,
}

/// What a rotation leaves.
pub struct Rotated {
    /// The new recovery code. The old one is void; this one cannot be shown again.
    pub recovery_code: RecoveryCode,
    /// Slots that are gone because their secret was not given.
    pub dropped: Vec<SlotKind>,
}

/// The slots of the new epoch: what they are opened with and what they follow.
struct Plan<'a> {
    pin: Option<(Pin, u8)>,
    passphrase: Option<&'a Passphrase>,
    os_auth: bool,
    code: RecoveryCode,
}

impl Plan<'_> {
    fn secrets(&self) -> impl Iterator<Item = NewSecret<'_>> {
        [
            self.pin.as_ref().map(|(pin, erase_after)| NewSecret::Pin {
                pin,
                erase_after: *erase_after,
            }),
            self.os_auth.then_some(NewSecret::OsAuth),
            self.passphrase.map(NewSecret::Passphrase),
            Some(NewSecret::RecoveryCode(&self.code)),
        ]
        .into_iter()
        .flatten()
    }
}

impl Vault {
    /// Changes the passphrase and, with it, the root key and the recovery code. Re-encrypts every record: poll it on a
    /// worker thread. The kept secrets and the old passphrase are counted tries.
    ///
    /// # Errors
    /// `locked`, `slot_missing`, `wrong_secret`, `locked_out`, `device_key_*`, `disk_full`. If the outcome is not
    /// certain, the vault is locked: the next unlock settles it.
    pub async fn change_passphrase(
        &self,
        old: &[u8],
        new: &Passphrase,
        keep: Keep<'_>,
    ) -> Result<Rotated, VaultError> {
        self.prove(UnlockWith::Passphrase(old)).await?;
        self.rotate(Some(new), keep).await
    }

    /// Makes a new recovery code and, with it, a new root key. As [`Self::change_passphrase`].
    ///
    /// # Errors
    /// As [`Self::change_passphrase`].
    pub async fn renew_recovery_code(&self, keep: Keep<'_>) -> Result<Rotated, VaultError> {
        let passphrase = match keep.passphrase {
            Some(text) => {
                self.prove(UnlockWith::Passphrase(text)).await?;
                Some(Passphrase::entered(text)?)
            }
            None => None,
        };
        self.rotate(passphrase.as_ref(), keep).await
    }

    async fn rotate(
        &self,
        passphrase: Option<&Passphrase>,
        keep: Keep<'_>,
    ) -> Result<Rotated, VaultError> {
        let pin = match keep.pin {
            Some(digits) => {
                let opened = self.prove(UnlockWith::Pin(digits)).await?;
                let erase_after = match opened.slot.header.method {
                    Method::Pin { erase_after, .. } => erase_after,
                    _ => 0,
                };
                Pin::entered(digits).map(|pin| (pin, erase_after))
            }
            None => None,
        };
        // Of earlier changes: the list of those still to be deleted is short.
        let _ = self.retire_keys().await;
        let plan = Plan {
            pin,
            passphrase,
            os_auth: keep.os_auth,
            code: RecoveryCode::make(&*self.place.ports.random)?,
        };
        let keyring = self.keyring()?;
        let before = self.read_table(&keyring)?;
        if plan.os_auth && before.of_kind(SlotKind::OsAuth).is_empty() {
            return Err(VaultError::SlotMissing);
        }
        let next = keyring
            .with_next(Secret::make(&*self.place.ports.random)?)
            .ok_or(VaultError::Conflict)?;

        let enrolled = self.enrol_all(&plan, &before, next.current().0).await?;
        if let Err(error) = self.place_all(&plan, &enrolled, &keyring, &next).await {
            self.withdraw(&enrolled, &keyring).await;
            return Err(error);
        }
        let committed = self.with_session(|session| Ok(session.database.rotate(&next)?));
        let finished = match committed {
            // Records that could not be read were not readable before either.
            Ok(_unreadable) => self.finish(&enrolled, &next),
            Err(error) => Err(error),
        };
        if let Err(error) = finished {
            self.lock();
            return Err(error);
        }
        // From the transaction on nothing is waited for: who is cancelled then would lose the new code. The old hardware
        // keys, which open nothing of the new store, are deleted at the next unlock.
        let kept = |kind| enrolled.iter().any(|slot| slot.header.kind() == kind);
        let mut dropped: Vec<_> = before
            .slots()
            .map(|slot| slot.header.kind())
            .filter(|kind| !kept(*kind))
            .collect();
        dropped.dedup();
        Ok(Rotated {
            recovery_code: plan.code,
            dropped,
        })
    }

    async fn enrol_all(
        &self,
        plan: &Plan<'_>,
        before: &SlotTable,
        epoch: u32,
    ) -> Result<Vec<Enrolled>, VaultError> {
        let kdf = self.settings.kdf.choose(&*self.place.ports.clock)?;
        let mut enrolled: Vec<Enrolled> = Vec::new();
        for secret in plan.secrets() {
            let predecessor = before
                .of_kind(secret.kind())
                .first()
                .map(|slot| &slot.header);
            match enrol(&self.place, secret, predecessor, epoch, kdf).await {
                Ok(slot) => enrolled.push(slot),
                Err(error) => {
                    discard(&self.place, &headers(&enrolled)).await;
                    return Err(error);
                }
            }
        }
        Ok(enrolled)
    }

    /// Step 1, and a reading back of every new slot.
    async fn place_all(
        &self,
        plan: &Plan<'_>,
        enrolled: &[Enrolled],
        keyring: &Keyring,
        next: &Keyring,
    ) -> Result<(), VaultError> {
        self.update_table(keyring, |table| {
            enrolled
                .iter()
                .try_for_each(|slot| table.add(slot.seal(&self.place, next)?))
        })?;
        let table = self.read_table(keyring)?;
        for (slot, secret) in enrolled.iter().zip(plan.secrets()) {
            slot.read_back(&self.place, secret, &table, next).await?;
            let is_new_kind = slot.header.version == 1;
            if is_new_kind {
                start_counter(&self.place, &slot.header, table.store_alias.as_deref()).await?;
            }
        }
        Ok(())
    }

    /// Takes the new slots of step 1 out again.
    async fn withdraw(&self, enrolled: &[Enrolled], keyring: &Keyring) {
        let headers = headers(enrolled);
        let withdrawn = self.update_table(keyring, |table| {
            table.remove(|header| headers.contains(header));
            Ok(())
        });
        if withdrawn.is_ok() {
            let _ = self.retire_keys().await;
        }
    }

    /// Step 3.
    fn finish(&self, enrolled: &[Enrolled], next: &Keyring) -> Result<(), VaultError> {
        let (epoch, _) = next.current();
        let keyring = next.only(epoch).ok_or(VaultError::Conflict)?;
        self.update_table(next, |table| {
            finish_rotation(table, epoch);
            for entry in &mut table.entries {
                if let Entry::Known(slot) = entry
                    && let Some(made) = enrolled.iter().find(|made| made.header == slot.header)
                {
                    *slot = made.seal(&self.place, &keyring)?;
                }
            }
            Ok(())
        })?;
        self.with_session(|session| {
            session.keyring = keyring;
            Ok(())
        })
    }
}

fn headers(enrolled: &[Enrolled]) -> Vec<SlotHeader> {
    enrolled.iter().map(|slot| slot.header.clone()).collect()
}
