//! Presentation requests (OpenID4VP 1.0 section 5).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Shared;
use super::response::PresentationResult;
use crate::encoding::{base64url, random_token, sha256, unix_now};
use crate::http::Answer;
use crate::keys::EcKey;
use crate::pki::Leaf;
use crate::refused::{OrRefuse, Result, ensure};

/// How long a request object is valid, in seconds.
const REQUEST_LIFETIME: u64 = 300;

/// How the verifier says who it is (OpenID4VP 1.0 section 5.9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientIdPrefix {
    /// Signed; a DNS name of the certificate.
    #[default]
    X509SanDns,
    /// Signed; the hash of the certificate.
    X509Hash,
    /// Unsigned; the address the answer goes to.
    RedirectUri,
}

/// How the answer is sent (OpenID4VP 1.0 section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ResponseMode {
    /// Posted in the clear.
    #[serde(rename = "direct_post")]
    DirectPost,
    /// Posted encrypted.
    #[default]
    #[serde(rename = "direct_post.jwt")]
    DirectPostJwt,
}

impl ResponseMode {
    fn as_str(self) -> &'static str {
        match self {
            Self::DirectPost => "direct_post",
            Self::DirectPostJwt => "direct_post.jwt",
        }
    }
}

/// How a signed request is handed over. An unsigned one is always in the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestBy {
    /// The link says where it can be fetched (`request_uri`).
    #[default]
    Reference,
    /// It is in the link (`request`).
    Value,
}

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RequestFault {
    /// The signature is broken.
    BadSignature,
    /// The link names another client than the signed request.
    WrongClientId,
    /// The client identifier is not covered by the certificate.
    CertificateMismatch,
    /// A prefix nobody knows.
    UnknownPrefix,
    /// The request expired ten minutes ago.
    Expired,
    /// There is no nonce.
    NoNonce,
    /// `typ` is not `oauth-authz-req+jwt`.
    WrongTyp,
    /// `aud` names another wallet.
    WrongAudience,
    /// The answer would go to a host the client identifier does not cover.
    ForeignResponseUri,
    /// `redirect_uri` beside `response_uri`.
    RedirectUriToo,
    /// The certificate leads to no anchor of the wallet.
    UntrustedSigner,
    /// An encrypted answer is asked for and no key is given.
    NoEncryptionKey,
    /// A transaction data entry of a type nobody knows.
    UnknownTransactionData,
    /// Neither `dcql_query` nor `scope`.
    NoQuery,
    /// `request_uri` answers 302.
    RedirectedRequestUri,
    /// The response endpoint answers 500 after it has read the response.
    ResponseServerError,
}

/// What to ask for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestOptions {
    /// Which relying party asks, e.g. `bar`.
    pub name: String,
    /// The DCQL query.
    pub query: Value,
    /// How it says who it is.
    pub prefix: ClientIdPrefix,
    /// How it wants the answer.
    pub mode: ResponseMode,
    /// How the request is handed over.
    pub by: RequestBy,
    /// Whether the answer to the response names a `redirect_uri` to follow.
    pub redirect: bool,
    /// `verifier_info` of the request (OpenID4VP 1.0 section 5.1).
    pub verifier_info: Option<Value>,
    /// What is wrong with it.
    pub fault: Option<RequestFault>,
}

impl Default for RequestOptions {
    fn default() -> Self {
        Self {
            name: "shop".into(),
            query: Value::Null,
            prefix: ClientIdPrefix::default(),
            mode: ResponseMode::default(),
            by: RequestBy::default(),
            redirect: true,
            verifier_info: None,
            fault: None,
        }
    }
}

impl RequestOptions {
    /// A signed request by reference for an encrypted answer.
    pub fn new(name: &str, query: Value) -> Self {
        Self {
            name: name.into(),
            query,
            ..Self::default()
        }
    }
}

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
    pub(super) client_id: String,
    pub(super) nonce: String,
    pub(super) state: String,
    pub(super) query: Value,
    pub(super) mode: ResponseMode,
    pub(super) fault: Option<RequestFault>,
    /// Where the wallet sends the holder's browser afterwards.
    pub(super) redirect_uri: Option<String>,
    pub(super) encryption_key: EcKey,
    request_object: Option<String>,
    pub(super) result: PresentationResult,
}

impl Session {
    /// `kid` of the encryption key.
    pub(super) fn encryption_kid(&self) -> String {
        format!("enc-{}", self.state)
    }
}

impl Shared {
    pub(super) fn request(&self, options: &RequestOptions) -> Result<RequestLink> {
        let leaf = self.signer(options)?;
        let id = random_token()?;
        let here = format!("{}/{}", self.base, options.name);
        let response_uri = format!("{here}/response/{id}");
        let session = Session {
            client_id: client_id(options, &leaf, &response_uri),
            nonce: random_token()?,
            state: random_token()?,
            query: options.query.clone(),
            mode: options.mode,
            fault: options.fault,
            redirect_uri: options.redirect.then(|| format!("{here}/done/{id}")),
            encryption_key: EcKey::generate()?,
            request_object: None,
            result: PresentationResult::default(),
        };
        let payload = payload(options, &session, &response_uri);
        let client_id = session.client_id.clone();
        let (request_object, link) = match options.prefix {
            ClientIdPrefix::RedirectUri => (None, payload),
            ClientIdPrefix::X509SanDns | ClientIdPrefix::X509Hash => {
                let object = sign(options, payload, &leaf);
                let mut link = Map::new();
                let outer = match options.fault {
                    Some(RequestFault::WrongClientId) => "x509_san_dns:other.example",
                    _ => &client_id,
                };
                link.insert("client_id".into(), outer.into());
                match options.by {
                    RequestBy::Value => link.insert("request".into(), object.clone().into()),
                    RequestBy::Reference => {
                        link.insert("request_uri".into(), format!("{here}/request/{id}").into())
                    }
                };
                (Some(object), link)
            }
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &link {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            query.append_pair(name, &text);
        }
        let uri = format!("openid4vp://?{}", query.finish());
        let session = Session {
            request_object,
            ..session
        };
        self.state().sessions.insert(id.clone(), session);
        Ok(RequestLink {
            uri,
            session: id,
            client_id,
        })
    }

    fn signer(&self, options: &RequestOptions) -> Result<Leaf> {
        let leaf = self.state().certificates.get(&options.name).cloned();
        let leaf = leaf.or_refuse("no such relying party")?;
        match options.fault {
            Some(RequestFault::UntrustedSigner) => {
                let stranger = crate::pki::CertificateAuthority::generate("Stranger")?;
                stranger.issue_leaf(&super::profile(&options.name, "Stranger"))
            }
            Some(fault) => {
                let signed = options.prefix != ClientIdPrefix::RedirectUri;
                ensure(
                    signed || !fault.is_of_signed_requests(),
                    "an unsigned request",
                )?;
                Ok(leaf)
            }
            None => Ok(leaf),
        }
    }

    pub(super) fn request_object(&self, session: &str) -> Answer {
        let state = self.state();
        let session = state.sessions.get(session);
        let Some((session, object)) = session.and_then(|s| Some((s, s.request_object.as_ref()?)))
        else {
            return Answer::error(404, "not_found", "no such request");
        };
        if session.fault == Some(RequestFault::RedirectedRequestUri) {
            return Answer::empty(302).header("Location", format!("{}/elsewhere", self.base));
        }
        let body = object.clone().into_bytes();
        Answer::bytes(200, "application/oauth-authz-req+jwt", body)
    }
}

impl RequestFault {
    /// Whether only a signed request can have this fault.
    fn is_of_signed_requests(self) -> bool {
        matches!(
            self,
            Self::BadSignature
                | Self::WrongClientId
                | Self::CertificateMismatch
                | Self::Expired
                | Self::WrongTyp
                | Self::WrongAudience
                | Self::RedirectedRequestUri
        )
    }
}

fn client_id(options: &RequestOptions, leaf: &Leaf, response_uri: &str) -> String {
    match (options.fault, options.prefix) {
        (Some(RequestFault::UnknownPrefix), _) => "made_up:localhost".into(),
        (Some(RequestFault::CertificateMismatch), ClientIdPrefix::X509Hash) => {
            format!("x509_hash:{}", base64url(&sha256(b"another certificate")))
        }
        (Some(RequestFault::CertificateMismatch), _) => "x509_san_dns:other.example".into(),
        (_, ClientIdPrefix::X509SanDns) => "x509_san_dns:localhost".into(),
        (_, ClientIdPrefix::X509Hash) => {
            format!("x509_hash:{}", base64url(&sha256(leaf.certificate())))
        }
        (_, ClientIdPrefix::RedirectUri) => format!("redirect_uri:{response_uri}"),
    }
}

/// The request parameters, the same whether signed or not.
fn payload(options: &RequestOptions, session: &Session, response_uri: &str) -> Map<String, Value> {
    let fault = options.fault;
    let algorithms = json!(["ES256", "EdDSA"]);
    let mut metadata = json!({
        "client_name": options.name,
        "vp_formats_supported": {
            "dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": algorithms},
        },
    });
    if options.mode == ResponseMode::DirectPostJwt {
        let mut jwk = session.encryption_key.public_jwk();
        jwk["use"] = "enc".into();
        jwk["alg"] = "ECDH-ES".into();
        jwk["kid"] = session.encryption_kid().into();
        let keys = match fault {
            Some(RequestFault::NoEncryptionKey) => json!([]),
            _ => json!([jwk]),
        };
        metadata["jwks"] = json!({ "keys": keys });
        metadata["encrypted_response_enc_values_supported"] = json!(["A128GCM", "A256GCM"]);
    }
    let response_uri = match fault {
        Some(RequestFault::ForeignResponseUri) => {
            response_uri.replacen("//localhost", "//127.0.0.1", 1)
        }
        _ => response_uri.to_owned(),
    };
    let mut all = json!({
        "response_type": "vp_token",
        "response_mode": options.mode.as_str(),
        "client_id": session.client_id,
        "response_uri": response_uri,
        "nonce": session.nonce,
        "state": session.state,
        "dcql_query": options.query,
        "client_metadata": metadata,
    });
    if let Some(info) = &options.verifier_info {
        all["verifier_info"] = info.clone();
    }
    match fault {
        Some(RequestFault::NoNonce) => all["nonce"] = Value::Null,
        Some(RequestFault::NoQuery) => all["dcql_query"] = Value::Null,
        Some(RequestFault::RedirectUriToo) => all["redirect_uri"] = response_uri.into(),
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

fn sign(options: &RequestOptions, mut payload: Map<String, Value>, leaf: &Leaf) -> String {
    let now = unix_now();
    let issued = match options.fault {
        Some(RequestFault::Expired) => now - 600 - REQUEST_LIFETIME,
        _ => now,
    };
    let audience = match options.fault {
        Some(RequestFault::WrongAudience) => "https://other-wallet.example",
        _ => "https://self-issued.me/v2",
    };
    payload.insert("aud".into(), audience.into());
    payload.insert("iat".into(), issued.into());
    payload.insert("exp".into(), (issued + REQUEST_LIFETIME).into());
    let typ = match options.fault {
        Some(RequestFault::WrongTyp) => "JWT",
        _ => "oauth-authz-req+jwt",
    };
    let mut header = Map::new();
    header.insert("typ".into(), typ.into());
    header.insert("x5c".into(), leaf.x5c().into());
    let mut object = crate::jws::sign(&header, &payload, &leaf.key);
    if options.fault == Some(RequestFault::BadSignature) {
        let place = object.len() - 20;
        let other = if object.as_bytes().get(place) == Some(&b'A') {
            "B"
        } else {
            "A"
        };
        object.replace_range(place..=place, other);
    }
    object
}
