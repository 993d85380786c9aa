//! Error codes of authorization servers: which ones are known by a word of ours.

use crate::http::Fetched;
use serde_json::Value;

/// Codes of RFC 6749 4.1.2.1 and 5.2, RFC 8707, RFC 9396, RFC 9449 and OAuth 2.0 Attestation-Based Client Authentication.
const KNOWN: [&str; 20] = [
    "access_denied",
    "expired_token",
    "invalid_authorization_details",
    "invalid_client",
    "invalid_client_attestation",
    "invalid_dpop_proof",
    "invalid_grant",
    "invalid_request",
    "invalid_request_uri",
    "invalid_scope",
    "invalid_target",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "use_attestation_challenge",
    "use_dpop_nonce",
    "use_fresh_attestation",
    "invalid_token",
];

/// The code if it is a registered one, else `other`: never the server's own text.
pub(super) fn word(code: &str) -> &'static str {
    let known = KNOWN.iter().find(|known| **known == code);
    known.copied().unwrap_or("other")
}

/// The code in an error answer (RFC 6749 5.2), where it has one.
pub(super) fn of_answer(answer: &Fetched) -> Option<&'static str> {
    if answer.status() >= 500 {
        return None;
    }
    let object = answer.json_object().ok()?;
    object.get("error").and_then(Value::as_str).map(word)
}
