//! Credential offers (OpenID4VCI 1.0 4.1). Nothing in an offer is trusted: it names an issuer to ask.

use super::error::IssuanceError;
use super::{Ports, percent};
use crate::http::Purpose;
use crate::intent::OFFER_SCHEMES;
use crate::json::{self, Limits};
use crate::text::display_text;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// Largest offer text looked at.
pub const MAX_OFFER_BYTES: usize = 64 * 1024;
const MAX_CONFIGURATIONS: usize = 64;
const MAX_CODE_BYTES: usize = 4096;
const MAX_TX_CODE_CHARS: usize = 128;
/// OpenID4VCI 1.0 4.1.1 caps the description at 300 characters.
const MAX_DESCRIPTION_CHARS: usize = 300;
pub(super) const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// An offer as it came in a link or QR code: whole, or as an address to fetch it from.
pub enum OfferLink {
    /// `credential_offer` (4.1.2).
    ByValue(CredentialOffer),
    /// `credential_offer_uri` (4.1.3).
    ByReference(OfferUri),
}

/// Where an offer is. Not fetched until [`OfferLink::resolve`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferUri(String);

impl OfferUri {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl OfferLink {
    /// Whether `text` is meant to be a credential offer: one of the schemes `openid-credential-offer` and `haip-vci`, or
    /// an https link with one of the two parameters. Says nothing about its validity.
    #[must_use]
    pub fn recognises(text: &str) -> bool {
        let text = text.trim();
        let custom = OFFER_SCHEMES.iter().any(|scheme| has_scheme(text, scheme));
        custom
            || (has_scheme(text, "https")
                && url::form_urlencoded::parse(query(text).as_bytes())
                    .any(|(name, _)| name == "credential_offer" || name == "credential_offer_uri"))
    }

    /// Reads an offer link. Makes no request.
    ///
    /// # Errors
    /// `offer_invalid`, `too_large` and what strict JSON refuses (OpenID4VCI 1.0 4.1).
    pub fn parse(text: &str) -> Result<Self, IssuanceError> {
        const RULE: &str = "OpenID4VCI 1.0 4.1";
        let refuse = |reason| Err(IssuanceError::Offer { reason, rule: RULE });
        if text.len() > MAX_OFFER_BYTES {
            return refuse("too_large");
        }
        let text = text.trim();
        if !Self::recognises(text) {
            return refuse("not_an_offer");
        }
        let mut by_value = None;
        let mut by_reference = None;
        for pair in query(text).split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let slot = match decode_form(name)?.as_str() {
                "credential_offer" => &mut by_value,
                "credential_offer_uri" => &mut by_reference,
                _ => continue,
            };
            if slot.replace(decode_form(value)?).is_some() {
                return refuse("duplicate_parameter");
            }
        }
        match (by_value, by_reference) {
            (Some(offer), None) => CredentialOffer::from_json(offer.as_bytes()).map(Self::ByValue),
            (None, Some(uri)) => {
                let ascii = !uri.is_empty() && uri.bytes().all(|byte| byte.is_ascii_graphic());
                if ascii {
                    Ok(Self::ByReference(OfferUri(uri)))
                } else {
                    refuse("credential_offer_uri")
                }
            }
            (Some(_), Some(_)) => refuse("both_forms"),
            (None, None) => refuse("no_offer"),
        }
    }

    /// The offer itself, fetched where it was sent by reference (4.1.3).
    ///
    /// # Errors
    /// As [`OfferLink::parse`], and the fetcher's.
    pub async fn resolve(self, ports: &Ports<'_>) -> Result<CredentialOffer, IssuanceError> {
        let uri = match self {
            Self::ByValue(offer) => return Ok(offer),
            Self::ByReference(uri) => uri,
        };
        let answer = ports.get_json(Purpose::Offer, uri.as_str()).await?;
        CredentialOffer::from_json(answer.body())
    }
}

/// A credential offer, parsed and not trusted. No `Debug`: it holds the pre-authorised code.
pub struct CredentialOffer {
    pub(super) credential_issuer: String,
    pub(super) configuration_ids: Vec<String>,
    pub(super) pre_authorized: Option<PreAuthorizedGrant>,
    pub(super) authorization_code: Option<AuthorizationCodeGrant>,
}

/// The authorization code grant of an offer (4.1.1).
#[derive(Default)]
pub(super) struct AuthorizationCodeGrant {
    pub(super) issuer_state: Option<String>,
    pub(super) authorization_server: Option<String>,
}

/// The pre-authorised code grant of an offer (4.1.1).
pub(super) struct PreAuthorizedGrant {
    pub(super) code: Zeroizing<String>,
    pub(super) tx_code: Option<TxCode>,
    pub(super) authorization_server: Option<String>,
}

/// What the issuer says about the transaction code it expects (4.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxCode {
    /// Which characters it has.
    pub input_mode: InputMode,
    /// Its length in characters, if told.
    pub length: Option<usize>,
    /// What to tell the holder, cleaned for display.
    pub description: Option<String>,
}

/// Which characters a transaction code has (4.1.1). The default is numeric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputMode {
    /// ASCII digits.
    Numeric,
    /// Any characters.
    Text,
}

impl InputMode {
    /// The word used on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Numeric => "numeric",
            Self::Text => "text",
        }
    }
}

impl CredentialOffer {
    /// Reads the JSON object; members not known are ignored (4.1.1).
    ///
    /// # Errors
    /// `offer_invalid` and what strict JSON refuses.
    pub fn from_json(bytes: &[u8]) -> Result<Self, IssuanceError> {
        let offer = json::parse_object(bytes, Limits::bytes(MAX_OFFER_BYTES))?;
        let credential_issuer = text(&offer, "credential_issuer")
            .ok_or(invalid("credential_issuer"))?
            .to_owned();
        let configuration_ids = configuration_ids(&offer)?;
        let grants = match offer.get("grants") {
            None => &Map::new(),
            Some(Value::Object(grants)) => grants,
            Some(_) => return Err(invalid("grants")),
        };
        let pre_authorized = grants.get(PRE_AUTHORIZED).map(pre_authorized).transpose()?;
        let authorization_code = grants
            .get("authorization_code")
            .map(authorization_code)
            .transpose()?;
        Ok(Self {
            credential_issuer,
            configuration_ids,
            pre_authorized,
            authorization_code,
        })
    }

    /// What a wallet that comes by itself asks for: an offer without grants.
    pub(super) fn wallet_started(issuer: &str, configuration_ids: &[String]) -> Self {
        Self {
            credential_issuer: issuer.to_owned(),
            configuration_ids: configuration_ids.to_vec(),
            pre_authorized: None,
            authorization_code: None,
        }
    }

    /// The Credential Issuer Identifier the offer claims.
    #[must_use]
    pub fn credential_issuer(&self) -> &str {
        &self.credential_issuer
    }

    /// What is offered: ids of the issuer's `credential_configurations_supported`.
    #[must_use]
    pub fn configuration_ids(&self) -> &[String] {
        &self.configuration_ids
    }

    /// Whether the offer has the pre-authorised code grant.
    #[must_use]
    pub const fn is_pre_authorized(&self) -> bool {
        self.pre_authorized.is_some()
    }

    /// Whether the offer has the authorization code grant.
    #[must_use]
    pub const fn has_authorization_code_grant(&self) -> bool {
        self.authorization_code.is_some()
    }

    /// The transaction code the issuer expects, if any.
    #[must_use]
    pub fn tx_code(&self) -> Option<&TxCode> {
        self.pre_authorized.as_ref()?.tx_code.as_ref()
    }
}

impl TxCode {
    /// Whether what the holder typed can be the code at all, before it costs a try at the issuer.
    ///
    /// # Errors
    /// `tx_code_required` with `missing`, `length` or `input_mode`.
    pub fn check(&self, typed: &str) -> Result<(), IssuanceError> {
        let refuse = |reason| Err(IssuanceError::TxCodeRequired { reason });
        let chars = typed.chars().count();
        if chars == 0 {
            return refuse("missing");
        }
        if self
            .length
            .map_or(chars > MAX_TX_CODE_CHARS, |length| chars != length)
        {
            return refuse("length");
        }
        let fits = match self.input_mode {
            InputMode::Numeric => typed.bytes().all(|byte| byte.is_ascii_digit()),
            InputMode::Text => !typed.chars().any(char::is_control),
        };
        if fits { Ok(()) } else { refuse("input_mode") }
    }
}

fn invalid(reason: &'static str) -> IssuanceError {
    IssuanceError::Offer {
        reason,
        rule: "OpenID4VCI 1.0 4.1.1",
    }
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

fn configuration_ids(offer: &Map<String, Value>) -> Result<Vec<String>, IssuanceError> {
    let wrong = || invalid("credential_configuration_ids");
    let listed = offer
        .get("credential_configuration_ids")
        .and_then(Value::as_array)
        .filter(|ids| !ids.is_empty() && ids.len() <= MAX_CONFIGURATIONS)
        .ok_or_else(wrong)?;
    let mut ids: Vec<String> = Vec::with_capacity(listed.len());
    for id in listed {
        let id = id.as_str().filter(|id| !id.is_empty()).ok_or_else(wrong)?;
        if ids.iter().any(|known| known == id) {
            return Err(wrong());
        }
        ids.push(id.to_owned());
    }
    Ok(ids)
}

fn authorization_server(grant: &Map<String, Value>) -> Result<Option<String>, IssuanceError> {
    match grant.get("authorization_server") {
        None => Ok(None),
        Some(Value::String(server)) => Ok(Some(server.clone())),
        Some(_) => Err(invalid("authorization_server")),
    }
}

fn authorization_code(grant: &Value) -> Result<AuthorizationCodeGrant, IssuanceError> {
    let grant = grant.as_object().ok_or(invalid("grants"))?;
    let issuer_state = match grant.get("issuer_state") {
        None => None,
        Some(Value::String(state)) if state.len() <= MAX_CODE_BYTES => Some(state.clone()),
        Some(_) => return Err(invalid("issuer_state")),
    };
    Ok(AuthorizationCodeGrant {
        issuer_state,
        authorization_server: authorization_server(grant)?,
    })
}

fn pre_authorized(grant: &Value) -> Result<PreAuthorizedGrant, IssuanceError> {
    let grant = grant.as_object().ok_or(invalid("grants"))?;
    let code = text(grant, "pre-authorized_code")
        .filter(|code| code.len() <= MAX_CODE_BYTES)
        .ok_or(invalid("pre-authorized_code"))?;
    let authorization_server = authorization_server(grant)?;
    Ok(PreAuthorizedGrant {
        code: Zeroizing::new(code.to_owned()),
        tx_code: grant.get("tx_code").map(tx_code).transpose()?,
        authorization_server,
    })
}

fn tx_code(value: &Value) -> Result<TxCode, IssuanceError> {
    let wrong = || invalid("tx_code");
    let object = value.as_object().ok_or_else(wrong)?;
    let input_mode = match object.get("input_mode") {
        None => InputMode::Numeric,
        Some(mode) => match mode.as_str() {
            Some("numeric") => InputMode::Numeric,
            Some("text") => InputMode::Text,
            _ => return Err(wrong()),
        },
    };
    let length = match object.get("length") {
        None => None,
        Some(length) => {
            let length = length
                .as_u64()
                .and_then(|length| usize::try_from(length).ok());
            let plausible = length.filter(|length| (1..=MAX_TX_CODE_CHARS).contains(length));
            Some(plausible.ok_or_else(wrong)?)
        }
    };
    let description = match object.get("description") {
        None => None,
        Some(Value::String(raw)) => Some(display_text(raw, MAX_DESCRIPTION_CHARS)),
        Some(_) => return Err(wrong()),
    };
    Ok(TxCode {
        input_mode,
        length,
        description,
    })
}

fn has_scheme(text: &str, wanted: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(wanted))
}

/// What stands between the first `?` and a fragment.
fn query(text: &str) -> &str {
    let before_fragment = text.split('#').next().unwrap_or_default();
    before_fragment
        .split_once('?')
        .map_or("", |(_, query)| query)
}

/// `application/x-www-form-urlencoded` decoding of one name or value, strictly: real issuers send `+` for blanks.
fn decode_form(text: &str) -> Result<String, IssuanceError> {
    percent::decode_form(text).ok_or(IssuanceError::Offer {
        reason: "encoding",
        rule: "OpenID4VCI 1.0 4.1.2",
    })
}
