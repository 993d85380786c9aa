//! The app's hardware keys: Android Keystore, Secure Enclave, a remote secure element.
//!
//! Inputs and outputs are records with defaults, so that a later version can add a field without breaking an app.

use crate::error::{ErrorCode, WalletError};
use crate::jose::Algorithm;
use async_trait::async_trait;

/// Where private keys are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecurityLevel {
    /// The platform does not tell.
    #[default]
    Unknown,
    /// In software.
    Software,
    /// In a trusted execution environment.
    TrustedEnvironment,
    /// In a chip of its own: StrongBox, Secure Enclave, a remote HSM.
    SecureElement,
}

/// What a key store can do. The default can do nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyStoreCapabilities {
    /// Algorithms keys can be created for.
    pub algorithms: Vec<Algorithm>,
    /// Where private keys are.
    pub security_level: SecurityLevel,
    /// Whether a key can demand user authentication.
    pub user_auth: bool,
    /// Whether keys come with an attestation.
    pub attestation: bool,
    /// Most signatures of one [`KeyStore::sign_many`] that need one prompt only; 0 or 1 where each needs its own.
    pub max_signatures_per_prompt: u32,
}

/// Whether the holder must authenticate to use a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UserAuth {
    /// Not for this key (the wallet itself is unlocked).
    #[default]
    NotRequired,
    /// For every use: one prompt for each call of [`KeyStore::sign`] or [`KeyStore::sign_many`].
    EveryUse,
}

/// The rules a key is created under; they cannot be changed later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPolicy {
    /// Whether the holder must authenticate to use it.
    pub user_auth: UserAuth,
    /// Bytes the attestation must contain; none where no attestation is wanted.
    pub attestation_challenge: Option<Vec<u8>>,
}

/// The input of [`KeyStore::create`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateKeys {
    /// How many keys.
    pub count: u32,
    /// What they sign with.
    pub algorithm: Algorithm,
    /// Their rules.
    pub policy: KeyPolicy,
}

impl Default for CreateKeys {
    fn default() -> Self {
        Self {
            count: 1,
            algorithm: Algorithm::Es256,
            policy: KeyPolicy::default(),
        }
    }
}

/// A public key as the platform gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKeyData {
    /// A DER SubjectPublicKeyInfo (RFC 5280 4.1).
    Spki(Vec<u8>),
    /// The text of a JWK (RFC 7517).
    Jwk(String),
}

impl Default for PublicKeyData {
    /// No key; refused.
    fn default() -> Self {
        Self::Spki(Vec::new())
    }
}

/// What the platform says about a key it made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlatformAttestation {
    /// Its kind, such as `android-key`.
    pub format: String,
    /// Its parts: for `android-key` the certificates in DER, leaf first.
    pub parts: Vec<Vec<u8>>,
}

/// A key that was created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatedKey {
    /// The name it is called by from now on.
    pub handle: String,
    /// Its public half.
    pub public_key: PublicKeyData,
    /// The platform's word on it, where one was asked for and is to be had.
    pub attestation: Option<PlatformAttestation>,
}

/// The app's side of a user authentication that belongs to a signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthContext {
    /// The app's own name for a prompt the holder has answered already (an `LAContext`, a `BiometricPrompt` result).
    /// The core hands it through. Without it the key store prompts where the key demands it.
    pub reference: Option<String>,
}

/// One signature to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignRequest {
    /// The key.
    pub handle: String,
    /// What it signs with: ES256 hashes the bytes with SHA-256 itself.
    pub algorithm: Algorithm,
    /// The bytes, not hashed yet.
    pub bytes: Vec<u8>,
}

impl Default for SignRequest {
    fn default() -> Self {
        Self {
            handle: String::new(),
            algorithm: Algorithm::Es256,
            bytes: Vec::new(),
        }
    }
}

/// Why the key store did not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum KeyStoreError {
    /// Not now: before first unlock, app in the background, interrupted. Nothing is lost.
    #[error("the key store is unavailable now")]
    UnavailableNow,
    /// The holder closed the prompt.
    #[error("the holder cancelled")]
    UserCancelled,
    /// The key demands user authentication and none was had.
    #[error("user authentication is required")]
    AuthRequired,
    /// The operating system destroyed the key (biometrics or screen lock changed).
    #[error("the key was invalidated")]
    Invalidated,
    /// There is no such key.
    #[error("there is no such key")]
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
    #[error("not supported")]
    Unsupported,
    /// The app's code failed in a way it did not declare. Nothing is known of the key.
    #[error("the app's key store failed")]
    HostFailed,
}

impl From<KeyStoreError> for WalletError {
    fn from(error: KeyStoreError) -> Self {
        match error {
            KeyStoreError::UnavailableNow => Self::new(ErrorCode::DeviceKeyUnavailableNow),
            KeyStoreError::UserCancelled => Self::new(ErrorCode::UserCancelled),
            KeyStoreError::AuthRequired => Self::new(ErrorCode::UserAuthRequired),
            KeyStoreError::Invalidated => Self::new(ErrorCode::KeyUnavailable).about("invalidated"),
            KeyStoreError::NotFound => Self::new(ErrorCode::KeyUnavailable).about("missing"),
            KeyStoreError::LockedOut { seconds } => {
                Self::new(ErrorCode::LockedOut).retry_after_seconds(seconds)
            }
            KeyStoreError::HardwareFault => Self::new(ErrorCode::KeyFailed),
            KeyStoreError::Unsupported => Self::new(ErrorCode::NotSupported),
            KeyStoreError::HostFailed => Self::new(ErrorCode::HostFailed).about("key_store"),
        }
    }
}

/// Holder keys in the app's hardware. The private halves never leave it.
///
/// A key made under one handle signs for the wallet only; apps must not use it for anything else.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// What it can do.
    ///
    /// # Errors
    /// Any [`KeyStoreError`].
    async fn capabilities(&self) -> Result<KeyStoreCapabilities, KeyStoreError>;

    /// Makes keys, all or none.
    ///
    /// # Errors
    /// Any [`KeyStoreError`]; no key is left behind then.
    async fn create(&self, request: CreateKeys) -> Result<Vec<CreatedKey>, KeyStoreError>;

    /// Signs; ECDSA signatures may be `R || S` or DER.
    ///
    /// # Errors
    /// Any [`KeyStoreError`].
    async fn sign(&self, request: SignRequest, auth: AuthContext)
    -> Result<Vec<u8>, KeyStoreError>;

    /// Signs all or none, with one user prompt where the hardware allows; the signatures are in the order of the requests.
    ///
    /// # Errors
    /// Any [`KeyStoreError`].
    async fn sign_many(
        &self,
        requests: Vec<SignRequest>,
        auth: AuthContext,
    ) -> Result<Vec<Vec<u8>>, KeyStoreError>;

    /// Destroys a key. A key that is not there counts as destroyed.
    ///
    /// # Errors
    /// Any [`KeyStoreError`] but `NotFound`.
    async fn delete(&self, handle: String) -> Result<(), KeyStoreError>;

    /// The handles of all keys, so that keys no credential refers to can be found and deleted.
    ///
    /// # Errors
    /// Any [`KeyStoreError`].
    async fn list(&self) -> Result<Vec<String>, KeyStoreError>;
}
