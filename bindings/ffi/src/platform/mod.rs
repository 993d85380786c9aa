//! What the app gives: traits it implements. Each method may fail with its trait's error; anything else it throws is
//! `HostFailed`, and what it says is dropped.
//!
//! Methods are called on any thread, several at once where a trait does not say otherwise. Those that wait (`async`) may call
//! the wallet. The others may not, also not by way of another thread they wait for: the wallet waits for their answer. A call
//! from their own thread is refused (`called_back`).

mod anchor;
mod answering;
mod attestation;
mod clock;
mod device_key;
mod http;
mod key_store;
mod observer;

pub use anchor::{AnchorError, AnchorStore};
pub(crate) use answering::refuse_inside;
pub use attestation::{
    AttestationError, AttestationProvider, KeyAttestationRequest, WalletAttestation,
    WalletAttestationRequest,
};
pub use clock::{Clock, ClockError};
pub use device_key::{
    DeviceKey, DeviceKeyCapabilities, DeviceKeyError, DeviceKeyLevel, DeviceKeyPolicy,
    agreement_output, agreement_point,
};
pub use http::{
    HttpClient, HttpError, HttpHeader, HttpMethod, HttpPolicy, HttpPurpose, HttpRequest,
    HttpResponse, is_global_address,
};
pub use key_store::{
    CreateKeys, CreatedKey, KeyStore, KeyStoreCapabilities, KeyStoreError, PlatformAttestation,
    SecurityLevel, SignRequest, SigningAlgorithm, UserAuth,
};
pub(crate) use observer::Observers;
pub use observer::{LockObserver, LockState, ObserverError, ProgressObserver, ProgressStep};

use std::sync::Arc;
use wallet_core::clock::SystemClock;
use wallet_core::random::OsRandom;
use wallet_core::wallet as core;

/// The platform the wallet lives on. What may be absent is `None`.
#[derive(Clone, uniffi::Record)]
pub struct Platform {
    /// The network.
    pub http: Arc<dyn HttpClient>,
    /// The small state outside the files.
    pub anchor: Arc<dyn AnchorStore>,
    /// The vault's hardware key; without it only a passphrase or the recovery code opens the store.
    #[uniffi(default = None)]
    pub device_key: Option<Arc<dyn DeviceKey>>,
    /// Holder keys in hardware; without it they are software keys, sealed in the store.
    #[uniffi(default = None)]
    pub key_store: Option<Arc<dyn KeyStore>>,
    /// Attestations of the wallet and of its keys.
    #[uniffi(default = None)]
    pub attestation: Option<Arc<dyn AttestationProvider>>,
    /// The clock; without it the operating system's.
    #[uniffi(default = None)]
    pub clock: Option<Arc<dyn Clock>>,
    /// Told what the wallet is doing.
    #[uniffi(default = None)]
    pub progress: Option<Arc<dyn ProgressObserver>>,
    /// Told when the wallet was unlocked or locked.
    #[uniffi(default = None)]
    pub lock: Option<Arc<dyn LockObserver>>,
}

impl Platform {
    pub(crate) fn to_core(&self, observers: &Observers) -> core::Platform {
        core::Platform {
            http: Arc::new(http::Client::new(Arc::clone(&self.http), observers.clone())),
            clock: match &self.clock {
                Some(clock) => Arc::new(clock::AppClock::new(Arc::clone(clock))),
                None => Arc::new(SystemClock::default()),
            },
            random: Arc::new(OsRandom),
            anchor: Arc::new(anchor::Anchor::new(Arc::clone(&self.anchor))),
            device_key: self.device_key.as_ref().map(|key| {
                let key = device_key::Key::new(Arc::clone(key), observers.clone());
                Arc::new(key) as Arc<dyn wallet_core::vault::device_key::DeviceKey>
            }),
            key_store: self.key_store.as_ref().map(|store| {
                let store = key_store::Store::new(Arc::clone(store), observers.clone());
                Arc::new(store) as Arc<dyn wallet_core::keys::KeyStore>
            }),
            attestation: self.attestation.as_ref().map(|provider| {
                let provider = attestation::Provider::new(Arc::clone(provider));
                Arc::new(provider) as Arc<dyn wallet_core::keys::AttestationProvider>
            }),
        }
    }
}
