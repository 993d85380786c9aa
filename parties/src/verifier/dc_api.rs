//! Requests and answers as the Digital Credentials API carries them (OpenID4VP 1.0 appendix A): the browser is the way.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Shared;
use super::options::{RequestFault, RequestOptions, ResponseMode};
use super::request::{Session, SignedRequest, payload};
use super::response::PresentationResult;
use crate::encoding::{base64url, random_token};
use crate::keys::EcKey;
use crate::refused::{OrRefuse, Result, ensure};

/// How a request is signed (appendix A.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DcApiSigning {
    /// Not at all: the origin is who asks.
    Unsigned,
    /// By the prefix of the options.
    #[default]
    Signed,
    /// By an unheard-of signer first, then by the prefix of the options.
    MultiSigned,
}

/// What goes into `navigator.credentials.get`.
#[derive(Debug, Clone, Serialize)]
pub struct DcApiRequest {
    /// `{"protocol": …, "data": …}`: one entry of `digital.requests`.
    pub request: Value,
    /// Names the session at [`super::Verifier::result`].
    pub session: String,
}

impl Shared {
    /// A request of a page at `origin`.
    pub(super) fn dc_api_request(
        &self,
        options: &RequestOptions,
        signing: DcApiSigning,
        origin: &str,
    ) -> Result<DcApiRequest> {
        let id = random_token()?;
        let mut session = Session::new(options)?;
        session.audience = format!("origin:{origin}");
        session.client_id.clone_from(&session.audience);
        session.destination = origin.to_owned();
        let mut payload = payload(options, &session);
        let mode = match options.mode {
            ResponseMode::DirectPost => "dc_api",
            ResponseMode::DirectPostJwt => "dc_api.jwt",
        };
        payload.insert("response_mode".into(), mode.into());
        let request = match signing {
            DcApiSigning::Unsigned => {
                json!({"protocol": "openid4vp-v1-unsigned", "data": payload})
            }
            _ => {
                let expected = match options.fault {
                    Some(RequestFault::ForeignResponseUri) => "https://other.example",
                    _ => origin,
                };
                payload.insert("expected_origins".into(), json!([expected]));
                let identity = self.identity(options, "")?;
                session.client_id.clone_from(&identity.client_id);
                let signed = SignedRequest {
                    payload,
                    identity,
                    fault: options.fault,
                };
                signed.for_dc_api(signing)?
            }
        };
        self.state().sessions.insert(id.clone(), session);
        Ok(DcApiRequest {
            request,
            session: id,
        })
    }

    /// Checks what the browser handed back: the `data` of the credential.
    pub(super) fn dc_api_response(&self, id: &str, data: &Value) -> Result<PresentationResult> {
        let data = data.as_object().or_refuse("the data are not an object")?;
        let mut state = self.state();
        let trusted = state.trusted.clone();
        let session = state.sessions.get_mut(id).or_refuse("no such session")?;
        session.conclude(Ok(data.clone()), &trusted);
        Ok(session.result.clone())
    }
}

impl SignedRequest {
    fn for_dc_api(mut self, signing: DcApiSigning) -> Result<Value> {
        let client_id = Value::from(self.identity.client_id.clone());
        if signing == DcApiSigning::Signed {
            self.payload.insert("client_id".into(), client_id);
            let data = json!({"request": self.sign(None)});
            return Ok(json!({"protocol": "openid4vp-v1-signed", "data": data}));
        }
        ensure(self.fault.is_none(), "a multi-signed request with a fault")?;
        let (mut header, payload) = self.parts(None);
        let stranger = json!({
            "typ": "oauth-authz-req+jwt",
            "client_id": "x509_hash:AAAA",
            "kid": "of-a-stranger",
        });
        header.insert("client_id".into(), client_id);
        let part = |object: &Map<String, Value>| {
            base64url(Value::Object(object.clone()).to_string().as_bytes())
        };
        let payload = part(&payload);
        let sign = |header: &Map<String, Value>, key: &EcKey| {
            let mut header = header.clone();
            header.insert("alg".into(), "ES256".into());
            let protected = part(&header);
            let signature = base64url(&key.sign(format!("{protected}.{payload}").as_bytes()));
            json!({"protected": protected, "signature": signature})
        };
        let stranger = stranger.as_object().cloned().unwrap_or_default();
        let signatures = [
            sign(&stranger, &EcKey::generate()?),
            sign(&header, &self.identity.key),
        ];
        let data = json!({"request": {"payload": payload, "signatures": signatures}});
        Ok(json!({"protocol": "openid4vp-v1-multisigned", "data": data}))
    }
}
