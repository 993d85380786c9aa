//! What the app provides to the vault, and how it wants it to behave.

use super::anchor::AnchorStore;
use super::auto_lock::AutoLock;
use super::device_key::{DeviceKey, DeviceKeyError};
use super::kdf::KdfProfile;
use super::store_id::StoreId;
use super::{derive, error::VaultError};
use crate::clock::Clock;
use crate::labels;
use crate::random::Random;
use crate::secret::Secret;
use std::sync::Arc;

/// What the app provides.
#[derive(Clone)]
pub struct Ports {
    /// The hardware key, where there is one.
    pub device_key: Option<Arc<dyn DeviceKey>>,
    /// State outside the store's files.
    pub anchor: Arc<dyn AnchorStore>,
    /// Clocks.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

/// How a vault behaves on this device. Not stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VaultSettings {
    /// Work of key derivation for slots written from now on.
    pub kdf: KdfProfile,
    /// When the vault locks itself.
    pub auto_lock: AutoLock,
}

impl Ports {
    /// The hardware key's answer for `alias`.
    pub(crate) async fn prf(
        &self,
        alias: &str,
        input: &Secret<32>,
    ) -> Result<Secret<32>, DeviceKeyError> {
        match &self.device_key {
            Some(device_key) => device_key.prf(alias, input).await,
            // The store was made where there was one.
            None => Err(DeviceKeyError::NotFound),
        }
    }

    /// The answer of the store's own hardware key, from which the keys below are derived.
    pub(crate) async fn store_answer(
        &self,
        store: &StoreId,
        alias: &str,
    ) -> Result<Secret<32>, VaultError> {
        let input = derive::hkdf(None, store.as_bytes(), &[labels::STORE_PRF])?;
        Ok(self.prf(alias, &input).await?)
    }
}

/// The key that seals software holder keys of device-bound credentials: the files and a recovery code are not enough.
pub(crate) fn device_bound_key(
    store: &StoreId,
    answer: &Secret<32>,
) -> Result<Secret<32>, VaultError> {
    derive::hkdf(
        Some(store.as_bytes()),
        answer.expose(),
        &[labels::DEVICE_BOUND],
    )
}
