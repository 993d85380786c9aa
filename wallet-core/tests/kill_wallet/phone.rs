//! The phone the parent and its children share: a folder with the store, the anchor, the hardware keys and the secrets.

use async_trait::async_trait;
use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::EncodePublicKey as _;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use wallet_core::clock::SystemClock;
use wallet_core::http::{FetchSettings, HttpClient};
use wallet_core::jose::Algorithm;
use wallet_core::keys::key_store::{
    AuthContext, CreateKeys, CreatedKey, KeyStoreCapabilities, PublicKeyData, SignRequest,
};
use wallet_core::keys::{KeyStore, KeyStoreError};
use wallet_core::random::{OsRandom, Random};
use wallet_core::trust::{TrustAnchor, TrustAnchors};
use wallet_core::vault::anchor::FileAnchorStore;
use wallet_core::vault::device_key::InsecureSoftwareDeviceKey;
use wallet_core::vault::{
    AutoLock, Enrolments, KdfProfile, Passphrase, Pin, Ports, Vault, VaultError, VaultSettings,
};
use wallet_core::wallet::{Platform, Policy, RequestsPerMinute};

/// A generator that repeats itself for the same seed (SplitMix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// The n-th passphrase.
pub fn passphrase(n: u32) -> Vec<u8> {
    format!("staple orbit velvet canyon mustard fiddle {n}").into_bytes()
}

/// The n-th PIN; following ones differ.
pub fn pin(n: u32) -> &'static [u8] {
    const PINS: [&[u8]; 5] = [b"482076", b"907353", b"730194", b"615982", b"284916"];
    PINS[n as usize % PINS.len()]
}

pub fn enrolments() -> Enrolments {
    Enrolments {
        pin: Some(Pin::new(pin(0)).unwrap()),
        passphrase: Some(Passphrase::new(&passphrase(0)).unwrap()),
        recovery_code: true,
        ..Enrolments::default()
    }
}

pub fn settings() -> VaultSettings {
    VaultSettings {
        kdf: KdfProfile::fast_for_tests(),
        auto_lock: AutoLock::default(),
    }
}

pub struct Phone {
    folder: PathBuf,
}

impl Phone {
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    pub fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    pub fn anchor(&self) -> PathBuf {
        self.folder.join("anchor")
    }

    pub fn device_key_file(&self) -> PathBuf {
        self.folder.join("insecure.key")
    }

    /// What the next child is told.
    pub fn orders(&self) -> PathBuf {
        self.folder.join("orders.json")
    }

    pub fn key_store(&self) -> FileKeyStore {
        FileKeyStore {
            folder: self.folder.join("hardware"),
            calls: AtomicU32::new(0),
        }
    }

    fn ports(&self) -> Ports {
        let device_key = InsecureSoftwareDeviceKey::new(
            self.device_key_file(),
            &self.store(),
            Arc::new(OsRandom),
        );
        Ports {
            device_key: Some(Arc::new(device_key.unwrap())),
            anchor: Arc::new(FileAnchorStore::new(self.anchor())),
            clock: Arc::new(SystemClock::default()),
            random: Arc::new(OsRandom),
        }
    }

    pub fn vault(&self) -> Result<Vault, VaultError> {
        Vault::open(self.store(), self.ports(), settings())
    }

    pub fn platform(&self, http: Arc<dyn HttpClient>, keys_in_hardware: bool) -> Platform {
        let ports = self.ports();
        Platform {
            http,
            clock: ports.clock,
            random: ports.random,
            anchor: ports.anchor,
            device_key: ports.device_key,
            key_store: keys_in_hardware.then(|| Arc::new(self.key_store()) as Arc<dyn KeyStore>),
            attestation: None,
        }
    }
}

pub fn policy(issuer_pem: &str, verifier_pem: &str) -> Policy {
    Policy {
        trust: TrustAnchors {
            issuers: TrustAnchor::from_pem(issuer_pem).unwrap(),
            verifiers: TrustAnchor::from_pem(verifier_pem).unwrap(),
            ..TrustAnchors::default()
        },
        fetch: FetchSettings {
            allow_loopback_http: true,
        },
        requests_per_minute: RequestsPerMinute(u16::MAX),
        ..Policy::default()
    }
}

/// Holder keys that outlive their process, each in a file. Every third deletion fails, as hardware does.
pub struct FileKeyStore {
    folder: PathBuf,
    calls: AtomicU32,
}

impl FileKeyStore {
    pub fn handles(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    pub fn remove(&self, handle: &str) {
        std::fs::remove_file(self.folder.join(handle)).unwrap();
    }

    fn key(&self, handle: &str) -> Result<p256::ecdsa::SigningKey, KeyStoreError> {
        let bytes = std::fs::read(self.folder.join(handle)).map_err(|_| KeyStoreError::NotFound)?;
        p256::ecdsa::SigningKey::from_slice(&bytes).map_err(|_| KeyStoreError::HardwareFault)
    }
}

#[async_trait]
impl KeyStore for FileKeyStore {
    async fn capabilities(&self) -> Result<KeyStoreCapabilities, KeyStoreError> {
        Ok(KeyStoreCapabilities {
            algorithms: vec![Algorithm::Es256],
            ..KeyStoreCapabilities::default()
        })
    }

    async fn create(&self, request: CreateKeys) -> Result<Vec<CreatedKey>, KeyStoreError> {
        std::fs::create_dir_all(&self.folder).unwrap();
        let mut created = Vec::new();
        for _ in 0..request.count {
            let mut bytes = [0; 40];
            OsRandom.fill(&mut bytes).unwrap();
            let (secret, name) = bytes.split_at(32);
            let key = p256::ecdsa::SigningKey::from_slice(secret).unwrap();
            let handle: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
            // A killed hardware has a key or has none.
            let beside = self.folder.with_extension("new");
            std::fs::write(&beside, secret).unwrap();
            std::fs::rename(&beside, self.folder.join(&handle)).unwrap();
            let spki = key.verifying_key().to_public_key_der().unwrap();
            created.push(CreatedKey {
                handle,
                public_key: PublicKeyData::Spki(spki.as_bytes().to_vec()),
                attestation: None,
            });
        }
        Ok(created)
    }

    async fn sign(&self, one: SignRequest, _: AuthContext) -> Result<Vec<u8>, KeyStoreError> {
        let signature: p256::ecdsa::Signature = self.key(&one.handle)?.sign(&one.bytes);
        Ok(signature.to_vec())
    }

    async fn sign_many(
        &self,
        all: Vec<SignRequest>,
        auth: AuthContext,
    ) -> Result<Vec<Vec<u8>>, KeyStoreError> {
        let mut signatures = Vec::new();
        for one in all {
            signatures.push(self.sign(one, auth.clone()).await?);
        }
        Ok(signatures)
    }

    async fn delete(&self, handle: String) -> Result<(), KeyStoreError> {
        let calls = self.calls.fetch_add(1, Ordering::SeqCst);
        if calls.is_multiple_of(3) {
            return Err(KeyStoreError::UnavailableNow);
        }
        match std::fs::remove_file(self.folder.join(handle)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(KeyStoreError::HardwareFault)
            }
            _ => Ok(()),
        }
    }

    async fn list(&self) -> Result<Vec<String>, KeyStoreError> {
        Ok(self.handles())
    }
}

/// Every file below a folder with its bytes.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_file() {
            files.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    files
}
