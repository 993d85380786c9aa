//! Holder keys whose private half is in the vault.

use super::{HolderKey, KeyId, KeyPurpose, SigningInput};
use crate::error::{ErrorCode, WalletError};
use crate::jose::{Algorithm, PublicKey, base64url};
use crate::random::{self, Random};
use crate::secret::Secret;
use async_trait::async_trait;
use ed25519_dalek::Signer as _;
use wallet_primitives::{Refused, k256, p256};

/// A P-256 or Ed25519 key pair in memory; for [`KeyPurpose::Identity`] alone also one of secp256k1.
///
/// Only the 32 secret bytes are kept; what the signature crates need is derived for each signature and wiped by them.
/// No `Debug`, `Clone` or `Serialize` on purpose.
pub struct SoftwareKey {
    id: KeyId,
    purpose: KeyPurpose,
    public: PublicKey,
    secret: Secret<32>,
}

impl SoftwareKey {
    /// A fresh key with a random id.
    ///
    /// # Errors
    /// `not_supported` for an algorithm holder keys do not have, `random_unavailable`.
    pub fn generate(
        algorithm: Algorithm,
        purpose: KeyPurpose,
        random: &dyn Random,
    ) -> Result<Self, WalletError> {
        let id = KeyId::new(base64url::encode(&random::make_bytes::<16>(random)?));
        // A draw is no P-256 scalar once in 2^32; eight misses mean a broken generator.
        for _ in 0..8 {
            let secret = Secret::make(random)?;
            if let Some(public) = public_half(algorithm, purpose, &secret)? {
                return Ok(Self {
                    id,
                    purpose,
                    public,
                    secret,
                });
            }
        }
        Err(ErrorCode::RandomUnavailable.into())
    }

    /// The key with these secret bytes: the scalar in big-endian for P-256 and secp256k1, the seed of RFC 8032 5.1.5 for Ed25519.
    ///
    /// # Errors
    /// `not_supported` for an algorithm holder keys do not have, `key_unavailable` where the bytes are no key.
    pub fn from_secret(
        id: KeyId,
        algorithm: Algorithm,
        purpose: KeyPurpose,
        secret: Secret<32>,
    ) -> Result<Self, WalletError> {
        let public = public_half(algorithm, purpose, &secret)?
            .ok_or_else(|| WalletError::new(ErrorCode::KeyUnavailable).about("malformed"))?;
        Ok(Self {
            id,
            purpose,
            public,
            secret,
        })
    }

    /// The secret bytes, to be sealed in the vault and nowhere else.
    #[must_use]
    pub fn expose_secret(&self) -> &Secret<32> {
        &self.secret
    }

    /// What it may sign.
    #[must_use]
    pub fn purpose(&self) -> KeyPurpose {
        self.purpose
    }

    /// The signature in fixed width; ECDSA nonces are those of RFC 6979.
    pub(super) fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>, WalletError> {
        match self.algorithm() {
            Algorithm::Es256 => p256::sign(self.secret.expose(), message)
                .map(|signature| signature.to_vec())
                .map_err(|Refused| ErrorCode::KeyFailed.into()),
            Algorithm::Es256K => k256::sign(self.secret.expose(), message)
                .map(|signature| signature.to_vec())
                .map_err(|Refused| ErrorCode::KeyFailed.into()),
            Algorithm::EdDsa => Ok(ed25519_dalek::SigningKey::from_bytes(self.secret.expose())
                .sign(message)
                .to_bytes()
                .to_vec()),
            _ => Err(ErrorCode::NotSupported.into()),
        }
    }
}

#[async_trait]
impl HolderKey for SoftwareKey {
    fn id(&self) -> &KeyId {
        &self.id
    }

    fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    async fn sign(&self, input: SigningInput<'_>) -> Result<Vec<u8>, WalletError> {
        input.require(self.purpose)?;
        self.sign_bytes(input.bytes())
    }
}

/// `None` where the bytes are no scalar of the group.
fn public_half(
    algorithm: Algorithm,
    purpose: KeyPurpose,
    secret: &Secret<32>,
) -> Result<Option<PublicKey>, WalletError> {
    match algorithm {
        Algorithm::Es256 => Ok(p256::public_half(secret.expose()).ok().map(PublicKey::P256)),
        Algorithm::EdDsa => {
            let key = ed25519_dalek::SigningKey::from_bytes(secret.expose());
            Ok(Some(PublicKey::Ed25519(key.verifying_key())))
        }
        Algorithm::Es256K if purpose == KeyPurpose::Identity => {
            Ok(k256::public_half(secret.expose())
                .ok()
                .map(PublicKey::Secp256k1))
        }
        _ => Err(ErrorCode::NotSupported.into()),
    }
}

#[cfg(test)]
mod tests;
