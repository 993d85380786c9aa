//! Holder keys in hardware.

use super::observer::{Observers, ProgressStep};
use crate::redacted::redacted;
use async_trait::async_trait;
use std::sync::Arc;
use wallet_core::jose::Algorithm;
use wallet_core::keys::key_store as core;

redacted!(SignRequest, CreateKeys, CreatedKey, PlatformAttestation);

/// What a key signs with.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum SigningAlgorithm {
    /// ECDSA on P-256 with SHA-256. Signatures may be `R || S` or DER.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
    /// One that came after these bindings were written.
    Other {
        /// Its `alg` value.
        code: String,
    },
}

impl SigningAlgorithm {
    fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::Es256,
            Algorithm::Es384 => Self::Es384,
            Algorithm::EdDsa => Self::EdDsa,
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }

    fn to_core(&self) -> Option<Algorithm> {
        match self {
            Self::Es256 => Some(Algorithm::Es256),
            Self::Es384 => Some(Algorithm::Es384),
            Self::EdDsa => Some(Algorithm::EdDsa),
            Self::Other { .. } => None,
        }
    }
}

/// Where private keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum SecurityLevel {
    /// The platform does not tell.
    Unknown,
    /// In software.
    Software,
    /// In a trusted execution environment.
    TrustedEnvironment,
    /// In a chip of its own.
    SecureElement,
}

/// What a key store can do.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct KeyStoreCapabilities {
    /// Algorithms keys can be created for.
    pub algorithms: Vec<SigningAlgorithm>,
    /// Where private keys are.
    pub security_level: SecurityLevel,
    /// Whether a key can demand user authentication.
    #[uniffi(default = false)]
    pub user_auth: bool,
    /// Whether keys come with an attestation.
    #[uniffi(default = false)]
    pub attestation: bool,
    /// Most signatures of one `sign_many` that need one prompt only; 0 or 1 where each needs its own.
    #[uniffi(default = 0)]
    pub max_signatures_per_prompt: u32,
}

/// Whether the holder must authenticate to use a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum UserAuth {
    /// Not for this key (the wallet itself is unlocked).
    NotRequired,
    /// For every call of `sign` or `sign_many`.
    EveryUse,
}

/// Keys to make.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct CreateKeys {
    /// How many keys.
    pub count: u32,
    /// What they sign with.
    pub algorithm: SigningAlgorithm,
    /// Whether the holder must authenticate to use them.
    pub user_auth: UserAuth,
    /// Bytes the attestation must contain; none where no attestation is wanted.
    pub attestation_challenge: Option<Vec<u8>>,
}

/// What the platform says about a key it made.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct PlatformAttestation {
    /// Its kind, such as `android-key`.
    pub format: String,
    /// Its parts: for `android-key` the certificates in DER, leaf first.
    pub parts: Vec<Vec<u8>>,
}

/// A key that was created.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct CreatedKey {
    /// The name it is called by from now on.
    pub handle: String,
    /// Its public half: a DER SubjectPublicKeyInfo (`PublicKey.getEncoded()`).
    pub public_key_spki: Vec<u8>,
    /// The platform's word on it, where one was asked for and is to be had.
    #[uniffi(default = None)]
    pub attestation: Option<PlatformAttestation>,
}

/// One signature to make.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct SignRequest {
    /// The key.
    pub handle: String,
    /// What it signs with: ES256 hashes the bytes with SHA-256 itself.
    pub algorithm: SigningAlgorithm,
    /// The bytes, not hashed yet.
    pub bytes: Vec<u8>,
    /// The app's own name for a prompt the holder has answered already; without it, prompt where the key demands it.
    pub auth_reference: Option<String>,
}

/// Why the key store did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum KeyStoreError {
    /// Not now. Nothing is lost.
    #[error("unavailable now")]
    UnavailableNow,
    /// The holder closed the prompt.
    #[error("the user cancelled")]
    UserCancelled,
    /// The key demands user authentication and none was had.
    #[error("authentication required")]
    AuthRequired,
    /// The operating system destroyed the key.
    #[error("invalidated")]
    Invalidated,
    /// There is no such key.
    #[error("not found")]
    NotFound,
    /// Too many failed authentications.
    #[error("locked out")]
    LockedOut {
        /// Seconds until the next try.
        seconds: u64,
    },
    /// The hardware failed.
    #[error("the hardware failed")]
    HardwareFault,
    /// The key store cannot do this.
    #[error("unsupported")]
    Unsupported,
    /// Anything else the app's object throws.
    #[error("the key store failed")]
    HostFailed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for KeyStoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::HostFailed
    }
}

impl From<KeyStoreError> for core::KeyStoreError {
    fn from(error: KeyStoreError) -> Self {
        match error {
            KeyStoreError::UnavailableNow => Self::UnavailableNow,
            KeyStoreError::UserCancelled => Self::UserCancelled,
            KeyStoreError::AuthRequired => Self::AuthRequired,
            KeyStoreError::Invalidated => Self::Invalidated,
            KeyStoreError::NotFound => Self::NotFound,
            KeyStoreError::LockedOut { seconds } => Self::LockedOut { seconds },
            KeyStoreError::HardwareFault => Self::HardwareFault,
            KeyStoreError::Unsupported => Self::Unsupported,
            KeyStoreError::HostFailed => Self::HostFailed,
        }
    }
}

/// Holder keys in the app's hardware. The private halves never leave it, and sign for the wallet only.
#[uniffi::export(foreign)]
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// What it can do.
    async fn capabilities(&self) -> Result<KeyStoreCapabilities, KeyStoreError>;

    /// Makes keys, all or none.
    async fn create(&self, request: CreateKeys) -> Result<Vec<CreatedKey>, KeyStoreError>;

    /// Signs.
    async fn sign(&self, request: SignRequest) -> Result<Vec<u8>, KeyStoreError>;

    /// Signs all or none, with one prompt where the hardware allows; signatures in the order of the requests.
    async fn sign_many(&self, requests: Vec<SignRequest>) -> Result<Vec<Vec<u8>>, KeyStoreError>;

    /// Destroys a key. A key that is not there counts as destroyed.
    async fn delete(&self, handle: String) -> Result<(), KeyStoreError>;

    /// The handles of all keys, so that those no card refers to can be found and deleted.
    async fn list(&self) -> Result<Vec<String>, KeyStoreError>;
}

/// The app's key store as the core knows it.
pub(crate) struct Store {
    app: Arc<dyn KeyStore>,
    observers: Observers,
}

impl Store {
    pub(crate) fn new(app: Arc<dyn KeyStore>, observers: Observers) -> Self {
        Self { app, observers }
    }
}

#[async_trait]
impl core::KeyStore for Store {
    async fn capabilities(&self) -> Result<core::KeyStoreCapabilities, core::KeyStoreError> {
        let app = self.app.capabilities().await?;
        let algorithms = app.algorithms.iter();
        Ok(core::KeyStoreCapabilities {
            // One this library does not know it does not ask for.
            algorithms: algorithms.filter_map(SigningAlgorithm::to_core).collect(),
            security_level: match app.security_level {
                SecurityLevel::Unknown => core::SecurityLevel::Unknown,
                SecurityLevel::Software => core::SecurityLevel::Software,
                SecurityLevel::TrustedEnvironment => core::SecurityLevel::TrustedEnvironment,
                SecurityLevel::SecureElement => core::SecurityLevel::SecureElement,
            },
            user_auth: app.user_auth,
            attestation: app.attestation,
            max_signatures_per_prompt: app.max_signatures_per_prompt,
        })
    }

    async fn create(
        &self,
        request: core::CreateKeys,
    ) -> Result<Vec<core::CreatedKey>, core::KeyStoreError> {
        self.observers.progress(ProgressStep::HolderKey);
        let request = CreateKeys {
            count: request.count,
            algorithm: SigningAlgorithm::of(request.algorithm),
            user_auth: match request.policy.user_auth {
                core::UserAuth::NotRequired => UserAuth::NotRequired,
                core::UserAuth::EveryUse => UserAuth::EveryUse,
                // A rule these bindings cannot pass on must not be lost.
                _ => return Err(core::KeyStoreError::Unsupported),
            },
            attestation_challenge: request.policy.attestation_challenge,
        };
        let keys = self.app.create(request).await?.into_iter();
        Ok(keys.map(created).collect())
    }

    async fn sign(
        &self,
        request: core::SignRequest,
        auth: core::AuthContext,
    ) -> Result<Vec<u8>, core::KeyStoreError> {
        self.observers.progress(ProgressStep::HolderKey);
        Ok(self.app.sign(to_sign(request, &auth)).await?)
    }

    async fn sign_many(
        &self,
        requests: Vec<core::SignRequest>,
        auth: core::AuthContext,
    ) -> Result<Vec<Vec<u8>>, core::KeyStoreError> {
        self.observers.progress(ProgressStep::HolderKey);
        let requests = requests.into_iter();
        let requests = requests.map(|request| to_sign(request, &auth)).collect();
        Ok(self.app.sign_many(requests).await?)
    }

    async fn delete(&self, handle: String) -> Result<(), core::KeyStoreError> {
        Ok(self.app.delete(handle).await?)
    }

    async fn list(&self) -> Result<Vec<String>, core::KeyStoreError> {
        Ok(self.app.list().await?)
    }
}

fn created(key: CreatedKey) -> core::CreatedKey {
    core::CreatedKey {
        handle: key.handle,
        public_key: core::PublicKeyData::Spki(key.public_key_spki),
        attestation: key
            .attestation
            .map(|attestation| core::PlatformAttestation {
                format: attestation.format,
                parts: attestation.parts,
            }),
    }
}

fn to_sign(request: core::SignRequest, auth: &core::AuthContext) -> SignRequest {
    SignRequest {
        handle: request.handle,
        algorithm: SigningAlgorithm::of(request.algorithm),
        bytes: request.bytes,
        auth_reference: auth.reference.clone(),
    }
}
