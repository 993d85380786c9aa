//! A key store for tests: keys in memory, prompts counted, every failure at will.

use super::key_store::{
    AuthContext, CreateKeys, CreatedKey, KeyPolicy, KeyStore, KeyStoreCapabilities, KeyStoreError,
    PlatformAttestation, PublicKeyData, SecurityLevel, SignRequest, UserAuth,
};
use super::{HolderKey, KeyPurpose, SoftwareKey};
use crate::jose::Algorithm;
use crate::random::OsRandom;
use async_trait::async_trait;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How the double writes ECDSA signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureForm {
    /// DER, as Android and Apple do.
    #[default]
    Der,
    /// `R || S`.
    FixedWidth,
    /// Signatures of some other key, as a faulty store makes.
    Wrong,
}

#[derive(Default)]
struct State {
    keys: BTreeMap<String, (SoftwareKey, KeyPolicy)>,
    made: u32,
    prompts: u32,
    failures: VecDeque<KeyStoreError>,
    form: SignatureForm,
}

/// A [`KeyStore`] in memory. For tests only: it protects nothing.
#[derive(Default)]
pub struct InMemoryKeyStore {
    state: Mutex<State>,
}

impl InMemoryKeyStore {
    /// An empty store that writes DER signatures.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the next call fail; several are answered in turn.
    pub fn fail_next(&self, error: KeyStoreError) {
        self.state().failures.push_back(error);
    }

    /// Changes how signatures are written.
    pub fn set_signature_form(&self, form: SignatureForm) {
        self.state().form = form;
    }

    /// How often the holder would have been asked so far.
    #[must_use]
    pub fn prompts(&self) -> u32 {
        self.state().prompts
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, unless this call is to fail.
    fn begin(&self) -> Result<MutexGuard<'_, State>, KeyStoreError> {
        let mut state = self.state();
        match state.failures.pop_front() {
            Some(error) => Err(error),
            None => Ok(state),
        }
    }
}

impl State {
    fn create_one(&mut self, request: &CreateKeys) -> Result<CreatedKey, KeyStoreError> {
        let key = SoftwareKey::generate(request.algorithm, KeyPurpose::Holder, &OsRandom)
            .map_err(|_| KeyStoreError::Unsupported)?;
        self.made += 1;
        let handle = format!("in-memory-{}", self.made);
        let created = CreatedKey {
            handle: handle.clone(),
            public_key: PublicKeyData::Spki(key.public_key().to_spki_der()),
            attestation: request.policy.attestation_challenge.as_ref().map(|bytes| {
                PlatformAttestation {
                    format: "in-memory".into(),
                    parts: vec![bytes.clone()],
                }
            }),
        };
        self.keys.insert(handle, (key, request.policy.clone()));
        Ok(created)
    }

    fn sign_one(&self, request: &SignRequest) -> Result<Vec<u8>, KeyStoreError> {
        let (key, _) = self
            .keys
            .get(&request.handle)
            .ok_or(KeyStoreError::NotFound)?;
        if request.algorithm != key.algorithm() {
            return Err(KeyStoreError::Unsupported);
        }
        let other;
        let key = if self.form == SignatureForm::Wrong {
            other = SoftwareKey::generate(key.algorithm(), KeyPurpose::Holder, &OsRandom)
                .map_err(|_| KeyStoreError::HardwareFault)?;
            &other
        } else {
            key
        };
        let signature = key
            .sign_bytes(&request.bytes)
            .map_err(|_| KeyStoreError::HardwareFault)?;
        if self.form == SignatureForm::Der && key.algorithm() == Algorithm::Es256 {
            return p256::ecdsa::Signature::from_slice(&signature)
                .map(|signature| signature.to_der().as_bytes().to_vec())
                .map_err(|_| KeyStoreError::HardwareFault);
        }
        Ok(signature)
    }

    /// One prompt for all, unless the app brought the answer of one along.
    fn prompt(&mut self, requests: &[SignRequest], auth: &AuthContext) {
        let is_needed = requests.iter().any(|request| {
            self.keys
                .get(&request.handle)
                .is_some_and(|(_, policy)| policy.user_auth == UserAuth::EveryUse)
        });
        if is_needed && auth.reference.is_none() {
            self.prompts += 1;
        }
    }
}

#[async_trait]
impl KeyStore for InMemoryKeyStore {
    async fn capabilities(&self) -> Result<KeyStoreCapabilities, KeyStoreError> {
        drop(self.begin()?);
        Ok(KeyStoreCapabilities {
            algorithms: vec![Algorithm::Es256, Algorithm::EdDsa],
            security_level: SecurityLevel::Software,
            user_auth: true,
            attestation: true,
            max_signatures_per_prompt: 64,
        })
    }

    async fn create(&self, request: CreateKeys) -> Result<Vec<CreatedKey>, KeyStoreError> {
        let mut state = self.begin()?;
        (0..request.count)
            .map(|_| state.create_one(&request))
            .collect()
    }

    async fn sign(
        &self,
        request: SignRequest,
        auth: AuthContext,
    ) -> Result<Vec<u8>, KeyStoreError> {
        let mut state = self.begin()?;
        state.prompt(std::slice::from_ref(&request), &auth);
        state.sign_one(&request)
    }

    async fn sign_many(
        &self,
        requests: Vec<SignRequest>,
        auth: AuthContext,
    ) -> Result<Vec<Vec<u8>>, KeyStoreError> {
        let mut state = self.begin()?;
        state.prompt(&requests, &auth);
        requests
            .iter()
            .map(|request| state.sign_one(request))
            .collect()
    }

    async fn delete(&self, handle: String) -> Result<(), KeyStoreError> {
        self.begin()?.keys.remove(&handle);
        Ok(())
    }

    async fn list(&self) -> Result<Vec<String>, KeyStoreError> {
        Ok(self.begin()?.keys.keys().cloned().collect())
    }
}
