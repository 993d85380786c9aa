//! Credential offers (OpenID4VCI 1.0 section 4) and what may go wrong after them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Shared;
use crate::encoding::{random, random_token};
use crate::http::Answer;
use crate::refused::{OrRefuse, Result, ensure};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

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

/// What goes wrong on the issuer's side after an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// The credentials' signatures are broken.
    BadSignature,
    /// The credentials are bound to a key nobody asked for.
    WrongKey,
    /// The credentials are of another type than ordered.
    WrongType,
    /// The first credential request is refused with `invalid_nonce`, as if its nonce had just expired.
    StaleNonce,
    /// Every credential request is refused with `invalid_nonce`.
    AlwaysStaleNonce,
    /// The credentials expired an hour ago.
    Expired,
    /// The credentials become valid tomorrow.
    NotYetValid,
    /// The signer's certificate leads to no anchor of the wallet.
    UntrustedSigner,
    /// Only the last copy of the batch has a broken signature.
    OneBadCopy,
    /// One credential less than was ordered.
    OneCopyMissing,
    /// A digest appears twice in the payload (RFC 9901 section 7.1).
    RepeatedDigest,
    /// `vct#integrity` does not fit the type metadata.
    WrongTypeIntegrity,
    /// The credential endpoint answers 500.
    ServerError,
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
    /// Whether the token response carries `credential_identifiers` (OpenID4VCI 1.0 section 6.2).
    pub credential_identifiers: bool,
    /// What goes wrong.
    pub fault: Option<Fault>,
}

impl Default for OfferOptions {
    fn default() -> Self {
        Self {
            configurations: vec!["resident_card".into()],
            tx_code: false,
            by: OfferBy::Value,
            credential_identifiers: false,
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

/// An offer and how far its use has come.
pub(super) struct Offer {
    pub(super) options: OfferOptions,
    pub(super) document: Value,
    pub(super) tx_code: Option<String>,
    /// Burned by the first token request that succeeds.
    pub(super) code: Option<String>,
    pub(super) wrong_tx_codes: u8,
    pub(super) access_token: Option<String>,
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
        let code = random_token()?;
        let mut grant = json!({"pre-authorized_code": code});
        let mut tx_code = None;
        if options.tx_code {
            grant["tx_code"] =
                json!({"input_mode": "numeric", "length": 6, "description": "문자로 받은 번호"});
            let number = u32::from_be_bytes(random::<4>()?) % 1_000_000;
            tx_code = Some(format!("{number:06}"));
        }
        let document = json!({
            "credential_issuer": self.at.issuer,
            "credential_configuration_ids": options.configurations,
            "grants": {GRANT: grant},
        });
        let id = random_token()?;
        let (name, value) = match options.by {
            OfferBy::Value => ("credential_offer", document.to_string()),
            OfferBy::Reference => (
                "credential_offer_uri",
                format!("{}/offers/{id}", self.at.base),
            ),
        };
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair(name, &value)
            .finish();
        let offer = Offer {
            options: options.clone(),
            document,
            tx_code: tx_code.clone(),
            code: Some(code),
            wrong_tx_codes: 0,
            access_token: None,
            stale_nonce_shown: false,
            notification_ids: Vec::new(),
            issued: 0,
        };
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
