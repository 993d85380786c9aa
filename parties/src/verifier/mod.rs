//! Verifiers (OpenID4VP 1.0): several relying parties with a certificate each, served by one loopback server.

mod data_integrity;
mod dc_api;
mod federation;
mod identity;
mod jwt_vc;
mod options;
mod query;
mod request;
mod response;

pub use dc_api::{DcApiRequest, DcApiSigning};
pub use options::{ClientIdPrefix, FetchBy, RequestBy, RequestFault, RequestOptions, ResponseMode};
pub use request::RequestLink;
pub use response::{Learned, Outcome, PresentationResult};

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use serde::Serialize;
use serde_json::Value;

use crate::http::{Answer, CONTROL, RecordedRequest, Request, Server, lock};
use crate::keys::EcKey;
use crate::pki::{CertificateAuthority, CertificateFault, Leaf, LeafProfile};
use crate::refused::{OrRefuse, Refused, Result};
use federation::{Federation, Voucher};
use request::Session;

/// Name of a relying party, as a request option and in its certificate.
pub const RELYING_PARTIES: [(&str, &str); 4] = [
    ("bar", "Fictional Bar"),
    ("bank", "Fictional Bank"),
    ("voting-office", "Fictional Voting Office"),
    ("shop", "Fictional Shop"),
];

/// The running verifiers; they stop when dropped.
pub struct Verifier {
    server: Server,
    shared: Arc<Shared>,
}

/// Someone a wallet knows by identifier and keys.
#[derive(Debug, Clone, Serialize)]
pub struct KnownParty {
    /// The identifier.
    pub identifier: String,
    /// The keys, as JWK Set.
    pub jwks: Value,
}

impl KnownParty {
    fn of(voucher: &Voucher) -> Self {
        Self {
            identifier: voucher.identifier.clone(),
            jwks: voucher.jwks(),
        }
    }
}

struct Shared {
    base: String,
    authority: CertificateAuthority,
    /// Vouches for verifiers that name themselves by `verifier_attestation`.
    attester: Voucher,
    federation: Federation,
    state: Mutex<State>,
}

struct State {
    /// By short name.
    certificates: HashMap<String, Leaf>,
    trusted: Trusted,
    sessions: HashMap<String, Session>,
}

/// Whose credentials are believed.
#[derive(Clone, Default)]
struct Trusted {
    /// DER certificates that those must lead to which name certificates.
    anchors: Vec<Vec<u8>>,
    /// Addresses of the controllers of the others.
    controllers: Vec<String>,
    /// Where everybody counts once: the scopes, and who came by what pseudonym.
    seen: Arc<Mutex<HashSet<(String, String)>>>,
}

impl Verifier {
    /// Starts the relying parties of [`RELYING_PARTIES`] on a free loopback port, certified by `authority`; they trust
    /// credentials that lead to `issuer_anchors` (DER).
    pub fn start(authority: &CertificateAuthority, issuer_anchors: Vec<Vec<u8>>) -> Result<Self> {
        let mut server = Server::bind()?;
        let mut certificates = HashMap::new();
        for (name, common_name) in RELYING_PARTIES {
            let leaf = authority.issue_leaf(&profile(name, common_name))?;
            certificates.insert(name.to_owned(), leaf);
        }
        let shared = Arc::new(Shared {
            base: server.base_url(),
            authority: authority.clone(),
            attester: Voucher {
                identifier: format!("{}/attester", server.base_url()),
                key: EcKey::generate()?,
            },
            federation: Federation::new(&server.base_url())?,
            state: Mutex::new(State {
                certificates,
                trusted: Trusted {
                    anchors: issuer_anchors,
                    controllers: Vec::new(),
                    seen: Arc::default(),
                },
                sessions: HashMap::new(),
            }),
        });
        let handler = shared.clone();
        server.start(move |request| handler.answer(request));
        Ok(Self { server, shared })
    }

    /// Scheme, host and port.
    pub fn base_url(&self) -> &str {
        &self.shared.base
    }

    /// One more relying party.
    pub fn enrol(&self, name: &str, common_name: &str) -> Result<()> {
        let leaf = self
            .shared
            .authority
            .issue_leaf(&profile(name, common_name))?;
        self.shared.state().certificates.insert(name.into(), leaf);
        Ok(())
    }

    /// One more relying party, with one thing wrong with its certificate.
    pub fn enrol_faulty(&self, name: &str, fault: CertificateFault) -> Result<()> {
        let profile = profile(name, name);
        let leaf = self.shared.authority.issue_faulty_leaf(&profile, fault)?;
        self.shared.state().certificates.insert(name.into(), leaf);
        Ok(())
    }

    /// Trusts issuers under one more anchor (DER).
    pub fn trust(&self, issuer_anchor: &[u8]) {
        let anchor = issuer_anchor.to_vec();
        self.shared.state().trusted.anchors.push(anchor);
    }

    /// Trusts the issuer of `ldp_vc` credentials whose keys stand in the controlled identifier document of this address.
    pub fn trust_controller(&self, address: &str) {
        let address = address.to_owned();
        self.shared.state().trusted.controllers.push(address);
    }

    /// Who vouches for verifiers by attestation: `iss` and the keys a wallet must know.
    pub fn attester(&self) -> KnownParty {
        KnownParty::of(&self.shared.attester)
    }

    /// The trust anchor of the federation: entity identifier and the keys a wallet must know.
    pub fn federation_anchor(&self) -> KnownParty {
        KnownParty::of(&self.shared.federation.anchor)
    }

    /// Makes a request for the Digital Credentials API of a page at `origin`.
    pub fn dc_api_request(
        &self,
        options: &RequestOptions,
        signing: DcApiSigning,
        origin: &str,
    ) -> Result<DcApiRequest> {
        self.shared.dc_api_request(options, signing, origin)
    }

    /// Checks what the Digital Credentials API gave back (`data` of the credential).
    pub fn dc_api_response(&self, session: &str, data: &Value) -> Result<PresentationResult> {
        self.shared.dc_api_response(session, data)
    }

    /// Makes a presentation request.
    pub fn request(&self, options: &RequestOptions) -> Result<RequestLink> {
        self.shared.request(options)
    }

    /// How the session of a request stands.
    pub fn result(&self, session: &str) -> Result<PresentationResult> {
        self.shared.result(session)
    }

    /// Every request seen so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.server.requests()
    }
}

fn profile(name: &str, common_name: &str) -> LeafProfile {
    LeafProfile::Verifier {
        common_name: common_name.into(),
        // All are reached under `localhost`; the second name is where no other party is.
        dns_names: vec!["localhost".into(), format!("{name}.localhost")],
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn result(&self, session: &str) -> Result<PresentationResult> {
        let state = self.state();
        let session = state.sessions.get(session).or_refuse("no such session")?;
        Ok(session.result.clone())
    }

    fn answer(&self, request: &Request) -> Answer {
        let path = request.path.as_str();
        if let Some(control) = path.strip_prefix(CONTROL) {
            return self.control(control, request);
        }
        let mut parts = path.trim_start_matches('/').split('/');
        let (_name, kind, session) = (parts.next(), parts.next(), parts.next());
        match (request.method.as_str(), kind, session) {
            ("GET" | "POST", Some("request"), Some(session)) => {
                self.request_object(session, request)
            }
            ("POST", Some("response"), Some(session)) => self.response(session, request),
            _ => {
                let statement = self.federation(request);
                statement.unwrap_or_else(|| Answer::error(404, "not_found", "no such endpoint"))
            }
        }
    }

    fn control(&self, path: &str, request: &Request) -> Answer {
        let answer = match (request.method.as_str(), path) {
            ("POST", "request") => request.json().and_then(|options| {
                let options = serde_json::from_value(Value::Object(options));
                let link = self.request(&options.or_refuse("request options")?)?;
                serde_json::to_value(link).or_refuse("request link")
            }),
            ("POST", "dc_api_request") => request.json().and_then(|options| {
                let options = serde_json::from_value(Value::Object(options));
                let signing = Value::from(request.query("signing").unwrap_or("signed"));
                let signing = serde_json::from_value(signing).or_refuse("signing")?;
                let origin = request.query("origin").or_refuse("which origin?")?;
                let made =
                    self.dc_api_request(&options.or_refuse("request options")?, signing, origin)?;
                serde_json::to_value(made).or_refuse("request")
            }),
            ("POST", "dc_api_response") => request.json().and_then(|data| {
                let session = request.query("session").or_refuse("which session?")?;
                let result = self.dc_api_response(session, &Value::Object(data))?;
                serde_json::to_value(result).or_refuse("result")
            }),
            ("GET", "result") => {
                let session = request.query("session").or_refuse("which session?");
                let result = session.and_then(|session| self.result(session));
                result.and_then(|result| serde_json::to_value(result).or_refuse("result"))
            }
            _ => Err(Refused::because("no such control endpoint")),
        };
        match answer {
            Ok(body) => Answer::json(200, &body),
            Err(refused) => Answer::error(400, "control", refused.reason()),
        }
    }
}
