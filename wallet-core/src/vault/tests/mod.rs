//! The vault as a whole, on doubles whose faults the tests choose.

#![allow(clippy::unwrap_used)]

mod attempts;
mod changing;
mod crashes;
mod creating;
mod damage;
mod erasing;
mod format;
mod locking;
mod unlocking;

use super::anchor::InMemoryAnchorStore;
use super::device_key::{DeviceKeyError, DeviceKeyFault, InMemoryDeviceKey};
use super::*;
use crate::clock::{Clock, UnixTime};
use crate::error::WalletError;
use crate::random::OsRandom;
use crate::secret::SecretBytes;
use crate::vault::database::{Changes, RecordId, RecordKind};
use core::time::Duration;
use pollster::block_on;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tempfile::TempDir;

pub(super) const PIN: &[u8] = b"482076";
pub(super) const OTHER_PIN: &[u8] = b"907353";
pub(super) const PASSPHRASE: &[u8] = b"staple orbit velvet canyon mustard fiddle";
pub(super) const OTHER_PASSPHRASE: &[u8] = b"lantern pickle harbor tulip gravel bishop";

/// A clock that stands still unless a test moves it.
pub(super) struct TestClock {
    wall: AtomicI64,
    monotonic: AtomicU64,
}

impl Default for TestClock {
    fn default() -> Self {
        Self {
            wall: AtomicI64::new(1_790_000_000),
            monotonic: AtomicU64::new(1000),
        }
    }
}

impl TestClock {
    /// Time passes.
    pub(super) fn pass(&self, seconds: u64) {
        self.set(i64::try_from(seconds).unwrap());
        self.monotonic.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The wall clock is set forward or back.
    pub(super) fn set(&self, seconds: i64) {
        self.wall.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Result<UnixTime, WalletError> {
        Ok(UnixTime::from_secs(self.wall.load(Ordering::SeqCst)))
    }

    fn monotonic(&self) -> Result<Duration, WalletError> {
        Ok(Duration::from_secs(self.monotonic.load(Ordering::SeqCst)))
    }
}

/// A phone: a folder, a hardware key, an anchor and a clock. A vault is opened on it as often as a test likes.
pub(super) struct Phone {
    pub(super) folder: TempDir,
    pub(super) device_key: Arc<InMemoryDeviceKey>,
    pub(super) anchor: Arc<InMemoryAnchorStore>,
    pub(super) clock: Arc<TestClock>,
}

impl Default for Phone {
    fn default() -> Self {
        Self {
            folder: memory_folder(),
            device_key: Arc::default(),
            anchor: Arc::default(),
            clock: Arc::default(),
        }
    }
}

/// A folder in memory where the system has one: crashes are simulated here, so flushing to a disk would only cost time.
fn memory_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

pub(super) fn settings() -> VaultSettings {
    VaultSettings {
        kdf: KdfProfile::fast_for_tests(),
        auto_lock: AutoLock::default(),
    }
}

impl Phone {
    pub(super) fn dir(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    pub(super) fn ports(&self) -> Ports {
        Ports {
            device_key: Some(self.device_key.clone()),
            anchor: self.anchor.clone(),
            clock: self.clock.clone(),
            random: Arc::new(OsRandom),
        }
    }

    pub(super) fn ports_without_device_key(&self) -> Ports {
        Ports {
            device_key: None,
            ..self.ports()
        }
    }

    pub(super) fn create(&self, enrolments: Enrolments) -> Result<Created, VaultError> {
        block_on(Vault::create(
            self.dir(),
            self.ports(),
            settings(),
            enrolments,
        ))
    }

    /// A locked store with a PIN, a passphrase and a recovery code, holding one record.
    pub(super) fn with_everything() -> (Self, SecretBytes) {
        let phone = Self::default();
        let created = phone.create(everything()).unwrap();
        write_record(&created.vault);
        created.vault.lock();
        let code = created.recovery_code.unwrap().to_text();
        (phone, code)
    }

    pub(super) fn open(&self) -> Result<Vault, VaultError> {
        Vault::open(self.dir(), self.ports(), settings())
    }

    pub(super) fn unlock(&self, with: UnlockWith<'_>) -> Result<(Vault, UnlockReport), VaultError> {
        let vault = self.open()?;
        let report = block_on(vault.unlock(with))?;
        Ok((vault, report))
    }

    pub(super) fn opens(&self, with: UnlockWith<'_>) -> bool {
        self.unlock(with).is_ok_and(|(vault, _)| has_record(&vault))
    }

    pub(super) fn fail(&self, method: &'static str, after: u32, error: DeviceKeyError) {
        self.device_key.inject(Some(DeviceKeyFault {
            method,
            after,
            error,
        }));
    }
}

pub(super) fn pin(digits: &[u8]) -> Pin {
    Pin::new(digits).ok().unwrap()
}

pub(super) fn passphrase(text: &[u8]) -> Passphrase {
    Passphrase::new(text).ok().unwrap()
}

pub(super) fn everything() -> Enrolments {
    Enrolments {
        pin: Some(pin(PIN)),
        passphrase: Some(passphrase(PASSPHRASE)),
        recovery_code: true,
        ..Enrolments::default()
    }
}

const RECORD: [u8; 16] = [7; 16];

pub(super) fn write_record(vault: &Vault) {
    let mut changes = Changes::new();
    let body = SecretBytes::new(b"a citizen's name".to_vec());
    changes.insert(RecordId::from_bytes(RECORD), RecordKind::PROFILE, 1, body);
    vault
        .with_database(|database| database.commit(changes))
        .unwrap();
}

pub(super) fn has_record(vault: &Vault) -> bool {
    let record = vault.with_database(|database| database.get(&RecordId::from_bytes(RECORD)));
    record.is_ok_and(|record| record.body.as_slice() == b"a citizen's name")
}

pub(super) fn wrong_pin() -> UnlockWith<'static> {
    UnlockWith::Pin(b"111222")
}

pub(super) fn code_of<T>(result: Result<T, VaultError>) -> crate::error::ErrorCode {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(error) => WalletError::from(error).code(),
    }
}
