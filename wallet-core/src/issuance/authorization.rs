//! The authorization code grant (OpenID4VCI 1.0 5): PKCE S256 (RFC 7636), pushed requests (RFC 9126), `state` and
//! `iss`.

use super::Ports;
use super::authorization_answer::AuthorizationAnswer;
use super::authorization_server::{AuthorizationServer, ClientMethod};
use super::dpop::Dpop;
use super::error::IssuanceError;
use super::identifier::IssuerIdentifier;
use super::metadata::{CredentialConfiguration, IssuerMetadata};
use super::oauth_error;
use super::offered::OfferedIssuance;
use super::request::AuthorizedIssuance;
use super::server_session::ServerSession;
use super::token::{Grant, request_token};
use crate::clock::UnixTime;
use crate::jose::base64url;
use crate::order;
use crate::profile::Profile;
use crate::secret::{Secret, SecretText};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use url::Url;
use wallet_primitives::hash::sha256;

/// How long the holder may take in the browser.
const MAX_WAIT_SECONDS: i64 = 30 * 60;
const MAX_REQUEST_URI_BYTES: usize = 2048;

/// How an authorization is begun: at which server, as whom.
pub(super) struct AuthorizationStart {
    pub(super) server: AuthorizationServer,
    pub(super) method: ClientMethod,
    /// From the offer, passed on as it is (5.1.3).
    pub(super) issuer_state: Option<String>,
}

/// An authorization request, ready for the holder to answer in the browser.
pub struct AuthorizationRequested {
    /// To be opened in the system's browser, never in a view of the app's own.
    pub url: String,
    /// To be kept, sealed, until the browser comes back.
    pub waiting: PendingAuthorization,
}

/// What is kept while the holder is in the browser; for sealed records only. Used once: see [`Self::resume`].
#[derive(Serialize, Deserialize)]
pub struct PendingAuthorization {
    issuer: IssuerIdentifier,
    authorization_server: IssuerIdentifier,
    redirect_uri: String,
    /// Who asked.
    client_id: String,
    /// Whether the client was attested.
    attested: bool,
    state: SecretText,
    verifier: SecretText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dpop_key: Option<SecretText>,
    /// Whether the answer must name the server.
    iss_required: bool,
    configuration_ids: Vec<String>,
    /// Seconds since the epoch.
    expires_at: i64,
    /// Members a newer version wrote.
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl OfferedIssuance {
    /// After the holder agreed: asks for authorization to issue the offered configurations with these ids, all that can
    /// be received if there are none. `redirect_uri` is the app's own address, without query and fragment.
    ///
    /// # Errors
    /// `not_supported` for ids that are not on offer, a redirect address that cannot be one or an offer without this
    /// grant; `attestation_invalid`, `authorization_refused`, `authorization_response_invalid` and the fetcher's.
    pub async fn authorize(
        &self,
        ports: &Ports<'_>,
        redirect_uri: &str,
        configuration_ids: &[String],
    ) -> Result<AuthorizationRequested, IssuanceError> {
        let start = self.authorization().ok_or(call("authorization_code"))?;
        let is_plain = |url: Url| url.query().is_none() && url.fragment().is_none();
        if !Url::parse(redirect_uri).is_ok_and(is_plain) {
            return Err(call("redirect_uri"));
        }
        let wanted = self.wanted(configuration_ids)?;
        let server = &start.server;
        let session = ServerSession::open(ports, server, &start.method).await?;
        let client_id = session.client.id().ok_or(call("client_id"))?.to_owned();
        let state = random_text(ports)?;
        let verifier = random_text(ports)?;
        let details = authorization_details(self.metadata(), &wanted);
        let mut parameters = vec![
            ("response_type", "code".to_owned()),
            ("redirect_uri", redirect_uri.to_owned()),
            ("state", state.expose().to_owned()),
            ("code_challenge", challenge(&verifier)),
            ("code_challenge_method", "S256".to_owned()),
        ];
        parameters.extend(details);
        let issuer_state = start.issuer_state.clone();
        parameters.extend(issuer_state.map(|text| ("issuer_state", text)));
        let url = authorization_url(ports, &session, &client_id, &parameters).await?;
        let now = ports.clock.now()?;
        let haip = ports.settings.profile == Profile::Haip;
        Ok(AuthorizationRequested {
            url,
            waiting: PendingAuthorization {
                issuer: self.metadata().issuer.clone(),
                authorization_server: server.issuer.clone(),
                redirect_uri: redirect_uri.to_owned(),
                client_id,
                attested: start.method == ClientMethod::Attested,
                state,
                verifier,
                dpop_key: session.dpop.as_ref().map(|dpop| dpop.to_kept()),
                iss_required: server.sends_iss || haip,
                configuration_ids: wanted.iter().map(|one| one.id().to_owned()).collect(),
                expires_at: now.saturating_add(MAX_WAIT_SECONDS).as_secs(),
                other: Map::new(),
            },
        })
    }

    fn wanted(&self, ids: &[String]) -> Result<Vec<&CredentialConfiguration>, IssuanceError> {
        let offered = self.configurations();
        if ids.is_empty() {
            let usable = offered.iter();
            return Ok(usable
                .filter_map(|one| one.configuration.as_ref().ok())
                .collect());
        }
        ids.iter()
            .map(|id| {
                let found = offered.iter().find(|one| one.id == *id);
                let found = found.ok_or(call("configuration_id"))?;
                found
                    .configuration
                    .as_ref()
                    .map_err(|reason| (*reason).into())
            })
            .collect()
    }
}

impl PendingAuthorization {
    /// The issuer.
    #[must_use]
    pub const fn issuer(&self) -> &IssuerIdentifier {
        &self.issuer
    }

    /// Until when the answer is taken.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        UnixTime::from_secs(self.expires_at)
    }

    /// Whether `answer` has the `state` of this request.
    #[must_use]
    pub fn is_answered_by(&self, answer: &AuthorizationAnswer) -> bool {
        answer.has_state(&self.state)
    }

    /// Exchanges the code of the answer for an access token. The metadata are fetched anew, so that this also works
    /// after a restart. Whoever keeps this state removes it, durably, before calling: code and state are used once.
    ///
    /// # Errors
    /// `authorization_response_invalid` (`state`, `redirect_uri`, `iss`), `issuance_expired`, `authorization_refused`:
    /// all without a request. Then those of the metadata and of the token endpoint.
    pub async fn resume(
        self,
        ports: &Ports<'_>,
        answer: &AuthorizationAnswer,
    ) -> Result<AuthorizedIssuance, IssuanceError> {
        let code = self.check(answer, ports.clock.now()?)?;
        let metadata = IssuerMetadata::fetch(ports, &self.issuer).await?.value;
        metadata.require_authorization_server(&self.authorization_server)?;
        let server = AuthorizationServer::fetch(ports, &self.authorization_server).await?;
        let configurations = self
            .configuration_ids
            .iter()
            .map(|id| metadata.orderable(id, ports).cloned())
            .collect::<Result<Vec<_>, _>>()?;
        let method = if self.attested {
            ClientMethod::Attested
        } else {
            ClientMethod::Public(self.client_id.clone())
        };
        let dpop = self.dpop_key.as_ref().map(Dpop::from_kept).transpose()?;
        let dpop = dpop.map(Arc::new);
        let session = ServerSession::resume(ports, &server.value, &method, dpop).await?;
        if session.client.id() != Some(&self.client_id) {
            return Err(IssuanceError::Attestation { reason: "sub" });
        }
        let grant = Grant::AuthorizationCode {
            code: code.expose(),
            verifier: self.verifier.expose(),
            redirect_uri: &self.redirect_uri,
        };
        let token = request_token(ports, &session, grant).await?;
        AuthorizedIssuance::new(
            Arc::new(metadata),
            session.server.issuer.clone(),
            session.client,
            token,
            configurations.into_iter(),
        )
    }

    fn check<'a>(
        &self,
        answer: &'a AuthorizationAnswer,
        now: UnixTime,
    ) -> Result<&'a SecretText, IssuanceError> {
        let refuse = |reason, rule| Err(IssuanceError::AuthorizationResponse { reason, rule });
        if !self.is_answered_by(answer) {
            return refuse("state", "RFC 6749 10.12");
        }
        if !answer.is_at(&self.redirect_uri) {
            return refuse("redirect_uri", "RFC 6749 4.1.2");
        }
        match &answer.iss {
            Some(iss) if iss == self.authorization_server.as_str() => {}
            None if !self.iss_required => {}
            _ => return refuse("iss", "RFC 9207 2.4"),
        }
        if now > self.expires_at() {
            return Err(IssuanceError::AuthorizationExpired);
        }
        let refused = |reason: &&'static str| IssuanceError::AuthorizationRefused { reason };
        answer.outcome.as_ref().map_err(refused)
    }
}

const fn call(reason: &'static str) -> IssuanceError {
    IssuanceError::Call {
        reason,
        rule: "OpenID4VCI 1.0 5.1",
    }
}

/// 256 random bits in 43 characters: a `state` nobody guesses and a PKCE verifier (RFC 7636 4.1).
fn random_text(ports: &Ports<'_>) -> Result<SecretText, IssuanceError> {
    let secret = Secret::<32>::make(ports.random)?;
    Ok(SecretText::new(base64url::encode(secret.expose())))
}

/// RFC 7636 4.2.
fn challenge(verifier: &SecretText) -> String {
    base64url::encode(&sha256(&[verifier.expose().as_bytes()]))
}

/// What is asked for: scopes where every configuration has one (5.1.2, HAIP 4.3), else `authorization_details` (5.1.1).
fn authorization_details(
    metadata: &IssuerMetadata,
    wanted: &[&CredentialConfiguration],
) -> Vec<(&'static str, String)> {
    let issuer = metadata.issuer().as_str();
    let scopes: Option<Vec<_>> = wanted.iter().map(|one| one.scope()).collect();
    if let Some(mut scopes) = scopes {
        order::sort(&mut scopes);
        scopes.dedup();
        let mut parameters = vec![("scope", scopes.join(" "))];
        if metadata.names_authorization_servers() {
            parameters.push(("resource", issuer.to_owned()));
        }
        return parameters;
    }
    let detail = |one: &&CredentialConfiguration| {
        let mut detail = json!({
            "type": "openid_credential",
            "credential_configuration_id": one.id(),
        });
        if let (true, Some(detail)) = (
            metadata.names_authorization_servers(),
            detail.as_object_mut(),
        ) {
            detail.insert("locations".to_owned(), json!([issuer]));
        }
        detail
    };
    let details: Vec<Value> = wanted.iter().map(detail).collect();
    vec![("authorization_details", Value::from(details).to_string())]
}

/// The URL for the browser: the request pushed before where the server takes that (RFC 9126), else whole.
async fn authorization_url(
    ports: &Ports<'_>,
    session: &ServerSession<'_>,
    client_id: &str,
    parameters: &[(&'static str, String)],
) -> Result<String, IssuanceError> {
    let endpoint = session.server.authorization_endpoint.as_deref();
    let url = endpoint.and_then(|text| ports.settings.fetch.check_url(text).ok());
    let mut url = url.ok_or(IssuanceError::Metadata {
        reason: "authorization_endpoint",
        rule: "RFC 8414 2",
    })?;
    match &session.server.par_endpoint {
        Some(par) => {
            let request_uri = push(ports, session, par, parameters).await?;
            url.query_pairs_mut()
                .append_pair("client_id", client_id)
                .append_pair("request_uri", &request_uri);
        }
        // FAPI 2.0 5.3.3.1: what is asked for does not go through the browser.
        None if ports.settings.profile == Profile::Haip => {
            return Err(IssuanceError::NotSupported {
                feature: "pushed_authorization_request",
                rule: "HAIP 1.0 4",
            });
        }
        None => {
            let mut query = url.query_pairs_mut();
            query.append_pair("client_id", client_id);
            query.extend_pairs(parameters);
            if let Some(dpop) = &session.dpop {
                query.append_pair("dpop_jkt", &dpop.thumbprint());
            }
        }
    }
    Ok(url.into())
}

/// RFC 9126 2.
async fn push(
    ports: &Ports<'_>,
    session: &ServerSession<'_>,
    endpoint: &str,
    parameters: &[(&'static str, String)],
) -> Result<String, IssuanceError> {
    let members: Vec<_> = parameters
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let answer = session.post(ports, endpoint, &members).await?;
    if !answer.is_success() {
        let reason = oauth_error::of_answer(&answer).ok_or(IssuanceError::Status)?;
        return Err(IssuanceError::AuthorizationRefused { reason });
    }
    let answer = answer.json_object()?;
    let request_uri = answer.get("request_uri").and_then(Value::as_str);
    let is_usable = |uri: &&str| (1..=MAX_REQUEST_URI_BYTES).contains(&uri.len());
    let request_uri = request_uri.filter(is_usable);
    let request_uri = request_uri.ok_or(IssuanceError::AuthorizationResponse {
        reason: "request_uri",
        rule: "RFC 9126 2.2",
    })?;
    Ok(request_uri.to_owned())
}
