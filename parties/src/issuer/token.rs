//! Token, nonce and notification endpoints (OpenID4VCI 1.0 sections 6, 7 and 11).

use serde_json::{Value, json};

use super::offer::Offer;
use super::{Notification, Shared, State};
use crate::encoding::{random_token, unix_now};
use crate::http::{Answer, Request};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
const TOKEN_LIFETIME: u64 = 600;
const NONCE_LIFETIME: u64 = 300;
/// After this many wrong transaction codes the pre-authorised code is worth nothing any more.
const MAX_WRONG_TX_CODES: u8 = 5;

impl Shared {
    pub(super) fn token(&self, request: &Request) -> Answer {
        let bad = |code, text| Answer::error(400, code, text);
        let form = match request.form() {
            Ok(form) => form,
            Err(refused) => return bad("invalid_request", refused.reason()),
        };
        let member = |name: &str| form.get(name).and_then(Value::as_str);
        if member("grant_type") != Some(GRANT) {
            return bad("unsupported_grant_type", "only pre-authorised codes");
        }
        let Some(code) = member("pre-authorized_code") else {
            return bad("invalid_request", "the pre-authorised code is missing");
        };
        let mut state = self.state();
        let offer = state.offers.values_mut();
        let mut matching = offer.filter(|offer| offer.code.as_deref() == Some(code));
        let Some(offer) = matching.next() else {
            return bad("invalid_grant", "unknown or used code");
        };
        match (&offer.tx_code, member("tx_code")) {
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
        let Ok(token) = random_token() else {
            return Answer::error(500, "server_error", "no randomness");
        };
        offer.code = None;
        offer.access_token = Some(token.clone());
        let mut body =
            json!({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFETIME});
        if offer.options.credential_identifiers {
            let details = offer.options.configurations.iter().map(|id| {
                json!({
                    "type": "openid_credential",
                    "credential_configuration_id": id,
                    "credential_identifiers": [format!("{id}:1")],
                })
            });
            body["authorization_details"] = details.collect();
        }
        Answer::json(200, &body)
    }

    pub(super) fn nonce(&self) -> Answer {
        let Ok(nonce) = random_token() else {
            return Answer::error(500, "server_error", "no randomness");
        };
        let dies = unix_now() + NONCE_LIFETIME;
        self.state().nonces.insert(nonce.clone(), dies);
        Answer::json(200, &json!({"c_nonce": nonce}))
    }

    pub(super) fn notification(&self, request: &Request) -> Answer {
        let mut state = self.state();
        let Some(offer) = state.authorized(request) else {
            return unauthorized();
        };
        let known = offer.notification_ids.clone();
        let Ok(body) = request.json() else {
            return Answer::error(400, "invalid_notification_request", "not JSON");
        };
        let member = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(notification_id), Some(event)) = (member("notification_id"), member("event"))
        else {
            return Answer::error(400, "invalid_notification_request", "a member is missing");
        };
        if !known.contains(&notification_id) {
            return Answer::error(400, "invalid_notification_id", "unknown identifier");
        }
        let events = [
            "credential_accepted",
            "credential_failure",
            "credential_deleted",
        ];
        if !events.contains(&event.as_str()) {
            return Answer::error(400, "invalid_notification_request", "unknown event");
        }
        state.notifications.push(Notification {
            notification_id,
            event,
            event_description: member("event_description"),
        });
        Answer::empty(204)
    }
}

impl State {
    /// The offer whose access token the request carries.
    pub(super) fn authorized(&mut self, request: &Request) -> Option<&mut Offer> {
        let (scheme, token) = request.header("authorization")?.split_once(' ')?;
        let bearer = scheme.eq_ignore_ascii_case("bearer");
        let mut offers = self.offers.values_mut();
        offers.find(|offer| bearer && offer.access_token.as_deref() == Some(token))
    }
}

/// RFC 6750 section 3.
pub(super) fn unauthorized() -> Answer {
    Answer::error(401, "invalid_token", "unknown access token")
        .header("WWW-Authenticate", "Bearer error=\"invalid_token\"")
}
