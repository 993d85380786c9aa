//! A wallet's provider, made of `wallet-parties`.
#![allow(dead_code, reason = "each test file uses a part")]

use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use wallet_core::keys::{
    AttestationError, AttestationProvider, KeyAttestation, KeyAttestationRequest,
    WalletAttestation, WalletAttestationRequest,
};
use wallet_parties::pki::{CertificateAuthority, Leaf, LeafProfile};
use wallet_parties::{EcKey, jws, unix_now};

pub struct Provider {
    authority: CertificateAuthority,
    leaf: Leaf,
    key: EcKey,
    audiences: Mutex<Vec<String>>,
    handles: Mutex<Vec<Vec<String>>>,
    refuses_keys: AtomicBool,
    key_storage: Mutex<&'static str>,
}

impl Provider {
    pub fn new() -> Self {
        let authority = CertificateAuthority::generate("Wallet provider").unwrap();
        let profile = LeafProfile::Issuer {
            common_name: "Wallet provider's signer".to_owned(),
            uri: None,
        };
        Self {
            leaf: authority.issue_leaf(&profile).unwrap(),
            authority,
            key: EcKey::generate().unwrap(),
            audiences: Mutex::default(),
            handles: Mutex::default(),
            refuses_keys: AtomicBool::new(false),
            key_storage: Mutex::new("iso_18045_moderate"),
        }
    }

    pub fn anchor(&self) -> &[u8] {
        self.authority.der()
    }

    /// Whom attestations were asked for.
    pub fn audiences(&self) -> Vec<String> {
        self.audiences.lock().unwrap().clone()
    }

    /// The handles of the keys attestations were asked for, call by call.
    pub fn handles(&self) -> Vec<Vec<String>> {
        self.handles.lock().unwrap().clone()
    }

    /// What is said of the key storage from now on.
    pub fn call_storage(&self, resistance: &'static str) {
        *self.key_storage.lock().unwrap() = resistance;
    }

    /// From now on no key is attested.
    pub fn refuse_keys(&self) {
        self.refuses_keys.store(true, Ordering::SeqCst);
    }
}

fn sign(header: &Value, payload: &Value, key: &EcKey) -> String {
    jws::sign(
        header.as_object().unwrap(),
        payload.as_object().unwrap(),
        key,
    )
}

#[async_trait]
impl AttestationProvider for Provider {
    async fn wallet_attestation(
        &self,
        request: WalletAttestationRequest,
    ) -> Result<WalletAttestation, AttestationError> {
        let mut audiences = self.audiences.lock().unwrap();
        let header = json!({ "typ": "oauth-client-attestation+jwt", "x5c": self.leaf.x5c() });
        let claims = json!({
            "iss": "https://provider.example", "sub": "wallet-product", "exp": unix_now() + 3600,
            "cnf": { "jwk": self.key.public_jwk() },
        });
        let mut proof = json!({
            "aud": request.audience, "iat": unix_now(), "jti": format!("proof-{}", audiences.len()),
            // Of older drafts, which the npm packages read.
            "iss": "wallet-product", "exp": unix_now() + 60,
        });
        if let Some(challenge) = request.challenge {
            proof["challenge"] = json!(challenge);
        }
        audiences.push(request.audience);
        let proof_header = json!({ "typ": "oauth-client-attestation-pop+jwt" });
        Ok(WalletAttestation {
            attestation_jwt: sign(&header, &claims, &self.leaf.key),
            proof_jwt: sign(&proof_header, &proof, &self.key),
        })
    }

    async fn key_attestation(
        &self,
        request: KeyAttestationRequest,
    ) -> Result<KeyAttestation, AttestationError> {
        if self.refuses_keys.load(Ordering::SeqCst) {
            return Err(AttestationError::Refused);
        }
        self.handles.lock().unwrap().push(request.handles);
        let jwk = |jwk: &String| serde_json::from_str(jwk).unwrap();
        let keys: Vec<Value> = request.public_jwks.iter().map(jwk).collect();
        let header = json!({ "typ": "key-attestation+jwt", "x5c": self.leaf.x5c() });
        let claims = json!({
            "iat": unix_now(), "exp": unix_now() + 3600, "attested_keys": keys, "nonce": request.nonce,
            "key_storage": [*self.key_storage.lock().unwrap()],
        });
        Ok(KeyAttestation {
            jwt: sign(&header, &claims, &self.leaf.key),
        })
    }
}
