//! Making the key of a new slot.

use super::device_key::{DeviceKey, DeviceKeyError, DeviceKeyPolicy};
use super::error::{UnsafeReason, VaultError};
use super::kdf::KdfParams;
use super::keyring::Keyring;
use super::passphrase::Passphrase;
use super::pin::Pin;
use super::recovery::RecoveryCode;
use super::slots::wrap::{SlotKey, Stretched};
use super::slots::{Method, Slot, SlotHeader, SlotKind, SlotTable};
use super::store_id::StoreId;
use super::tally::Tally;
use super::{Place, Ports};
use crate::random::make_bytes;
use core::fmt::Write as _;

/// The secret of a slot that is being made.
#[derive(Clone, Copy)]
pub(crate) enum NewSecret<'a> {
    Pin { pin: &'a Pin, erase_after: u8 },
    OsAuth,
    Passphrase(&'a Passphrase),
    RecoveryCode(&'a RecoveryCode),
}

impl NewSecret<'_> {
    pub(crate) const fn kind(&self) -> SlotKind {
        match self {
            Self::Pin { .. } => SlotKind::Pin,
            Self::OsAuth => SlotKind::OsAuth,
            Self::Passphrase(_) => SlotKind::Passphrase,
            Self::RecoveryCode(_) => SlotKind::RecoveryCode,
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Pin { pin, .. } => pin.expose(),
            Self::OsAuth => &[],
            Self::Passphrase(passphrase) => passphrase.expose(),
            Self::RecoveryCode(code) => code.expose(),
        }
    }
}

/// A slot whose key is made and whose hardware key exists; it can be sealed for any keyring of its epoch.
pub(crate) struct Enrolled {
    pub(crate) header: SlotHeader,
    key: SlotKey,
}

impl Enrolled {
    pub(crate) fn seal(&self, place: &Place, keyring: &Keyring) -> Result<Slot, VaultError> {
        self.key.seal(
            &place.store,
            self.header.clone(),
            keyring,
            &*place.ports.random,
        )
    }

    /// Reads the slot back from the files and opens it through the hardware.
    ///
    /// # Errors
    /// `device_key_*`; `device_key_failed` if the hardware does not answer as it did
    pub(crate) async fn read_back(
        &self,
        place: &Place,
        secret: NewSecret<'_>,
        table: &SlotTable,
        keyring: &Keyring,
    ) -> Result<(), VaultError> {
        let slot = table
            .slots()
            .find(|slot| slot.header == self.header)
            .ok_or(VaultError::Conflict)?;
        let key = slot_key(place, &slot.header, secret).await?;
        match key.open(&place.store, slot)? {
            Some(found) if found.current().1 == keyring.current().1 => Ok(()),
            _ => Err(DeviceKeyError::HardwareFault.into()),
        }
    }
}

async fn slot_key(
    place: &Place,
    header: &SlotHeader,
    secret: NewSecret<'_>,
) -> Result<SlotKey, VaultError> {
    let a = Stretched::new(&place.store, header, secret.bytes())?;
    let h = match header.alias() {
        Some(alias) => {
            let x = a.prf_input(&place.store, header)?;
            Some(place.ports.prf(alias, &x).await?)
        }
        None => None,
    };
    SlotKey::new(&place.store, header, &a, h.as_ref())
}

/// Makes the hardware key (fresh for every version of a slot) and the slot's key.
///
/// # Errors
/// `unsafe_configuration` where the hardware key is missing, `device_key_*`, `kdf_memory_unavailable`
pub(crate) async fn enrol(
    place: &Place,
    secret: NewSecret<'_>,
    predecessor: Option<&SlotHeader>,
    epoch: u32,
    kdf: KdfParams,
) -> Result<Enrolled, VaultError> {
    let ports = &place.ports;
    let method = match secret {
        NewSecret::Pin { erase_after, .. } => Method::Pin {
            kdf: kdf.into(),
            erase_after,
            alias: make_key(
                place,
                DeviceKeyPolicy::AppOnly,
                UnsafeReason::PinWithoutDeviceKey,
            )
            .await?,
        },
        NewSecret::OsAuth => {
            let device_key = hardware(ports, UnsafeReason::OsAuthWithoutDeviceKey)?;
            if !device_key.capabilities().await?.user_auth {
                return Err(VaultError::UnsafeConfiguration(
                    UnsafeReason::OsAuthWithoutDeviceKey,
                ));
            }
            Method::OsAuth {
                alias: make_key(
                    place,
                    DeviceKeyPolicy::UserAuth,
                    UnsafeReason::OsAuthWithoutDeviceKey,
                )
                .await?,
            }
        }
        NewSecret::Passphrase(_) => Method::Passphrase { kdf: kdf.into() },
        NewSecret::RecoveryCode(_) => Method::RecoveryCode,
    };
    let header = match predecessor {
        Some(old) => old
            .successor(epoch, method, &*ports.random)?
            .ok_or(VaultError::Conflict)?,
        None => SlotHeader::make(epoch, method, &*ports.random)?,
    };
    match slot_key(place, &header, secret).await {
        Ok(key) => Ok(Enrolled { header, key }),
        Err(error) => {
            discard(place, &[header]).await;
            Err(error)
        }
    }
}

/// Deletes the hardware keys of slots that came to nothing. A key that stays behind opens nothing.
pub(crate) async fn discard(place: &Place, headers: &[SlotHeader]) {
    let aliases: Vec<String> = headers
        .iter()
        .filter_map(|header| header.alias().map(str::to_owned))
        .collect();
    let _ = place.delete_keys(&aliases).await;
}

/// Makes a hardware key under a fresh alias.
pub(crate) async fn make_key(
    place: &Place,
    policy: DeviceKeyPolicy,
    without: UnsafeReason,
) -> Result<String, VaultError> {
    let mut alias = alias_prefix(&place.store);
    for byte in make_bytes::<16>(&*place.ports.random)? {
        // Writing to a string cannot fail.
        let _ = write!(alias, "{byte:02x}");
    }
    hardware(&place.ports, without)?
        .create(&alias, policy)
        .await?;
    Ok(alias)
}

/// What the aliases of a store begin with.
pub(crate) fn alias_prefix(store: &StoreId) -> String {
    format!("wallet.{store}.")
}

/// Whether an alias is of the form [`make_key`] gives, for whatever store.
pub(crate) fn is_alias(alias: &str) -> bool {
    let is_id = |id: &str| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
    alias
        .strip_prefix("wallet.")
        .and_then(|ids| ids.split_once('.'))
        .is_some_and(|(store, key)| is_id(store) && is_id(key))
}

fn hardware(ports: &Ports, without: UnsafeReason) -> Result<&dyn DeviceKey, VaultError> {
    ports
        .device_key
        .as_deref()
        .ok_or(VaultError::UnsafeConfiguration(without))
}

/// Starts the attempt counter of a new slot.
pub(crate) async fn start_counter(
    place: &Place,
    header: &SlotHeader,
    store_alias: Option<&str>,
) -> Result<(), VaultError> {
    if !header.kind().counts_attempts() {
        return Ok(());
    }
    let guard = match store_alias {
        Some(alias) => {
            let answer = place.ports.store_answer(&place.store, alias).await?;
            super::attempts::Guard::hardware(&place.store, &answer)?
        }
        None => super::attempts::Guard::None,
    };
    Tally::new(place, header.id).start(&guard)
}
