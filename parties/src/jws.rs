//! JWS compact serialization (RFC 7515), signing with ES256.

use serde_json::{Map, Value};

use crate::encoding::{base64url, from_base64url, json_object};
use crate::keys::{EcKey, VerificationKey};
use crate::refused::{OrRefuse, Result, ensure};

/// Signs `payload` under `header`; `alg` is set here.
pub fn sign(header: &Map<String, Value>, payload: &Map<String, Value>, key: &EcKey) -> String {
    let mut full = Map::new();
    full.insert("alg".into(), "ES256".into());
    full.extend(header.clone());
    let part = |object: Map<String, Value>| base64url(Value::Object(object).to_string().as_bytes());
    let signing_input = format!("{}.{}", part(full), part(payload.clone()));
    let signature = base64url(&key.sign(signing_input.as_bytes()));
    format!("{signing_input}.{signature}")
}

/// A JWS that was taken apart and not yet verified.
#[derive(Debug, Clone)]
pub struct Jws {
    /// The protected header.
    pub header: Map<String, Value>,
    /// The payload.
    pub payload: Map<String, Value>,
    signing_input: String,
    signature: Vec<u8>,
}

impl Jws {
    /// Takes a compact JWS with JSON payload apart.
    pub fn parse(text: &str) -> Result<Self> {
        let (signing_input, signature) = text.rsplit_once('.').or_refuse("not a JWS")?;
        let (header, payload) = signing_input.split_once('.').or_refuse("not a JWS")?;
        Ok(Self {
            header: json_object(&from_base64url(header)?)?,
            payload: json_object(&from_base64url(payload)?)?,
            signing_input: signing_input.to_owned(),
            signature: from_base64url(signature)?,
        })
    }

    /// The `typ` header parameter.
    pub fn typ(&self) -> Option<&str> {
        self.header.get("typ")?.as_str()
    }

    /// Checks algorithm and signature.
    pub fn verify(&self, key: &VerificationKey) -> Result<()> {
        let named = self.header.get("alg").and_then(Value::as_str);
        ensure(
            named == Some(key.algorithm()),
            "the algorithm does not fit the key",
        )?;
        ensure(
            !self.header.contains_key("crit"),
            "an unknown header parameter is critical",
        )?;
        key.verify(self.signing_input.as_bytes(), &self.signature)
    }
}
