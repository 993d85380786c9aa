//! The secrets an issuer signs without seeing them: by these it knows the holder again, and pseudonyms come from them.
//!
//! One enrolment for an issuer and feature, made once and written down before the issuer hears of it, kept when its cards are
//! deleted: an issuer that gives one secret to a person enrols nobody twice. They are software, not bound to this device, and
//! in backups. Each copy keeps what it was bound to beside itself, as other copies keep their keys.

use super::Wallet;
use super::records::{KeyPlace, KeyRecord, Other, RecordName, purpose_text};
use super::store::{self, Batch, Stored, make_name};
use crate::error::{ErrorCode, WalletError};
use crate::formats::FormatError;
use crate::formats::data_integrity::{Feature, HolderSecrets};
use crate::issuance::IssuerIdentifier;
use crate::keys::KeyPurpose;
use crate::random::Random;
use crate::vault::database::{Database, RecordKind};
use serde_json::Value;
use std::sync::Arc;

impl Wallet {
    /// The holder's secrets at this issuer; new ones where there are none.
    ///
    /// # Errors
    /// `locked` and those of the store. A record that cannot be read is no reason for new secrets: the issuer would refuse
    /// them, or the holder be somebody else.
    pub(super) fn enrolment(
        &self,
        issuer: &IssuerIdentifier,
        feature: Feature,
    ) -> Result<Arc<HolderSecrets>, WalletError> {
        let find = |db: &Database| {
            let keys: Vec<Stored<KeyRecord>> = store::list(db, RecordKind::KEY)?;
            for key in keys {
                if key.value.enrolled_at.as_deref() == Some(issuer.as_str()) {
                    let secrets = open(db, &key)?;
                    if secrets.feature() == feature {
                        return Ok(Some(Arc::new(secrets)));
                    }
                }
            }
            Ok(None)
        };
        if let Some(secrets) = self.with_store(find)? {
            return Ok(secrets);
        }
        let new = HolderSecrets::new(feature, self.random());
        let new = Arc::new(new.map_err(FormatError::from)?);
        // Another process may have been faster: its secrets are the issuer's then.
        self.commit(|db, batch| match find(db)? {
            Some(secrets) => Ok(secrets),
            None => {
                let enrolled_at = Some(issuer.as_str().to_owned());
                store(batch, &new, enrolled_at, self.random())?;
                Ok(Arc::clone(&new))
            }
        })
    }
}

/// Whether a key record holds such secrets.
pub(super) fn is_link_secret(key: &KeyRecord) -> bool {
    key.purpose == purpose_text(KeyPurpose::LinkSecret)
}

/// Adds what a copy is bound to to a batch and gives its name.
pub(super) fn store_of_copy(
    batch: &mut Batch,
    secrets: &HolderSecrets,
    random: &dyn Random,
) -> Result<RecordName, WalletError> {
    store(batch, secrets, None, random)
}

fn store(
    batch: &mut Batch,
    secrets: &HolderSecrets,
    enrolled_at: Option<String>,
    random: &dyn Random,
) -> Result<RecordName, WalletError> {
    let (name, body) = (make_name(random)?, make_name(random)?);
    batch.insert_body(&body, secrets.to_bytes())?;
    let record = KeyRecord {
        purpose: purpose_text(KeyPurpose::LinkSecret).to_owned(),
        algorithm: String::new(),
        public_jwk: Value::Null,
        place: KeyPlace::Store {
            body,
            device_bound: false,
        },
        enrolled_at,
        other: Other::new(),
    };
    batch.insert(RecordKind::KEY, &name, &record)?;
    Ok(name)
}

/// The secrets of a record.
pub(super) fn open(db: &Database, key: &Stored<KeyRecord>) -> Result<HolderSecrets, WalletError> {
    let unusable = || WalletError::new(ErrorCode::KeyUnavailable).about(key.name.as_str());
    let KeyPlace::Store { body, .. } = &key.value.place else {
        return Err(unusable());
    };
    HolderSecrets::from_bytes(&store::body(db, body)?).ok_or_else(unusable)
}
