//! A credential issuer with its authorization server (OpenID4VCI 1.0): pre-authorised and authorization codes, Bearer and DPoP,
//! refresh tokens, attestations, batches, encrypted and deferred answers, notifications, signed and type metadata.

mod attestation;
mod authorization;
mod catalogue;
mod commitment;
mod credential;
mod data_integrity;
mod deferred;
mod documents;
mod dpop;
mod encryption;
mod fault;
mod jwt_vc;
mod offer;
mod options;
mod proofs;
mod signed_metadata;
mod status_list;
mod token;

pub use fault::Fault;
pub use offer::{Deferral, OfferBy, OfferGrant, OfferLink, OfferOptions};
pub use options::{CardOptions, ControllerFault, IssuerOptions, MetadataFault, Support};
pub use status_list::StatusFault;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use serde::Serialize;
use serde_json::Value;

use crate::data_integrity::{CITIZEN_ID, CREDENTIAL};
use crate::http::{Answer, CONTROL, RecordedRequest, Request, Server, lock};
use crate::jwt_vc::DidSigner;
use crate::keys::EcKey;
use crate::pki::{CertificateAuthority, Leaf, LeafProfile};
use crate::refused::{OrRefuse, Refused, Result};
use authorization::Consent;
use catalogue::{Card, CardFormat};
use commitment::Enrolled;
use data_integrity::ProofKeys;
use deferred::Waiting;
use documents::{Addresses, SECOND_SERVER, TENANT};
use dpop::Proofs;
use offer::Offer;
use status_list::StatusEntries;

/// How many copies of a card one request may order.
pub const BATCH_SIZE: usize = 10;
const CREDENTIAL_LIFETIME: u64 = 365 * 86_400;

/// What a wallet told the notification endpoint (OpenID4VCI 1.0 section 11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notification {
    /// Identifier from the credential response.
    pub notification_id: String,
    /// `credential_accepted`, `credential_failure` or `credential_deleted`.
    pub event: String,
    /// Free text, if any.
    pub event_description: Option<String>,
}

/// The running issuer; it stops when dropped.
pub struct Issuer {
    server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    at: Addresses,
    cards: Vec<Card>,
    signer: Leaf,
    /// Signs for [`Fault::UntrustedSigner`].
    stranger: Leaf,
    proof_keys: ProofKeys,
    /// What wallets encrypt their requests for.
    encryption_key: EcKey,
    state: Mutex<State>,
    /// Apart, so that it can be used while a credential is made.
    status: Mutex<StatusEntries>,
}

#[derive(Default)]
struct State {
    options: IssuerOptions,
    /// What cards say instead of what the catalogue has, by configuration.
    says: HashMap<String, CardOptions>,
    /// By offer identifier.
    offers: HashMap<String, Offer>,
    /// Issued and not yet expired nonces with the time they die.
    nonces: HashMap<String, u64>,
    /// Who has secrets for pseudonyms, by citizen.
    enrolled: HashMap<String, Enrolled>,
    /// Pushed authorization requests, by `request_uri`.
    pushed: HashMap<String, Consent>,
    /// Deferred credentials, by transaction.
    waiting: HashMap<String, Waiting>,
    proofs: Proofs,
    /// DER certificates that attestations must lead to.
    attestation_anchors: Vec<Vec<u8>>,
    /// Given out for proofs of possession and not yet used.
    challenges: HashSet<String>,
    /// `jti` of every proof of possession seen.
    possession_proofs: HashSet<String>,
    notifications: Vec<Notification>,
    /// Every credential that is a text, as issued.
    issued_texts: Vec<String>,
    /// Who signs credentials that are JWTs, if not the certificate's key.
    did_signer: Option<DidSigner>,
    /// Makes what is stapled to a credential.
    stapler: Option<Stapler>,
}

/// From a credential as issued to the proof that it was anchored, if there is one.
pub type Stapler = Arc<dyn Fn(&str) -> Option<Value> + Send + Sync>;

impl Issuer {
    /// Starts an issuer on a free loopback port, certified by `authority`.
    pub fn start(authority: &CertificateAuthority) -> Result<Self> {
        let mut server = Server::bind()?;
        let at = Addresses::new(server.base_url());
        let profile = LeafProfile::Issuer {
            common_name: "Fictional Civil Registry".into(),
            uri: Some(at.issuer.clone()),
        };
        let shared = Arc::new(Shared {
            signer: authority.issue_leaf(&profile)?,
            stranger: CertificateAuthority::generate("Stranger")?.issue_leaf(&profile)?,
            at,
            cards: catalogue::cards(),
            proof_keys: ProofKeys::generate()?,
            encryption_key: EcKey::generate()?,
            state: Mutex::default(),
            status: Mutex::default(),
        });
        let handler = shared.clone();
        server.start(move |request| handler.answer(request));
        Ok(Self { server, shared })
    }

    /// The credential issuer identifier.
    pub fn identifier(&self) -> &str {
        &self.shared.at.issuer
    }

    /// Scheme, host and port: what control endpoints hang on.
    pub fn base_url(&self) -> &str {
        &self.shared.at.base
    }

    /// Who signs what is an `ldp_vc`: the address of the controller document, which is `issuer` of the credentials.
    pub fn controller(&self) -> String {
        self.shared.at.controller()
    }

    /// The types of a card that is a W3C credential, as a query asks for them: IRIs of an `ldp_vc`, terms of a `jwt_vc_json`.
    pub fn type_values(&self, configuration_id: &str) -> Option<[&'static str; 2]> {
        match self.shared.card(configuration_id)?.format {
            CardFormat::SdJwtVc => None,
            CardFormat::JwtVc(kind) => Some(["VerifiableCredential", kind.name]),
            _ => Some([CREDENTIAL, CITIZEN_ID]),
        }
    }

    /// The `vct` of a card, e.g. of `resident_card` or `driving_licence`; a W3C credential has none.
    pub fn vct(&self, configuration_id: &str) -> Option<String> {
        let card = self.shared.card(configuration_id)?;
        (card.format == CardFormat::SdJwtVc).then(|| self.shared.at.vct(card))
    }

    /// What the catalogue's card of this configuration claims about the holder.
    pub fn claims(&self, configuration_id: &str) -> Option<&Value> {
        Some(&self.shared.card(configuration_id)?.values)
    }

    /// Identifiers of the credential configurations.
    pub fn configurations(&self) -> Vec<&'static str> {
        self.shared.cards.iter().map(|card| card.id).collect()
    }

    /// Makes a credential offer (OpenID4VCI 1.0 section 4).
    pub fn offer(&self, options: &OfferOptions) -> Result<OfferLink> {
        self.shared.offer(options)
    }

    /// From now on the issuer behaves like this.
    pub fn configure(&self, options: IssuerOptions) {
        self.shared.state().options = options;
    }

    /// From now on the card of this configuration says this.
    pub fn change(&self, configuration_id: &str, card: CardOptions) {
        let mut state = self.shared.state();
        state.says.insert(configuration_id.to_owned(), card);
    }

    /// Believes attestations that lead to one more anchor (DER).
    pub fn trust_attestations(&self, anchor: &[u8]) {
        let anchor = anchor.to_vec();
        self.shared.state().attestation_anchors.push(anchor);
    }

    /// Notifications received so far.
    pub fn notifications(&self) -> Vec<Notification> {
        self.shared.state().notifications.clone()
    }

    /// How many credentials were issued for all offers.
    pub fn issued(&self) -> usize {
        self.shared.state().offers.values().map(|o| o.issued).sum()
    }

    /// From now on credentials that are JWTs are signed as this DID; `None`: by the certificate's key.
    pub fn sign_jwts_as(&self, signer: Option<DidSigner>) {
        self.shared.state().did_signer = signer;
    }

    /// From now on credentials that are texts come with what this makes of them, as `anchor_proof`.
    pub fn staple_by(&self, stapler: Option<Stapler>) {
        self.shared.state().stapler = stapler;
    }

    /// Every JWT and SD-JWT issued so far: what an issuer has at hand that anchors them.
    pub fn issued_texts(&self) -> Vec<String> {
        self.shared.state().issued_texts.clone()
    }

    /// Every request seen so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.server.requests()
    }

    /// The issuer's signing certificate chain without the anchor.
    pub fn certificate_chain(&self) -> &[Vec<u8>] {
        &self.shared.signer.chain
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn card(&self, id: &str) -> Option<&Card> {
        self.cards.iter().find(|card| card.id == id)
    }

    fn answer(&self, request: &Request) -> Answer {
        let path = request.path.as_str();
        if let Some(control) = path.strip_prefix(CONTROL) {
            return self.control(control, request);
        }
        let endpoint = path.strip_prefix(TENANT).unwrap_or_default();
        let answer = match (request.method.as_str(), endpoint) {
            ("POST", "/par") => self.push(request),
            ("GET", "/authorize") => Ok(self.authorize(request)),
            ("POST", "/token") => self.token(request),
            ("POST", "/challenge") => Ok(self.challenge()),
            ("POST", "/nonce") => Ok(self.nonce()),
            ("POST", "/credential") => self.credential(request),
            ("POST", "/deferred") => self.deferred(request),
            ("POST", "/notification") => self.notification(request),
            ("GET", _) => Ok(self.document(request)),
            _ => Err(Answer::error(404, "not_found", "no such endpoint")),
        };
        self.with_nonce(answer.unwrap_or_else(|refused| refused), request)
    }

    /// Where the request went, as the wallet knows it.
    fn url(&self, request: &Request) -> String {
        format!("{}{}", self.at.base, request.path)
    }

    /// RFC 9449 section 8.2: the next nonce comes with every answer to a proof.
    fn with_nonce(&self, answer: Answer, request: &Request) -> Answer {
        let mut state = self.state();
        let wanted = state.options.dpop_nonce && request.header("dpop").is_some();
        match wanted.then(|| state.proofs.fresh_nonce()) {
            Some(Ok(nonce)) => answer.header("DPoP-Nonce", nonce),
            _ => answer,
        }
    }

    fn document(&self, request: &Request) -> Answer {
        let path = request.path.as_str();
        let json = |body: Vec<u8>| Answer::bytes(200, "application/json", body);
        if let Some(name) = path.strip_prefix("/.well-known/") {
            return self.well_known(name, request);
        }
        if path == status_list::PATH {
            return self.status_list(request);
        }
        if path == "/types/card" {
            return json(documents::base_type_metadata(&self.at));
        }
        if path.strip_prefix(TENANT) == Some(documents::CONTROLLER) {
            let fault = self.state().options.controller_fault;
            let document = documents::controller(&self.at, &self.proof_keys, fault);
            return match document {
                Ok(document) => Answer::json(200, &document),
                Err(refused) => Answer::error(500, "server_error", refused.reason()),
            };
        }
        for card in &self.cards {
            if card.format == CardFormat::SdJwtVc && path == format!("/types/{}", card.type_name) {
                return json(documents::type_metadata(&self.at, card));
            }
            if path == format!("/logos/{}.png", card.type_name) {
                return Answer::bytes(200, "image/png", documents::logo_bytes(card));
            }
        }
        match path.strip_prefix("/offers/") {
            Some(id) => self.offer_document(id),
            None => Answer::error(404, "not_found", "no such document"),
        }
    }

    fn well_known(&self, name: &str, request: &Request) -> Answer {
        let state = self.state();
        let server = "oauth-authorization-server";
        match name
            .split_once('/')
            .map(|(name, tenant)| (name, format!("/{tenant}")))
        {
            Some(("openid-credential-issuer", tenant)) if tenant == TENANT => {
                let mut document =
                    documents::issuer_metadata(&self.at, &self.cards, &state.options);
                self.encryption_metadata(&state, &mut document);
                match state.options.signed_metadata && request.accepts("application/jwt") {
                    true => self.signed_metadata(document, state.options.metadata_fault),
                    false => Answer::json(200, &document),
                }
            }
            Some((name, tenant)) if name == server && tenant == TENANT => {
                let document = documents::authorization_server_metadata(&self.at, &state.options);
                Answer::json(200, &document)
            }
            Some((name, tenant)) if name == server && tenant == SECOND_SERVER => {
                Answer::json(200, &documents::second_server_metadata(&self.at))
            }
            _ => Answer::error(404, "not_found", "no such document"),
        }
    }

    fn control(&self, path: &str, request: &Request) -> Answer {
        let answer = match (request.method.as_str(), path) {
            ("POST", "offer") => request.json().and_then(|options| {
                let options = serde_json::from_value(Value::Object(options));
                let link = self.offer(&options.or_refuse("offer options")?)?;
                serde_json::to_value(link).or_refuse("offer link")
            }),
            ("POST", "configure") => request.json().and_then(|options| {
                let options = serde_json::from_value(Value::Object(options));
                self.state().options = options.or_refuse("issuer options")?;
                Ok(Value::Null)
            }),
            ("POST", "change") => request.json().and_then(|card| {
                let id = request.query("card").or_refuse("which card?")?.to_owned();
                let card = serde_json::from_value(Value::Object(card));
                self.state()
                    .says
                    .insert(id, card.or_refuse("card options")?);
                Ok(Value::Null)
            }),
            ("POST", "status") => self.control_status(request),
            ("GET", "notifications") => {
                serde_json::to_value(&self.state().notifications).or_refuse("notifications")
            }
            _ => Err(Refused::because("no such control endpoint")),
        };
        match answer {
            Ok(body) => Answer::json(200, &body),
            Err(refused) => Answer::error(400, "control", refused.reason()),
        }
    }
}
