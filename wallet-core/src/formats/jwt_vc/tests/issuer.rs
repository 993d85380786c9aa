//! An issuer that signs whatever a test asks for, rule or no rule. It shares no code with what it tests.

use crate::formats::IssuerEvidence;
use crate::formats::sd_jwt_vc::IssuerKey;
use crate::jose::PublicKey;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};

pub(super) const ISSUER: &str = "https://issuer.example";
pub(super) const V1: &str = "https://www.w3.org/2018/credentials/v1";
pub(super) const V2: &str = "https://www.w3.org/ns/credentials/v2";

pub(super) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

pub(super) fn signing_key() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).unwrap()
}

pub(super) fn holder_signing_key() -> SigningKey {
    SigningKey::from_slice(&[9; 32]).unwrap()
}

pub(super) fn jwk(key: &SigningKey) -> Value {
    let point = key.verifying_key().to_sec1_point(false);
    let (x, y) = (point.x().unwrap(), point.y().unwrap());
    json!({"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)})
}

/// The key as DID, with members in an order of this issuer's own.
pub(super) fn did(key: &SigningKey) -> String {
    format!("did:jwk:{}", encode(jwk(key).to_string().as_bytes()))
}

pub(super) fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_jwk(&jwk(key)).unwrap()
}

pub(super) fn issuer_key() -> IssuerKey {
    let evidence = IssuerEvidence::Web {
        issuer: ISSUER.to_owned(),
        address_checked: true,
    };
    IssuerKey::new(public(&signing_key()), evidence)
}

pub(super) fn sign_jwt(header: &str, payload: &str, key: &SigningKey) -> String {
    let [header, payload] = [header, payload].map(|part| encode(part.as_bytes()));
    let input = format!("{header}.{payload}");
    let signature: Signature = key.sign(input.as_bytes());
    format!("{input}.{}", encode(&signature.to_bytes()))
}

/// A credential in the making.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) header: Value,
    pub(super) payload: Value,
}

impl Draft {
    /// By VCDM 1.1.
    pub(super) fn v1() -> Self {
        Self {
            header: json!({"alg": "ES256", "typ": "JWT"}),
            payload: json!({
                "iss": ISSUER, "sub": did(&holder_signing_key()), "jti": "urn:uuid:1",
                "nbf": 1_683_000_000, "exp": 1_883_000_000,
                "vc": {
                    "@context": [V1],
                    "type": ["VerifiableCredential", "CitizenCredential"],
                    "credentialSubject": {"name": "Hong Gildong", "address": {"region": "Yuldo"}},
                },
            }),
        }
    }

    /// By VCDM 2.0.
    pub(super) fn v2() -> Self {
        Self {
            header: json!({"alg": "ES256", "typ": "vc+jwt"}),
            payload: json!({
                "@context": [V2],
                "id": "urn:uuid:1",
                "type": ["VerifiableCredential", "CitizenCredential"],
                "issuer": {"id": ISSUER, "name": "Residents' office"},
                "validFrom": "2023-05-02T04:00:00Z",
                "validUntil": "2029-09-01T23:33:20Z",
                "credentialSubject": {"id": did(&holder_signing_key()), "name": "Hong Gildong"},
            }),
        }
    }

    /// The same with what is at this pointer's object added or replaced.
    pub(super) fn with(mut self, at: &str, members: Value) -> Self {
        let object = self.payload.pointer_mut(at).unwrap();
        let object = object.as_object_mut().unwrap();
        object.extend(members.as_object().unwrap().clone());
        self
    }

    pub(super) fn with_header(mut self, members: Value) -> Self {
        let header = self.header.as_object_mut().unwrap();
        header.extend(members.as_object().unwrap().clone());
        self
    }

    pub(super) fn without(mut self, at: &str, member: &str) -> Self {
        let object = self.payload.pointer_mut(at).unwrap();
        object.as_object_mut().unwrap().shift_remove(member);
        self
    }

    pub(super) fn without_header(mut self, member: &str) -> Self {
        self.header.as_object_mut().unwrap().shift_remove(member);
        self
    }

    pub(super) fn sign(&self) -> String {
        let [header, payload] = [&self.header, &self.payload].map(Value::to_string);
        sign_jwt(&header, &payload, &signing_key())
    }
}
