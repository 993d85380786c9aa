//! The holder's own DIDs: made, kept sealed, and asked to sign.
//!
//! Signing is three steps, as showing a card is: what would be signed is prepared and shown, approved by its digest, and signed
//! after fresh authentication. Nothing of it uses the network: the app submits what it gets.

use super::device_bound::Sealed;
use super::holder_keys;
use super::records::{
    HistoryEvent, IdentityRecord, KeyPlace, KeyRecord, Other, RecordName, purpose_text,
};
use super::store::{self, Stored, make_name};
use super::{FreshAuth, Wallet, delete, history};
use crate::clock::UnixTime;
use crate::did::Did;
use crate::error::{ErrorCode, WalletError};
use crate::identity::{
    IdentityError, IdentityKey, IdentityMethod, IdentitySignature, LedgerCall, SignatureRequest,
    Signed, account_of,
};
use crate::jose::PublicKey;
use crate::keys::{KeyId, KeyPurpose};
use crate::ledger::rpc::OwnDids;
use crate::order;
use crate::secret::SecretBytes;
use crate::vault::database::{Database, RecordKind};
use alloy_primitives::Address;
use serde_json::Value;

/// Seconds after which what was shown must be shown again.
const CONSENT_SECONDS: i64 = 300;

/// A DID of the holder's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its name in this wallet.
    pub name: RecordName,
    /// What it is for.
    pub method: IdentityMethod,
    /// Its DID; `None` as long as no ledger gave it one ([`Wallet::name_identity`]).
    pub did: Option<String>,
    /// Its key's public half.
    pub public_key: PublicKey,
    /// When it was made.
    pub made_at: UnixTime,
}

impl Identity {
    /// The account of its key on the ledger; `None` for methods without one.
    #[must_use]
    pub fn account(&self) -> Option<Address> {
        account_of(&self.public_key).ok()
    }
}

/// What would be signed. Nothing was signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedSignature {
    identity: RecordName,
    what: IdentitySignature,
    digest: [u8; 32],
    made_at: UnixTime,
}

impl PreparedSignature {
    /// What would be signed.
    #[must_use]
    pub fn what(&self) -> &IdentitySignature {
        &self.what
    }

    /// What a contract would be asked to do, to be shown; `None` for a proof.
    #[must_use]
    pub fn call(&self) -> Option<LedgerCall> {
        self.what.call().ok().flatten()
    }

    /// By this the app says what it showed: the digest that would be signed.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The holder agreed to what the app showed under this digest.
    ///
    /// # Errors
    /// `consent_mismatch` for another digest.
    pub fn approve(self, shown: &[u8]) -> Result<ApprovedSignature, WalletError> {
        match shown == self.digest {
            true => Ok(ApprovedSignature(self)),
            false => Err(IdentityError::NotApproved.into()),
        }
    }
}

/// What the holder agreed to sign.
#[derive(Debug)]
pub struct ApprovedSignature(PreparedSignature);

impl Wallet {
    /// The holder's identity of this method and network; a new one with a random key where there is none. For a did:ethr this
    /// is all: it exists on its ledger before anything is written there. A did:meta is created by its ledger
    /// ([`crate::identity::Erc1484Change::CreateIdentity`]).
    ///
    /// # Errors
    /// `random_unavailable`, `locked` and those of the store.
    pub fn create_identity(&self, method: &IdentityMethod) -> Result<Identity, WalletError> {
        let now = self.now()?;
        let seal = self.device_bound_seal()?;
        let key = IdentityKey::generate(method.clone(), self.random())?;
        let did = method.did_of(key.public_key())?;
        // Another process, or an earlier call, may have made one.
        self.commit(|db, batch| {
            // One that cannot be read is no reason for a second one.
            let keys: Vec<Stored<KeyRecord>> = store::list(db, RecordKind::KEY)?;
            let of_method = |one: &Identity| one.method == *method;
            if let Some(kept) = keys.iter().filter_map(read).find(of_method) {
                return Ok(kept);
            }
            let (name, body) = (make_name(self.random())?, make_name(self.random())?);
            let secret = key.expose_secret().expose();
            let bytes = match &seal {
                Some(seal) => seal.seal(Sealed::HolderKey, &body.id()?, secret, self.random())?,
                None => SecretBytes::new(secret.to_vec()),
            };
            batch.insert_body(&body, bytes)?;
            let record = KeyRecord {
                purpose: purpose_text(KeyPurpose::Identity).to_owned(),
                algorithm: method.algorithm().as_str().to_owned(),
                public_jwk: Value::Object(key.public_key().to_jwk()),
                place: KeyPlace::Store {
                    body,
                    device_bound: seal.is_some(),
                },
                enrolled_at: None,
                entropy_digest: None,
                identity: Some(IdentityRecord::new(method, did.clone(), now)?),
                other: Other::new(),
            };
            batch.insert(RecordKind::KEY, &name, &record)?;
            let event = HistoryEvent::IdentityMade {
                identity: name.clone(),
                method: method.as_str().to_owned(),
                network: network_of(method),
            };
            history::append(db, batch, now, event, self.random())?;
            Ok(Identity {
                name,
                method: method.clone(),
                did: did.clone(),
                public_key: key.public_key().clone(),
                made_at: now,
            })
        })
    }

    /// All identities, oldest first. One that is damaged, or of a method that came after this version, is left out.
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub fn identities(&self) -> Result<Vec<Identity>, WalletError> {
        let keys: Vec<Stored<KeyRecord>> =
            self.with_store(|db| store::list_readable(db, RecordKind::KEY))?;
        let mut found: Vec<Identity> = keys.iter().filter_map(read).collect();
        order::sort_by(&mut found, |a, b| {
            (a.made_at, &a.name).cmp(&(b.made_at, &b.name))
        });
        Ok(found)
    }

    /// The DIDs of all identities: no server is to be asked about one of them. The wallet says so to its resolvers itself;
    /// what an app resolves on its own is for [`LedgerResolver::not_about`](crate::ledger::rpc::LedgerResolver::not_about).
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub fn own_dids(&self) -> Result<OwnDids, WalletError> {
        let texts = self.identities()?.into_iter().filter_map(|one| one.did);
        let dids: Vec<Did> = texts.filter_map(|did| Did::parse(&did).ok()).collect();
        Ok(OwnDids::new(&dids))
    }

    /// Writes down the DID a ledger gave an identity, once. That the ledger says so is for the app to resolve: a wrong name
    /// proves nothing to anybody.
    ///
    /// # Errors
    /// `not_found`; `malformed` about `did` for a DID of another method or network, in another form than the canonical one, or
    /// where the identity has another already; `locked` and those of the store.
    pub fn name_identity(&self, name: &RecordName, did: &str) -> Result<Identity, WalletError> {
        self.commit(|db, batch| {
            let (mut key, mut identity) = get(db, name)?;
            if identity.did.as_deref() == Some(did) {
                return Ok(identity);
            }
            if identity.did.is_some() || !identity.method.may_be_named(did) {
                return Err(IdentityError::OtherName.into());
            }
            identity.did = Some(did.to_owned());
            if let Some(record) = &mut key.value.identity {
                record.did.clone_from(&identity.did);
            }
            batch.update(&key)?;
            Ok(identity)
        })
    }

    /// What the identity would sign for this, to be shown.
    ///
    /// # Errors
    /// `not_found`; `key_purpose` about `method` for what its method does not sign; `not_found` about `did` for a proof of an
    /// identity without a name; `not_supported` about `key`; `too_large` about `proof`; `locked` and those of the store.
    pub fn prepare_signature(
        &self,
        name: &RecordName,
        request: SignatureRequest,
    ) -> Result<PreparedSignature, WalletError> {
        let now = self.now()?;
        let (_, identity) = self.with_store(|db| get(db, name))?;
        let (method, did) = (&identity.method, identity.did.as_deref());
        let what = request.build(method, &identity.public_key, did, now)?;
        Ok(PreparedSignature {
            identity: name.clone(),
            digest: what.digest()?,
            what,
            made_at: now,
        })
    }

    /// Signs what the holder agreed to, and writes it into the history first. What comes back acts when the app submits it.
    ///
    /// # Errors
    /// `user_auth_required` if the authentication is too old, `consent_expired` five minutes after it was shown, `not_found`,
    /// `needs_reissue` if this device's hardware key is another, `key_failed`, `locked` and those of the store.
    pub async fn sign_approved(
        &self,
        auth: &FreshAuth,
        approved: ApprovedSignature,
    ) -> Result<Signed, WalletError> {
        self.require_fresh(auth)?;
        let (prepared, now) = (approved.0, self.now()?);
        let age = now.as_secs().saturating_sub(prepared.made_at.as_secs());
        if !(0..=CONSENT_SECONDS).contains(&age) {
            return Err(ErrorCode::ConsentExpired.into());
        }
        let key = self.open_identity(&prepared.identity)?;
        self.commit(|db, batch| {
            let event = signed_event(&prepared, key.method());
            history::append(db, batch, now, event, self.random())
        })?;
        key.sign(&prepared.what).await
    }

    /// Deletes an identity with its key. What is on a ledger stays there, and nobody can change it any more.
    ///
    /// # Errors
    /// `user_auth_required` if the authentication is too old, `not_found`, `locked` and those of the store.
    pub fn delete_identity(&self, auth: &FreshAuth, name: &RecordName) -> Result<(), WalletError> {
        self.require_fresh(auth)?;
        let now = self.now()?;
        self.commit(|db, batch| {
            let (key, identity) = get(db, name)?;
            delete::remove_key(db, batch, &key, self.random())?;
            let event = HistoryEvent::IdentityDeleted {
                method: identity.method.as_str().to_owned(),
                network: network_of(&identity.method),
            };
            history::append(db, batch, now, event, self.random()).map(|_| ())
        })
    }

    fn open_identity(&self, name: &RecordName) -> Result<IdentityKey, WalletError> {
        // Only where a key is sealed under the device's is it looked for: its loss takes no other key along.
        let seal = self.device_bound_seal();
        self.with_store(|db| {
            let (key, identity) = get(db, name)?;
            let unusable = || WalletError::new(ErrorCode::KeyUnavailable).about(name.as_str());
            let KeyPlace::Store { body, device_bound } = &key.value.place else {
                return Err(unusable());
            };
            let sealed = store::body(db, body)?;
            let secret = holder_keys::unseal(name, body, *device_bound, &sealed, &seal)?;
            let opened =
                IdentityKey::from_secret(KeyId::new(name.as_str()), identity.method, secret)?;
            match *opened.public_key() == identity.public_key {
                true => Ok(opened),
                false => Err(unusable()),
            }
        })
    }
}

fn network_of(method: &IdentityMethod) -> Option<String> {
    method.network().map(|(name, _)| name.to_owned())
}

/// What the history says of a signature: to whom or what, not with which values.
fn signed_event(prepared: &PreparedSignature, method: &IdentityMethod) -> HistoryEvent {
    let (identity, network) = (prepared.identity.clone(), network_of(method));
    let (act, to) = match (&prepared.what, prepared.call()) {
        (IdentitySignature::Proof(proof), _) => ("proof".to_owned(), proof.audience().to_owned()),
        (_, Some(call)) => (call.function.to_owned(), call.contract.to_string()),
        (_, None) => (String::new(), String::new()),
    };
    HistoryEvent::IdentitySigned {
        identity,
        method: method.as_str().to_owned(),
        network,
        act,
        to,
    }
}

fn get(db: &Database, name: &RecordName) -> Result<(Stored<KeyRecord>, Identity), WalletError> {
    let key: Stored<KeyRecord> = store::get(db, name)?;
    match read(&key) {
        Some(identity) => Ok((key, identity)),
        None => Err(ErrorCode::NotFound.into()),
    }
}

/// `None` for another kind of key, and for an identity of a method that this version does not know.
fn read(key: &Stored<KeyRecord>) -> Option<Identity> {
    let record = key.value.identity.as_ref()?;
    Some(Identity {
        name: key.name.clone(),
        method: record.method()?,
        did: record.did.clone(),
        public_key: PublicKey::from_jwk(&key.value.public_jwk).ok()?,
        made_at: UnixTime::from_secs(record.made_at),
    })
}
