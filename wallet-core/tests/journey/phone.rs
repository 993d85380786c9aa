//! A phone: what the app gives the wallet, and a look into the store from outside the facade.

use crate::network::{Network, yield_once};
use async_trait::async_trait;
use pollster::block_on;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use wallet_core::WalletError;
use wallet_core::clock::{Clock, SystemClock, UnixTime};
use wallet_core::http::FetchSettings;
use wallet_core::keys::key_store::{
    AuthContext, CreateKeys, CreatedKey, KeyStoreCapabilities, SignRequest,
};
use wallet_core::keys::{AttestationProvider, InMemoryKeyStore, KeyStore, KeyStoreError};
use wallet_core::random::OsRandom;
use wallet_core::secret::{Secret, SecretBytes};
use wallet_core::trust::{TrustAnchor, TrustAnchors};
use wallet_core::vault::anchor::InMemoryAnchorStore;
use wallet_core::vault::database::RecordKind;
use wallet_core::vault::device_key::{
    DeviceKey, DeviceKeyCapabilities, DeviceKeyError, DeviceKeyPolicy, InMemoryDeviceKey,
};
use wallet_core::vault::{
    AutoLock, Enrolments, KdfProfile, Passphrase, Ports, UnlockWith, Vault, VaultSettings,
};
use wallet_core::wallet::{Platform, Policy, RecordName, RequestsPerMinute, Wallet};
use wallet_parties::Anchors;

pub const PASSPHRASE: &[u8] = b"brisk otter vellum quartz anvil plum heron";

/// The system's clock, and a hand to turn it.
pub struct TurnableClock {
    start: Instant,
    ahead: AtomicI64,
}

impl TurnableClock {
    pub fn turn(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TurnableClock {
    fn now(&self) -> Result<UnixTime, WalletError> {
        let now = SystemClock::default().now()?;
        Ok(now.saturating_add(self.ahead.load(Ordering::SeqCst)))
    }

    fn monotonic(&self) -> Result<Duration, WalletError> {
        let ahead = u64::try_from(self.ahead.load(Ordering::SeqCst)).unwrap_or(0);
        Ok(self.start.elapsed() + Duration::from_secs(ahead))
    }
}

/// A key store that takes its time: a caller may give up before and after each call.
#[derive(Default)]
pub struct SlowKeyStore(pub InMemoryKeyStore);

#[async_trait]
impl KeyStore for SlowKeyStore {
    async fn capabilities(&self) -> Result<KeyStoreCapabilities, KeyStoreError> {
        self.0.capabilities().await
    }

    async fn create(&self, request: CreateKeys) -> Result<Vec<CreatedKey>, KeyStoreError> {
        yield_once().await;
        self.0.create(request).await
    }

    async fn sign(&self, one: SignRequest, auth: AuthContext) -> Result<Vec<u8>, KeyStoreError> {
        yield_once().await;
        let signature = self.0.sign(one, auth).await;
        yield_once().await;
        signature
    }

    async fn sign_many(
        &self,
        all: Vec<SignRequest>,
        auth: AuthContext,
    ) -> Result<Vec<Vec<u8>>, KeyStoreError> {
        yield_once().await;
        let signatures = self.0.sign_many(all, auth).await;
        yield_once().await;
        signatures
    }

    async fn delete(&self, handle: String) -> Result<(), KeyStoreError> {
        yield_once().await;
        let done = self.0.delete(handle).await;
        yield_once().await;
        done
    }

    async fn list(&self) -> Result<Vec<String>, KeyStoreError> {
        self.0.list().await
    }
}

/// The same for the hardware key.
struct SlowDeviceKey(Arc<InMemoryDeviceKey>);

#[async_trait]
impl DeviceKey for SlowDeviceKey {
    async fn capabilities(&self) -> Result<DeviceKeyCapabilities, DeviceKeyError> {
        self.0.capabilities().await
    }

    async fn create(&self, alias: &str, policy: DeviceKeyPolicy) -> Result<(), DeviceKeyError> {
        yield_once().await;
        let made = self.0.create(alias, policy).await;
        yield_once().await;
        made
    }

    async fn prf(&self, alias: &str, input: &Secret<32>) -> Result<Secret<32>, DeviceKeyError> {
        yield_once().await;
        let answer = self.0.prf(alias, input).await;
        yield_once().await;
        answer
    }

    async fn delete(&self, alias: &str) -> Result<(), DeviceKeyError> {
        yield_once().await;
        let done = self.0.delete(alias).await;
        yield_once().await;
        done
    }

    async fn list(&self) -> Result<Vec<String>, DeviceKeyError> {
        yield_once().await;
        self.0.list().await
    }
}

pub struct Phone {
    folder: TempDir,
    pub network: Arc<Network>,
    pub clock: Arc<TurnableClock>,
    pub anchor: Arc<InMemoryAnchorStore>,
    pub device_key: Option<Arc<InMemoryDeviceKey>>,
    pub key_store: Option<Arc<SlowKeyStore>>,
    pub policy: Policy,
    pub attestation: Option<Arc<dyn AttestationProvider>>,
}

/// Everything in a store: kind, record, content.
pub type Contents = BTreeMap<(&'static str, RecordName), Vec<u8>>;

const KINDS: [(&str, RecordKind); 13] = [
    ("profile", RecordKind::PROFILE),
    ("credential", RecordKind::CREDENTIAL),
    ("copy", RecordKind::COPY),
    ("body", RecordKind::BODY),
    ("context", RecordKind::ISSUANCE_CONTEXT),
    ("display", RecordKind::DISPLAY_SNAPSHOT),
    ("key", RecordKind::KEY),
    ("status", RecordKind::STATUS_CACHE),
    ("trust", RecordKind::TRUST_STATE),
    ("pending", RecordKind::PENDING),
    ("history", RecordKind::HISTORY),
    ("anchored", RecordKind::ANCHORED),
    ("ledger seen", RecordKind::LEDGER_SEEN),
];

impl Phone {
    pub fn trusting(anchors: &Anchors) -> Self {
        let trust = TrustAnchors {
            issuers: TrustAnchor::from_pem(&anchors.issuer_pem).unwrap(),
            verifiers: TrustAnchor::from_pem(&anchors.verifier_pem).unwrap(),
            ..TrustAnchors::default()
        };
        let fetch = FetchSettings {
            allow_loopback_http: true,
        };
        let memory = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        Self {
            folder: memory.unwrap(),
            network: Arc::default(),
            clock: Arc::new(TurnableClock {
                start: Instant::now(),
                ahead: AtomicI64::new(0),
            }),
            anchor: Arc::default(),
            device_key: None,
            key_store: None,
            attestation: None,
            policy: Policy {
                trust,
                fetch,
                // Tests ask faster than people do; `pace.rs` has the limit an app has.
                requests_per_minute: RequestsPerMinute(u16::MAX),
                ..Policy::default()
            },
        }
    }

    pub fn clock_now(&self) -> UnixTime {
        self.clock.now().unwrap()
    }

    pub fn store(&self) -> std::path::PathBuf {
        self.folder.path().join("store")
    }

    pub fn platform(&self) -> Platform {
        let device_key = self.device_key.clone();
        let key_store = self.key_store.clone();
        Platform {
            http: self.network.clone(),
            clock: self.clock.clone(),
            random: Arc::new(OsRandom),
            anchor: self.anchor.clone(),
            device_key: device_key.map(|key| Arc::new(SlowDeviceKey(key)) as Arc<dyn DeviceKey>),
            key_store: key_store.map(|store| store as Arc<dyn KeyStore>),
            attestation: self.attestation.clone(),
        }
    }

    pub fn settings() -> VaultSettings {
        VaultSettings {
            kdf: KdfProfile::fast_for_tests(),
            auto_lock: AutoLock::default(),
        }
    }

    /// A new wallet, unlocked, with the text of its recovery code.
    pub fn create(&self) -> (Wallet, SecretBytes) {
        let enrolments = Enrolments {
            passphrase: Some(Passphrase::new(PASSPHRASE).unwrap()),
            recovery_code: true,
            ..Enrolments::default()
        };
        let (platform, policy) = (self.platform(), self.policy.clone());
        let created = Wallet::create(self.store(), platform, policy, Self::settings(), enrolments);
        let (wallet, code) = block_on(created).unwrap();
        (wallet, code.unwrap().to_text())
    }

    /// Another handle on the same store, as another process has it; locked.
    pub fn open(&self) -> Wallet {
        let (platform, policy) = (self.platform(), self.policy.clone());
        Wallet::open(self.store(), platform, policy, Self::settings()).unwrap()
    }

    /// The same, unlocked.
    pub fn reopen(&self) -> Wallet {
        let wallet = self.open();
        block_on(wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
        wallet
    }

    /// All records, decrypted.
    pub fn contents(&self) -> Contents {
        let ports = Ports {
            device_key: self.platform().device_key,
            anchor: self.anchor.clone(),
            clock: self.clock.clone(),
            random: Arc::new(OsRandom),
        };
        let vault = Vault::open(self.store(), ports, Self::settings()).unwrap();
        block_on(vault.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
        vault
            .with_database(|db| {
                let mut all = Contents::new();
                for (name, kind) in KINDS {
                    for record in db.list(kind)? {
                        let id = RecordName::of(&record.id);
                        all.insert((name, id), record.body.to_vec());
                    }
                }
                Ok::<_, WalletError>(all)
            })
            .unwrap()
    }

    /// How many records of each kind there are.
    pub fn census(&self) -> BTreeMap<&'static str, usize> {
        let mut census = BTreeMap::new();
        for (kind, _) in self.contents().into_keys() {
            *census.entry(kind).or_insert(0) += 1;
        }
        census
    }

    /// Handles in the key store.
    pub fn handles(&self) -> Vec<String> {
        block_on(self.key_store.as_ref().unwrap().list()).unwrap()
    }

    /// The files of the store, to be put back by [`put_back`].
    pub fn copy_of_files(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        copy_files(&self.store(), copy.path());
        copy
    }

    pub fn put_back(&self, copy: &TempDir) {
        std::fs::remove_dir_all(self.store()).unwrap();
        std::fs::create_dir(self.store()).unwrap();
        copy_files(copy.path(), &self.store());
    }
}

fn copy_files(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
