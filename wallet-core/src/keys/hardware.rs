//! Holder keys whose private half is in the app's hardware.

use super::key_store::{
    AuthContext, CreateKeys, CreatedKey, KeyStore, PlatformAttestation, PublicKeyData, SignRequest,
};
use super::{HolderKey, KeyId, KeyPurpose, SigningInput};
use crate::error::{ErrorCode, WalletError};
use crate::jose::{Algorithm, PublicKey};
use crate::json::{self, Limits};
use async_trait::async_trait;
use serde_json::Value;
use std::sync::Arc;

/// A key of a [`KeyStore`]. Its handle there is its [`KeyId`].
#[derive(Clone)]
pub struct HardwareKey {
    store: Arc<dyn KeyStore>,
    id: KeyId,
    purpose: KeyPurpose,
    public: PublicKey,
    auth: AuthContext,
}

/// A key that was just made, with the platform's word on it.
pub struct NewHardwareKey {
    /// The key.
    pub key: HardwareKey,
    /// The platform's attestation, where it gave one.
    pub attestation: Option<PlatformAttestation>,
}

impl HardwareKey {
    /// A key that exists already.
    ///
    /// # Errors
    /// `not_supported` for an algorithm holder keys do not have.
    pub fn new(
        store: Arc<dyn KeyStore>,
        id: KeyId,
        purpose: KeyPurpose,
        public: PublicKey,
    ) -> Result<Self, WalletError> {
        require_holder_algorithm(public.algorithm())?;
        Ok(Self {
            store,
            id,
            purpose,
            public,
            auth: AuthContext::default(),
        })
    }

    /// Makes `request.count` keys. What the store answers is checked: as many as asked, of the right kind, no handle and
    /// no public key twice. Where it is wrong the new keys are deleted again.
    ///
    /// # Errors
    /// `key_failed` for a wrong answer, `not_supported`, and those of the store.
    pub async fn create(
        store: &Arc<dyn KeyStore>,
        request: CreateKeys,
        purpose: KeyPurpose,
    ) -> Result<Vec<NewHardwareKey>, WalletError> {
        require_holder_algorithm(request.algorithm)?;
        let (count, algorithm) = (request.count, request.algorithm);
        let created = store.create(request).await?;
        let handles: Vec<String> = created.iter().map(|key| key.handle.clone()).collect();
        let keys = created
            .into_iter()
            .map(|key| Self::from_created(store, key, algorithm, purpose))
            .collect::<Option<Vec<_>>>()
            .filter(|keys| u32::try_from(keys.len()) == Ok(count) && are_distinct(keys));
        match keys {
            Some(keys) => Ok(keys),
            None => {
                for handle in handles {
                    // What cannot be deleted now is found through `list` later.
                    let _ = store.delete(handle).await;
                }
                Err(ErrorCode::KeyFailed.into())
            }
        }
    }

    fn from_created(
        store: &Arc<dyn KeyStore>,
        created: CreatedKey,
        algorithm: Algorithm,
        purpose: KeyPurpose,
    ) -> Option<NewHardwareKey> {
        let public = read_public_key(&created.public_key)?;
        if created.handle.is_empty() || public.algorithm() != algorithm {
            return None;
        }
        let id = KeyId::new(created.handle);
        Some(NewHardwareKey {
            key: Self::new(Arc::clone(store), id, purpose, public).ok()?,
            attestation: created.attestation,
        })
    }

    /// The same key, used under a prompt the holder has answered already.
    #[must_use]
    pub fn with_auth(mut self, auth: AuthContext) -> Self {
        self.auth = auth;
        self
    }

    /// What it may sign.
    #[must_use]
    pub fn purpose(&self) -> KeyPurpose {
        self.purpose
    }

    /// Whether one [`KeyStore::sign_many`] can serve both keys.
    pub(super) fn shares_prompt_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.store, &other.store) && self.auth == other.auth
    }

    /// Signs for several keys of one store and prompt.
    pub(super) async fn sign_together(
        work: &[(&Self, &SigningInput<'_>)],
    ) -> Result<Vec<Vec<u8>>, WalletError> {
        let Some((first, _)) = work.first() else {
            return Ok(Vec::new());
        };
        let requests = work
            .iter()
            .map(|(key, input)| key.request(input))
            .collect::<Result<Vec<_>, _>>()?;
        let signatures = first.store.sign_many(requests, first.auth.clone()).await?;
        if signatures.len() != work.len() {
            return Err(ErrorCode::KeyFailed.into());
        }
        work.iter()
            .zip(signatures)
            .map(|((key, input), signature)| fixed_width(&key.public, input.bytes(), signature))
            .collect()
    }

    fn request(&self, input: &SigningInput<'_>) -> Result<SignRequest, WalletError> {
        input.require(self.purpose)?;
        Ok(SignRequest {
            handle: self.id.as_str().to_owned(),
            algorithm: self.algorithm(),
            bytes: input.bytes().to_vec(),
        })
    }
}

#[async_trait]
impl HolderKey for HardwareKey {
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
        let request = self.request(&input)?;
        let signature = self.store.sign(request, self.auth.clone()).await?;
        fixed_width(&self.public, input.bytes(), signature)
    }

    fn as_hardware(&self) -> Option<&HardwareKey> {
        Some(self)
    }
}

/// The signature as JOSE wants it, verified, so that a broken or exchanged key is noticed here and not by a verifier.
///
/// A DER signature can by chance be as long as a fixed one, so the form is the one that verifies.
fn fixed_width(
    public: &PublicKey,
    message: &[u8],
    signature: Vec<u8>,
) -> Result<Vec<u8>, WalletError> {
    if public.verify(message, &signature).is_ok() {
        return Ok(signature);
    }
    match public {
        PublicKey::P256(_) => p256::ecdsa::Signature::from_der(&signature)
            .ok()
            .map(|signature| signature.to_vec())
            .filter(|signature| public.verify(message, signature).is_ok()),
        _ => None,
    }
    .ok_or_else(|| ErrorCode::KeyFailed.into())
}

fn require_holder_algorithm(algorithm: Algorithm) -> Result<(), WalletError> {
    match algorithm {
        Algorithm::Es256 | Algorithm::EdDsa => Ok(()),
        _ => Err(ErrorCode::NotSupported.into()),
    }
}

fn read_public_key(data: &PublicKeyData) -> Option<PublicKey> {
    match data {
        PublicKeyData::Spki(der) => PublicKey::from_spki_der(der).ok(),
        PublicKeyData::Jwk(text) => {
            let jwk: Value = json::parse(text.as_bytes(), Limits::default()).ok()?;
            PublicKey::from_jwk(&jwk).ok()
        }
    }
}

fn are_distinct(keys: &[NewHardwareKey]) -> bool {
    keys.iter().enumerate().all(|(index, one)| {
        keys.iter()
            .skip(index + 1)
            .all(|other| one.key.id != other.key.id && one.key.public != other.key.public)
    })
}

#[cfg(test)]
mod tests;
