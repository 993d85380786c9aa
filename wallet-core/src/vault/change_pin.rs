//! Changing the PIN, adding and removing slots: the root key stays.

use super::Vault;
use super::create::check_erase_after;
use super::device_key::DeviceKeyPolicy;
use super::enrol::{Enrolled, NewSecret, discard, enrol, make_key, start_counter};
use super::error::{UnsafeReason, VaultError};
use super::guess::{Guess, Opened, UnlockWith};
use super::keyring::Keyring;
use super::passphrase::Passphrase;
use super::pin::{Pin, PinWeakness};
use super::slots::{Method, SlotKind};
use crate::error::ErrorCode;

/// Whether a slot that was replaced is gone for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// Its hardware key is deleted: old copies of the files do not open with the old secret.
    Retired,
    /// Its hardware key could not be deleted yet; that is tried again at each unlock.
    RetirementPending,
}

impl Vault {
    /// Changes the PIN. At every moment the old or the new one opens the store. Derives keys: poll it on a worker thread.
    ///
    /// # Errors
    /// `locked`, `slot_missing`, `wrong_secret` and `locked_out` (the old PIN is a counted try), `weak_pin` (the same
    /// PIN), `device_key_*`
    pub async fn change_pin(&self, old: &[u8], new: &Pin) -> Result<Retirement, VaultError> {
        if old == new.expose() {
            return Err(VaultError::WeakPin(PinWeakness::Reused));
        }
        let opened = self.prove(UnlockWith::Pin(old)).await?;
        let erase_after = match opened.slot.header.method {
            Method::Pin { erase_after, .. } => erase_after,
            _ => 0,
        };
        let secret = NewSecret::Pin {
            pin: new,
            erase_after,
        };
        let keyring = self.keyring()?;
        let enrolled = self.place_slot(secret, Some(&opened), &keyring).await?;
        let id = enrolled.header.id;
        let version = enrolled.header.version;
        self.update_table(&keyring, |table| {
            table.remove(|header| header.id == id && header.version != version);
            Ok(())
        })?;
        Ok(match self.retire_keys().await {
            Ok(true) => Retirement::Retired,
            Ok(false) | Err(_) => Retirement::RetirementPending,
        })
    }

    /// Adds a PIN. `erase_after` as in [`super::Enrolments::erase_pin_after`].
    ///
    /// # Errors
    /// `locked`, `store_exists` if there is one, `unsafe_configuration`, `device_key_*`
    pub async fn add_pin(&self, pin: &Pin, erase_after: Option<u8>) -> Result<(), VaultError> {
        let has_durable = self.slots()?.iter().any(|slot| slot.is_durable);
        check_erase_after(erase_after, has_durable)?;
        let erase_after = erase_after.unwrap_or(0);
        self.add_slot(NewSecret::Pin { pin, erase_after }).await
    }

    /// Adds unlocking by the operating system.
    ///
    /// # Errors
    /// `locked`, `store_exists` if there is one, `unsafe_configuration`, `device_key_*`
    pub async fn add_os_auth(&self) -> Result<(), VaultError> {
        self.add_slot(NewSecret::OsAuth).await
    }

    /// Adds a passphrase.
    ///
    /// # Errors
    /// `locked`, `store_exists` if there is one
    pub async fn add_passphrase(&self, passphrase: &Passphrase) -> Result<(), VaultError> {
        self.add_slot(NewSecret::Passphrase(passphrase)).await
    }

    /// Removes the PIN or the unlocking by the operating system. A passphrase or recovery code cannot be removed like
    /// this, because old copies of the files would still open with it: rotate the root key instead.
    ///
    /// # Errors
    /// `locked`, `slot_missing`, `unsafe_configuration` if no durable slot would remain, `not_supported`
    pub async fn remove_slot(&self, kind: SlotKind) -> Result<Retirement, VaultError> {
        if kind.is_durable() {
            return Err(VaultError::Wallet(ErrorCode::NotSupported.into()));
        }
        let keyring = self.keyring()?;
        self.update_table(&keyring, |table| {
            if table.of_kind(kind).is_empty() {
                return Err(VaultError::SlotMissing);
            }
            table.remove(|header| header.kind() == kind);
            if table.slots().any(|slot| slot.header.kind().is_durable()) {
                Ok(())
            } else {
                Err(VaultError::UnsafeConfiguration(UnsafeReason::NoDurableSlot))
            }
        })?;
        Ok(match self.retire_keys().await {
            Ok(true) => Retirement::Retired,
            Ok(false) | Err(_) => Retirement::RetirementPending,
        })
    }

    async fn add_slot(&self, secret: NewSecret<'_>) -> Result<(), VaultError> {
        if self.slots()?.iter().any(|slot| slot.kind == secret.kind()) {
            return Err(VaultError::StoreExists);
        }
        let keyring = self.keyring()?;
        self.need_store_key(&keyring, secret).await?;
        self.place_slot(secret, None, &keyring).await?;
        Ok(())
    }

    /// A store made without a hardware key gets one when the first slot needs it.
    async fn need_store_key(
        &self,
        keyring: &Keyring,
        secret: NewSecret<'_>,
    ) -> Result<(), VaultError> {
        if secret.kind().is_durable() {
            return Ok(());
        }
        if self.read_table(keyring)?.store_alias.is_some() {
            return Ok(());
        }
        let alias = make_key(
            &self.place,
            DeviceKeyPolicy::AppOnly,
            UnsafeReason::PinWithoutDeviceKey,
        )
        .await?;
        let answer = self
            .place
            .ports
            .store_answer(&self.place.store, &alias)
            .await?;
        let guard = super::attempts::Guard::hardware(&self.place.store, &answer)?;
        let table = self.update_table(keyring, |table| {
            table.store_alias = Some(alias);
            Ok(())
        })?;
        // From now on counters are authenticated.
        for slot in table
            .slots()
            .filter(|slot| slot.header.kind().counts_attempts())
        {
            super::tally::Tally::new(&self.place, slot.header.id).start(&guard)?;
        }
        Ok(())
    }

    /// Writes a new slot beside what is there and reads it back through the hardware.
    async fn place_slot(
        &self,
        secret: NewSecret<'_>,
        predecessor: Option<&Opened>,
        keyring: &Keyring,
    ) -> Result<Enrolled, VaultError> {
        let place = &self.place;
        let kdf = self.settings.kdf.choose(&*place.ports.clock)?;
        let predecessor = predecessor.map(|opened| &opened.slot.header);
        let enrolled = enrol(place, secret, predecessor, keyring.current().0, kdf).await?;
        let header = &enrolled.header;
        let checked = async {
            // Before the slot is there: one without a counter has to wait, as if somebody had taken the counter away.
            let store_alias = self.read_table(keyring)?.store_alias;
            start_counter(place, header, store_alias.as_deref()).await?;
            let slot = enrolled.seal(place, keyring)?;
            self.update_table(keyring, |table| {
                // Left over from an earlier change that was interrupted.
                table.remove(|other| {
                    other.id == header.id
                        && predecessor.is_some_and(|old| old.version != other.version)
                });
                table.add(slot)
            })?;
            // Not what was written but what is on disk.
            let table = self.read_table(keyring)?;
            enrolled.read_back(place, secret, &table, keyring).await
        }
        .await;
        if let Err(error) = checked {
            // The old slot, if there is one, is untouched.
            let undone = self.update_table(keyring, |table| {
                table.remove(|other| other == header);
                table
                    .retired
                    .retain(|alias| Some(alias.as_str()) != header.alias());
                Ok(())
            });
            if undone.is_ok() {
                discard(place, core::slice::from_ref(header)).await;
            }
            return Err(error);
        }
        Ok(enrolled)
    }

    /// Proves a secret that is in use, as a counted try, while unlocked.
    pub(crate) async fn prove(&self, with: UnlockWith<'_>) -> Result<Opened, VaultError> {
        let keyring = self.keyring()?;
        let opened = Guess::begin(&self.place, with)?.run(&self.place).await?;
        if opened.keyring.get(keyring.current().0) != Some(keyring.current().1) {
            return Err(VaultError::Conflict);
        }
        opened.forgive(&self.place)?;
        Ok(opened)
    }

    /// Deletes the hardware keys of slots that were replaced. `false` if some could not be deleted yet.
    pub(crate) async fn retire_keys(&self) -> Result<bool, VaultError> {
        let keyring = self.keyring()?;
        let retired = self.read_table(&keyring)?.retired;
        if retired.is_empty() {
            return Ok(true);
        }
        let mut deleted = Vec::new();
        for alias in retired {
            if self
                .place
                .delete_keys(core::slice::from_ref(&alias))
                .await
                .is_ok()
            {
                deleted.push(alias);
            }
        }
        let table = self.update_table(&keyring, |table| {
            table.retired.retain(|alias| !deleted.contains(alias));
            Ok(())
        })?;
        Ok(table.retired.is_empty())
    }
}
