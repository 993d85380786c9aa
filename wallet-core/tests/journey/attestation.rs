//! A wallet's provider, made of `wallet-parties`.

use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::Mutex;
use wallet_core::keys::{
    AttestationError, AttestationProvider, WalletAttestation, WalletAttestationRequest,
};
use wallet_parties::pki::{CertificateAuthority, Leaf, LeafProfile};
use wallet_parties::{EcKey, jws, unix_now};

pub struct Provider {
    authority: CertificateAuthority,
    leaf: Leaf,
    key: EcKey,
    audiences: Mutex<Vec<String>>,
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
        }
    }

    pub fn anchor(&self) -> &[u8] {
        self.authority.der()
    }

    /// Whom attestations were asked for.
    pub fn audiences(&self) -> Vec<String> {
        self.audiences.lock().unwrap().clone()
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
            "sub": "wallet-product", "exp": unix_now() + 3600, "cnf": { "jwk": self.key.public_jwk() },
        });
        let mut proof = json!({
            "aud": request.audience, "iat": unix_now(), "jti": format!("proof-{}", audiences.len()),
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
}
