//! A Bitstring Status List as a verifiable credential secured as JWT (W3C VC-JOSE-COSE 3.1).

use super::bitstring::{BitstringEntry, BitstringList, has_type};
use super::error::StatusError;
use super::signer::StatusSigners;
use super::{LEEWAY_SECONDS, MAX_TOKEN_BYTES};
use crate::clock::UnixTime;
use crate::jose::CompactJws;
use serde_json::{Map, Value};

/// The base context of W3C verifiable credentials 2.0.
const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";

impl BitstringEntry {
    /// Verifies the list credential that was fetched from [`Self::list`] and gives what it says at this entry (3.2):
    /// 0 is "not set".
    ///
    /// # Errors
    /// [`StatusError`]; [`StatusError::DataIntegrity`] for a credential secured by a proof inside.
    pub async fn status_in(
        &self,
        credential: &str,
        signers: &StatusSigners<'_>,
    ) -> Result<u8, StatusError> {
        if credential.len() > MAX_TOKEN_BYTES {
            return Err(StatusError::TooLarge);
        }
        if credential.trim_start().starts_with('{') {
            return Err(StatusError::DataIntegrity);
        }
        let jws = CompactJws::parse(credential, MAX_TOKEN_BYTES)?;
        if !matches!(jws.typ(), Some("vc+jwt" | "application/vc+jwt")) {
            return Err(StatusError::WrongTyp);
        }
        let claims = jws.payload_object()?;
        let key = signers.of_jws(&jws, Some(issuer(&claims)?)).await?;
        jws.verify(key.public_key())?;
        self.list_in(&claims, signers.at())?.get(self)
    }

    /// The list in a credential whose signature was verified.
    fn list_in(
        &self,
        credential: &Map<String, Value>,
        at: UnixTime,
    ) -> Result<BitstringList, StatusError> {
        let text = |name| credential.get(name).and_then(Value::as_str);
        let context = credential.get("@context").and_then(Value::as_array);
        if context.and_then(|all| all.first()).and_then(Value::as_str) != Some(CONTEXT) {
            return Err(StatusError::Claim);
        }
        let whole = Value::Object(credential.clone());
        if !has_type(&whole, "BitstringStatusListCredential") {
            return Err(StatusError::WrongTyp);
        }
        if credential.contains_key("id") && text("id") != Some(self.list()) {
            return Err(StatusError::WrongSubject);
        }
        check_validity(credential, at)?;
        let subject = credential.get("credentialSubject");
        let subject = subject.ok_or(StatusError::Claim)?;
        if !has_type(subject, "BitstringStatusList") {
            return Err(StatusError::Claim);
        }
        let has_purpose = match subject.get("statusPurpose") {
            Some(Value::String(one)) => one == self.purpose(),
            Some(Value::Array(all)) => all.iter().any(|one| one == self.purpose()),
            _ => false,
        };
        if !has_purpose {
            return Err(StatusError::WrongPurpose);
        }
        let encoded = subject.get("encodedList").and_then(Value::as_str);
        BitstringList::decode(encoded.ok_or(StatusError::Claim)?)
    }
}

/// `issuer`, which an `iss` beside it must repeat (VC-JOSE-COSE 3.1.3).
fn issuer(claims: &Map<String, Value>) -> Result<&str, StatusError> {
    let issuer = match claims.get("issuer") {
        Some(Value::String(issuer)) => Some(issuer.as_str()),
        Some(Value::Object(issuer)) => issuer.get("id").and_then(Value::as_str),
        _ => None,
    };
    let issuer = issuer.ok_or(StatusError::Claim)?;
    match claims.get("iss") {
        Some(iss) if iss != issuer => Err(StatusError::Claim),
        _ => Ok(issuer),
    }
}

/// `validFrom`, `validUntil` (VC 2.0 4.9), and `exp` where the JWT has one.
fn check_validity(credential: &Map<String, Value>, at: UnixTime) -> Result<(), StatusError> {
    let time = |name: &str| match credential.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_str()
            .and_then(UnixTime::from_rfc3339)
            .map(Some)
            .ok_or(StatusError::Claim),
    };
    let expires = match credential.get("exp") {
        None => None,
        Some(exp) => Some(UnixTime::from_secs(exp.as_i64().ok_or(StatusError::Claim)?)),
    };
    let earliest = at.saturating_add(-LEEWAY_SECONDS);
    let ends = [time("validUntil")?, expires];
    if ends.into_iter().flatten().any(|end| end <= earliest) {
        return Err(StatusError::Expired);
    }
    if time("validFrom")?.is_some_and(|start| start > at.saturating_add(LEEWAY_SECONDS)) {
        return Err(StatusError::NotYetIssued);
    }
    Ok(())
}
