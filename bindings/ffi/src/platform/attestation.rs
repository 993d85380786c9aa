//! Attestations of the wallet and of its keys, which the wallet's provider issues and the app fetches.

use crate::redacted::redacted;
use async_trait::async_trait;
use std::sync::Arc;
use wallet_core::keys as core;

redacted!(
    WalletAttestationRequest,
    WalletAttestation,
    KeyAttestationRequest
);

/// What a wallet attestation is wanted for.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct WalletAttestationRequest {
    /// The authorization server's issuer identifier: `aud` of the proof of possession.
    pub audience: String,
    /// The server's challenge, where it gave one.
    pub challenge: Option<String>,
}

/// The client attestation and its proof of possession.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct WalletAttestation {
    /// The attestation JWT of the wallet's provider.
    pub attestation_jwt: String,
    /// The proof-of-possession JWT, signed by the app with the attested key.
    pub proof_jwt: String,
}

/// What a key attestation is wanted for (OpenID4VCI 1.0 appendix D).
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct KeyAttestationRequest {
    /// The handles of the keys in the key store.
    pub handles: Vec<String>,
    /// Their public JWKs, in the same order.
    pub public_jwks: Vec<String>,
    /// The issuer's nonce, where it gave one.
    pub nonce: Option<String>,
}

/// Why there is no attestation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum AttestationError {
    /// This app has none.
    #[error("not supported")]
    NotSupported,
    /// The wallet's provider cannot be reached now.
    #[error("unavailable now")]
    UnavailableNow,
    /// The wallet's provider will not attest this wallet or key.
    #[error("refused")]
    Refused,
    /// Anything else the app's object throws.
    #[error("the attestation provider failed")]
    HostFailed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for AttestationError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::HostFailed
    }
}

impl From<AttestationError> for core::AttestationError {
    fn from(error: AttestationError) -> Self {
        match error {
            AttestationError::NotSupported => Self::NotSupported,
            AttestationError::UnavailableNow => Self::UnavailableNow,
            AttestationError::Refused => Self::Refused,
            AttestationError::HostFailed => Self::HostFailed,
        }
    }
}

/// The app's way to its attestations.
#[uniffi::export(foreign)]
#[async_trait]
pub trait AttestationProvider: Send + Sync {
    /// The attestation of this wallet.
    async fn wallet_attestation(
        &self,
        request: WalletAttestationRequest,
    ) -> Result<WalletAttestation, AttestationError>;

    /// The attestation JWT of holder keys: one for all of them and no others, for one issuer.
    async fn key_attestation(
        &self,
        request: KeyAttestationRequest,
    ) -> Result<String, AttestationError>;
}

/// The app's provider as the core knows it.
pub(crate) struct Provider(Arc<dyn AttestationProvider>);

impl Provider {
    pub(crate) fn new(app: Arc<dyn AttestationProvider>) -> Self {
        Self(app)
    }
}

#[async_trait]
impl core::AttestationProvider for Provider {
    async fn wallet_attestation(
        &self,
        request: core::WalletAttestationRequest,
    ) -> Result<core::WalletAttestation, core::AttestationError> {
        let request = WalletAttestationRequest {
            audience: request.audience,
            challenge: request.challenge,
        };
        let attestation = self.0.wallet_attestation(request).await?;
        Ok(core::WalletAttestation {
            attestation_jwt: attestation.attestation_jwt,
            proof_jwt: attestation.proof_jwt,
        })
    }

    async fn key_attestation(
        &self,
        request: core::KeyAttestationRequest,
    ) -> Result<core::KeyAttestation, core::AttestationError> {
        let request = KeyAttestationRequest {
            handles: request.handles,
            public_jwks: request.public_jwks,
            nonce: request.nonce,
        };
        let jwt = self.0.key_attestation(request).await?;
        Ok(core::KeyAttestation { jwt })
    }
}
