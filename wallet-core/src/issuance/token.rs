//! The token endpoint (OpenID4VCI 1.0 6, RFC 6749 4.1.3, 6).

use super::Ports;
use super::access::AccessToken;
use super::error::IssuanceError;
use super::oauth_error;
use super::offer::PRE_AUTHORIZED;
use super::server_session::ServerSession;
use crate::http::Fetched;
use crate::profile::Profile;
use crate::secret::SecretText;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use zeroize::Zeroizing;

const MAX_TOKEN_BYTES: usize = 16 * 1024;
const MAX_IDENTIFIERS: usize = 64;

/// What is exchanged for an access token.
#[derive(Clone, Copy)]
pub(super) enum Grant<'a> {
    /// The code of an offer (OpenID4VCI 1.0 6.1).
    PreAuthorized {
        code: &'a str,
        tx_code: Option<&'a str>,
    },
    /// The code of a redirect answer (RFC 6749 4.1.3, RFC 7636 4.5).
    AuthorizationCode {
        code: &'a str,
        verifier: &'a str,
        redirect_uri: &'a str,
    },
    /// The token of an earlier issuance (RFC 6749 6).
    Refresh { token: &'a str },
}

impl<'a> Grant<'a> {
    fn members(self) -> Vec<(&'static str, &'a str)> {
        match self {
            Self::PreAuthorized { code, tx_code } => {
                let mut members = vec![
                    ("grant_type", PRE_AUTHORIZED),
                    ("pre-authorized_code", code),
                ];
                members.extend(tx_code.map(|tx_code| ("tx_code", tx_code)));
                members
            }
            Self::AuthorizationCode {
                code,
                verifier,
                redirect_uri,
            } => vec![
                ("grant_type", "authorization_code"),
                ("code", code),
                ("code_verifier", verifier),
                ("redirect_uri", redirect_uri),
            ],
            Self::Refresh { token } => {
                vec![("grant_type", "refresh_token"), ("refresh_token", token)]
            }
        }
    }

    const fn has_tx_code(self) -> bool {
        matches!(
            self,
            Self::PreAuthorized {
                tx_code: Some(_),
                ..
            }
        )
    }
}

/// A token, what it may be renewed with, and the credential identifiers per configuration where the server gave any (6.2).
pub(super) struct TokenAnswer {
    pub(super) token: AccessToken,
    pub(super) refresh_token: Option<SecretText>,
    pub(super) credential_identifiers: Option<BTreeMap<String, Vec<String>>>,
}

pub(super) async fn request_token(
    ports: &Ports<'_>,
    session: &ServerSession<'_>,
    grant: Grant<'_>,
) -> Result<TokenAnswer, IssuanceError> {
    let endpoint = &session.server.token_endpoint;
    let answer = session.post(ports, endpoint, &grant.members()).await?;
    if answer.status() == 200 {
        let object = answer.json_object();
        drop(Zeroizing::new(answer.into_body()));
        parse_answer(object?, session, ports.settings.profile)
    } else {
        Err(refusal(&answer, grant.has_tx_code()))
    }
}

/// Reads an error answer (6.3, RFC 6749 5.2).
fn refusal(answer: &Fetched, tx_code: bool) -> IssuanceError {
    match oauth_error::of_answer(answer) {
        None => IssuanceError::Status,
        Some("invalid_grant") => IssuanceError::GrantRefused { tx_code },
        Some(reason) => IssuanceError::TokenRefused { reason },
    }
}

fn parse_answer(
    mut answer: Map<String, Value>,
    session: &ServerSession<'_>,
    profile: Profile,
) -> Result<TokenAnswer, IssuanceError> {
    let invalid = |reason| IssuanceError::TokenResponse { reason };
    let Some(Value::String(token)) = answer.remove("access_token") else {
        return Err(invalid("access_token"));
    };
    let token = SecretText::new(token);
    // It goes into a header: printable ASCII without blanks (RFC 6750 2.1).
    let is_header_text = token.expose().bytes().all(|byte| byte.is_ascii_graphic());
    if !is_header_text || !(1..=MAX_TOKEN_BYTES).contains(&token.expose().len()) {
        return Err(invalid("access_token"));
    }
    let kind = answer.get("token_type").and_then(Value::as_str);
    let token = match (kind, &session.dpop) {
        // HAIP 4: sender-constrained tokens only.
        (Some(kind), _) if kind.eq_ignore_ascii_case("bearer") && profile != Profile::Haip => {
            AccessToken::bearer(token)
        }
        // Without a proof in the request there is no key it could be bound to (RFC 9449 5).
        (Some(kind), Some(dpop)) if kind.eq_ignore_ascii_case("dpop") => {
            AccessToken::bound(token, Arc::clone(dpop))
        }
        _ => return Err(invalid("token_type")),
    };
    let credential_identifiers = answer
        .get("authorization_details")
        .map(credential_identifiers)
        .transpose()?;
    Ok(TokenAnswer {
        token,
        refresh_token: refresh_token(answer.remove("refresh_token"))?,
        credential_identifiers,
    })
}

/// Printable ASCII (RFC 6749 A.17).
fn refresh_token(value: Option<Value>) -> Result<Option<SecretText>, IssuanceError> {
    let invalid = IssuanceError::TokenResponse {
        reason: "refresh_token",
    };
    let token = match value {
        None => return Ok(None),
        Some(Value::String(token)) => SecretText::new(token),
        Some(_) => return Err(invalid),
    };
    let text = token.expose();
    let is_printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if is_printable && (1..=MAX_TOKEN_BYTES).contains(&text.len()) {
        Ok(Some(token))
    } else {
        Err(invalid)
    }
}

/// Reads `authorization_details` (6.2). Entries of other types are ignored.
fn credential_identifiers(details: &Value) -> Result<BTreeMap<String, Vec<String>>, IssuanceError> {
    let invalid = || IssuanceError::TokenResponse {
        reason: "authorization_details",
    };
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for detail in details.as_array().ok_or_else(invalid)? {
        if detail.get("type").and_then(Value::as_str) != Some("openid_credential") {
            continue;
        }
        let configuration = detail
            .get("credential_configuration_id")
            .and_then(Value::as_str)
            .ok_or_else(invalid)?;
        let listed = detail
            .get("credential_identifiers")
            .and_then(Value::as_array)
            .filter(|list| (1..=MAX_IDENTIFIERS).contains(&list.len()))
            .ok_or_else(invalid)?;
        let identifiers = found.entry(configuration.to_owned()).or_default();
        for identifier in listed {
            let identifier = identifier.as_str().filter(|text| !text.is_empty());
            let identifier = identifier.ok_or_else(invalid)?;
            if identifiers.iter().any(|known| known == identifier) {
                return Err(invalid());
            }
            identifiers.push(identifier.to_owned());
        }
    }
    Ok(found)
}
