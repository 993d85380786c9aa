//! The credential endpoint (OpenID4VCI 1.0 section 8 and appendix F.1).

use serde_json::{Map, Value, json};

use super::catalogue::Card;
use super::documents::{integrity, type_metadata};
use super::offer::{Fault, Offer};
use super::token::unauthorized;
use super::{BATCH_SIZE, CREDENTIAL_LIFETIME, Shared};
use crate::encoding::{base64url, random_token, sha256, unix_now};
use crate::http::{Answer, Request};
use crate::jws::Jws;
use crate::keys::{EcKey, VerificationKey};
use crate::refused::{OrRefuse, Refused, Result, ensure};
use crate::sd_jwt::{SdJwtDraft, break_signature};

/// How far the clock of a proof may be off, in seconds.
const PROOF_AGE: u64 = 300;

/// Why a credential request was refused: the error code of section 8.3.1.2 and a reason.
struct Denied(&'static str, Refused);

trait Deny<T> {
    fn deny(self, code: &'static str) -> std::result::Result<T, Denied>;
}

impl<T> Deny<T> for Result<T> {
    fn deny(self, code: &'static str) -> std::result::Result<T, Denied> {
        self.map_err(|refused| Denied(code, refused))
    }
}

impl Shared {
    pub(super) fn credential(&self, request: &Request) -> Answer {
        match self.issue(request) {
            Ok(answer) => answer,
            Err(Denied(code, refused)) => Answer::error(400, code, refused.reason()),
        }
    }

    fn issue(&self, request: &Request) -> std::result::Result<Answer, Denied> {
        let mut state = self.state();
        let Some(offer) = state.authorized(request) else {
            return Ok(unauthorized());
        };
        let fault = offer.options.fault;
        if fault == Some(Fault::ServerError) {
            return Ok(Answer::error(500, "server_error", "as ordered"));
        }
        let body = request.json().deny("invalid_credential_request")?;
        let card = self.ordered_card(&body, offer)?;
        let stale = match fault {
            Some(Fault::AlwaysStaleNonce) => true,
            Some(Fault::StaleNonce) => !std::mem::replace(&mut offer.stale_nonce_shown, true),
            _ => false,
        };
        ensure(!stale, "the nonce is stale").deny("invalid_nonce")?;

        let proofs = proofs(&body).deny("invalid_proof")?;
        let (mut keys, mut nonces) = (Vec::new(), Vec::new());
        for proof in proofs {
            let checked = check_proof(proof, &self.at.issuer).deny("invalid_proof")?;
            let repeated = keys.contains(&checked.jwk);
            ensure(!repeated, "two proofs for the same key").deny("invalid_proof")?;
            keys.push(checked.jwk);
            nonces.push(checked.nonce);
        }
        let now = unix_now();
        for nonce in &nonces {
            let lives = state.nonces.get(nonce).is_some_and(|dies| *dies > now);
            ensure(lives, "unknown or expired nonce").deny("invalid_nonce")?;
        }
        state.nonces.retain(|nonce, _| !nonces.contains(nonce));

        let credentials = self
            .credentials(card, &keys, fault)
            .deny("credential_request_denied")?;
        let notification_id = random_token().deny("credential_request_denied")?;
        if let Some(offer) = state.authorized(request) {
            offer.issued += credentials.len();
            offer.notification_ids.push(notification_id.clone());
        }
        let credentials = credentials.into_iter().map(|c| json!({"credential": c}));
        let body = json!({
            "credentials": credentials.collect::<Vec<_>>(),
            "notification_id": notification_id,
        });
        Ok(Answer::json(200, &body))
    }

    /// Section 8.2: an identifier from the token response if there was one, else the configuration identifier.
    fn ordered_card(
        &self,
        body: &Map<String, Value>,
        offer: &Offer,
    ) -> std::result::Result<&Card, Denied> {
        let member = |name: &str| body.get(name).and_then(Value::as_str);
        let (id, code) = match (
            member("credential_identifier"),
            member("credential_configuration_id"),
            offer.options.credential_identifiers,
        ) {
            (Some(id), None, true) => (id.strip_suffix(":1"), "unknown_credential_identifier"),
            (None, Some(id), false) => (Some(id), "unknown_credential_configuration"),
            _ => {
                let refused = Refused::because("the wrong kind of identifier");
                return Err(Denied("invalid_credential_request", refused));
            }
        };
        let id = id.filter(|id| offer.options.configurations.iter().any(|c| c == id));
        id.and_then(|id| self.card(id))
            .or_refuse("not offered")
            .deny(code)
    }

    fn credentials(
        &self,
        card: &Card,
        keys: &[Value],
        fault: Option<Fault>,
    ) -> Result<Vec<String>> {
        let mut credentials = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            let last = index + 1 == keys.len();
            let fault = match fault {
                Some(Fault::OneCopyMissing) if last => break,
                Some(Fault::OneBadCopy) => last.then_some(Fault::BadSignature),
                other => other,
            };
            credentials.push(self.credential_for(card, key, fault)?);
        }
        Ok(credentials)
    }

    fn credential_for(&self, card: &Card, key: &Value, fault: Option<Fault>) -> Result<String> {
        let now = unix_now();
        let mut claims = Map::new();
        claims.insert("iss".into(), self.at.issuer.clone().into());
        let vct = match fault {
            Some(Fault::WrongType) => format!("{}/types/unheard-of", self.at.base),
            _ => self.at.vct(card),
        };
        claims.insert("vct".into(), vct.into());
        let document = match fault {
            Some(Fault::WrongTypeIntegrity) => Vec::new(),
            _ => type_metadata(&self.at, card),
        };
        claims.insert("vct#integrity".into(), integrity(&document).into());
        // To the day: copies of a batch must not be told apart, nor linked, by the second they were made.
        let day = now - now % 86_400;
        let (from, until) = match fault {
            Some(Fault::Expired) => (day - 30 * 86_400, now - 3600),
            Some(Fault::NotYetValid) => (now + 86_400, day + CREDENTIAL_LIFETIME),
            _ => (day, day + CREDENTIAL_LIFETIME),
        };
        claims.insert("iat".into(), day.into());
        claims.insert("nbf".into(), from.into());
        claims.insert("exp".into(), until.into());
        if fault == Some(Fault::RepeatedDigest) {
            let digest = base64url(&sha256(b"twice"));
            claims.insert("_sd".into(), json!([digest, digest]));
        }
        if let Value::Object(values) = card.values.clone() {
            claims.extend(values);
        }
        let mut draft = SdJwtDraft::new(Value::Object(claims))?.decoys(2);
        if fault != Some(Fault::RepeatedDigest) {
            for path in &card.disclosable {
                draft = draft.disclosable(path.clone())?;
            }
        }
        let key = match fault {
            Some(Fault::WrongKey) => EcKey::generate()?.public_jwk(),
            _ => key.clone(),
        };
        let signer = match fault {
            Some(Fault::UntrustedSigner) => &self.stranger,
            _ => &self.signer,
        };
        let credential = draft.bound_to(&key).issue(signer)?;
        match fault {
            Some(Fault::BadSignature) => break_signature(&credential),
            _ => Ok(credential),
        }
    }
}

fn proofs(body: &Map<String, Value>) -> Result<Vec<&str>> {
    let proofs = body.get("proofs").and_then(Value::as_object);
    let proofs = proofs.or_refuse("proofs are missing")?;
    ensure(proofs.len() == 1, "more than one kind of proof")?;
    let proofs = proofs.get("jwt").and_then(Value::as_array);
    let proofs = proofs.or_refuse("no jwt proofs")?;
    ensure(
        (1..=BATCH_SIZE).contains(&proofs.len()),
        "too many proofs or none",
    )?;
    let texts = proofs
        .iter()
        .map(|p| p.as_str().or_refuse("a proof is not text"));
    texts.collect()
}

struct CheckedProof {
    jwk: Value,
    nonce: String,
}

/// Appendix F.1.
fn check_proof(proof: &str, issuer: &str) -> Result<CheckedProof> {
    let jws = Jws::parse(proof)?;
    ensure(
        jws.typ() == Some("openid4vci-proof+jwt"),
        "typ of the proof",
    )?;
    let named = ["kid", "x5c"]
        .iter()
        .any(|name| jws.header.contains_key(*name));
    ensure(!named, "a key was named twice")?;
    let jwk = jws.header.get("jwk").or_refuse("no jwk in the proof")?;
    jws.verify(&VerificationKey::from_jwk(jwk)?)?;
    let member = |name: &str| jws.payload.get(name).and_then(Value::as_str);
    ensure(member("aud") == Some(issuer), "aud of the proof")?;
    ensure(
        !jws.payload.contains_key("iss"),
        "iss in a proof for anonymous access",
    )?;
    let iat = jws.payload.get("iat").and_then(Value::as_u64);
    let fresh = iat.is_some_and(|iat| iat.abs_diff(unix_now()) <= PROOF_AGE);
    ensure(fresh, "iat of the proof")?;
    Ok(CheckedProof {
        nonce: member("nonce")
            .or_refuse("no nonce in the proof")?
            .to_owned(),
        jwk: jwk.clone(),
    })
}
