//! The issuer and its authorization server, as far as a target needs them.

use super::super::fixture::{FixedClock, VCT, WORLD, base64url, json, json_answer, text};
use super::super::jose::{ephemeral_jwk, seal};
use super::super::sd_jwt::sign_claims;
use super::attested::Provider;
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, Mutex};
use url::form_urlencoded::parse;
use wallet_core::http::{HttpClient, HttpError, HttpRequest, HttpResponse, Purpose};
use wallet_core::issuance::{IssuanceSettings, Ports};
use wallet_core::jose::jwe::{DecryptionKey, decrypt};
use wallet_core::jose::{CompactJws, PublicKey};
use wallet_core::random::OsRandom;
use wallet_core::secret::Secret;

pub(super) const ISSUER: &str = "https://issuer.example.org";

/// The `c_nonce`.
pub(super) const NONCE: &str = "wKI4LT17ac15ES9bw8ac4";

/// More calls than any issuance makes.
const MAX_CALLS: usize = 24;

/// What servers that bind tokens to keys (RFC 9449) answer besides.
#[derive(Default)]
pub(super) struct Challenges {
    /// `DPoP-Nonce` of the authorization server and of the issuer.
    pub(super) nonces: [String; 2],
    /// `WWW-Authenticate` of the issuer's refusal.
    pub(super) challenge: String,
    /// Whether each of them refuses the first call.
    pub(super) refuses: [bool; 2],
}

/// The parts of an encrypted credential response.
pub(super) struct Sealed {
    pub(super) content_type: String,
    /// Members of the JWE header beyond, or in place of, the good ones.
    pub(super) header: Map<String, Value>,
}

static ISSUER_KEY: LazyLock<DecryptionKey> =
    LazyLock::new(|| DecryptionKey::from_secret(&Secret::take(&mut [8; 32])).unwrap());

/// What the wallet called so far.
#[derive(Default)]
pub(super) struct Seen {
    /// The authorization request that was pushed.
    pub(super) pushed: HashMap<String, String>,
    /// The PKCE verifier of the token request.
    pub(super) verifier: Option<String>,
    /// The body of the request for what comes later.
    pub(super) deferred: Option<Vec<u8>>,
    calls: Vec<Purpose>,
    /// The newest nonce of the one server both are.
    nonce: Option<String>,
    jtis: BTreeSet<String>,
}

/// What the issuer and its authorization server say.
pub(super) struct Documents {
    pub(super) offer: Vec<u8>,
    pub(super) metadata: Vec<u8>,
    pub(super) metadata_type: String,
    pub(super) server: Vec<u8>,
    pub(super) token: Vec<u8>,
    pub(super) token_status: u16,
    pub(super) nonce: Vec<u8>,
    pub(super) credential: Vec<u8>,
    pub(super) credential_status: u16,
    /// Content type and bytes.
    pub(super) picture: (String, Vec<u8>),
    pub(super) settings: IssuanceSettings,
    /// The answer to a pushed authorization request.
    pub(super) pushed: Vec<u8>,
    pub(super) pushed_status: u16,
    /// Status and body of what comes later.
    pub(super) deferred: (u16, Vec<u8>),
    /// The wallet's provider, and the challenge of the server.
    pub(super) attested: Option<(Provider, Vec<u8>)>,
    /// Where tokens are bound to keys.
    pub(super) challenges: Option<Challenges>,
    /// Where credentials come encrypted.
    pub(super) sealed: Option<Sealed>,
    pub(super) seen: Mutex<Seen>,
}

impl Default for Documents {
    fn default() -> Self {
        let grant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
        let endpoint = |name: &str| format!("{ISSUER}/{name}");
        let offer = json!({
            "credential_issuer": ISSUER, "credential_configuration_ids": ["card"],
            "grants": { grant: { "pre-authorized_code": "oaKazRN8I0IbtZ0C7JuMn5" } },
        });
        let metadata = json!({
            "credential_issuer": ISSUER, "credential_endpoint": endpoint("credential"),
            "nonce_endpoint": endpoint("nonce"), "notification_endpoint": endpoint("notification"),
            "batch_credential_issuance": { "batch_size": 3 },
            "credential_configurations_supported": { "card": {
                "format": "dc+sd-jwt", "vct": VCT,
                "cryptographic_binding_methods_supported": ["jwk"],
                "proof_types_supported": {
                    "jwt": { "proof_signing_alg_values_supported": ["ES256", "EdDSA"] }
                },
            }},
        });
        let server = json!({
            "issuer": ISSUER, "token_endpoint": endpoint("token"), "grant_types_supported": [grant],
            "pre-authorized_grant_anonymous_access_supported": true,
        });
        let claims =
            json!({ "vct": VCT, "cnf": { "jwk": WORLD.holder_jwk }, "given_name": "Minji" });
        let credential = sign_claims(claims.as_object().unwrap());
        let bytes = |value: Value| value.to_string().into_bytes();
        Self {
            offer: bytes(offer),
            metadata: bytes(metadata),
            metadata_type: "application/json".to_owned(),
            server: bytes(server),
            token: bytes(json!({ "access_token": "czZCaGRSa3F0Mzpn", "token_type": "Bearer" })),
            token_status: 200,
            nonce: bytes(json!({ "c_nonce": NONCE })),
            credential: bytes(json!({ "credentials": [{ "credential": credential }] })),
            credential_status: 200,
            picture: ("image/png".to_owned(), Vec::new()),
            settings: IssuanceSettings::default(),
            pushed: bytes(json!({ "request_uri": "urn:example:1", "expires_in": 60 })),
            pushed_status: 201,
            deferred: (200, Vec::new()),
            attested: None,
            challenges: None,
            sealed: None,
            seen: Mutex::default(),
        }
    }
}

impl Documents {
    pub(super) fn ports(&self) -> Ports<'_> {
        let attested = self.attested.as_ref();
        Ports {
            http: self,
            clock: &FixedClock,
            random: &OsRandom,
            trust: &WORLD.trust,
            settings: &self.settings,
            attestation: attested.map(|(provider, _)| provider as _),
        }
    }
}

/// Changes a document.
pub(super) fn edit(document: &mut Vec<u8>, change: impl FnOnce(&mut Value)) {
    let mut value = json(document).unwrap();
    change(&mut value);
    *document = value.to_string().into_bytes();
}

impl Documents {
    /// A world whose tokens are bound to keys.
    pub(super) fn binding(challenges: Challenges) -> Self {
        let mut documents = Self::default();
        edit(&mut documents.server, |server| {
            server["dpop_signing_alg_values_supported"] = json!(["ES256"]);
        });
        edit(&mut documents.token, |token| {
            token["token_type"] = "DPoP".into();
        });
        documents.challenges = Some(challenges);
        documents
    }

    /// A world of the authorization code grant, with pushed requests.
    pub(super) fn authorizing() -> Self {
        let mut documents = Self::default();
        edit(&mut documents.offer, |offer| {
            offer["grants"] = json!({ "authorization_code": { "issuer_state": "i" } });
        });
        edit(&mut documents.server, |server| {
            server["grant_types_supported"] = json!(["authorization_code"]);
            server["authorization_endpoint"] = format!("{ISSUER}/authorize").into();
            server["pushed_authorization_request_endpoint"] = format!("{ISSUER}/par").into();
            server["code_challenge_methods_supported"] = json!(["S256"]);
            server["authorization_response_iss_parameter_supported"] = true.into();
        });
        documents.settings.client_id = Some("wallet".to_owned());
        documents
    }

    /// A world whose issuer insists on encryption.
    pub(super) fn sealing(sealed: Sealed) -> Self {
        let mut documents = Self::default();
        let ciphers = json!(["A128GCM", "A256GCM"]);
        let mut key = ISSUER_KEY.to_public_jwk("i1");
        key.insert("use".to_owned(), "enc".into());
        edit(&mut documents.metadata, |metadata| {
            metadata["credential_request_encryption"] = json!({
                "jwks": { "keys": [key] }, "enc_values_supported": ciphers, "encryption_required": true,
            });
            metadata["credential_response_encryption"] = json!({
                "alg_values_supported": ["ECDH-ES"], "enc_values_supported": ciphers,
                "encryption_required": true,
            });
        });
        documents.sealed = Some(sealed);
        documents
    }

    /// The credential response under the key in the request, which must be encrypted itself.
    fn seal_credential(&self, sealed: &Sealed, request: &HttpRequest) -> HttpResponse {
        let members = text(&request.body).expect("an encrypted request is a text");
        let members = decrypt(members, &ISSUER_KEY, 1 << 20).expect("to the issuer's key");
        let members = json(&members).expect("JSON inside");
        let jwk = &members["credential_response_encryption"]["jwk"];
        assert!(jwk.get("d").is_none());
        let point = json!({ "kty": "EC", "crv": jwk["crv"], "x": jwk["x"], "y": jwk["y"] });
        let Ok(PublicKey::P256(recipient)) = PublicKey::from_jwk(&point) else {
            panic!("no key for the answer");
        };
        let mut header = sealed.header.clone();
        header.entry("alg").or_insert("ECDH-ES".into());
        header.entry("enc").or_insert("A256GCM".into());
        header.entry("epk").or_insert(ephemeral_jwk().into());
        let body = seal(&header, &self.credential, &recipient.into());
        HttpResponse {
            headers: vec![("content-type".to_owned(), sealed.content_type.clone())],
            ..json_answer(body.as_bytes())
        }
    }

    /// What a server that binds tokens adds to, or puts in place of, its answer.
    fn challenge(&self, request: &HttpRequest, answer: &mut HttpResponse) {
        let mut seen = self.seen.lock().unwrap();
        seen.calls.push(request.purpose);
        assert!(seen.calls.len() <= MAX_CALLS, "it never ends");
        seen.check_proof(request);
        let Some(challenges) = &self.challenges else {
            return;
        };
        let place = match request.purpose {
            Purpose::Token => 0,
            Purpose::Credential if header(request, "authorization").is_some() => 1,
            _ => return,
        };
        let is_first = seen
            .calls
            .iter()
            .filter(|call| **call == request.purpose)
            .count()
            == 1 + place;
        if challenges.refuses[place] && is_first {
            answer.status = if place == 0 { 400 } else { 401 };
            answer.body = br#"{"error":"use_dpop_nonce"}"#.to_vec();
            let challenge = challenges.challenge.clone();
            answer
                .headers
                .push(("www-authenticate".to_owned(), challenge));
        }
        let nonce = &challenges.nonces[place];
        answer
            .headers
            .push(("DPoP-Nonce".to_owned(), nonce.clone()));
        if is_nonce(nonce) {
            seen.nonce = Some(nonce.clone());
        }
    }
}

/// NQCHAR of RFC 6749 A.
fn is_nonce(text: &str) -> bool {
    let is_allowed = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    (1..=1024).contains(&text.len()) && text.bytes().all(is_allowed)
}

pub(super) fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let found = request.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

impl Seen {
    /// A token bound to a key goes with a fresh proof for this very call (RFC 9449 4.2), any other without one.
    fn check_proof(&mut self, request: &HttpRequest) {
        let token = header(request, "authorization").map(|value| value.split_once(' ').unwrap());
        let Some(proof) = header(request, "dpop") else {
            assert!(token.is_none_or(|(scheme, _)| scheme == "Bearer"));
            return;
        };
        let proof = CompactJws::parse(proof, 1 << 16).unwrap();
        let jwk = &proof.header()["jwk"];
        assert!(jwk.get("d").is_none() && proof.typ() == Some("dpop+jwt"));
        proof.verify(&PublicKey::from_jwk(jwk).unwrap()).unwrap();
        let claims = proof.payload_object().unwrap();
        let url = request.url.split(['?', '#']).next();
        assert_eq!(
            (claims["htu"].as_str(), &claims["htm"]),
            (url, &"POST".into())
        );
        assert!(
            self.jtis.insert(claims["jti"].to_string()),
            "a proof is used twice"
        );
        assert_eq!(
            claims.get("nonce").and_then(Value::as_str),
            self.nonce.as_deref()
        );
        let hash = token.map(|(scheme, token)| {
            assert_eq!(scheme, "DPoP");
            base64url(&Sha256::digest(token))
        });
        assert_eq!(claims.get("ath").and_then(Value::as_str), hash.as_deref());
    }
}

#[async_trait]
impl HttpClient for Documents {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        assert!(self.settings.fetch.check_url(&request.url).is_ok());
        if request.purpose == Purpose::Display {
            let (content_type, bytes) = &self.picture;
            return Ok(HttpResponse {
                headers: vec![("content-type".to_owned(), content_type.clone())],
                final_url: request.url,
                ..json_answer(bytes)
            });
        }
        let form = || parse(&request.body).into_owned();
        if request.url.ends_with("/par") {
            self.seen.lock().unwrap().pushed = form().collect();
        }
        if request.url.ends_with("/token") {
            let verifier = form().find(|(name, _)| name == "code_verifier");
            self.seen.lock().unwrap().verifier = verifier.map(|(_, value)| value);
            if let Some((provider, challenge)) = &self.attested {
                provider.check(&request, challenge);
            }
        }
        if request.url.ends_with("/credential")
            && let Some((provider, _)) = &self.attested
        {
            provider.check_proofs(&request.body);
        }
        if request.url.ends_with("/deferred") {
            self.seen.lock().unwrap().deferred = Some(request.body.clone());
        }
        let (status, body) = match request.purpose {
            _ if request.url.ends_with("/par") => (self.pushed_status, &self.pushed),
            _ if request.url.ends_with("/deferred") => (self.deferred.0, &self.deferred.1),
            _ if request.url.ends_with("/challenge") => {
                (200, &self.attested.as_ref().expect("a challenge").1)
            }
            Purpose::Offer => (200, &self.offer),
            Purpose::Token => (self.token_status, &self.token),
            Purpose::Metadata if request.url.contains("openid-credential-issuer") => {
                (200, &self.metadata)
            }
            Purpose::Metadata => (200, &self.server),
            Purpose::Credential if request.url.ends_with("nonce") => (200, &self.nonce),
            _ => (self.credential_status, &self.credential),
        };
        let mut answer = match &self.sealed {
            Some(sealed) if request.url.ends_with("/credential") => {
                self.seal_credential(sealed, &request)
            }
            _ => HttpResponse {
                status,
                ..json_answer(body)
            },
        };
        if request.url.contains("openid-credential-issuer") {
            let content_type = self.metadata_type.clone();
            answer.headers = vec![("content-type".to_owned(), content_type)];
        }
        self.challenge(&request, &mut answer);
        answer.final_url = request.url;
        Ok(answer)
    }
}
