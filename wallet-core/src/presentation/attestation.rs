//! Verifier attestations: someone the app trusts vouches for a verifier's name and key (OpenID4VP 1.0 12).

use super::error::PresentationError;
use super::request_object::LEEWAY;
use crate::clock::UnixTime;
use crate::jose::{CompactJws, PublicKey};
use crate::trust::PinnedKeys;
use serde_json::{Map, Value};

/// Most bytes of an attestation.
const MAX_BYTES: usize = 16 * 1024;

/// Most `redirect_uris`.
const MAX_URIS: usize = 64;

/// What a verified attestation says.
pub(super) struct Attestation {
    /// Who vouches: the identifier the app pinned.
    pub(super) issuer: String,
    /// The verifier's key.
    pub(super) key: PublicKey,
    /// Where answers may go; `None` if it does not say.
    pub(super) redirect_uris: Option<Vec<String>>,
}

/// Verifies the attestation in the header of a request object for the verifier named `subject`.
pub(super) fn verify(
    request: &CompactJws,
    subject: &str,
    attesters: &[PinnedKeys],
    now: UnixTime,
) -> Result<Attestation, PresentationError> {
    let text = request.header().get("jwt").and_then(Value::as_str);
    let text = text.ok_or(PresentationError::AttestationMissing)?;
    let jws = CompactJws::parse(text, MAX_BYTES)?;
    let claims = jws.payload_object()?;
    if jws.typ() != Some("verifier-attestation+jwt") {
        return Err(PresentationError::AttestationInvalid);
    }
    let issuer = claims.get("iss").and_then(Value::as_str);
    let attester = issuer
        .and_then(|issuer| attesters.iter().find(|one| one.identifier() == issuer))
        .ok_or(PresentationError::AttesterUnknown)?;
    attester.keys().verify(&jws)?;
    if claims.get("sub").and_then(Value::as_str) != Some(subject) {
        return Err(PresentationError::AttestationSubject);
    }
    check_time(&claims, now)?;
    let key = claims.get("cnf").and_then(|cnf| cnf.get("jwk"));
    let key = key.ok_or(PresentationError::AttestationInvalid)?;
    Ok(Attestation {
        issuer: attester.identifier().to_owned(),
        key: PublicKey::from_jwk(key)?,
        redirect_uris: claims.get("redirect_uris").map(read_uris).transpose()?,
    })
}

/// `exp` is required, `nbf` and `iat` may be there.
fn check_time(claims: &Map<String, Value>, now: UnixTime) -> Result<(), PresentationError> {
    let date = |name| match claims.get(name) {
        None => Ok(None),
        Some(date) => date
            .as_i64()
            .map(Some)
            .ok_or(PresentationError::AttestationInvalid),
    };
    let end = date("exp")?.ok_or(PresentationError::AttestationInvalid)?;
    if end.saturating_add(LEEWAY) <= now.as_secs() {
        return Err(PresentationError::AttestationTime);
    }
    for name in ["nbf", "iat"] {
        if date(name)?.is_some_and(|start| start > now.saturating_add(LEEWAY).as_secs()) {
            return Err(PresentationError::AttestationTime);
        }
    }
    Ok(())
}

fn read_uris(value: &Value) -> Result<Vec<String>, PresentationError> {
    value
        .as_array()
        .filter(|list| list.len() <= MAX_URIS)
        .and_then(|list| {
            list.iter()
                .map(|uri| uri.as_str().map(str::to_owned))
                .collect()
        })
        .ok_or(PresentationError::AttestationInvalid)
}
