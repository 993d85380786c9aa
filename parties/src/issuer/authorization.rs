//! Pushed authorization requests (RFC 9126) and the authorization endpoint, where the holder consents at once.

use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::offer::{Offer, OfferOptions};
use super::{Shared, State};
use crate::encoding::{base64url, random_token, sha256};
use crate::http::{Answer, Request};
use crate::refused::{OrRefuse, Refused, Result, ensure};

const PUSHED_LIFETIME: u64 = 60;

/// What a wallet asked for, and the code it got for it.
pub(super) struct Consent {
    pub(super) code: String,
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    /// PKCE S256 (RFC 7636 section 4.2).
    challenge: String,
    /// The DPoP key the request was bound to (RFC 9449 section 10).
    pub(super) jkt: Option<String>,
    /// Whether `authorization_details` were asked for, which the token response must then have.
    pub(super) by_details: bool,
    configurations: Vec<String>,
    issuer_state: Option<String>,
    state: Option<String>,
}

impl Consent {
    /// RFC 7636 section 4.6.
    pub(super) fn check_verifier(&self, verifier: &str) -> Result<()> {
        let length = (43..=128).contains(&verifier.len());
        ensure(length, "the length of the code verifier")?;
        let hashed = base64url(&sha256(verifier.as_bytes()));
        ensure(hashed == self.challenge, "the code verifier is wrong")
    }
}

impl Shared {
    /// RFC 9126 section 2.
    pub(super) fn push(&self, request: &Request) -> std::result::Result<Answer, Answer> {
        let bad = |refused: Refused| Answer::error(400, "invalid_request", refused.reason());
        let form = request.form().map_err(bad)?;
        let mut state = self.state();
        let client = self.client(&mut state, request, &form)?;
        let jkt = state.dpop_key(request, &self.url(request), None)?;
        let mut consent = self.asked_for(&form).map_err(bad)?;
        let same = client.is_none_or(|client| client == consent.client_id);
        ensure(same, "another client was attested").map_err(bad)?;
        consent.jkt = jkt.or(consent.jkt);
        let id = random_token().map_err(bad)?;
        let request_uri = format!("urn:ietf:params:oauth:request_uri:{id}");
        state.pushed.insert(request_uri.clone(), consent);
        let body = json!({"request_uri": request_uri, "expires_in": PUSHED_LIFETIME});
        Ok(Answer::json(201, &body))
    }

    /// RFC 6749 section 4.1.1; the holder consents at once.
    pub(super) fn authorize(&self, request: &Request) -> Answer {
        match self.consented(request) {
            Ok(location) => Answer::empty(302).header("Location", location),
            Err(refused) => Answer::error(400, "invalid_request", refused.reason()),
        }
    }

    fn consented(&self, request: &Request) -> Result<String> {
        let parameters = request.query_object()?;
        let mut state = self.state();
        let consent = match parameters.get("request_uri").and_then(Value::as_str) {
            Some(uri) => state.pushed.remove(uri).or_refuse("unknown request_uri")?,
            None => {
                ensure(!state.options.require_par, "the request must be pushed")?;
                self.asked_for(&parameters)?
            }
        };
        let named = parameters.get("client_id").and_then(Value::as_str);
        ensure(named == Some(&consent.client_id), "another client_id")?;
        let mut back = url::Url::parse(&consent.redirect_uri).or_refuse("redirect_uri")?;
        let (request_state, code) = (consent.state.clone(), consent.code.clone());
        let fault = state.consent(consent)?;
        let mut answer = back.query_pairs_mut();
        match fault {
            Some(Fault::AuthorizationDenied) => answer.append_pair("error", "access_denied"),
            _ => answer.append_pair("code", &code),
        };
        match (fault, &request_state) {
            (Some(Fault::NoState), _) => {}
            (Some(Fault::WrongState), _) => drop(answer.append_pair("state", &random_token()?)),
            (_, None) => {}
            (_, Some(text)) => drop(answer.append_pair("state", text)),
        }
        match fault {
            Some(Fault::NoIss) => {}
            Some(Fault::WrongIss) => drop(answer.append_pair("iss", "https://other.example")),
            _ => drop(answer.append_pair("iss", &self.at.issuer)),
        }
        drop(answer);
        Ok(back.into())
    }

    fn asked_for(&self, parameters: &Map<String, Value>) -> Result<Consent> {
        let member = |name: &str| parameters.get(name).and_then(Value::as_str);
        ensure(member("response_type") == Some("code"), "response_type")?;
        let method = member("code_challenge_method");
        ensure(method == Some("S256"), "PKCE without S256")?;
        let challenge = member("code_challenge").or_refuse("no code_challenge")?;
        ensure(challenge.len() == 43, "the length of the code challenge")?;
        let details = member("authorization_details");
        let configurations = match details {
            Some(text) => self.detailed(text)?,
            None => self.scoped(member("scope").or_refuse("nothing was asked for")?)?,
        };
        let required = |name: &str| member(name).or_refuse(name).map(str::to_owned);
        Ok(Consent {
            code: random_token()?,
            client_id: required("client_id")?,
            redirect_uri: required("redirect_uri")?,
            challenge: challenge.to_owned(),
            jkt: member("dpop_jkt").map(str::to_owned),
            by_details: details.is_some(),
            configurations,
            issuer_state: member("issuer_state").map(str::to_owned),
            state: member("state").map(str::to_owned),
        })
    }

    /// OpenID4VCI 1.0 section 5.1.1.
    fn detailed(&self, text: &str) -> Result<Vec<String>> {
        let details: Vec<Value> = serde_json::from_str(text).or_refuse("authorization_details")?;
        let mut configurations = Vec::new();
        for detail in details {
            ensure(detail["type"] == "openid_credential", "type of the details")?;
            // There are authorization_servers in the metadata, so the details must say whom they are for.
            let ours = detail["locations"] == json!([self.at.issuer]);
            ensure(ours, "locations of the details")?;
            let id = detail["credential_configuration_id"].as_str();
            let card = id.and_then(|id| self.card(id)).or_refuse("no such card")?;
            configurations.push(card.id.to_owned());
        }
        ensure(!configurations.is_empty(), "nothing was asked for")?;
        Ok(configurations)
    }

    /// Section 5.1.2; unknown scopes are passed over.
    fn scoped(&self, scope: &str) -> Result<Vec<String>> {
        let known = scope.split(' ').filter_map(|name| self.card(name));
        let configurations: Vec<String> = known.map(|card| card.id.to_owned()).collect();
        ensure(!configurations.is_empty(), "no known scope")?;
        Ok(configurations)
    }
}

impl State {
    /// Notes the consent with the offer it belongs to, or without one.
    fn consent(&mut self, consent: Consent) -> Result<Option<Fault>> {
        let id = match &consent.issuer_state {
            Some(issuer_state) => {
                let mut offers = self.offers.iter();
                let found = offers.find(|(_, o)| o.issuer_state.as_ref() == Some(issuer_state));
                found.or_refuse("unknown issuer_state")?.0.clone()
            }
            None => {
                let id = random_token()?;
                let offer = Offer {
                    id: id.clone(),
                    options: OfferOptions {
                        configurations: consent.configurations.clone(),
                        ..self.options.wallet_started.clone()
                    },
                    ..Offer::default()
                };
                self.offers.insert(id.clone(), offer);
                id
            }
        };
        let offer = self.offers.get_mut(&id).or_refuse("unknown offer")?;
        let offered = |id: &String| offer.options.configurations.contains(id);
        let fits = consent.configurations.iter().all(offered);
        ensure(fits, "more was asked for than offered")?;
        let fault = offer.options.fault;
        offer.consent = Some(consent);
        Ok(fault)
    }
}
