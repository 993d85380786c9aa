//! A credential issuer with its authorization server (OpenID4VCI 1.0): pre-authorised code, Bearer, nonce endpoint, batches,
//! notifications, type metadata.

mod catalogue;
mod credential;
mod documents;
mod offer;
mod token;

pub use offer::{Fault, OfferBy, OfferLink, OfferOptions};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde::Serialize;
use serde_json::Value;

use crate::http::{Answer, CONTROL, RecordedRequest, Request, Server, lock};
use crate::pki::{CertificateAuthority, Leaf, LeafProfile};
use crate::refused::{OrRefuse, Refused, Result};
use catalogue::Card;
use documents::{Addresses, TENANT};
use offer::Offer;

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
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By offer identifier.
    offers: HashMap<String, Offer>,
    /// Issued and not yet expired nonces with the time they die.
    nonces: HashMap<String, u64>,
    notifications: Vec<Notification>,
}

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
            state: Mutex::default(),
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

    /// The `vct` of a card, e.g. of `resident_card` or `driving_licence`.
    pub fn vct(&self, configuration_id: &str) -> Option<String> {
        let card = self.shared.card(configuration_id)?;
        Some(self.shared.at.vct(card))
    }

    /// What the card of this configuration claims about the holder.
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

    /// Notifications received so far.
    pub fn notifications(&self) -> Vec<Notification> {
        self.shared.state().notifications.clone()
    }

    /// How many credentials were issued for all offers.
    pub fn issued(&self) -> usize {
        self.shared.state().offers.values().map(|o| o.issued).sum()
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
        match (request.method.as_str(), endpoint) {
            ("POST", "/token") => self.token(request),
            ("POST", "/nonce") => self.nonce(),
            ("POST", "/credential") => self.credential(request),
            ("POST", "/notification") => self.notification(request),
            ("GET", _) => self.document(path),
            _ => Answer::error(404, "not_found", "no such endpoint"),
        }
    }

    fn document(&self, path: &str) -> Answer {
        let json = |body: Vec<u8>| Answer::bytes(200, "application/json", body);
        let well_known = path.strip_prefix("/.well-known/").unwrap_or_default();
        if let Some(name) = well_known.strip_suffix(TENANT) {
            return match name {
                "openid-credential-issuer" => {
                    let document = documents::issuer_metadata(&self.at, &self.cards, BATCH_SIZE);
                    Answer::json(200, &document)
                }
                "oauth-authorization-server" => {
                    Answer::json(200, &documents::authorization_server_metadata(&self.at))
                }
                _ => Answer::error(404, "not_found", "no such document"),
            };
        }
        if path == "/types/card" {
            return json(documents::base_type_metadata(&self.at));
        }
        for card in &self.cards {
            if path == format!("/types/{}", card.type_name) {
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

    fn control(&self, path: &str, request: &Request) -> Answer {
        let answer = match (request.method.as_str(), path) {
            ("POST", "offer") => request.json().and_then(|options| {
                let options = serde_json::from_value(Value::Object(options));
                let link = self.offer(&options.or_refuse("offer options")?)?;
                serde_json::to_value(link).or_refuse("offer link")
            }),
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
