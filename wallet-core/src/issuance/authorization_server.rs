//! Authorization server metadata (RFC 8414, OpenID4VCI 1.0 12.3).

use super::error::IssuanceError;
use super::identifier::{AllowLoopbackHttp, IssuerIdentifier, endpoint};
use super::metadata::MAX_METADATA_BYTES;
use super::offer::PRE_AUTHORIZED;
use super::{Checked, Ports};
use crate::http::Purpose;
use crate::json::{self, Limits};
use serde_json::{Map, Value};

const RULE: &str = "RFC 8414 2";

/// The metadata of one authorization server. Its `issuer` is the identifier that was asked for.
#[derive(Clone, Debug)]
pub(super) struct AuthorizationServer {
    pub(super) issuer: IssuerIdentifier,
    pub(super) token_endpoint: String,
    grant_types: Option<Vec<String>>,
    anonymous_access: bool,
    authentication_methods: Option<Vec<String>>,
    dpop_algorithms: Vec<String>,
}

/// Who the wallet is at the token endpoint (OpenID4VCI 1.0 6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// No `client_id`: the server allows anonymous pre-authorised access.
    Anonymous,
    /// A public client with this `client_id`.
    Public(String),
}

impl AuthorizationServer {
    pub(super) async fn fetch(
        ports: &Ports<'_>,
        issuer: &IssuerIdentifier,
    ) -> Result<Checked<Self>, IssuanceError> {
        let url = issuer.well_known("oauth-authorization-server");
        let answer = ports.get_json(Purpose::Metadata, &url).await?;
        Ok(Checked {
            value: Self::parse(answer.body(), issuer, ports.loopback())?,
            address_checked: answer.address_checked(),
        })
    }

    pub(super) fn parse(
        bytes: &[u8],
        issuer: &IssuerIdentifier,
        loopback: AllowLoopbackHttp,
    ) -> Result<Self, IssuanceError> {
        let metadata = json::parse_object(bytes, Limits::bytes(MAX_METADATA_BYTES))?;
        match metadata.get("issuer").and_then(Value::as_str) {
            Some(claimed) if claimed == issuer.as_str() => {}
            Some(_) => {
                return Err(IssuanceError::OtherIssuer {
                    rule: "RFC 8414 3.3",
                });
            }
            None => return Err(invalid("issuer")),
        }
        let token_endpoint = metadata
            .get("token_endpoint")
            .and_then(Value::as_str)
            .ok_or(invalid("token_endpoint"))?;
        let anonymous_access = match metadata.get("pre-authorized_grant_anonymous_access_supported")
        {
            None => false,
            Some(Value::Bool(allowed)) => *allowed,
            Some(_) => return Err(invalid("pre-authorized_grant_anonymous_access_supported")),
        };
        Ok(Self {
            issuer: issuer.clone(),
            token_endpoint: endpoint(token_endpoint, loopback, "token_endpoint", RULE)?,
            grant_types: strings(&metadata, "grant_types_supported")?,
            anonymous_access,
            authentication_methods: strings(&metadata, "token_endpoint_auth_methods_supported")?,
            dpop_algorithms: strings(&metadata, "dpop_signing_alg_values_supported")?
                .unwrap_or_default(),
        })
    }

    /// Whether the server does not rule the pre-authorised code grant out. Where it names no grant types, the offer's
    /// word stands: the default of RFC 8414 is older than this grant.
    pub(super) fn allows_pre_authorized(&self) -> bool {
        let lists = |types: &Vec<String>| types.iter().any(|name| name == PRE_AUTHORIZED);
        self.grant_types.as_ref().is_none_or(lists)
    }

    /// Whether the server binds tokens to keys of our kind (RFC 9449 5.1).
    pub(super) fn binds_tokens(&self) -> bool {
        self.dpop_algorithms.iter().any(|name| name == "ES256")
    }

    /// Who to be here, given the `client_id` the app is configured with.
    pub(super) fn client(&self, configured: Option<&str>) -> Result<Client, IssuanceError> {
        let refuse = |feature| {
            Err(IssuanceError::NotSupported {
                feature,
                rule: "OpenID4VCI 1.0 6.1",
            })
        };
        if self.anonymous_access {
            return Ok(Client::Anonymous);
        }
        let public = |methods: &Vec<String>| methods.iter().any(|method| method == "none");
        if !self.authentication_methods.as_ref().is_none_or(public) {
            return refuse("client_authentication");
        }
        match configured {
            Some(id) => Ok(Client::Public(id.to_owned())),
            None => refuse("client_id"),
        }
    }
}

impl Client {
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::Public(id) => Some(id),
        }
    }
}

const fn invalid(reason: &'static str) -> IssuanceError {
    IssuanceError::Metadata { reason, rule: RULE }
}

fn strings(
    metadata: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<Vec<String>>, IssuanceError> {
    let Some(value) = metadata.get(name) else {
        return Ok(None);
    };
    let list = value.as_array().ok_or(invalid(name))?;
    list.iter()
        .map(|item| item.as_str().map(str::to_owned))
        .collect::<Option<Vec<_>>>()
        .map(Some)
        .ok_or(invalid(name))
}
