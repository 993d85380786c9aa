//! Presentation requests (OpenID4VP 1.0 section 5).

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Shared;
use super::federation::ENCRYPTION_KEY_ID;
use super::identity::Identity;
use super::options::{
    ClientIdPrefix, FetchBy, RequestBy, RequestFault, RequestOptions, ResponseMode,
};
use super::response::PresentationResult;
use crate::encoding::{base64url, random_token, unix_now};
use crate::http::{Answer, Request};
use crate::keys::EcKey;
use crate::refused::Result;
use crate::sd_jwt::break_signature;

/// How long a request object is valid, in seconds.
const REQUEST_LIFETIME: u64 = 300;

/// What the wallet is handed.
#[derive(Debug, Clone, Serialize)]
pub struct RequestLink {
    /// The link (`openid4vp://?…`).
    pub uri: String,
    /// Names the session at [`super::Verifier::result`].
    pub session: String,
    /// The full client identifier.
    pub client_id: String,
}

/// A request that was made, and what came of it.
pub(super) struct Session {
    /// What a presentation must be made for: the client identifier, or the origin in the Digital Credentials API.
    pub(super) audience: String,
    /// The client identifier; the audience, where an unsigned request of the Digital Credentials API has none.
    pub(super) client_id: String,
    /// Where the answer is posted; the origin in the Digital Credentials API.
    pub(super) destination: String,
    pub(super) nonce: String,
    pub(super) state: String,
    pub(super) query: Value,
    /// As they were sent.
    pub(super) transaction_data: Vec<String>,
    pub(super) encrypted: bool,
    pub(super) fault: Option<RequestFault>,
    pub(super) once: bool,
    /// Where the wallet sends the holder's browser afterwards.
    pub(super) redirect_uri: Option<String>,
    pub(super) encryption_key: EcKey,
    pub(super) encryption_kid: String,
    request: Option<SignedRequest>,
    pub(super) result: PresentationResult,
}

/// A request that is signed when it is fetched.
#[derive(Clone)]
pub(super) struct SignedRequest {
    pub(super) payload: Map<String, Value>,
    pub(super) identity: Identity,
    pub(super) fault: Option<RequestFault>,
}

impl Session {
    /// A session with fresh secrets and no client yet.
    pub(super) fn new(options: &RequestOptions) -> Result<Self> {
        let data = options.transaction_data.iter();
        let encoded = data.map(|entry| base64url(entry.to_string().as_bytes()));
        let state = random_token()?;
        Ok(Self {
            audience: String::new(),
            client_id: String::new(),
            destination: String::new(),
            nonce: random_token()?,
            encryption_kid: format!("enc-{state}"),
            state,
            query: options.query.clone(),
            transaction_data: encoded.collect(),
            encrypted: options.mode == ResponseMode::DirectPostJwt,
            fault: options.fault,
            once: options.once,
            redirect_uri: None,
            encryption_key: EcKey::generate()?,
            request: None,
            result: PresentationResult::default(),
        })
    }
}

impl Shared {
    pub(super) fn request(&self, options: &RequestOptions) -> Result<RequestLink> {
        let id = random_token()?;
        let here = format!("{}/{}", self.base, options.name);
        let response_uri = format!("{here}/response/{id}");
        let identity = self.identity(options, &response_uri)?;
        let client_id = identity.client_id.clone();
        let mut session = Session::new(options)?;
        session.audience.clone_from(&client_id);
        session.client_id.clone_from(&client_id);
        session.destination.clone_from(&response_uri);
        if options.prefix == ClientIdPrefix::OpenidFederation {
            // Keys are those of the federation's metadata; `client_metadata` are ignored (section 5.9.3).
            session.encryption_key = identity.key.clone();
            session.encryption_kid = ENCRYPTION_KEY_ID.into();
        }
        session.redirect_uri = options.redirect.then(|| format!("{here}/done/{id}"));
        let mut payload = payload(options, &session);
        payload.insert("response_mode".into(), options.mode.as_str().into());
        payload.insert("client_id".into(), client_id.clone().into());
        payload.insert("state".into(), session.state.clone().into());
        let response_uri = match options.fault {
            Some(RequestFault::ForeignResponseUri) => {
                response_uri.replacen("//localhost", "//127.0.0.1", 1)
            }
            _ => response_uri,
        };
        if options.fault == Some(RequestFault::RedirectUriToo) {
            payload.insert("redirect_uri".into(), response_uri.clone().into());
        }
        payload.insert("response_uri".into(), response_uri.into());
        let mut link = Map::new();
        if options.prefix.is_signed() {
            let request = SignedRequest {
                payload,
                identity,
                fault: options.fault,
            };
            let outer = match options.fault {
                Some(RequestFault::WrongClientId) => "x509_san_dns:other.example",
                _ => &client_id,
            };
            link.insert("client_id".into(), outer.into());
            match options.by {
                RequestBy::Value => link.insert("request".into(), request.sign(None).into()),
                RequestBy::Reference => {
                    link.insert("request_uri".into(), format!("{here}/request/{id}").into())
                }
            };
            if options.fetch == FetchBy::Post {
                link.insert("request_uri_method".into(), "post".into());
            }
            session.request = Some(request);
        } else {
            link = payload;
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &link {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            query.append_pair(name, &text);
        }
        let uri = format!("openid4vp://?{}", query.finish());
        self.state().sessions.insert(id.clone(), session);
        Ok(RequestLink {
            uri,
            session: id,
            client_id,
        })
    }

    pub(super) fn request_object(&self, session: &str, request: &Request) -> Answer {
        let mut state = self.state();
        let session = state.sessions.get_mut(session);
        let Some((signed, session)) = session.and_then(|s| Some((s.request.clone()?, s))) else {
            return Answer::error(404, "not_found", "no such request");
        };
        if session.fault == Some(RequestFault::RedirectedRequestUri) {
            return Answer::empty(302).header("Location", format!("{}/elsewhere", self.base));
        }
        let mut wallet_nonce = None;
        if request.method == "POST" {
            let form = match request.form() {
                Ok(form) => form,
                Err(refused) => return Answer::error(400, "invalid_request", refused.reason()),
            };
            let member = |name: &str| form.get(name).and_then(Value::as_str);
            let metadata = member("wallet_metadata").and_then(|t| serde_json::from_str(t).ok());
            session.result.wallet_metadata = metadata;
            wallet_nonce = member("wallet_nonce").map(str::to_owned);
        }
        let body = signed.sign(wallet_nonce.as_deref()).into_bytes();
        Answer::bytes(200, "application/oauth-authz-req+jwt", body)
    }
}

/// The request parameters that are the same whatever way the request takes.
pub(super) fn payload(options: &RequestOptions, session: &Session) -> Map<String, Value> {
    let fault = options.fault;
    let algorithms = json!(["ES256", "EdDSA"]);
    let mut metadata = json!({
        "client_name": options.name,
        "vp_formats_supported": {
            "dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": algorithms},
            "jwt_vc_json": {"alg_values": algorithms},
            "ldp_vc": {
                "proof_type_values": ["DataIntegrityProof"],
                "cryptosuite_values": ["bbs-2023", "ecdsa-sd-2023", "ecdsa-rdfc-2019"],
            },
        },
    });
    if options.mode == ResponseMode::DirectPostJwt {
        let mut jwk = session.encryption_key.public_jwk();
        jwk["use"] = "enc".into();
        jwk["alg"] = "ECDH-ES".into();
        jwk["kid"] = session.encryption_kid.clone().into();
        let keys = match fault {
            Some(RequestFault::NoEncryptionKey) => json!([]),
            _ => json!([jwk]),
        };
        metadata["jwks"] = json!({ "keys": keys });
        metadata["encrypted_response_enc_values_supported"] = json!(["A128GCM", "A256GCM"]);
    }
    let mut all = json!({
        "response_type": "vp_token",
        "nonce": session.nonce,
        "client_metadata": metadata,
    });
    match &options.scope {
        Some(scope) => all["scope"] = scope.clone().into(),
        None => all["dcql_query"] = options.query.clone(),
    }
    if !session.transaction_data.is_empty() {
        all["transaction_data"] = session.transaction_data.clone().into();
    }
    if let Some(info) = &options.verifier_info {
        all["verifier_info"] = info.clone();
    }
    match fault {
        Some(RequestFault::NoNonce) => all["nonce"] = Value::Null,
        Some(RequestFault::NoQuery) => all["dcql_query"] = Value::Null,
        Some(RequestFault::UnknownTransactionData) => {
            let ids = options.query["credentials"].as_array();
            let ids = ids.map(|all| {
                all.iter()
                    .map(|query| query["id"].clone())
                    .collect::<Value>()
            });
            let data = json!({"type": "urn:example:unheard-of", "credential_ids": ids});
            all["transaction_data"] = json!([base64url(data.to_string().as_bytes())]);
        }
        _ => {}
    }
    let members = all.as_object().cloned().unwrap_or_default();
    members.into_iter().filter(|(_, v)| !v.is_null()).collect()
}

impl SignedRequest {
    /// Section 5: the request object, for the wallet that sent `wallet_nonce`.
    pub(super) fn sign(&self, wallet_nonce: Option<&str>) -> String {
        let (header, payload) = self.parts(wallet_nonce);
        let object = crate::jws::sign(&header, &payload, &self.identity.key);
        match self.fault {
            Some(RequestFault::BadSignature) => break_signature(&object).unwrap_or(object),
            _ => object,
        }
    }

    /// Header and payload.
    pub(super) fn parts(
        &self,
        wallet_nonce: Option<&str>,
    ) -> (Map<String, Value>, Map<String, Value>) {
        let mut payload = self.payload.clone();
        let now = unix_now();
        let issued = match self.fault {
            Some(RequestFault::Expired) => now - 600 - REQUEST_LIFETIME,
            _ => now,
        };
        let audience = match self.fault {
            Some(RequestFault::WrongAudience) => "https://other-wallet.example",
            _ => "https://self-issued.me/v2",
        };
        payload.insert("aud".into(), audience.into());
        payload.insert("iat".into(), issued.into());
        payload.insert("exp".into(), (issued + REQUEST_LIFETIME).into());
        let nonce = match self.fault {
            Some(RequestFault::WrongWalletNonce) => Some("of-another-wallet"),
            Some(RequestFault::NoWalletNonce) => None,
            _ => wallet_nonce,
        };
        if let Some(nonce) = nonce {
            payload.insert("wallet_nonce".into(), nonce.into());
        }
        let typ = match self.fault {
            Some(RequestFault::WrongTyp) => "JWT",
            _ => "oauth-authz-req+jwt",
        };
        let mut header = self.identity.header.clone();
        header.insert("typ".into(), typ.into());
        (header, payload)
    }
}
