//! Making a store.

use super::auto_lock::SessionClock;
use super::create_lock::CreateLock;
use super::database::Database;
use super::device_key::DeviceKeyPolicy;
use super::enrol::{NewSecret, alias_prefix, enrol, make_key, start_counter};
use super::erase;
use super::error::{UnsafeReason, VaultError};
use super::files;
use super::keyring::Keyring;
use super::passphrase::Passphrase;
use super::pin::Pin;
use super::ports::{Ports, VaultSettings, device_bound_key};
use super::recovery::RecoveryCode;
use super::slots::SlotTable;
use super::slots::pair::{self, Pair};
use super::store_id::StoreId;
use super::{Session, Vault};
use crate::secret::Secret;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Stands in the folder while a store is being made, so that a crash does not leave a half that looks like a store.
pub(crate) const MARKER: &str = "create.pending";
/// Fewest tries after which a PIN slot may be destroyed.
pub(crate) const MIN_ERASE_AFTER: u8 = 5;

/// The slots a new store is to have.
#[derive(Default)]
pub struct Enrolments {
    /// A PIN; needs the hardware key.
    pub pin: Option<Pin>,
    /// Wrong PINs (5 or more) after which the PIN slot is destroyed. Needs a durable slot beside it. It does not stop who can
    /// delete the counter (the anchor's cell) before each try: that one has a try in an hour, and the slot is never destroyed.
    pub erase_pin_after: Option<u8>,
    /// Unlocking by the operating system; needs a hardware key that can ask the user.
    pub os_auth: bool,
    /// A passphrase.
    pub passphrase: Option<Passphrase>,
    /// A recovery code is made and returned.
    pub recovery_code: bool,
    /// The app accepts that the store is lost when the system destroys the hardware key.
    pub accept_loss_on_key_invalidation: bool,
}

impl Enrolments {
    fn check(&self, ports: &Ports) -> Result<(), VaultError> {
        let unsafe_because = |reason| Err(VaultError::UnsafeConfiguration(reason));
        let has_durable = self.passphrase.is_some() || self.recovery_code;
        if ports.device_key.is_none() && self.pin.is_some() {
            return unsafe_because(UnsafeReason::PinWithoutDeviceKey);
        }
        if ports.device_key.is_none() && self.os_auth {
            return unsafe_because(UnsafeReason::OsAuthWithoutDeviceKey);
        }
        if !has_durable && self.pin.is_none() && !self.os_auth {
            return unsafe_because(UnsafeReason::NoSlot);
        }
        if !has_durable && !self.accept_loss_on_key_invalidation {
            return unsafe_because(UnsafeReason::NoDurableSlot);
        }
        check_erase_after(self.erase_pin_after, has_durable)
    }
}

/// Destroying a slot is allowed only where another one remains.
pub(crate) fn check_erase_after(
    erase_after: Option<u8>,
    has_durable: bool,
) -> Result<(), VaultError> {
    match erase_after {
        Some(tries) if tries < MIN_ERASE_AFTER || !has_durable => {
            Err(VaultError::UnsafeConfiguration(UnsafeReason::EraseAfter))
        }
        _ => Ok(()),
    }
}

/// A new store, unlocked.
pub struct Created {
    /// The store.
    pub vault: Vault,
    /// The recovery code, if one was asked for. It cannot be shown again.
    pub recovery_code: Option<RecoveryCode>,
}

/// Whether the folder holds a store whose making was interrupted.
pub(crate) fn is_unfinished(dir: &Path) -> Result<bool, VaultError> {
    Ok(dir.join(MARKER).try_exists()?)
}

impl Vault {
    /// Makes a store in `dir` (which is made if needed) and unlocks it. Derives keys: poll it on a worker thread.
    ///
    /// # Errors
    /// `store_exists`, `erase_pending`, `unsafe_configuration`, `device_key_*`, `kdf_memory_unavailable`, `disk_full`,
    /// `read_only_medium`, `anchor_failed`; `store_busy` while another call makes or erases the store of `dir`. After an
    /// error or a crash it can be called again.
    pub async fn create(
        dir: impl Into<PathBuf>,
        ports: Ports,
        settings: VaultSettings,
        enrolments: Enrolments,
    ) -> Result<Created, VaultError> {
        let (created, ()) =
            Self::create_filled(
                dir,
                ports,
                settings,
                enrolments,
                |_| Ok::<_, VaultError>(()),
            )
            .await?;
        Ok(created)
    }

    /// As [`Self::create`], with something in it: a crash before `first` is done leaves no store.
    pub(crate) async fn create_filled<T, E: From<VaultError>>(
        dir: impl Into<PathBuf>,
        ports: Ports,
        settings: VaultSettings,
        enrolments: Enrolments,
        first: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<(Created, T), E> {
        let dir = dir.into();
        enrolments.check(&ports)?;
        let store = StoreId::make(&*ports.random).map_err(VaultError::from)?;
        let lock = prepare(&dir, &ports, &store).await?;
        let vault = Self::locked(dir, store, ports, settings);
        let filled = match vault.fill(enrolments).await {
            Ok(recovery_code) => first(&vault).and_then(|filled| {
                let marker = vault.place.dir.join(MARKER);
                files::remove(&marker).map_err(VaultError::from)?;
                lock.remove();
                Ok((recovery_code, filled))
            }),
            Err(error) => Err(error.into()),
        };
        match filled {
            Ok((recovery_code, filled)) => Ok((
                Created {
                    vault,
                    recovery_code,
                },
                filled,
            )),
            Err(error) => {
                vault.lock();
                Err(error)
            }
        }
    }

    /// Everything but the end of the marker.
    async fn fill(&self, enrolments: Enrolments) -> Result<Option<RecoveryCode>, VaultError> {
        let place = &self.place;
        let ports = &place.ports;
        let kdf = self.settings.kdf.choose(&*ports.clock)?;
        let keyring = Keyring::new(1, Secret::make(&*ports.random)?);
        let store_alias = match ports.device_key {
            Some(_) => Some(
                make_key(
                    place,
                    DeviceKeyPolicy::AppOnly,
                    UnsafeReason::PinWithoutDeviceKey,
                )
                .await?,
            ),
            None => None,
        };
        let recovery_code = if enrolments.recovery_code {
            Some(RecoveryCode::make(&*ports.random)?)
        } else {
            None
        };
        let secrets = [
            enrolments.pin.as_ref().map(|pin| NewSecret::Pin {
                pin,
                erase_after: enrolments.erase_pin_after.unwrap_or(0),
            }),
            enrolments.os_auth.then_some(NewSecret::OsAuth),
            enrolments.passphrase.as_ref().map(NewSecret::Passphrase),
            recovery_code.as_ref().map(NewSecret::RecoveryCode),
        ];
        let mut table = SlotTable {
            store: place.store,
            sequence: 1,
            mac_epoch: 1,
            store_alias,
            entries: Vec::new(),
            retired: Vec::new(),
        };
        for secret in secrets.into_iter().flatten() {
            let slot = enrol(place, secret, None, 1, kdf)
                .await?
                .seal(place, &keyring)?;
            start_counter(place, &slot.header, table.store_alias.as_deref()).await?;
            table.add(slot)?;
        }
        let device_bound = match &table.store_alias {
            Some(alias) => {
                let answer = ports.store_answer(&place.store, alias).await?;
                Some(Ok(Arc::new(device_bound_key(&place.store, &answer)?)))
            }
            None => None,
        };
        let database = Database::create(
            &place.dir,
            place.store,
            keyring.clone(),
            table.sequence,
            Arc::clone(&ports.anchor),
            Arc::clone(&ports.random),
        )?;
        pair::save(&place.dir, &table, &keyring)?;
        *self.session_slot() = Some(Session {
            keyring,
            database,
            clock: SessionClock::start(self.settings.auto_lock, &*ports.clock)?,
            device_bound,
        });
        Ok(recovery_code)
    }
}

/// Makes the folder and the marker. What an interrupted making left behind never was a store and is cleared away.
async fn prepare(dir: &Path, ports: &Ports, store: &StoreId) -> Result<CreateLock, VaultError> {
    check_has_no_store(dir)?;
    files::make_private_folder(dir)?;
    let lock = CreateLock::acquire(dir)?;
    // Another call may have made it meanwhile.
    check_has_no_store(dir)?;
    if is_unfinished(dir)? {
        clear_unfinished(dir, ports).await?;
    }
    files::replace(&dir.join(MARKER), store.as_bytes())?;
    Ok(lock)
}

/// Whether there is no store, if there may be one that is unfinished.
fn check_has_no_store(dir: &Path) -> Result<(), VaultError> {
    erase::check_not_pending(dir)?;
    if is_unfinished(dir)? || (Pair::load(dir)?.is_missing() && !Database::exists(dir)) {
        return Ok(());
    }
    Err(VaultError::StoreExists)
}

async fn clear_unfinished(dir: &Path, ports: &Ports) -> Result<(), VaultError> {
    let marker = files::read_limited(&dir.join(MARKER), 16)?.unwrap_or_default();
    if let (Ok(store), Some(device_key)) = (<[u8; 16]>::try_from(marker), &ports.device_key) {
        let prefix = alias_prefix(&StoreId::from_bytes(store));
        for alias in device_key.list().await? {
            if alias.starts_with(&prefix) {
                device_key.delete(&alias).await?;
            }
        }
    }
    erase::remove_files(dir)
}
