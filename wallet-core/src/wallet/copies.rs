//! The copies an approved plan shows: loaded with their keys, and marked as used before anything is sent.

use super::Wallet;
use super::anchored;
use super::cards;
use super::delete::remove_key;
use super::enrolment;
use super::holder_keys;
use super::records::{
    CopyRecord, CredentialRecord, KeyPlace, KeyRecord, RecordName, ShownCredential,
};
use super::status_cache::StatusCaches;
use super::store::{self, Batch, Stored};
use crate::error::{ErrorCode, WalletError};
use crate::formats::CredentialFormat;
use crate::formats::claim_path::ClaimPath;
use crate::keys::HolderKey;
use crate::presentation::dcql::CopyRef;
use crate::presentation::{CopyMaterial, Linkability, Showing};
use crate::secret::SecretBytes;
use crate::trust::status::{CardStatus, StatusValue};
use crate::vault::database::Database;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// A copy that is about to be shown.
pub(super) struct Marked {
    copy: Stored<CopyRecord>,
    card: CredentialRecord,
    key: Option<Stored<KeyRecord>>,
}

impl Wallet {
    /// The copies of a plan, as they are now, with what is needed to show them. A copy that answers several queries of
    /// one request is shown once: to one verifier, at one time.
    ///
    /// # Errors
    /// `one_time_exhausted`, `conflict` if a copy was shown elsewhere since the plan was made, `not_found` if its card
    /// was deleted, `credential_revoked` or `credential_suspended` if that became known since, `needs_reissue`,
    /// `key_unavailable`.
    pub(super) fn load_copies(
        &self,
        showings: &[Showing],
    ) -> Result<(Vec<Marked>, HashMap<CopyRef, CopyMaterial>), WalletError> {
        let seal = self.device_bound_seal();
        let mut marked: Vec<Marked> = Vec::new();
        let mut materials = HashMap::new();
        let now = self.now()?;
        self.with_store(|db| {
            let caches = StatusCaches::read(db)?;
            for showing in showings {
                if materials.contains_key(&showing.copy) {
                    continue;
                }
                let copy: Stored<CopyRecord> =
                    store::get(db, &RecordName::parse(&showing.copy.0)?)?;
                let card: Stored<CredentialRecord> = store::get(db, &copy.value.credential)?;
                require_as_planned(showing, &copy.value, &card)?;
                require_not_withdrawn(showing, caches.of_copy(&copy.value, now), &card.name)?;
                let key: Option<Stored<KeyRecord>> = copy
                    .value
                    .key
                    .as_ref()
                    .map(|name| store::get(db, name))
                    .transpose()?;
                let open = |key| self.open_key(db, key, &seal);
                let is_secret = |key: &&Stored<KeyRecord>| enrolment::is_link_secret(&key.value);
                let secrets = key.as_ref().filter(is_secret);
                let signing = key.as_ref().filter(|key| !is_secret(key));
                let material = CopyMaterial {
                    credential: cards::open_copy(db, &card.value, &copy.value)?,
                    key: signing.map(open).transpose()?,
                    holder: secrets.map(|key| enrolment::open(db, key)).transpose()?,
                    anchor_proof: anchor_proof(db, showings, &copy.name, &card.name)?,
                };
                materials.insert(showing.copy.clone(), material);
                marked.push(Marked {
                    copy,
                    card: card.value,
                    key,
                });
            }
            Ok(())
        })?;
        Ok((marked, materials))
    }

    pub(super) fn open_key(
        &self,
        db: &Database,
        key: &Stored<KeyRecord>,
        seal: &Result<Option<super::device_bound::DeviceBoundSeal>, WalletError>,
    ) -> Result<Arc<dyn HolderKey>, WalletError> {
        let secret: Option<SecretBytes> = match &key.value.place {
            KeyPlace::Store { body, .. } => Some(store::body(db, body)?),
            KeyPlace::Hardware { .. } => None,
        };
        let secret = secret.as_ref().map(|bytes| bytes.as_slice());
        let key_store = self.platform.key_store.as_ref();
        holder_keys::open(&key.name, &key.value, secret, seal, key_store)
    }

    /// Adds to a batch that these copies are used. One that another process changed meanwhile is a conflict.
    pub(super) fn mark_shown(
        &self,
        db: &Database,
        batch: &mut Batch,
        marked: &[Marked],
    ) -> Result<(), WalletError> {
        for shown in marked {
            let mut copy = shown.copy.clone();
            if copy.value.mark_shown(shown.card.reuse) {
                self.burn(db, batch, shown, &mut copy)?;
            }
            batch.update(&copy)?;
        }
        Ok(())
    }

    /// The key of a burned copy goes at once, so that nothing can ever be signed with it again. The body stays while it
    /// is the only one left to show the card to its holder from.
    fn burn(
        &self,
        db: &Database,
        batch: &mut Batch,
        shown: &Marked,
        copy: &mut Stored<CopyRecord>,
    ) -> Result<(), WalletError> {
        if let Some(key) = &shown.key {
            remove_key(db, batch, key, self.random())?;
            copy.value.key = None;
        }
        let mut others = shown.card.copies.iter().filter(|name| **name != copy.name);
        if others.any(|name| has_body(db, name)) {
            batch.delete(&copy.value.body)?;
        }
        Ok(())
    }
}

/// What was approved must still be true: this copy may be shown, and as often shown before as the holder was told.
fn require_as_planned(
    showing: &Showing,
    copy: &CopyRecord,
    card: &Stored<CredentialRecord>,
) -> Result<(), WalletError> {
    if !copy.may_be_shown(card.value.reuse) {
        return Err(WalletError::new(ErrorCode::OneTimeExhausted).about(card.name.as_str()));
    }
    let says = |note| showing.linkability.contains(&note);
    // A fresh proof has nothing in common with the one before.
    let is_same = says(Linkability::IssuerSignature);
    if copy.uses > 0 && is_same && !says(Linkability::CopyShownBefore) {
        return Err(WalletError::new(ErrorCode::Conflict).about(card.name.as_str()));
    }
    Ok(())
}

/// The proof that goes along, where the plan says so. One that is gone meanwhile is a conflict: something else was approved.
fn anchor_proof(
    db: &Database,
    showings: &[Showing],
    copy: &RecordName,
    card: &RecordName,
) -> Result<Option<Value>, WalletError> {
    let gives_it = |one: &Showing| one.anchor_proof && one.copy.0 == copy.as_str();
    if !showings.iter().any(gives_it) {
        return Ok(None);
    }
    match anchored::proof_of(db, copy)? {
        Some(proof) => Ok(Some(proof)),
        None => Err(WalletError::new(ErrorCode::Conflict).about(card.as_str())),
    }
}

/// A withdrawal the holder was not told of stops the showing: the verifier would learn everything and accept nothing.
fn require_not_withdrawn(
    showing: &Showing,
    status: CardStatus,
    card: &RecordName,
) -> Result<(), WalletError> {
    if !status.is_withdrawn() || showing.status.is_withdrawn() {
        return Ok(());
    }
    let code = match status.last_seen() {
        Some(StatusValue::Suspended) => ErrorCode::CredentialSuspended,
        _ => ErrorCode::CredentialRevoked,
    };
    Err(WalletError::new(code).about(card.as_str()))
}

fn has_body(db: &Database, copy: &RecordName) -> bool {
    store::get::<CopyRecord>(db, copy).is_ok_and(|copy| store::body(db, &copy.value.body).is_ok())
}

/// What the history says of a showing: names, no values.
pub(super) fn shown(
    marked: &[Marked],
    showings: &[Showing],
) -> Result<Vec<ShownCredential>, WalletError> {
    showings
        .iter()
        .map(|showing| {
            let card = marked
                .iter()
                .find(|marked| marked.copy.name.as_str() == showing.copy.0);
            Ok(ShownCredential {
                query: showing.query.clone(),
                credential: RecordName::parse(&showing.credential.0)?,
                credential_type: card
                    .map(|marked| marked.card.credential_type.clone())
                    .unwrap_or_default(),
                claims: claims_shown(showing)
                    .iter()
                    .map(ClaimPath::to_json)
                    .collect(),
                anchor_proof: showing.anchor_proof,
                pseudonym_for: showing
                    .pseudonym
                    .as_ref()
                    .map(|pseudonym| pseudonym.service.clone()),
            })
        })
        .collect()
}

/// What was disclosed, and what was asked for and is part of every showing of the card anyway; everything of a card that is
/// shown whole.
fn claims_shown(showing: &Showing) -> Vec<ClaimPath> {
    if showing.format == CredentialFormat::JwtVc {
        return showing.always_disclosed.clone();
    }
    let asked = showing.claims.iter().flat_map(|claim| &claim.selected);
    let mut shown = showing.disclosed.clone();
    for path in asked {
        if !shown.iter().any(|known| known == path) {
            shown.push(path.clone());
        }
    }
    shown
}
