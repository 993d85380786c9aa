//! Wallet attestations (OAuth 2.0 Attestation-Based Client Authentication, HAIP 1.0 section 4.4.1) and key attestations
//! (OpenID4VCI 1.0 appendix D).

use serde_json::{Map, Value, json};

use super::options::Support;
use super::{Shared, State};
use crate::certificates::trusted_key;
use crate::encoding::{random_token, unix_now};
use crate::http::{Answer, Request};
use crate::jws::Jws;
use crate::keys::VerificationKey;
use crate::refused::{OrRefuse, Result, ensure};

/// How far the clock of a proof of possession may be off, in seconds.
const PROOF_AGE: u64 = 300;

fn client_refused(reason: &str) -> Answer {
    Answer::error(401, "invalid_client", reason)
}

impl Shared {
    /// A challenge for the proof of possession.
    pub(super) fn challenge(&self) -> Answer {
        match self.state().fresh_challenge() {
            Ok(challenge) => Answer::json(200, &json!({"attestation_challenge": challenge})),
            Err(refused) => Answer::error(500, "server_error", refused.reason()),
        }
    }

    /// Who sent the form: the attested client, or the one it names.
    pub(super) fn client(
        &self,
        state: &mut State,
        request: &Request,
        form: &Map<String, Value>,
    ) -> std::result::Result<Option<String>, Answer> {
        let named = form.get("client_id").and_then(Value::as_str);
        let (Some(attestation), Some(proof)) = (
            request.header("oauth-client-attestation"),
            request.header("oauth-client-attestation-pop"),
        ) else {
            return match state.options.wallet_attestation {
                Support::Required => Err(client_refused("no wallet attestation")),
                _ => Ok(named.map(str::to_owned)),
            };
        };
        let refuse = |refused: crate::Refused| client_refused(refused.reason());
        let attested = attested_client(attestation, &state.attestation_anchors).map_err(refuse)?;
        let challenge = self
            .check_possession(state, proof, &attested.key)
            .map_err(refuse)?;
        if state.options.attestation_challenge
            && !challenge.is_some_and(|text| state.challenges.remove(&text))
        {
            let fresh = state.fresh_challenge().map_err(refuse)?;
            return Err(
                Answer::error(400, "use_attestation_challenge", "a challenge is demanded")
                    .header("OAuth-Client-Attestation-Challenge", fresh),
            );
        }
        let same = named.is_none_or(|named| named == attested.client_id);
        ensure(same, "client_id is not that of the attestation").map_err(refuse)?;
        Ok(Some(attested.client_id))
    }

    /// Gives back the challenge the proof carries.
    fn check_possession(
        &self,
        state: &mut State,
        proof: &str,
        key: &VerificationKey,
    ) -> Result<Option<String>> {
        let proof = Jws::parse(proof)?;
        let typ = Some("oauth-client-attestation-pop+jwt");
        ensure(proof.typ() == typ, "typ of the proof of possession")?;
        proof.verify(key)?;
        let member = |name: &str| proof.payload.get(name).and_then(Value::as_str);
        ensure(member("aud") == Some(&self.at.issuer), "aud of the proof")?;
        let iat = proof.payload.get("iat").and_then(Value::as_u64);
        let fresh = iat.is_some_and(|iat| iat.abs_diff(unix_now()) <= PROOF_AGE);
        ensure(fresh, "iat of the proof of possession")?;
        let jti = member("jti").or_refuse("no jti in the proof of possession")?;
        let new = state.possession_proofs.insert(jti.to_owned());
        ensure(new, "a proof of possession came twice")?;
        Ok(member("challenge").map(str::to_owned))
    }
}

impl State {
    fn fresh_challenge(&mut self) -> Result<String> {
        let challenge = random_token()?;
        self.challenges.insert(challenge.clone());
        Ok(challenge)
    }
}

struct AttestedClient {
    client_id: String,
    key: VerificationKey,
}

/// A JWT of the wallet's provider: type, chain, signature, end of validity.
fn provider_jwt(text: &str, typ: &str, anchors: &[Vec<u8>]) -> Result<Jws> {
    let jws = Jws::parse(text)?;
    ensure(jws.typ() == Some(typ), "typ of the attestation")?;
    let x5c = jws
        .header
        .get("x5c")
        .or_refuse("no x5c in the attestation")?;
    let now = unix_now();
    jws.verify(&trusted_key(x5c, anchors, now)?)?;
    let exp = jws.payload.get("exp").and_then(Value::as_u64);
    ensure(exp.is_none_or(|exp| exp > now), "the attestation expired")?;
    Ok(jws)
}

fn attested_client(text: &str, anchors: &[Vec<u8>]) -> Result<AttestedClient> {
    let jws = provider_jwt(text, "oauth-client-attestation+jwt", anchors)?;
    ensure(
        jws.payload.contains_key("exp"),
        "the attestation never ends",
    )?;
    let sub = jws.payload.get("sub").and_then(Value::as_str);
    let cnf = jws
        .payload
        .get("cnf")
        .or_refuse("no cnf in the attestation")?;
    Ok(AttestedClient {
        client_id: sub.or_refuse("no sub in the attestation")?.to_owned(),
        key: VerificationKey::from_jwk(&cnf["jwk"])?,
    })
}

/// Keys the wallet's provider vouches for, and the nonce it was told.
pub(super) struct AttestedKeys {
    pub(super) keys: Vec<Value>,
    pub(super) nonce: String,
    /// Whether it says when it ends, as it must in the header of a proof.
    pub(super) ends: bool,
}

/// Appendix D.1.
pub(super) fn attested_keys(text: &str, anchors: &[Vec<u8>]) -> Result<AttestedKeys> {
    let jws = provider_jwt(text, "key-attestation+jwt", anchors)?;
    ensure(jws.payload.contains_key("iat"), "no iat in the attestation")?;
    let keys = jws.payload.get("attested_keys").and_then(Value::as_array);
    let keys = keys.or_refuse("no attested_keys")?.clone();
    ensure(!keys.is_empty(), "no attested_keys")?;
    for key in &keys {
        VerificationKey::from_jwk(key)?;
    }
    let nonce = jws.payload.get("nonce").and_then(Value::as_str);
    Ok(AttestedKeys {
        keys,
        ends: jws.payload.contains_key("exp"),
        nonce: nonce.or_refuse("no nonce in the attestation")?.to_owned(),
    })
}
