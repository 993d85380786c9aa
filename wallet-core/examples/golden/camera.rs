//! Crash images without a crash: every time the wallet calls its anchor or its hardware key, all files are copied as they
//! are at that moment.

use crate::place::{Place, Snapshot};
use async_trait::async_trait;
use std::sync::{Arc, Mutex};
use wallet_core::secret::Secret;
use wallet_core::vault::anchor::{AnchorError, AnchorStore};
use wallet_core::vault::device_key::{
    DeviceKey, DeviceKeyCapabilities, DeviceKeyError, DeviceKeyPolicy,
};

/// Takes pictures of a place.
pub(crate) struct Camera {
    place: Place,
    pictures: Mutex<Vec<Snapshot>>,
}

impl Camera {
    pub(crate) fn at(place: &Place) -> Arc<Self> {
        Arc::new(Self {
            place: place.clone(),
            pictures: Mutex::default(),
        })
    }

    /// The pictures so far, and an empty film.
    pub(crate) fn develop(&self) -> Vec<Snapshot> {
        core::mem::take(&mut *self.pictures.lock().unwrap())
    }

    fn click(&self) {
        self.pictures.lock().unwrap().push(self.place.snapshot());
    }
}

/// A port that is watched.
pub(crate) struct Watched<T: ?Sized> {
    pub(crate) camera: Arc<Camera>,
    pub(crate) port: Arc<T>,
}

impl AnchorStore for Watched<dyn AnchorStore> {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, AnchorError> {
        self.port.read(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), AnchorError> {
        self.camera.click();
        self.port.write(name, bytes)
    }

    fn delete(&self, name: &str) -> Result<(), AnchorError> {
        self.port.delete(name)
    }

    fn is_rollback_safe(&self) -> bool {
        self.port.is_rollback_safe()
    }
}

#[async_trait]
impl DeviceKey for Watched<dyn DeviceKey> {
    async fn capabilities(&self) -> Result<DeviceKeyCapabilities, DeviceKeyError> {
        self.port.capabilities().await
    }

    async fn create(&self, alias: &str, policy: DeviceKeyPolicy) -> Result<(), DeviceKeyError> {
        self.port.create(alias, policy).await
    }

    async fn prf(&self, alias: &str, input: &Secret<32>) -> Result<Secret<32>, DeviceKeyError> {
        self.camera.click();
        self.port.prf(alias, input).await
    }

    async fn delete(&self, alias: &str) -> Result<(), DeviceKeyError> {
        self.port.delete(alias).await
    }

    async fn list(&self) -> Result<Vec<String>, DeviceKeyError> {
        self.port.list().await
    }
}
