//! Proofs of possession of the holder's keys (OpenID4VCI 1.0 appendix F).

use serde_json::{Map, Value};

use super::attestation::attested_keys;
use super::{BATCH_SIZE, State, options::Support};
use crate::encoding::{from_base64url, json_object, unix_now};
use crate::jws::Jws;
use crate::keys::VerificationKey;
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// How far the clock of a proof may be off, in seconds.
const PROOF_AGE: u64 = 300;

/// What the proofs of one request proved.
#[derive(Default)]
pub(super) struct Proven {
    /// Public JWKs, each once.
    pub(super) keys: Vec<Value>,
    pub(super) nonces: Vec<String>,
}

impl Proven {
    fn add(&mut self, jwk: Value, nonce: String) -> Result<()> {
        let repeated = self.keys.contains(&jwk);
        ensure(!repeated, "two proofs for the same key")?;
        self.keys.push(jwk);
        self.nonces.push(nonce);
        ensure(self.keys.len() <= BATCH_SIZE, "too many keys")
    }
}

impl State {
    /// Checks the proofs of a credential request from `client_id` to `issuer`. The nonces are the caller's to check.
    pub(super) fn proven(
        &self,
        body: &Map<String, Value>,
        issuer: &str,
        client_id: Option<&str>,
    ) -> Result<Proven> {
        let proofs = body.get("proofs").and_then(Value::as_object);
        let proofs = proofs.or_refuse("proofs are missing")?;
        ensure(proofs.len() == 1, "more than one kind of proof")?;
        let (kind, texts) = proofs.iter().next().or_refuse("no proofs")?;
        let texts = texts.as_array().or_refuse("proofs are not an array")?;
        let number = (1..=BATCH_SIZE).contains(&texts.len());
        ensure(number, "too many proofs or none")?;
        let mut proven = Proven::default();
        for text in texts {
            let text = text.as_str().or_refuse("a proof is not text")?;
            match kind.as_str() {
                "jwt" => {
                    let (keys, nonce) = self.check_jwt(text, issuer, client_id)?;
                    for key in keys {
                        proven.add(key, nonce.clone())?;
                    }
                }
                "attestation" if self.options.key_attestation != Support::Absent => {
                    let attested = attested_keys(text, &self.attestation_anchors)?;
                    for key in attested.keys {
                        proven.add(key, attested.nonce.clone())?;
                    }
                }
                _ => return Err(Refused::because("an unknown kind of proof")),
            }
        }
        Ok(proven)
    }

    /// Appendix F.1. A proof with a key attestation stands for all keys of that.
    fn check_jwt(
        &self,
        proof: &str,
        issuer: &str,
        client_id: Option<&str>,
    ) -> Result<(Vec<Value>, String)> {
        let jws = Jws::parse(proof)?;
        ensure(
            jws.typ() == Some("openid4vci-proof+jwt"),
            "typ of the proof",
        )?;
        ensure(!jws.header.contains_key("x5c"), "a key was named twice")?;
        let jwk = &match (jws.header.get("jwk"), jws.header.get("kid")) {
            (Some(jwk), None) => jwk.clone(),
            (None, Some(kid)) => key_of(kid.as_str().or_refuse("kid is not text")?)?,
            _ => return Err(Refused::because("not one name of the key")),
        };
        jws.verify(&VerificationKey::from_jwk(jwk)?)?;
        let nonce = &check_occasion(&jws, issuer, client_id)?;
        let keys = match jws.header.get("key_attestation").and_then(Value::as_str) {
            Some(text) => {
                let attested = attested_keys(text, &self.attestation_anchors)?;
                ensure(attested.ends, "the key attestation never ends")?;
                ensure(attested.nonce == *nonce, "nonce of the key attestation")?;
                ensure(attested.keys.contains(jwk), "the key is not attested")?;
                attested.keys
            }
            None => {
                let required = self.options.key_attestation == Support::Required;
                ensure(!required, "no key attestation")?;
                vec![jwk.clone()]
            }
        };
        Ok((keys, nonce.to_owned()))
    }
}

/// The key a `did:jwk` names.
fn key_of(kid: &str) -> Result<Value> {
    let id = kid
        .strip_prefix("did:jwk:")
        .and_then(|id| id.strip_suffix("#0"));
    let id = id.or_refuse("not the key of a did:jwk")?;
    json_object(&from_base64url(id)?).map(Value::Object)
}

/// Checks whom a proof is for, who sends it as far as it says so, and that it is fresh. Gives its nonce.
pub(super) fn check_occasion(jws: &Jws, issuer: &str, client_id: Option<&str>) -> Result<String> {
    let member = |name: &str| jws.payload.get(name).and_then(Value::as_str);
    ensure(member("aud") == Some(issuer), "aud of the proof")?;
    let iss = jws.payload.get("iss");
    ensure(
        iss.is_none_or(|iss| client_id.is_some_and(|id| iss == id)),
        "iss of the proof is not the client",
    )?;
    let iat = jws.payload.get("iat").and_then(Value::as_u64);
    let fresh = iat.is_some_and(|iat| iat.abs_diff(unix_now()) <= PROOF_AGE);
    ensure(fresh, "iat of the proof")?;
    let nonce = member("nonce").or_refuse("no nonce in the proof")?;
    Ok(nonce.to_owned())
}
