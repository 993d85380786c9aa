//! Credential offers (OpenID4VCI 1.0 section 4).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Shared;
use super::authorization::Consent;
use super::fault::Fault;
use super::token::{PRE_AUTHORIZED, Tokens};
use crate::encoding::{random, random_token};
use crate::http::Answer;
use crate::refused::{OrRefuse, Result, ensure};

/// How an offer is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferBy {
    /// The offer itself is in the link.
    #[default]
    Value,
    /// The link says where the offer can be fetched.
    Reference,
}

/// How the wallet comes to its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferGrant {
    /// A pre-authorised code in the offer.
    #[default]
    PreAuthorized,
    /// The holder consents in the browser; the offer has an `issuer_state`.
    AuthorizationCode,
    /// The offer leaves it to the wallet.
    Unsaid,
}

/// The credentials come later (OpenID4VCI 1.0 section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deferral {
    /// How long the wallet must wait between two questions, in seconds. Sooner questions do not count.
    pub interval: u64,
    /// How many questions are answered with "not yet".
    pub not_yet: u32,
    /// Whether the deferred answer carries a `notification_id`.
    pub notification: bool,
}

impl Default for Deferral {
    fn default() -> Self {
        Self {
            interval: 1,
            not_yet: 1,
            notification: true,
        }
    }
}

/// What to offer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OfferOptions {
    /// Credential configuration identifiers.
    pub configurations: Vec<String>,
    /// Whether the holder must enter a code that was sent another way.
    pub tx_code: bool,
    /// By value or by reference.
    pub by: OfferBy,
    /// How the wallet comes to its token.
    pub grant: OfferGrant,
    /// Whether the grant names the authorization server (section 4.1.1).
    pub names_server: bool,
    /// Whether the token response carries `credential_identifiers` (OpenID4VCI 1.0 section 6.2).
    pub credential_identifiers: bool,
    /// Whether the credentials come later.
    pub deferred: Option<Deferral>,
    /// What goes wrong.
    pub fault: Option<Fault>,
}

impl Default for OfferOptions {
    fn default() -> Self {
        Self {
            configurations: vec!["resident_card".into()],
            tx_code: false,
            by: OfferBy::Value,
            grant: OfferGrant::PreAuthorized,
            names_server: false,
            credential_identifiers: false,
            deferred: None,
            fault: None,
        }
    }
}

impl OfferOptions {
    /// An offer of one card, by value, without code.
    pub fn of(configuration_id: &str) -> Self {
        Self {
            configurations: vec![configuration_id.into()],
            ..Self::default()
        }
    }
}

/// What the holder is handed.
#[derive(Debug, Clone, Serialize)]
pub struct OfferLink {
    /// The link (`openid-credential-offer://…`).
    pub uri: String,
    /// The code to enter, when one is asked for.
    pub tx_code: Option<String>,
}

/// What was offered, or asked for without an offer, and how far its use has come.
#[derive(Default)]
pub(super) struct Offer {
    pub(super) id: String,
    pub(super) options: OfferOptions,
    pub(super) document: Value,
    pub(super) tx_code: Option<String>,
    /// Burned by the first token request that succeeds.
    pub(super) code: Option<String>,
    pub(super) wrong_tx_codes: u8,
    pub(super) issuer_state: Option<String>,
    /// What the holder consented to.
    pub(super) consent: Option<Consent>,
    /// The authorization code that was exchanged for tokens.
    pub(super) used_code: Option<String>,
    pub(super) tokens: Option<Tokens>,
    /// Whether the wallet must order by `credential_identifier`.
    pub(super) by_identifier: bool,
    pub(super) stale_nonce_shown: bool,
    pub(super) notification_ids: Vec<String>,
    pub(super) issued: usize,
}

impl Shared {
    pub(super) fn offer(&self, options: &OfferOptions) -> Result<OfferLink> {
        ensure(!options.configurations.is_empty(), "nothing is offered")?;
        for id in &options.configurations {
            self.card(id).or_refuse("no such card")?;
        }
        let id = random_token()?;
        let mut offer = Offer {
            id: id.clone(),
            options: options.clone(),
            ..Offer::default()
        };
        offer.document = json!({
            "credential_issuer": self.at.issuer,
            "credential_configuration_ids": options.configurations,
        });
        if let Some((name, mut grant)) = offer.grant()? {
            if options.names_server {
                grant["authorization_server"] = self.at.issuer.clone().into();
            }
            offer.document["grants"] = json!({name: grant});
        }
        let (name, value) = match options.by {
            OfferBy::Value => ("credential_offer", offer.document.to_string()),
            OfferBy::Reference => (
                "credential_offer_uri",
                format!("{}/offers/{id}", self.at.base),
            ),
        };
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair(name, &value)
            .finish();
        let tx_code = offer.tx_code.clone();
        self.state().offers.insert(id, offer);
        Ok(OfferLink {
            uri: format!("openid-credential-offer://?{query}"),
            tx_code,
        })
    }

    pub(super) fn offer_document(&self, id: &str) -> Answer {
        match self.state().offers.get(id) {
            Some(offer) => Answer::json(200, &offer.document),
            None => Answer::error(404, "not_found", "no such offer"),
        }
    }
}

impl Offer {
    /// The grant of the offer, with its codes.
    fn grant(&mut self) -> Result<Option<(&'static str, Value)>> {
        let code = random_token()?;
        match self.options.grant {
            OfferGrant::Unsaid => Ok(None),
            OfferGrant::AuthorizationCode => {
                self.issuer_state = Some(code.clone());
                Ok(Some(("authorization_code", json!({"issuer_state": code}))))
            }
            OfferGrant::PreAuthorized => {
                let mut grant = json!({"pre-authorized_code": code});
                self.code = Some(code);
                if self.options.tx_code {
                    grant["tx_code"] = json!({"input_mode": "numeric", "length": 6, "description": "문자로 받은 번호"});
                    let number = u32::from_be_bytes(random::<4>()?) % 1_000_000;
                    self.tx_code = Some(format!("{number:06}"));
                }
                Ok(Some((PRE_AUTHORIZED, grant)))
            }
        }
    }
}
