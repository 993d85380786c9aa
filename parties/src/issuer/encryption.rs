//! Encrypted credential requests and responses (OpenID4VCI 1.0 section 10).

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::options::Support;
use super::{Shared, State};
use crate::encoding::json_object;
use crate::http::{Answer, Request};
use crate::refused::{OrRefuse, Result, ensure};

const ENCRYPTION: [&str; 2] = ["A128GCM", "A256GCM"];

/// How the wallet wants its answer.
pub(super) struct Wanted {
    jwk: Value,
    enc: String,
}

impl Shared {
    /// `kid` of the key requests are encrypted for.
    fn encryption_kid(&self) -> &'static str {
        "request-encryption-1"
    }

    /// The metadata members of section 12.2.4.
    pub(super) fn encryption_metadata(&self, state: &State, document: &mut Value) {
        if state.options.encryption == Support::Absent {
            return;
        }
        let required = state.options.encryption == Support::Required;
        let mut jwk = self.encryption_key.public_jwk();
        jwk["kid"] = self.encryption_kid().into();
        jwk["alg"] = "ECDH-ES".into();
        jwk["use"] = "enc".into();
        document["credential_request_encryption"] = json!({
            "jwks": {"keys": [jwk]},
            "enc_values_supported": ENCRYPTION,
            "encryption_required": required,
        });
        document["credential_response_encryption"] = json!({
            "alg_values_supported": ["ECDH-ES"],
            "enc_values_supported": ENCRYPTION,
            "encryption_required": required,
        });
    }

    /// The body of a credential or deferred request, and how its answer is wanted.
    pub(super) fn open(
        &self,
        state: &State,
        request: &Request,
    ) -> Result<(Map<String, Value>, Option<Wanted>)> {
        let encrypted = request.has_content_type("application/jwt");
        let offered = state.options.encryption != Support::Absent;
        let body = if encrypted {
            ensure(offered, "an encrypted request nobody asked for")?;
            let text = std::str::from_utf8(request.body()).or_refuse("not a JWE")?;
            let (header, body) = crate::jwe::decrypt(text, &self.encryption_key)?;
            let kid = header.get("kid").and_then(Value::as_str);
            ensure(kid == Some(self.encryption_kid()), "kid of the request")?;
            json_object(&body)?
        } else {
            request.json()?
        };
        let Some(wanted) = body.get("credential_response_encryption") else {
            let required = state.options.encryption == Support::Required;
            ensure(!required, "encryption is required")?;
            return Ok((body, None));
        };
        // Section 8.2: otherwise the key could be exchanged on the way.
        ensure(offered && encrypted, "the key for the answer in the clear")?;
        let enc = wanted["enc"].as_str().unwrap_or_default();
        ensure(ENCRYPTION.contains(&enc), "enc of the answer")?;
        ensure(wanted["jwk"]["alg"] == "ECDH-ES", "alg of the answer")?;
        let wanted = Wanted {
            jwk: wanted["jwk"].clone(),
            enc: enc.to_owned(),
        };
        Ok((body, Some(wanted)))
    }
}

/// The answer as it is wanted.
pub(super) fn seal(
    status: u16,
    body: &Value,
    wanted: Option<&Wanted>,
    fault: Option<Fault>,
) -> Result<Answer> {
    match wanted.filter(|_| fault != Some(Fault::PlainResponse)) {
        None => Ok(Answer::json(status, body)),
        Some(wanted) => {
            let plaintext = body.to_string();
            let text = crate::jwe::encrypt(plaintext.as_bytes(), &wanted.jwk, &wanted.enc)?;
            Ok(Answer::bytes(status, "application/jwt", text.into_bytes()))
        }
    }
}
