//! Authorization server metadata (RFC 8414, OpenID4VCI 1.0 12.3).

use super::error::IssuanceError;
use super::identifier::{AllowLoopbackHttp, IssuerIdentifier, endpoint};
use super::metadata::MAX_METADATA_BYTES;
use super::offer::PRE_AUTHORIZED;
use super::{Checked, Ports};
use crate::http::Purpose;
use crate::json::{self, Limits};
use crate::profile::Profile;
use serde_json::{Map, Value};

const RULE: &str = "RFC 8414 2";
const ATTESTED: &str = "attest_jwt_client_auth";

/// The metadata of one authorization server. Its `issuer` is the identifier that was asked for.
#[derive(Clone, Debug)]
pub(super) struct AuthorizationServer {
    pub(super) issuer: IssuerIdentifier,
    pub(super) token_endpoint: String,
    pub(super) authorization_endpoint: Option<String>,
    pub(super) par_endpoint: Option<String>,
    pub(super) challenge_endpoint: Option<String>,
    /// Whether redirect answers carry `iss` (RFC 9207 3).
    pub(super) sends_iss: bool,
    challenge_methods: Option<Vec<String>>,
    grant_types: Option<Vec<String>>,
    anonymous_access: bool,
    authentication_methods: Option<Vec<String>>,
    dpop_algorithms: Vec<String>,
}

/// How the wallet says who it is (OpenID4VCI 1.0 6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ClientMethod {
    /// Not at all: the server allows anonymous pre-authorised access.
    Anonymous,
    /// By this `client_id` alone.
    Public(String),
    /// By an attestation of its provider (HAIP 4.4.1).
    Attested,
}

/// Who the wallet is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// Nobody in particular.
    Anonymous,
    /// A public client with this `client_id`.
    Public(String),
    /// The client whose attestation has this `sub`.
    Attested(String),
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
        let url = |name| match metadata.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => endpoint(text, loopback, name, RULE).map(Some),
            Some(_) => Err(invalid(name)),
        };
        let par_endpoint = url("pushed_authorization_request_endpoint")?;
        let par_required = flag(&metadata, "require_pushed_authorization_requests")?;
        if par_required && par_endpoint.is_none() {
            return Err(invalid("pushed_authorization_request_endpoint"));
        }
        Ok(Self {
            issuer: issuer.clone(),
            token_endpoint: endpoint(token_endpoint, loopback, "token_endpoint", RULE)?,
            authorization_endpoint: url("authorization_endpoint")?,
            par_endpoint,
            challenge_endpoint: url("challenge_endpoint")?,
            sends_iss: flag(&metadata, "authorization_response_iss_parameter_supported")?,
            challenge_methods: strings(&metadata, "code_challenge_methods_supported")?,
            grant_types: strings(&metadata, "grant_types_supported")?,
            anonymous_access: flag(&metadata, "pre-authorized_grant_anonymous_access_supported")?,
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

    /// Whether the server has what the authorization code grant needs. Where it names no grant types it has this one
    /// (RFC 8414 2).
    pub(super) fn allows_authorization_code(&self) -> bool {
        let lists = |types: &Vec<String>| types.iter().any(|name| name == "authorization_code");
        self.authorization_endpoint.is_some() && self.grant_types.as_ref().is_none_or(lists)
    }

    /// Whether the server takes PKCE with S256 (RFC 7636 4.2). Where it does not say, it is sent all the same.
    pub(super) fn takes_s256(&self) -> bool {
        let lists = |methods: &Vec<String>| methods.iter().any(|method| method == "S256");
        self.challenge_methods.as_ref().is_none_or(lists)
    }

    /// Who to be here with a pre-authorised code.
    pub(super) fn pre_authorized_client(
        &self,
        ports: &Ports<'_>,
    ) -> Result<ClientMethod, IssuanceError> {
        let haip = ports.settings.profile == Profile::Haip;
        if self.anonymous_access && !(haip && self.takes_attestation(ports)) {
            return Ok(ClientMethod::Anonymous);
        }
        self.client(ports)
    }

    /// Who to be here: attested where both sides can, else a public client.
    pub(super) fn client(&self, ports: &Ports<'_>) -> Result<ClientMethod, IssuanceError> {
        let refuse = |feature| {
            Err(IssuanceError::NotSupported {
                feature,
                rule: "OpenID4VCI 1.0 6.1",
            })
        };
        if self.takes_attestation(ports) {
            return Ok(ClientMethod::Attested);
        }
        let public = |methods: &Vec<String>| methods.iter().any(|method| method == "none");
        if !self.authentication_methods.as_ref().is_none_or(public) {
            return refuse("client_authentication");
        }
        match &ports.settings.client_id {
            Some(id) => Ok(ClientMethod::Public(id.clone())),
            None => refuse("client_id"),
        }
    }

    fn takes_attestation(&self, ports: &Ports<'_>) -> bool {
        let methods = self.authentication_methods.iter().flatten();
        let listed = methods.into_iter().any(|method| method == ATTESTED);
        listed && ports.attestation.is_some()
    }
}

impl Client {
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::Public(id) | Self::Attested(id) => Some(id),
        }
    }
}

fn flag(metadata: &Map<String, Value>, name: &'static str) -> Result<bool, IssuanceError> {
    match metadata.get(name) {
        None => Ok(false),
        Some(Value::Bool(set)) => Ok(*set),
        Some(_) => Err(invalid(name)),
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
