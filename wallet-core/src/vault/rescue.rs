//! Saving what can be read of a damaged store into a new one. The damaged one is only read.

use super::database::{self, SalvageReport};
use super::error::VaultError;
use super::keyring::Keyring;
use super::ports::device_bound_key;
use super::slots::pair::Pair;
use super::unlock::UnlockAttempt;
use super::{Place, Vault};
use crate::secret::Secret;
use std::sync::Arc;

/// The keys of a store whose database need not open.
pub(crate) struct Damaged<'a> {
    place: &'a Place,
    keyring: Keyring,
    /// The key of device-bound holder keys, if the store has one and its hardware key answered.
    pub(crate) device_bound: Option<Arc<Secret<32>>>,
}

impl Damaged<'_> {
    /// Reads every record that decrypts and puts it into `to`, a new, empty and unlocked store.
    pub(crate) fn salvage(&self, to: &Vault) -> Result<SalvageReport, VaultError> {
        let Place { dir, store, .. } = self.place;
        to.with_session(|session| {
            Ok(database::salvage(
                dir,
                *store,
                &self.keyring,
                &session.database,
            )?)
        })
    }
}

impl UnlockAttempt {
    /// For a store whose database is damaged (`store_corrupt`): reads every record that decrypts and puts it into `to`, a
    /// new, empty and unlocked store. Nothing is changed in the damaged one. The try is counted as in [`Self::finish`].
    /// Keys sealed under this store's device-bound key stay sealed under it. Apps use
    /// [`Wallet::rescue`](crate::wallet::Wallet::rescue), which does the rest.
    ///
    /// # Errors
    /// As [`Self::finish`] for the secret; `locked` if `to` is; those of committing for writing.
    pub async fn salvage(self, vault: &Vault, to: &Vault) -> Result<SalvageReport, VaultError> {
        self.open_damaged(vault).await?.salvage(to)
    }

    /// Counts the try and opens the slot, and nothing else.
    pub(crate) async fn open_damaged(self, vault: &Vault) -> Result<Damaged<'_>, VaultError> {
        let place = &vault.place;
        let opened = self.guess.run(place).await?;
        let table = Pair::load(&place.dir)?.verify(&opened.keyring)?.table;
        if !table.slots().any(|slot| *slot == opened.slot) {
            return Err(opened.wrong());
        }
        opened.forgive(place)?;
        let device_bound = match &opened.store_answer {
            Some(Ok(answer)) => Some(Arc::new(device_bound_key(&place.store, answer)?)),
            Some(Err(_)) | None => None,
        };
        Ok(Damaged {
            place,
            keyring: opened.keyring,
            device_bound,
        })
    }
}
