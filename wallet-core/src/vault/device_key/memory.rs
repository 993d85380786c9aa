//! A device key in memory, for tests: every error can be made to happen.

use super::{DeviceKey, DeviceKeyCapabilities, DeviceKeyError, DeviceKeyLevel, DeviceKeyPolicy};
use crate::secret::Secret;
use crate::vault::files;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A fault to inject into the calls of one method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceKeyFault {
    /// The method: `create`, `prf`, `delete` or `list`.
    pub method: &'static str,
    /// Calls of it that still work before the fault shows.
    pub after: u32,
    /// What it then returns, until the fault is cleared.
    pub error: DeviceKeyError,
}

#[derive(Default)]
struct State {
    keys: BTreeMap<String, [u8; 32]>,
    made: u64,
    fault: Option<DeviceKeyFault>,
    prf_calls: u64,
}

/// A double for tests.
#[derive(Default)]
pub struct InMemoryDeviceKey {
    state: Mutex<State>,
}

impl InMemoryDeviceKey {
    /// Makes a method fail, or (with `None`) work again.
    pub fn inject(&self, fault: Option<DeviceKeyFault>) {
        self.lock().fault = fault;
    }

    /// How often the hardware was asked: each guess of a PIN costs at least one.
    #[must_use]
    pub fn prf_calls(&self) -> u64 {
        self.lock().prf_calls
    }

    /// The aliases that exist.
    #[must_use]
    pub fn aliases(&self) -> Vec<String> {
        self.lock().keys.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, method: &'static str) -> Result<MutexGuard<'_, State>, DeviceKeyError> {
        files::step(method).map_err(|_| DeviceKeyError::HardwareFault)?;
        let mut state = self.lock();
        if let Some(fault) = &mut state.fault
            && fault.method == method
        {
            match fault.after.checked_sub(1) {
                Some(left) => fault.after = left,
                None => return Err(fault.error),
            }
        }
        Ok(state)
    }
}

#[async_trait]
impl DeviceKey for InMemoryDeviceKey {
    async fn capabilities(&self) -> Result<DeviceKeyCapabilities, DeviceKeyError> {
        Ok(DeviceKeyCapabilities {
            level: DeviceKeyLevel::Software,
            user_auth: true,
            survives_biometric_change: false,
        })
    }

    async fn create(&self, alias: &str, _: DeviceKeyPolicy) -> Result<(), DeviceKeyError> {
        let mut state = self.enter("create")?;
        state.made += 1;
        let mut key = [0; 32];
        key.iter_mut()
            .zip(state.made.to_be_bytes())
            .for_each(|(to, from)| *to = from);
        state.keys.insert(alias.to_owned(), key);
        Ok(())
    }

    async fn prf(&self, alias: &str, input: &Secret<32>) -> Result<Secret<32>, DeviceKeyError> {
        let mut state = self.enter("prf")?;
        state.prf_calls += 1;
        let key = state.keys.get(alias).ok_or(DeviceKeyError::NotFound)?;
        super::software::hmac_prf(key, input)
    }

    async fn delete(&self, alias: &str) -> Result<(), DeviceKeyError> {
        self.enter("delete")?.keys.remove(alias);
        Ok(())
    }

    async fn list(&self) -> Result<Vec<String>, DeviceKeyError> {
        Ok(self.enter("list")?.keys.keys().cloned().collect())
    }
}
