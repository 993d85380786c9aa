//! The secrets an issuer signs without seeing them: by these it knows the holder again, and pseudonyms come from them.
//!
//! One enrolment for an issuer and feature, made once and written down before the issuer hears of it, kept when its cards are
//! deleted: an issuer that gives one secret to a person enrols nobody twice. They are software, not bound to this device, and
//! in backups. Each copy keeps what it was bound to beside itself, as other copies keep their keys.

use super::Wallet;
use super::receive::ReceivedCard;
use super::records::{KeyPlace, KeyRecord, Other, RecordName, purpose_text};
use super::store::{self, Batch, Stored, make_name};
use crate::error::{Category, ErrorCode, WalletError};
use crate::formats::FormatError;
use crate::formats::data_integrity::{DataIntegrityError, Feature, HolderSecrets};
use crate::issuance::IssuerIdentifier;
use crate::jose::base64url;
use crate::keys::KeyPurpose;
use crate::random::Random;
use crate::secret::SecretBytes;
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
        let kept = |db: &Database| {
            let key = find(db, issuer, feature)?;
            key.map(|key| open(db, &key).map(Arc::new)).transpose()
        };
        if let Some(secrets) = self.with_store(kept)? {
            return Ok(secrets);
        }
        let new = HolderSecrets::new(feature, self.random());
        let new = Arc::new(new.map_err(FormatError::from)?);
        // Another process may have been faster: its secrets are the issuer's then.
        self.commit(|db, batch| match kept(db)? {
            Some(secrets) => Ok(secrets),
            None => {
                let enrolled_at = Some(issuer.as_str().to_owned());
                store(batch, &new, enrolled_at, self.random())?;
                Ok(Arc::clone(&new))
            }
        })
    }
}

/// The record of what this issuer knows the holder by, in this feature.
fn find(
    db: &Database,
    issuer: &IssuerIdentifier,
    feature: Feature,
) -> Result<Option<Stored<KeyRecord>>, WalletError> {
    let keys: Vec<Stored<KeyRecord>> = store::list(db, RecordKind::KEY)?;
    for key in keys {
        if key.value.enrolled_at.as_deref() == Some(issuer.as_str())
            && HolderSecrets::are_for(&body(db, &key)?, feature)
        {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Requires that the issuer's part of the secret of pseudonyms is the one it gave with the first card that was kept: with
/// another, the holder would have a second pseudonym everywhere, and the issuer, who knows the difference of the two, could
/// tell by both whose they are. Gives the enrolment to write back where this is the first.
///
/// # Errors
/// `holder_key_mismatch` about `signer_nym_entropy`.
pub(super) fn require_same_entropy(
    db: &Database,
    card: &ReceivedCard,
) -> Result<Option<Stored<KeyRecord>>, WalletError> {
    let Some(holder) = &card.holder else {
        return Ok(None);
    };
    let issuer = &card.received.context.issuer;
    let unusable = || WalletError::new(ErrorCode::KeyUnavailable);
    let mut enrolled = find(db, issuer, holder.feature())?.ok_or_else(unusable)?;
    let before = enrolled.value.entropy_digest.clone();
    for copy in &card.received.copies {
        let Some(digest) = copy.credential.entropy_digest() else {
            continue;
        };
        let digest = base64url::encode(&digest);
        let pinned = enrolled.value.entropy_digest.get_or_insert(digest.clone());
        if *pinned != digest {
            let error = WalletError::new(ErrorCode::HolderKeyMismatch).by(Category::Issuer);
            return Err(error.rule("vc-di-bbs 3.3.2").about("signer_nym_entropy"));
        }
    }
    Ok((enrolled.value.entropy_digest != before).then_some(enrolled))
}

/// As [`require_same_entropy`], and remembers the first.
pub(super) fn pin_entropy(
    db: &Database,
    batch: &mut Batch,
    card: &ReceivedCard,
) -> Result<(), WalletError> {
    match require_same_entropy(db, card)? {
        Some(enrolled) => batch.update(&enrolled),
        None => Ok(()),
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
    batch.insert_body(&body, secrets.to_bytes().into())?;
    let record = KeyRecord {
        purpose: purpose_text(KeyPurpose::LinkSecret).to_owned(),
        algorithm: String::new(),
        public_jwk: Value::Null,
        place: KeyPlace::Store {
            body,
            device_bound: false,
        },
        enrolled_at,
        entropy_digest: None,
        identity: None,
        other: Other::new(),
    };
    batch.insert(RecordKind::KEY, &name, &record)?;
    Ok(name)
}

/// The secrets of a record.
pub(super) fn open(db: &Database, key: &Stored<KeyRecord>) -> Result<HolderSecrets, WalletError> {
    HolderSecrets::from_bytes(&body(db, key)?).map_err(|error| match error {
        DataIntegrityError::Feature => WalletError::new(ErrorCode::NotSupported).about("feature"),
        _ => unusable(key),
    })
}

fn body(db: &Database, key: &Stored<KeyRecord>) -> Result<SecretBytes, WalletError> {
    match &key.value.place {
        KeyPlace::Store { body, .. } => store::body(db, body),
        KeyPlace::Hardware { .. } => Err(unusable(key)),
    }
}

fn unusable(key: &Stored<KeyRecord>) -> WalletError {
    WalletError::new(ErrorCode::KeyUnavailable).about(key.name.as_str())
}
