//! Token, nonce and notification endpoints (OpenID4VCI 1.0 sections 6, 7 and 11).

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::offer::Offer;
use super::{Notification, Shared, State};
use crate::encoding::{random_token, unix_now};
use crate::http::{Answer, Request};

pub(super) const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const TOKEN_LIFETIME: u64 = 600;
const NONCE_LIFETIME: u64 = 300;
/// After this many wrong transaction codes the pre-authorised code is worth nothing any more.
const MAX_WRONG_TX_CODES: u8 = 5;

/// What a wallet holds for one offer.
pub(super) struct Tokens {
    pub(super) access: String,
    refresh: Option<String>,
    /// Thumbprint of the DPoP key both are bound to (RFC 9449 sections 5 and 6).
    pub(super) jkt: Option<String>,
    pub(super) client_id: Option<String>,
}

/// The offer a token request belongs to, by its identifier, or the refusal.
type Granted<T> = std::result::Result<T, Answer>;

fn bad<T>(code: &str, text: &str) -> Granted<T> {
    Err(Answer::error(400, code, text))
}

fn text<'f>(form: &'f Map<String, Value>, name: &str) -> Granted<&'f str> {
    match form.get(name).and_then(Value::as_str) {
        Some(text) => Ok(text),
        None => bad("invalid_request", name),
    }
}

impl Shared {
    pub(super) fn token(&self, request: &Request) -> Granted<Answer> {
        let form = request
            .form()
            .map_err(|refused| Answer::error(400, "invalid_request", refused.reason()))?;
        let mut state = self.state();
        let client_id = self.client(&mut state, request, &form)?;
        let jkt = state.dpop_key(request, &self.url(request), None)?;
        let refresh_tokens = state.options.refresh_tokens;
        let (offer, by_details) = match text(&form, "grant_type")? {
            PRE_AUTHORIZED => (state.pre_authorized(&form)?, false),
            "authorization_code" => state.consented(&form, client_id.as_deref(), jkt.as_deref())?,
            "refresh_token" => (
                state.refreshed(&form, client_id.as_deref(), jkt.as_deref())?,
                false,
            ),
            _ => return bad("unsupported_grant_type", "unknown grant type"),
        };
        offer
            .issue_tokens(client_id, jkt, refresh_tokens, by_details)
            .or_else(|_| bad("server_error", "no randomness"))
    }

    pub(super) fn nonce(&self) -> Answer {
        let Ok(nonce) = random_token() else {
            return Answer::error(500, "server_error", "no randomness");
        };
        let dies = unix_now() + NONCE_LIFETIME;
        self.state().nonces.insert(nonce.clone(), dies);
        Answer::json(200, &json!({"c_nonce": nonce}))
    }

    pub(super) fn notification(&self, request: &Request) -> Granted<Answer> {
        let mut state = self.state();
        let known = state
            .authorized(request, &self.url(request))?
            .notification_ids
            .clone();
        let refused = |text| bad("invalid_notification_request", text);
        let Ok(body) = request.json() else {
            return refused("not JSON");
        };
        let member = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(notification_id), Some(event)) = (member("notification_id"), member("event"))
        else {
            return refused("a member is missing");
        };
        if !known.contains(&notification_id) {
            return bad("invalid_notification_id", "unknown identifier");
        }
        let events = [
            "credential_accepted",
            "credential_failure",
            "credential_deleted",
        ];
        if !events.contains(&event.as_str()) {
            return refused("unknown event");
        }
        state.notifications.push(Notification {
            notification_id,
            event,
            event_description: member("event_description"),
        });
        Ok(Answer::empty(204))
    }
}

impl State {
    /// OpenID4VCI 1.0 section 6.1.
    fn pre_authorized(&mut self, form: &Map<String, Value>) -> Granted<&mut Offer> {
        let code = text(form, "pre-authorized_code")?;
        let mut offers = self.offers.values_mut();
        let matching = offers.find(|offer| offer.code.as_deref() == Some(code));
        let Some(offer) = matching else {
            return bad("invalid_grant", "unknown or used code");
        };
        let given = form.get("tx_code").and_then(Value::as_str);
        match (&offer.tx_code, given) {
            (None, None) => {}
            (None, Some(_)) => return bad("invalid_request", "no transaction code was expected"),
            (Some(_), None) => return bad("invalid_request", "the transaction code is missing"),
            (Some(right), Some(given)) if right == given => {}
            (Some(_), Some(_)) => {
                offer.wrong_tx_codes += 1;
                if offer.wrong_tx_codes >= MAX_WRONG_TX_CODES {
                    offer.code = None;
                }
                return bad("invalid_grant", "the transaction code is wrong");
            }
        }
        offer.code = None;
        Ok(offer)
    }

    /// RFC 6749 section 4.1.3. A code shown twice costs the tokens it was good for (section 10.5).
    fn consented(
        &mut self,
        form: &Map<String, Value>,
        client_id: Option<&str>,
        jkt: Option<&str>,
    ) -> Granted<(&mut Offer, bool)> {
        let code = text(form, "code")?;
        let (redirect_uri, verifier) = (text(form, "redirect_uri")?, text(form, "code_verifier")?);
        let used = |offer: &&mut Offer| offer.used_code.as_deref() == Some(code);
        if let Some(offer) = self.offers.values_mut().find(used) {
            offer.tokens = None;
            return bad("invalid_grant", "the code was used before");
        }
        let has_code = |offer: &&mut Offer| offer.consent.as_ref().is_some_and(|c| c.code == code);
        let Some(offer) = self.offers.values_mut().find(has_code) else {
            return bad("invalid_grant", "unknown code");
        };
        offer.used_code = Some(code.to_owned());
        let Some(consent) = offer.consent.take() else {
            return bad("invalid_grant", "unknown code");
        };
        if client_id != Some(&consent.client_id) {
            return bad("invalid_grant", "the code of another client");
        }
        if redirect_uri != consent.redirect_uri {
            return bad("invalid_grant", "another redirect_uri");
        }
        if consent.jkt.is_some() && jkt != consent.jkt.as_deref() {
            return bad("invalid_dpop_proof", "another DPoP key");
        }
        match consent.check_verifier(verifier) {
            Ok(()) => Ok((offer, consent.by_details)),
            Err(refused) => bad("invalid_grant", refused.reason()),
        }
    }

    /// RFC 6749 section 6; the token is good once, for the client and the key it was given to.
    fn refreshed(
        &mut self,
        form: &Map<String, Value>,
        client_id: Option<&str>,
        jkt: Option<&str>,
    ) -> Granted<&mut Offer> {
        let token = text(form, "refresh_token")?;
        let has_token = |offer: &&mut Offer| {
            let tokens = offer.tokens.as_ref();
            tokens.is_some_and(|t| t.refresh.as_deref() == Some(token))
        };
        let Some(offer) = self.offers.values_mut().find(has_token) else {
            return bad("invalid_grant", "unknown or used refresh token");
        };
        if offer.options.fault == Some(Fault::RefreshRefused) {
            return bad("invalid_grant", "as ordered");
        }
        let fits = offer.tokens.as_ref().is_some_and(|tokens| {
            tokens.jkt.as_deref() == jkt && tokens.client_id.as_deref() == client_id
        });
        match fits {
            true => Ok(offer),
            false => bad(
                "invalid_grant",
                "the refresh token of another key or client",
            ),
        }
    }
}

impl Offer {
    fn issue_tokens(
        &mut self,
        client_id: Option<String>,
        jkt: Option<String>,
        refresh: bool,
        by_details: bool,
    ) -> crate::Result<Answer> {
        let fault = self.options.fault;
        let jkt = jkt.filter(|_| fault != Some(Fault::BearerForDpop));
        let token_type = match (&jkt, fault) {
            (Some(_), Some(Fault::TokenTypeCase)) => "DPOP",
            (None, Some(Fault::TokenTypeCase)) => "BEARER",
            (Some(_), _) => "DPoP",
            (None, _) => "Bearer",
        };
        let tokens = Tokens {
            access: random_token()?,
            refresh: if refresh { Some(random_token()?) } else { None },
            jkt,
            client_id,
        };
        let mut body = json!({"access_token": tokens.access, "token_type": token_type});
        if fault != Some(Fault::NoExpiresIn) {
            body["expires_in"] = TOKEN_LIFETIME.into();
        }
        if let Some(refresh) = &tokens.refresh {
            body["refresh_token"] = refresh.clone().into();
        }
        self.tokens = Some(tokens);
        self.by_identifier |= by_details || self.options.credential_identifiers;
        if self.by_identifier {
            let details = self.options.configurations.iter().map(|id| {
                json!({
                    "type": "openid_credential",
                    "credential_configuration_id": id,
                    "credential_identifiers": [format!("{id}:1")],
                })
            });
            body["authorization_details"] = details.collect();
        }
        Ok(Answer::json(200, &body))
    }
}
