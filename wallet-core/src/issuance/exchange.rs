//! One request to the credential or the deferred credential endpoint, and what the answer means (OpenID4VCI 1.0 8.3, 9.2).

use super::Ports;
use super::access::AccessToken;
use super::encryption::{Encryption, Opening};
use super::error::IssuanceError;
use crate::http::Fetched;
use serde_json::{Map, Value};

/// Seconds to wait for a deferred credential where the issuer does not say.
pub(super) const DEFAULT_INTERVAL: u64 = 5;
/// Longest wait that is taken at its word, in seconds: 30 days.
const MAX_INTERVAL: u64 = 30 * 24 * 3600;
const MAX_TRANSACTION_ID_BYTES: usize = 2048;

/// What the issuer answered.
pub(super) enum Exchanged {
    /// Credentials (200).
    Issued(Map<String, Value>),
    /// They come later (202).
    Later {
        transaction_id: String,
        /// Seconds to wait at least.
        interval: u64,
    },
}

/// Sends these members, encrypted where the issuer can.
///
/// # Errors
/// The refusal of the issuer, an answer of wrong form, and the fetcher's.
pub(super) async fn exchange(
    ports: &Ports<'_>,
    encryption: &Encryption,
    token: &AccessToken,
    endpoint: &str,
    members: Map<String, Value>,
) -> Result<Exchanged, IssuanceError> {
    let request = encryption.seal(members, ports.random)?;
    let accept = request.opening.accept();
    let answer = token
        .post(ports, endpoint, accept, request.content_type, request.body)
        .await?;
    read(&answer, &request.opening)
}

fn read(answer: &Fetched, opening: &Opening) -> Result<Exchanged, IssuanceError> {
    match answer.status() {
        200 => opening.open(answer).map(Exchanged::Issued),
        202 => later(&opening.open(answer)?),
        _ => Err(refusal(answer)),
    }
}

fn later(answer: &Map<String, Value>) -> Result<Exchanged, IssuanceError> {
    let invalid = |reason| IssuanceError::CredentialResponse {
        reason,
        rule: "OpenID4VCI 1.0 8.3",
    };
    // Both at once would be two outcomes.
    if answer.contains_key("credentials") {
        return Err(invalid("credentials"));
    }
    let id = answer.get("transaction_id").and_then(Value::as_str);
    let id = id.filter(|id| (1..=MAX_TRANSACTION_ID_BYTES).contains(&id.len()));
    let interval = match answer.get("interval") {
        // Required by the standard; an issuer that forgets it gets our own pace.
        None => DEFAULT_INTERVAL,
        Some(interval) => interval
            .as_u64()
            .filter(|seconds| *seconds > 0)
            .ok_or_else(|| invalid("interval"))?,
    };
    Ok(Exchanged::Later {
        transaction_id: id.ok_or_else(|| invalid("transaction_id"))?.to_owned(),
        interval: interval.min(MAX_INTERVAL),
    })
}

/// An error answer (8.3.1.2, 9.3). It is never encrypted.
fn refusal(answer: &Fetched) -> IssuanceError {
    if answer.status() >= 500 {
        return IssuanceError::Status;
    }
    let object = answer.json_object().unwrap_or_default();
    let reason = match object.get("error").and_then(Value::as_str) {
        Some("invalid_nonce") => return IssuanceError::NonceRefused,
        Some("invalid_proof") => return IssuanceError::ProofRefused,
        Some("invalid_token") => return IssuanceError::TokenExpired,
        Some("invalid_transaction_id") => return IssuanceError::TransactionOver,
        Some("invalid_credential_request") => "invalid_credential_request",
        Some("unknown_credential_configuration") => "unknown_credential_configuration",
        Some("unknown_credential_identifier") => "unknown_credential_identifier",
        Some("invalid_encryption_parameters") => "invalid_encryption_parameters",
        Some("credential_request_denied") => "credential_request_denied",
        Some("insufficient_scope") => "insufficient_scope",
        Some(_) => "other",
        // The token is what a bare 401 is about (RFC 6750 3.1).
        None if answer.status() == 401 => return IssuanceError::TokenExpired,
        None => return IssuanceError::Status,
    };
    IssuanceError::CredentialRefused { reason }
}
