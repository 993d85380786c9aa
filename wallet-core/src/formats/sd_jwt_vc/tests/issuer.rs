//! An issuer that signs whatever a test asks for, rule or no rule. It shares no code with what it tests.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::formats::sd_jwt_vc::IssuerKey;
use crate::jose::PublicKey;

pub(in crate::formats::sd_jwt_vc) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

pub(in crate::formats::sd_jwt_vc) fn digest(text: &str) -> String {
    encode(&Sha256::digest(text.as_bytes()))
}

/// A disclosure of this JSON text, and its digest.
pub(in crate::formats::sd_jwt_vc) fn disclosure(json: &str) -> (String, String) {
    let text = encode(json.as_bytes());
    let digest = digest(&text);
    (text, digest)
}

pub(in crate::formats::sd_jwt_vc) fn signing_key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

pub(in crate::formats::sd_jwt_vc) fn holder_signing_key() -> SigningKey {
    SigningKey::from_slice(&[9; 32]).unwrap()
}

pub(in crate::formats::sd_jwt_vc) fn jwk(key: &SigningKey) -> Value {
    let point = key.verifying_key().to_sec1_point(false);
    let (x, y) = (point.x().unwrap(), point.y().unwrap());
    json!({"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)})
}

pub(in crate::formats::sd_jwt_vc) fn issuer_key() -> IssuerKey {
    IssuerKey::for_tests(PublicKey::from_jwk(&jwk(&signing_key())).unwrap())
}

pub(in crate::formats::sd_jwt_vc) fn sign_jwt(
    header: &str,
    payload: &str,
    key: &SigningKey,
) -> String {
    let input = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(payload.as_bytes())
    );
    let signature: Signature = key.sign(input.as_bytes());
    format!("{input}.{}", encode(&signature.to_bytes()))
}

/// A credential in the making.
#[derive(Clone)]
pub(in crate::formats::sd_jwt_vc) struct Draft {
    pub(in crate::formats::sd_jwt_vc) header: Value,
    pub(in crate::formats::sd_jwt_vc) payload: Value,
    pub(in crate::formats::sd_jwt_vc) disclosures: Vec<String>,
}

impl Draft {
    /// A bound credential with nothing to disclose yet.
    pub(in crate::formats::sd_jwt_vc) fn new() -> Self {
        Self {
            header: json!({"alg": "ES256", "typ": "dc+sd-jwt"}),
            payload: json!({
                "iss": "https://issuer.example",
                "vct": "https://issuer.example/id",
                "iat": 1_683_000_000,
                "exp": 1_883_000_000,
                "cnf": {"jwk": jwk(&holder_signing_key())},
            }),
            disclosures: Vec::new(),
        }
    }

    /// The same with `members` of its payload added or replaced.
    pub(in crate::formats::sd_jwt_vc) fn with(mut self, members: Value) -> Self {
        let payload = self.payload.as_object_mut().unwrap();
        payload.extend(members.as_object().unwrap().clone());
        self
    }

    pub(in crate::formats::sd_jwt_vc) fn with_header(mut self, members: Value) -> Self {
        let header = self.header.as_object_mut().unwrap();
        header.extend(members.as_object().unwrap().clone());
        self
    }

    pub(in crate::formats::sd_jwt_vc) fn without(mut self, member: &str) -> Self {
        self.payload.as_object_mut().unwrap().shift_remove(member);
        self
    }

    /// Adds a disclosure and gives its digest, which the caller puts where it wants.
    pub(in crate::formats::sd_jwt_vc) fn disclose(&mut self, json: &Value) -> String {
        let (text, digest) = disclosure(&json.to_string());
        self.disclosures.push(text);
        digest
    }

    /// Adds a disclosed member at the top level.
    pub(in crate::formats::sd_jwt_vc) fn with_disclosed(
        mut self,
        name: &str,
        value: &Value,
    ) -> Self {
        let digest = self.disclose(&json!([format!("salt of {name}"), name, value]));
        let payload = self.payload.as_object_mut().unwrap();
        let digests = payload.entry("_sd").or_insert(json!([]));
        digests.as_array_mut().unwrap().push(json!(digest));
        self
    }

    pub(in crate::formats::sd_jwt_vc) fn sign(&self) -> String {
        self.sign_raw(&self.payload.to_string())
    }

    /// Signs this payload text instead of the drafted one.
    pub(in crate::formats::sd_jwt_vc) fn sign_raw(&self, payload: &str) -> String {
        let jwt = sign_jwt(&self.header.to_string(), payload, &signing_key());
        let disclosures = self.disclosures.iter().map(|text| format!("{text}~"));
        format!("{jwt}~{}", disclosures.collect::<String>())
    }
}
