//! Attestations of the wallet and of its keys, which the wallet's provider issues and the app fetches.

use crate::error::{ErrorCode, WalletError};
use async_trait::async_trait;

/// What a wallet attestation is wanted for (OAuth 2.0 Attestation-Based Client Authentication).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalletAttestationRequest {
    /// The authorization server's issuer identifier: `aud` of the proof of possession.
    pub audience: String,
    /// The server's challenge, where it gave one.
    pub challenge: Option<String>,
}

/// The client attestation and its proof of possession.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalletAttestation {
    /// The attestation JWT of the wallet's provider.
    pub attestation_jwt: String,
    /// The proof-of-possession JWT, signed by the app with the attested key.
    pub proof_jwt: String,
}

/// What a key attestation is wanted for (OpenID4VCI 1.0 appendix D).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyAttestationRequest {
    /// The handles of the keys in the key store. A key that is not in one has a name of the wallet's: no provider that
    /// vouches for hardware attests it.
    pub handles: Vec<String>,
    /// Their public JWKs, in the same order.
    pub public_jwks: Vec<String>,
    /// The issuer's nonce, where it gave one.
    pub nonce: Option<String>,
}

/// A key attestation (OpenID4VCI 1.0 appendix D.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyAttestation {
    /// The JWT.
    pub jwt: String,
}

/// Why there is no attestation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AttestationError {
    /// This app has none.
    #[error("attestation is not supported")]
    NotSupported,
    /// The wallet's provider cannot be reached now.
    #[error("attestation is unavailable now")]
    UnavailableNow,
    /// The wallet's provider will not attest this wallet or key.
    #[error("attestation was refused")]
    Refused,
    /// The app's code failed in a way it did not declare.
    #[error("the app's attestation provider failed")]
    HostFailed,
}

impl From<AttestationError> for WalletError {
    fn from(error: AttestationError) -> Self {
        match error {
            AttestationError::NotSupported => Self::new(ErrorCode::NotSupported),
            AttestationError::UnavailableNow => Self::new(ErrorCode::NetworkFailed),
            AttestationError::Refused => Self::new(ErrorCode::KeyUnavailable),
            AttestationError::HostFailed => Self::new(ErrorCode::HostFailed),
        }
        .about("attestation")
    }
}

/// The app's way to its attestations. What an app does not override is not supported.
#[async_trait]
pub trait AttestationProvider: Send + Sync {
    /// The attestation of this wallet.
    ///
    /// # Errors
    /// Any [`AttestationError`].
    async fn wallet_attestation(
        &self,
        _request: WalletAttestationRequest,
    ) -> Result<WalletAttestation, AttestationError> {
        Err(AttestationError::NotSupported)
    }

    /// The attestation of holder keys: one for all of them and no others, for one issuer. Two issuers never get the same.
    ///
    /// # Errors
    /// Any [`AttestationError`].
    async fn key_attestation(
        &self,
        _request: KeyAttestationRequest,
    ) -> Result<KeyAttestation, AttestationError> {
        Err(AttestationError::NotSupported)
    }
}

/// For apps without attestations.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAttestation;

impl AttestationProvider for NoAttestation {}

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;

    #[test]
    fn an_app_that_overrides_nothing_answers_not_supported() {
        let provider: &dyn AttestationProvider = &NoAttestation;
        assert_eq!(
            block_on(provider.wallet_attestation(WalletAttestationRequest::default())),
            Err(AttestationError::NotSupported)
        );
        assert_eq!(
            block_on(provider.key_attestation(KeyAttestationRequest::default())),
            Err(AttestationError::NotSupported)
        );
    }

    #[test]
    fn each_reason_has_a_code_of_its_own() {
        for (error, code) in [
            (AttestationError::NotSupported, "not_supported"),
            (AttestationError::UnavailableNow, "network_failed"),
            (AttestationError::Refused, "key_unavailable"),
            (AttestationError::HostFailed, "host_failed"),
        ] {
            assert_eq!(WalletError::from(error).code().as_str(), code);
        }
    }
}
