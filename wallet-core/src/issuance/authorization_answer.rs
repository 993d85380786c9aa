//! What comes back through the browser (RFC 6749 4.1.2, RFC 9207). Anybody can send such a link to the wallet.

use super::error::IssuanceError;
use super::{oauth_error, percent};
use crate::secret::SecretText;
use url::Url;

/// Longest redirect answer looked at.
const MAX_REDIRECT_BYTES: usize = 16 * 1024;
const MAX_PARAMETERS: usize = 32;
const RULE: &str = "RFC 6749 4.1.2";

/// A redirect answer, read and not trusted. No `Debug`: it holds the authorization code.
pub struct AuthorizationAnswer {
    /// Where it was sent, without the query.
    address: Url,
    state: Option<String>,
    pub(super) iss: Option<String>,
    /// The code, or why there is none.
    pub(super) outcome: Result<SecretText, &'static str>,
}

impl AuthorizationAnswer {
    /// Reads the URL the browser was sent to. A fragment is ignored, and so are parameters that are not known.
    ///
    /// # Errors
    /// `authorization_response_invalid`, also for any parameter that comes twice.
    pub fn parse(redirect_url: &str) -> Result<Self, IssuanceError> {
        let text = redirect_url.trim();
        if text.len() > MAX_REDIRECT_BYTES {
            return Err(invalid("too_large"));
        }
        let mut address = Url::parse(text).map_err(|_| invalid("url"))?;
        let before_fragment = text.split('#').next().unwrap_or_default();
        let query = before_fragment
            .split_once('?')
            .map_or("", |(_, query)| query);
        address.set_query(None);
        address.set_fragment(None);
        let parameters = parameters(query)?;
        let find = |wanted: &str| {
            let mut all = parameters.iter();
            all.find(|(name, _)| name == wanted).map(|(_, value)| value)
        };
        let outcome = match (find("code"), find("error")) {
            (Some(code), None) if !code.is_empty() => Ok(SecretText::new(code.clone())),
            (None, Some(error)) => Err(oauth_error::word(error)),
            _ => return Err(invalid("code")),
        };
        Ok(Self {
            address,
            state: find("state").cloned(),
            iss: find("iss").cloned(),
            outcome,
        })
    }

    /// Whether it answers the request with this `state`.
    pub(super) fn has_state(&self, state: &SecretText) -> bool {
        self.state.as_deref().is_some_and(|ours| state.is(ours))
    }

    /// Whether it was sent to this address.
    pub(super) fn is_at(&self, redirect_uri: &str) -> bool {
        Url::parse(redirect_uri).is_ok_and(|ours| ours == self.address)
    }
}

const fn invalid(reason: &'static str) -> IssuanceError {
    IssuanceError::AuthorizationResponse { reason, rule: RULE }
}

fn parameters(query: &str) -> Result<Vec<(String, String)>, IssuanceError> {
    let mut parameters: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text| percent::decode_form(text).ok_or(invalid("encoding"));
        let (name, value) = (decode(name)?, decode(value)?);
        if parameters.iter().any(|(known, _)| *known == name) {
            return Err(invalid("duplicate_parameter"));
        }
        if parameters.len() >= MAX_PARAMETERS {
            return Err(invalid("too_many_parameters"));
        }
        parameters.push((name, value));
    }
    Ok(parameters)
}
