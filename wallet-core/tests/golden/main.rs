//! Golden stores (test-fixtures/golden) open with their secrets and hold what is written beside them; what this version
//! does not know survives it; what is damaged or of a later version is refused and not changed.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod opening;
mod place;
mod refusals;
mod shape;
mod showing;
mod surviving;

use place::{Place, Snapshot, policy};
use pollster::block_on;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use wallet_core::clock::{Clock, UnixTime};
use wallet_core::http::HttpClient;
use wallet_core::vault::{UnlockReport, UnlockWith};
use wallet_core::wallet::{NoNetwork, Wallet};
use wallet_core::{ErrorCode, WalletError};

/// The moment a store was made, for ever.
struct Stopped(UnixTime);

impl Clock for Stopped {
    fn now(&self) -> Result<UnixTime, WalletError> {
        Ok(self.0)
    }

    fn monotonic(&self) -> Result<Duration, WalletError> {
        Ok(Duration::ZERO)
    }
}

/// A golden store and what is written beside it.
struct Golden {
    files: Snapshot,
    description: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-fixtures/golden/v1")
}

fn names() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

impl Golden {
    fn read(name: &str) -> Self {
        let place = Place {
            folder: folder().join(name),
            has_device_key: false,
        };
        let text = std::fs::read(place.folder.join("secrets.json")).unwrap();
        Self {
            files: place.snapshot(),
            description: serde_json::from_slice(&text).unwrap(),
        }
    }

    fn clock(&self) -> Arc<dyn Clock> {
        let made_at = self.description["made_at"].as_i64().unwrap();
        Arc::new(Stopped(UnixTime::from_secs(made_at)))
    }

    /// The ways to open it that are described.
    fn ways(&self) -> &[Value] {
        self.description["opens"].as_array().unwrap()
    }

    /// A copy that may be changed.
    fn copy(&self) -> Copy<'_> {
        Copy::of(self, &self.files)
    }
}

/// A copy of a golden store, perhaps a doctored one.
struct Copy<'a> {
    golden: &'a Golden,
    _folder: tempfile::TempDir,
    place: Place,
}

impl<'a> Copy<'a> {
    fn of(golden: &'a Golden, files: &Snapshot) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let has_device_key = golden.description["device_key"].as_bool().unwrap();
        Self {
            golden,
            place: Place::from_snapshot(folder.path(), files, has_device_key),
            _folder: folder,
        }
    }

    fn open(&self) -> Result<Wallet, WalletError> {
        self.open_with(Arc::new(NoNetwork))
    }

    fn open_with(&self, http: Arc<dyn HttpClient>) -> Result<Wallet, WalletError> {
        let platform = self.place.platform(http, self.golden.clock());
        self.place.wallet(platform, policy("", ""))
    }

    /// Opens and unlocks in one of the ways described.
    fn unlock(&self, way: &Value) -> Result<(Wallet, UnlockReport), WalletError> {
        let wallet = self.open()?;
        let report = block_on(wallet.unlock(secret(way)))?;
        Ok((wallet, report))
    }

    fn refused(&self, way: &Value) -> ErrorCode {
        match self.unlock(way) {
            Ok(_) => panic!("it opened"),
            Err(error) => error.code(),
        }
    }

    fn records(&self, way: &Value) -> Value {
        let vault = self.place.vault(self.golden.clock()).unwrap();
        block_on(vault.unlock(secret(way))).unwrap();
        shape::records(&vault).unwrap()
    }
}

fn secret(way: &Value) -> UnlockWith<'_> {
    let secret = way["secret"].as_str().unwrap().as_bytes();
    match way["with"].as_str().unwrap() {
        "pin" => UnlockWith::Pin(secret),
        "passphrase" => UnlockWith::Passphrase(secret),
        "recovery_code" => UnlockWith::RecoveryCode(secret),
        other => panic!("{other}"),
    }
}
