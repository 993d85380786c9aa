//! A folder with a store and what belongs to it, and a wallet over it.
#![allow(dead_code, reason = "the generator and the tests each use a part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wallet_core::WalletError;
use wallet_core::clock::Clock;
use wallet_core::http::{FetchSettings, HttpClient};
use wallet_core::random::OsRandom;
use wallet_core::trust::{TrustAnchor, TrustAnchors};
use wallet_core::vault::anchor::{AnchorStore, FileAnchorStore};
use wallet_core::vault::device_key::{DeviceKey, InsecureSoftwareDeviceKey};
use wallet_core::vault::{AutoLock, KdfParams, KdfProfile, Ports, Vault, VaultSettings};
use wallet_core::wallet::{Platform, Policy, Wallet};

/// Files below a folder by their relative path, but for those without content of their own.
pub type Snapshot = BTreeMap<PathBuf, Vec<u8>>;

/// `store/`, `anchor/` and `insecure.key` in a folder.
#[derive(Clone)]
pub struct Place {
    pub folder: PathBuf,
    /// Whether there is a hardware key.
    pub has_device_key: bool,
}

impl Place {
    pub fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    pub fn snapshot(&self) -> Snapshot {
        let mut files = Snapshot::new();
        for part in ["store", "anchor", "."] {
            let Ok(entries) = std::fs::read_dir(self.folder.join(part)) else {
                continue;
            };
            for path in entries.map(|entry| entry.unwrap().path()) {
                let name = path.file_name().unwrap().to_str().unwrap();
                let is_empty_of_meaning = name.ends_with("-shm") || name == "slots.lock";
                if path.is_file() && !is_empty_of_meaning && name != "secrets.json" {
                    let relative = Path::new(part).join(name);
                    files.insert(relative, std::fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    /// Puts files into an empty folder.
    pub fn from_snapshot(folder: &Path, files: &Snapshot, has_device_key: bool) -> Self {
        for (name, bytes) in files {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        Self {
            folder: folder.to_owned(),
            has_device_key,
        }
    }

    pub fn anchor_store(&self) -> Arc<dyn AnchorStore> {
        Arc::new(FileAnchorStore::new(self.folder.join("anchor")))
    }

    pub fn device_key(&self) -> Option<Arc<dyn DeviceKey>> {
        let file = self.folder.join("insecure.key");
        let make = || InsecureSoftwareDeviceKey::new(file, &self.store(), Arc::new(OsRandom));
        self.has_device_key
            .then(|| Arc::new(make().unwrap()) as Arc<dyn DeviceKey>)
    }

    pub fn platform(&self, http: Arc<dyn HttpClient>, clock: Arc<dyn Clock>) -> Platform {
        Platform {
            http,
            clock,
            random: Arc::new(OsRandom),
            anchor: self.anchor_store(),
            device_key: self.device_key(),
            key_store: None,
            attestation: None,
        }
    }

    pub fn wallet(&self, platform: Platform, policy: Policy) -> Result<Wallet, WalletError> {
        Wallet::open(self.store(), platform, policy, settings())
    }

    pub fn vault(&self, clock: Arc<dyn Clock>) -> Result<Vault, WalletError> {
        let ports = Ports {
            device_key: self.device_key(),
            anchor: self.anchor_store(),
            clock,
            random: Arc::new(OsRandom),
        };
        Ok(Vault::open(self.store(), ports, settings())?)
    }
}

/// The least work that every version must accept.
pub fn settings() -> VaultSettings {
    VaultSettings {
        kdf: KdfProfile::fixed(KdfParams::new(19 * 1024, 3).unwrap()),
        auto_lock: AutoLock::default(),
    }
}

/// Trusts these issuers and verifiers.
pub fn policy(issuers: &str, verifiers: &str) -> Policy {
    let anchors = |pem: &str| match pem {
        "" => Vec::new(),
        pem => TrustAnchor::from_pem(pem).unwrap(),
    };
    Policy {
        trust: TrustAnchors {
            issuers: anchors(issuers),
            verifiers: anchors(verifiers),
            ..TrustAnchors::default()
        },
        fetch: FetchSettings {
            allow_loopback_http: true,
        },
        ..Policy::default()
    }
}
