//! The token endpoint, pre-authorised code grant (OpenID4VCI 1.0 6).

use super::Ports;
use super::authorization_server::Client;
use super::error::IssuanceError;
use super::offer::PRE_AUTHORIZED;
use crate::http::{Fetched, Purpose};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

const MAX_TOKEN_BYTES: usize = 16 * 1024;
const MAX_IDENTIFIERS: usize = 64;

/// An access token (RFC 6750), wiped when dropped.
pub(super) struct AccessToken(Zeroizing<String>);

impl AccessToken {
    /// The `Authorization` header (RFC 6750 2.1).
    pub(super) fn header(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Bearer {}", self.0.as_str()))
    }
}

/// What is sent to the token endpoint.
pub(super) struct TokenRequest<'a> {
    pub(super) endpoint: &'a str,
    pub(super) client: &'a Client,
    pub(super) code: &'a str,
    pub(super) tx_code: Option<&'a str>,
}

impl TokenRequest<'_> {
    /// The form (6.1).
    fn body(&self) -> Vec<u8> {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", PRE_AUTHORIZED);
        form.append_pair("pre-authorized_code", self.code);
        if let Some(tx_code) = self.tx_code {
            form.append_pair("tx_code", tx_code);
        }
        if let Some(client_id) = self.client.id() {
            form.append_pair("client_id", client_id);
        }
        form.finish().into_bytes()
    }
}

/// A token, and the credential identifiers per configuration where the server gave any (6.2).
pub(super) struct TokenAnswer {
    pub(super) token: AccessToken,
    pub(super) credential_identifiers: Option<BTreeMap<String, Vec<String>>>,
}

pub(super) async fn request_token(
    ports: &Ports<'_>,
    request: &TokenRequest<'_>,
) -> Result<TokenAnswer, IssuanceError> {
    let answer = ports
        .fetcher()
        .post(
            Purpose::Token,
            request.endpoint,
            &[],
            "application/x-www-form-urlencoded",
            request.body(),
        )
        .await?;
    if answer.status() == 200 {
        let object = answer.json_object();
        drop(Zeroizing::new(answer.into_body()));
        parse_answer(object?)
    } else {
        Err(refusal(&answer, request.tx_code.is_some()))
    }
}

/// Reads an error answer (6.3, RFC 6749 5.2).
fn refusal(answer: &Fetched, tx_code: bool) -> IssuanceError {
    if answer.status() >= 500 {
        return IssuanceError::Status;
    }
    let object = answer.json_object().unwrap_or_default();
    let Some(code) = object.get("error").and_then(Value::as_str) else {
        return IssuanceError::Status;
    };
    let reason = match code {
        "invalid_grant" => return IssuanceError::GrantRefused { tx_code },
        "use_dpop_nonce" | "invalid_dpop_proof" => return dpop(),
        "invalid_request" => "invalid_request",
        "invalid_client" => "invalid_client",
        "unauthorized_client" => "unauthorized_client",
        "unsupported_grant_type" => "unsupported_grant_type",
        "invalid_scope" => "invalid_scope",
        _ => "other",
    };
    IssuanceError::TokenRefused { reason }
}

const fn dpop() -> IssuanceError {
    IssuanceError::NotSupported {
        feature: "dpop",
        rule: "RFC 9449 5",
    }
}

fn parse_answer(mut answer: Map<String, Value>) -> Result<TokenAnswer, IssuanceError> {
    let invalid = |reason| IssuanceError::TokenResponse { reason };
    let Some(Value::String(token)) = answer.remove("access_token") else {
        return Err(invalid("access_token"));
    };
    let token = Zeroizing::new(token);
    // It goes into a header: printable ASCII without blanks (RFC 6750 2.1).
    let is_header_text = token.bytes().all(|byte| byte.is_ascii_graphic());
    if token.is_empty() || token.len() > MAX_TOKEN_BYTES || !is_header_text {
        return Err(invalid("access_token"));
    }
    match answer.get("token_type").and_then(Value::as_str) {
        Some(kind) if kind.eq_ignore_ascii_case("bearer") => {}
        Some(kind) if kind.eq_ignore_ascii_case("dpop") => return Err(dpop()),
        _ => return Err(invalid("token_type")),
    }
    let credential_identifiers = answer
        .get("authorization_details")
        .map(credential_identifiers)
        .transpose()?;
    Ok(TokenAnswer {
        token: AccessToken(token),
        credential_identifiers,
    })
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
