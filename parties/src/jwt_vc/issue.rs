//! Issuing.

use serde_json::{Map, Value, json};

use super::{CONTEXT_1, CONTEXT_2, DataModel};
use crate::calendar::date_time;
use crate::chain::ChainKey;
use crate::encoding::base64url;
use crate::jws;
use crate::keys::EcKey;

/// Who signs with a key that a DID document lists.
#[derive(Clone)]
pub struct DidSigner {
    /// The issuer's DID.
    pub did: String,
    /// The DID URL of the key.
    pub key_id: String,
    /// The key.
    pub key: ChainKey,
}

/// A credential about to be issued.
#[derive(Debug, Clone)]
pub struct JwtVcDraft {
    /// The data model.
    pub model: DataModel,
    /// Who issues it: a URL.
    pub issuer: String,
    /// Whom it is about: a DID, if the subject has a name.
    pub subject: Option<String>,
    /// Its types besides the one all have.
    pub types: Vec<String>,
    /// From when it is valid, seconds since 1970.
    pub from: u64,
    /// Until when.
    pub until: u64,
    /// What is claimed about the subject.
    pub claims: Map<String, Value>,
    /// The claim `status` (Token Status List), if there is one.
    pub status: Option<Value>,
}

impl JwtVcDraft {
    /// `typ` of the JWT.
    pub fn typ(&self) -> &'static str {
        match self.model {
            DataModel::V1 => "JWT",
            DataModel::V2 => "vc+jwt",
        }
    }

    /// The claims of the JWT.
    pub fn payload(&self) -> Map<String, Value> {
        let mut types = vec!["VerifiableCredential".to_owned()];
        types.extend(self.types.clone());
        let mut payload = match self.model {
            DataModel::V1 => json!({
                "iss": self.issuer,
                "nbf": self.from,
                "exp": self.until,
                "vc": {"@context": [CONTEXT_1], "type": types, "credentialSubject": self.claims},
            }),
            DataModel::V2 => json!({
                "@context": [CONTEXT_2],
                "type": types,
                "issuer": self.issuer,
                "validFrom": date_time(self.from),
                "validUntil": date_time(self.until),
                "credentialSubject": self.claims,
            }),
        };
        if let Some(subject) = &self.subject {
            match self.model {
                DataModel::V1 => payload["sub"] = subject.as_str().into(),
                DataModel::V2 => payload["credentialSubject"]["id"] = subject.as_str().into(),
            }
        }
        if let Some(status) = &self.status {
            payload["status"] = status.clone();
        }
        payload.as_object().cloned().unwrap_or_default()
    }

    /// Signs with ES256K as a DID's key of this name; `typ` is set here.
    pub fn sign_as(&self, signer: &DidSigner) -> String {
        let header = json!({"alg": "ES256K", "typ": self.typ(), "kid": signer.key_id});
        let part = |value: &Value| base64url(value.to_string().as_bytes());
        let input = format!("{}.{}", part(&header), part(&Value::Object(self.payload())));
        let signature = base64url(&signer.key.sign(input.as_bytes()));
        format!("{input}.{signature}")
    }

    /// Signs with ES256 under this header; `typ` is set here.
    pub fn sign(&self, header: Map<String, Value>, key: &EcKey) -> String {
        let mut full = header;
        full.insert("typ".into(), self.typ().into());
        jws::sign(&full, &self.payload(), key)
    }
}

/// A public JWK as DID.
pub fn did_jwk(jwk: &Value) -> String {
    format!("did:jwk:{}", base64url(jwk.to_string().as_bytes()))
}
