//! Holder keys: made for an issuance, sealed with the credential, found again for a showing.

use super::device_bound::{DeviceBoundSeal, Sealed};
use super::records::{KeyPlace, KeyRecord, Other, RecordName, purpose_text};
use super::store::{Batch, make_name};
use crate::error::{ErrorCode, WalletError};
use crate::jose::{Algorithm, PublicKey};
use crate::keys::key_store::{CreateKeys, KeyStore};
use crate::keys::{HardwareKey, HolderKey, KeyId, KeyPurpose, SoftwareKey};
use crate::random::Random;
use crate::secret::Secret;
use crate::secret::SecretBytes;
use crate::vault::database::RecordKind;
use serde_json::Value;
use std::sync::Arc;

/// A key that is not stored yet.
pub(crate) enum NewKey {
    Software(Arc<SoftwareKey>),
    Hardware(Arc<HardwareKey>),
    /// Stored already, for a card that comes later.
    Kept {
        name: RecordName,
        key: Arc<dyn HolderKey>,
    },
}

impl NewKey {
    pub(crate) fn holder_key(&self) -> Arc<dyn HolderKey> {
        match self {
            Self::Software(key) => Arc::clone(key) as Arc<dyn HolderKey>,
            Self::Hardware(key) => Arc::clone(key) as Arc<dyn HolderKey>,
            Self::Kept { key, .. } => Arc::clone(key),
        }
    }

    pub(crate) fn id(&self) -> &KeyId {
        match self {
            Self::Software(key) => key.id(),
            Self::Hardware(key) => key.id(),
            Self::Kept { key, .. } => key.id(),
        }
    }

    /// Whether it is to be sealed with its card.
    pub(crate) const fn is_in_memory(&self) -> bool {
        matches!(self, Self::Software(_))
    }

    /// The record it is in already.
    pub(crate) const fn kept_name(&self) -> Option<&RecordName> {
        match self {
            Self::Kept { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The app's handle, if the key is in its hardware and nobody's yet.
    pub(crate) fn handle(&self) -> Option<&str> {
        match self {
            Self::Software(_) | Self::Kept { .. } => None,
            Self::Hardware(key) => Some(key.id().as_str()),
        }
    }

    /// Adds the key to a batch and gives its name.
    pub(crate) fn store(
        &self,
        batch: &mut Batch,
        seal: Option<&DeviceBoundSeal>,
        random: &dyn Random,
    ) -> Result<RecordName, WalletError> {
        let name = make_name(random)?;
        let place = match self {
            Self::Kept { name, .. } => return Ok(name.clone()),
            Self::Hardware(key) => KeyPlace::Hardware {
                handle: key.id().as_str().to_owned(),
            },
            Self::Software(key) => {
                let body = make_name(random)?;
                let secret = key.expose_secret().expose();
                let bytes = match seal {
                    Some(seal) => seal.seal(Sealed::HolderKey, &body.id()?, secret, random)?,
                    None => SecretBytes::new(secret.to_vec()),
                };
                batch.insert_body(&body, bytes)?;
                KeyPlace::Store {
                    body,
                    device_bound: seal.is_some(),
                }
            }
        };
        let key = self.holder_key();
        let record = KeyRecord {
            purpose: purpose_text(KeyPurpose::Holder).to_owned(),
            algorithm: key.algorithm().as_str().to_owned(),
            public_jwk: Value::Object(key.public_key().to_jwk()),
            place,
            enrolled_at: None,
            entropy_digest: None,
            identity: None,
            other: Other::new(),
        };
        batch.insert(RecordKind::KEY, &name, &record)?;
        Ok(name)
    }
}

/// Makes `count` fresh keys, in the app's hardware where it has any.
pub(crate) async fn make(
    count: u16,
    algorithm: Algorithm,
    key_store: Option<&Arc<dyn KeyStore>>,
    random: &dyn Random,
) -> Result<Vec<NewKey>, WalletError> {
    match key_store {
        Some(store) => {
            let request = CreateKeys {
                count: count.into(),
                algorithm,
                ..CreateKeys::default()
            };
            let created = HardwareKey::create(store, request, KeyPurpose::Holder).await?;
            Ok(created
                .into_iter()
                .map(|new| NewKey::Hardware(Arc::new(new.key)))
                .collect())
        }
        None => (0..count)
            .map(|_| SoftwareKey::generate(algorithm, KeyPurpose::Holder, random))
            .map(|key| key.map(|key| NewKey::Software(Arc::new(key))))
            .collect(),
    }
}

/// Whether the device's key will not come back: what was sealed under it must be issued again.
pub(super) fn is_lost(error: &WalletError) -> bool {
    matches!(
        error.code(),
        ErrorCode::DeviceKeyMissing | ErrorCode::DeviceKeyInvalidated
    )
}

/// The private bytes of a key from its body record.
pub(super) fn unseal(
    name: &RecordName,
    body: &RecordName,
    device_bound: bool,
    sealed: &[u8],
    seal: &Result<Option<DeviceBoundSeal>, WalletError>,
) -> Result<Secret<32>, WalletError> {
    let bytes = if device_bound {
        let needs_device = || WalletError::new(ErrorCode::NeedsReissue).about(name.as_str());
        match seal {
            Ok(Some(seal)) => seal,
            Ok(None) => return Err(needs_device()),
            Err(error) if is_lost(error) => return Err(needs_device()),
            Err(error) => return Err(error.clone()),
        }
        .open(Sealed::HolderKey, &body.id()?, sealed)
        .map_err(|_| needs_device())?
    } else {
        SecretBytes::new(sealed.to_vec())
    };
    Secret::try_with(|secret: &mut [u8; 32]| {
        (bytes.len() == 32)
            .then(|| secret.copy_from_slice(&bytes))
            .ok_or_else(|| WalletError::new(ErrorCode::KeyUnavailable).about(name.as_str()))
    })
}

/// The stored key with this record; `secret` is what its body holds, if it is in the store.
pub(crate) fn open(
    name: &RecordName,
    record: &KeyRecord,
    secret: Option<&[u8]>,
    seal: &Result<Option<DeviceBoundSeal>, WalletError>,
    key_store: Option<&Arc<dyn KeyStore>>,
) -> Result<Arc<dyn HolderKey>, WalletError> {
    let unusable = || WalletError::new(ErrorCode::KeyUnavailable).about(name.as_str());
    if record.purpose != purpose_text(KeyPurpose::Holder) {
        return Err(WalletError::new(ErrorCode::KeyPurpose).about(name.as_str()));
    }
    let public = PublicKey::from_jwk(&record.public_jwk).map_err(|_| unusable())?;
    let key: Arc<dyn HolderKey> = match &record.place {
        KeyPlace::Hardware { handle } => {
            let store = key_store.ok_or_else(unusable)?;
            let id = KeyId::new(handle.as_str());
            Arc::new(HardwareKey::new(
                Arc::clone(store),
                id,
                KeyPurpose::Holder,
                public.clone(),
            )?)
        }
        KeyPlace::Store { body, device_bound } => {
            let sealed = secret.ok_or_else(unusable)?;
            let secret = unseal(name, body, *device_bound, sealed, seal)?;
            let algorithm = Algorithm::from_identifier(&record.algorithm).ok_or_else(unusable)?;
            let id = KeyId::new(name.as_str());
            Arc::new(SoftwareKey::from_secret(
                id,
                algorithm,
                KeyPurpose::Holder,
                secret,
            )?)
        }
    };
    if *key.public_key() == public {
        Ok(key)
    } else {
        Err(unusable())
    }
}
