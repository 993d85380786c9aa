//! A status list as JWT (Token Status List 5.1).

use super::MAX_TOKEN_BYTES;
use super::error::StatusError;
use super::list::{Claims, StatusList};
use super::signer::StatusSigners;
use crate::jose::{CompactJws, base64url};
use serde_json::{Map, Value};

impl StatusList {
    /// Verifies a list that was fetched from `uri`.
    ///
    /// # Errors
    /// [`StatusError`].
    pub async fn from_jwt(
        text: &str,
        uri: &str,
        signers: &StatusSigners<'_>,
    ) -> Result<Self, StatusError> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(StatusError::TooLarge);
        }
        let jws = CompactJws::parse(text, MAX_TOKEN_BYTES)?;
        if jws.typ() != Some("statuslist+jwt") {
            return Err(StatusError::WrongTyp);
        }
        let payload = jws.payload_object()?;
        let issuer = payload.get("iss").and_then(Value::as_str);
        let key = signers.of_jws(&jws, issuer).await?;
        jws.verify(key.public_key())?;
        let evidence = key.evidence().clone();
        Self::new(&claims(&payload)?, uri, evidence, signers.at())
    }
}

fn claims(payload: &Map<String, Value>) -> Result<Claims<'_>, StatusError> {
    let list = payload.get("status_list").and_then(Value::as_object);
    let list = list.ok_or(StatusError::Claim)?;
    let lst = list.get("lst").and_then(Value::as_str);
    Ok(Claims {
        subject: payload.get("sub").and_then(Value::as_str),
        issued_at: date(payload, "iat")?,
        expires: date(payload, "exp")?,
        ttl_seconds: positive(payload)?,
        bits: list.get("bits").and_then(Value::as_u64),
        compressed: base64url::decode(lst.ok_or(StatusError::Claim)?)?,
    })
}

/// A NumericDate (RFC 7519 2), without its fraction of a second.
fn date(payload: &Map<String, Value>, name: &str) -> Result<Option<i64>, StatusError> {
    let whole = |value: &Value| {
        let cut = value.as_f64().map(|float| float as i64);
        value.as_i64().or(cut).ok_or(StatusError::Claim)
    };
    payload.get(name).map(whole).transpose()
}

/// `ttl`: a positive number of seconds.
fn positive(payload: &Map<String, Value>) -> Result<Option<u64>, StatusError> {
    let seconds = |value: &Value| {
        let float = value.as_f64().filter(|seconds| *seconds > 0.0);
        float
            .map(|seconds| seconds.ceil() as u64)
            .ok_or(StatusError::Claim)
    };
    payload.get("ttl").map(seconds).transpose()
}
