//! Verifying a credential, by itself or in a presentation (OpenID4VP 1.0 appendix B.1.3.1).

use serde_json::{Map, Value, json};

use super::{CONTEXT_1, CONTEXT_2, DataModel};
use crate::calendar::{date_time, unix_time};
use crate::certificates;
use crate::encoding::{from_base64url, json_object};
use crate::jws::Jws;
use crate::keys::VerificationKey;
use crate::refused::{OrRefuse, Refused, Result, ensure};
use crate::sd_jwt::{IssuerTrust, PresentationCheck};

/// How many seconds clocks may differ.
const LEEWAY: u64 = 60;
/// How old a presentation may be, in seconds.
const MAX_AGE: u64 = 600;

/// What a verifier knows after a credential was accepted.
#[derive(Debug, Clone)]
pub struct VerifiedJwtVc {
    /// The credential by the terms of its data model.
    pub credential: Value,
    /// Every claim of the JWT.
    pub payload: Map<String, Value>,
    /// Which data model it follows.
    pub model: DataModel,
}

/// Verifies a credential; in a presentation where `check` says for whom.
pub fn verify(text: &str, check: &PresentationCheck) -> Result<VerifiedJwtVc> {
    match &check.key_binding {
        None => verify_credential(text, check),
        Some(_) => verify_presentation(text, check),
    }
}

fn verify_presentation(text: &str, check: &PresentationCheck) -> Result<VerifiedJwtVc> {
    let expected = check.key_binding.as_ref().or_refuse("no audience")?;
    let jws = Jws::parse(text)?;
    let member = |name: &str| jws.payload.get(name).and_then(Value::as_str);
    ensure(member("aud") == Some(expected.audience), "aud")?;
    ensure(member("nonce") == Some(expected.nonce), "nonce")?;
    let time = |name: &str| jws.payload.get(name).and_then(Value::as_u64);
    let issued = time("iat").or_refuse("no iat")?;
    let is_fresh = issued <= check.at + LEEWAY && issued + MAX_AGE >= check.at;
    ensure(is_fresh, "iat of the presentation")?;
    let end = time("exp").or_refuse("no exp")?;
    ensure(
        end + LEEWAY >= check.at && end <= issued + MAX_AGE,
        "exp of the presentation",
    )?;

    let kid = jws.header.get("kid").and_then(Value::as_str);
    let holder = kid.or_refuse("no kid")?.strip_suffix("#0");
    let holder = holder.or_refuse("kid of the presentation")?;
    jws.verify(&key_of(holder)?)?;
    ensure(member("iss") == Some(holder), "iss of the presentation")?;

    let (model, text) = inside(&jws)?;
    let verified = verify_credential(text, check)?;
    ensure(
        verified.model == model,
        "two data models in one presentation",
    )?;
    let subject = verified.credential["credentialSubject"]["id"].as_str();
    ensure(subject == Some(holder), "shown by another than its subject")?;
    Ok(verified)
}

/// The one credential of a presentation.
fn inside(jws: &Jws) -> Result<(DataModel, &str)> {
    let one = |presentation: &'_ Map<String, Value>, context: &str| {
        let is_presentation = presentation.get("type") == Some(&json!(["VerifiablePresentation"]))
            && presentation.get("@context") == Some(&json!([context]));
        ensure(is_presentation, "not a presentation")
    };
    let single = |list: Option<&Value>| -> Result<Value> {
        match list.and_then(Value::as_array).map(Vec::as_slice) {
            Some([one]) => Ok(one.clone()),
            _ => Err(Refused::because("not one credential")),
        }
    };
    if jws.typ() == Some("JWT") {
        let presentation = jws.payload.get("vp").and_then(Value::as_object);
        let presentation = presentation.or_refuse("no vp")?;
        one(presentation, CONTEXT_1)?;
        single(presentation.get("verifiableCredential"))?;
        let text = presentation["verifiableCredential"][0].as_str();
        return Ok((DataModel::V1, text.or_refuse("no credential")?));
    }
    ensure(jws.typ() == Some("vp+jwt"), "typ of the presentation")?;
    ensure(
        !jws.payload.contains_key("vp"),
        "a vp of another data model",
    )?;
    one(&jws.payload, CONTEXT_2)?;
    let holds = jws.payload.get("holder") == jws.payload.get("iss");
    ensure(holds, "holder of the presentation")?;
    let enveloped = single(jws.payload.get("verifiableCredential"))?;
    let is_enveloped = enveloped["type"] == "EnvelopedVerifiableCredential"
        && enveloped["@context"] == json!([CONTEXT_2]);
    ensure(is_enveloped, "not an enveloped credential")?;
    let id = jws.payload["verifiableCredential"][0]["id"].as_str();
    let text = id.and_then(|id| id.strip_prefix("data:application/vc+jwt,"));
    Ok((DataModel::V2, text.or_refuse("no credential")?))
}

fn key_of(did: &str) -> Result<VerificationKey> {
    let jwk = did.strip_prefix("did:jwk:").or_refuse("not a did:jwk")?;
    let jwk = json_object(&from_base64url(jwk)?)?;
    VerificationKey::from_jwk(&Value::Object(jwk))
}

fn verify_credential(text: &str, check: &PresentationCheck) -> Result<VerifiedJwtVc> {
    let jws = Jws::parse(text)?;
    let key = match &check.trust {
        IssuerTrust::Key(key) => key.clone(),
        IssuerTrust::Anchors(anchors) => {
            let x5c = jws.header.get("x5c").or_refuse("no x5c header")?;
            certificates::trusted_key(x5c, anchors, check.at)?
        }
    };
    jws.verify(&key)?;
    let (model, credential) = match jws.typ() {
        Some("JWT") => (DataModel::V1, decoded(&jws.payload)?),
        Some("vc+jwt") => (DataModel::V2, Value::Object(jws.payload.clone())),
        _ => return Err(Refused::because("typ of the credential")),
    };
    let (context, [from, until]) = match model {
        DataModel::V1 => (CONTEXT_1, ["issuanceDate", "expirationDate"]),
        DataModel::V2 => (CONTEXT_2, ["validFrom", "validUntil"]),
    };
    ensure(credential["@context"][0] == context, "@context")?;
    let time = |name: &str| unix_time(credential[name].as_str().or_refuse("no validity")?);
    ensure(
        time(from)? <= check.at + LEEWAY,
        "the credential is not valid yet",
    )?;
    ensure(
        check.at <= time(until)? + LEEWAY,
        "the credential has expired",
    )?;
    Ok(VerifiedJwtVc {
        credential,
        payload: jws.payload,
        model,
    })
}

/// VCDM 1.1 section 6.3.1, decoding.
fn decoded(payload: &Map<String, Value>) -> Result<Value> {
    let mut credential = payload.get("vc").cloned().or_refuse("no vc")?;
    ensure(credential.is_object(), "vc is no object")?;
    let date = |name: &str| -> Result<Value> {
        let seconds = payload.get(name).and_then(Value::as_u64);
        Ok(date_time(seconds.or_refuse("no validity")?).into())
    };
    credential["issuer"] = payload.get("iss").cloned().or_refuse("no iss")?;
    credential["issuanceDate"] = date("nbf")?;
    credential["expirationDate"] = date("exp")?;
    if let Some(subject) = payload.get("sub") {
        credential["credentialSubject"]["id"] = subject.clone();
    }
    if let Some(id) = payload.get("jti") {
        credential["id"] = id.clone();
    }
    Ok(credential)
}
