//! Holder keys: in the vault (software) or in the app's hardware through [`KeyStore`].
//!
//! A key signs only structures this crate built itself, never bytes or hashes a caller supplies.

mod attestation;
mod hardware;
#[cfg(any(test, feature = "test-doubles"))]
mod in_memory;
pub mod key_store;
mod software;

pub use attestation::{
    AttestationError, AttestationProvider, KeyAttestation, KeyAttestationRequest, NoAttestation,
    WalletAttestation, WalletAttestationRequest,
};
pub use hardware::{HardwareKey, NewHardwareKey};
#[cfg(any(test, feature = "test-doubles"))]
pub use in_memory::{InMemoryKeyStore, SignatureForm};
pub use key_store::{KeyStore, KeyStoreError};
pub use software::SoftwareKey;

use crate::error::{ErrorCode, WalletError};
use crate::jose::{Algorithm, JwsDraft, PublicKey};
use async_trait::async_trait;

/// What a key may be used for. A key made for one purpose is refused for every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyPurpose {
    /// The vault's own hardware key.
    Device,
    /// Proof of possession and key binding of a credential copy.
    Holder,
    /// A secret shared between credentials for unlinkable proofs.
    LinkSecret,
    /// Confirming payments.
    Payment,
    /// Proof of possession of an access token's key (RFC 9449).
    Dpop,
    /// A DID of the holder's own, on one network: proofs of control, and calls of that network's contracts.
    Identity,
}

/// The name of a key. It says nothing about the key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(String);

impl KeyId {
    /// A key id from its text.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The bytes of a structure that this crate built and a holder key may sign: a proof JWT, a KB-JWT.
pub struct SigningInput<'a> {
    purpose: KeyPurpose,
    bytes: &'a [u8],
}

impl<'a> SigningInput<'a> {
    /// The signing input of a JWS this crate drafted.
    pub(crate) fn of(draft: &'a JwsDraft, purpose: KeyPurpose) -> Self {
        Self {
            purpose,
            bytes: draft.signing_input(),
        }
    }

    /// The bytes to sign, for who implements [`HolderKey`].
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Refuses a key that was made for something else.
    fn require(&self, purpose: KeyPurpose) -> Result<(), WalletError> {
        if self.purpose == purpose {
            Ok(())
        } else {
            Err(ErrorCode::KeyPurpose.into())
        }
    }

    /// What the signature is for.
    #[must_use]
    pub fn purpose(&self) -> KeyPurpose {
        self.purpose
    }
}

/// A key pair of the holder, wherever its private half is.
#[async_trait]
pub trait HolderKey: Send + Sync {
    /// Its name.
    fn id(&self) -> &KeyId;

    /// The algorithm it signs with.
    fn algorithm(&self) -> Algorithm;

    /// Its public half.
    fn public_key(&self) -> &PublicKey;

    /// Signs; the signature has the fixed width of JOSE (RFC 7518 3.4, RFC 8037 3.1): 64 bytes.
    ///
    /// # Errors
    /// `key_purpose`, `key_unavailable`, `key_failed`, `user_cancelled`, `user_auth_required`, `device_key_*`.
    async fn sign(&self, input: SigningInput<'_>) -> Result<Vec<u8>, WalletError>;

    /// The key as one of a [`KeyStore`], so that several can be used under one prompt.
    fn as_hardware(&self) -> Option<&HardwareKey> {
        None
    }
}

/// Signs a JWS this crate drafted; the answer is its compact form.
///
/// # Errors
/// As [`HolderKey::sign`].
pub(crate) async fn sign_jws(
    draft: JwsDraft,
    key: &dyn HolderKey,
    purpose: KeyPurpose,
) -> Result<String, WalletError> {
    let signature = key.sign(SigningInput::of(&draft, purpose)).await?;
    Ok(draft.finish(&signature))
}

/// Signs one JWS with each key, all or none; the answers are in the order of `work`. Keys of one [`KeyStore`] are used
/// under one prompt of the holder.
///
/// # Errors
/// As [`HolderKey::sign`].
pub(crate) async fn sign_jws_batch(
    work: Vec<(JwsDraft, &dyn HolderKey)>,
    purpose: KeyPurpose,
) -> Result<Vec<String>, WalletError> {
    let signatures = match together(&work) {
        Some(keys) => {
            let inputs: Vec<_> = work
                .iter()
                .map(|(draft, _)| SigningInput::of(draft, purpose))
                .collect();
            let pairs: Vec<_> = keys.into_iter().zip(&inputs).collect();
            HardwareKey::sign_together(&pairs).await?
        }
        None => {
            let mut signatures = Vec::with_capacity(work.len());
            for (draft, key) in &work {
                signatures.push(key.sign(SigningInput::of(draft, purpose)).await?);
            }
            signatures
        }
    };
    Ok(work
        .into_iter()
        .zip(signatures)
        .map(|((draft, _), signature)| draft.finish(&signature))
        .collect())
}

/// The keys, if one prompt can serve them all.
fn together<'a>(work: &[(JwsDraft, &'a dyn HolderKey)]) -> Option<Vec<&'a HardwareKey>> {
    let keys = work
        .iter()
        .map(|(_, key)| key.as_hardware())
        .collect::<Option<Vec<_>>>()?;
    let first = keys.first()?;
    keys.iter()
        .all(|key| key.shares_prompt_with(first))
        .then_some(keys)
}
