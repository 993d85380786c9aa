//! Access without the holder: the refresh token grant (RFC 6749 6, OpenID4VCI 1.0 13.10).

use super::Ports;
use super::authorization_server::{AuthorizationServer, ClientMethod};
use super::dpop::Dpop;
use super::error::IssuanceError;
use super::identifier::IssuerIdentifier;
use super::metadata::IssuerMetadata;
use super::request::AuthorizedIssuance;
use super::server_session::ServerSession;
use super::token::{Grant, request_token};
use crate::secret::SecretText;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a later issuance by the same issuer needs, for sealed records only: see [`AuthorizedIssuance::refresh_grant`].
#[derive(Serialize, Deserialize)]
pub struct RefreshGrant {
    pub(super) issuer: IssuerIdentifier,
    pub(super) authorization_server: IssuerIdentifier,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) client_id: Option<String>,
    pub(super) refresh_token: SecretText,
    /// The key the tokens are bound to, where they are (RFC 9449 5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dpop_key: Option<SecretText>,
    pub(super) configuration_ids: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) credential_identifiers: Option<BTreeMap<String, Vec<String>>>,
    /// Members a newer version wrote.
    #[serde(flatten)]
    pub(super) other: Map<String, Value>,
}

impl RefreshGrant {
    /// The issuer.
    #[must_use]
    pub const fn issuer(&self) -> &IssuerIdentifier {
        &self.issuer
    }

    /// Whether the refresh token is the same one.
    #[must_use]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.refresh_token.is(other.refresh_token.expose())
    }

    /// The configurations that may be ordered again.
    #[must_use]
    pub fn configuration_ids(&self) -> &[String] {
        &self.configuration_ids
    }

    /// Fetches the metadata anew and asks for a new access token. Keep what [`AuthorizedIssuance::refresh_grant`] of the
    /// answer gives in place of this one: a server may replace the refresh token and refuse the old one.
    ///
    /// # Errors
    /// `issuer_mismatch`, `issuer_metadata_invalid`, `grant_refused` where the refresh token is not accepted any more,
    /// `token_refused`, `token_response_invalid`, the reason of the first configuration where none can be received, and
    /// the fetcher's.
    pub async fn refresh(&self, ports: &Ports<'_>) -> Result<AuthorizedIssuance, IssuanceError> {
        let metadata = IssuerMetadata::fetch(ports, &self.issuer).await?.value;
        metadata.require_authorization_server(&self.authorization_server)?;
        let server = AuthorizationServer::fetch(ports, &self.authorization_server).await?;
        let configurations = self
            .configuration_ids
            .iter()
            .map(|id| metadata.configuration(id).cloned())
            .collect::<Result<Vec<_>, _>>()?;
        let dpop = self.dpop_key.as_ref().map(Dpop::from_kept).transpose()?;
        // The token belongs to the client it was given to.
        let method = match &self.client_id {
            None => ClientMethod::Anonymous,
            Some(id) => match server.value.client(ports) {
                Ok(ClientMethod::Attested) => ClientMethod::Attested,
                _ => ClientMethod::Public(id.clone()),
            },
        };
        let dpop = dpop.map(Arc::new);
        let session = ServerSession::resume(ports, &server.value, &method, dpop).await?;
        let grant = Grant::Refresh {
            token: self.refresh_token.expose(),
        };
        let mut answer = request_token(ports, &session, grant).await?;
        // What the server does not say again stays as it was (RFC 6749 6).
        if answer.refresh_token.is_none() {
            answer.refresh_token = Some(self.refresh_token.duplicate());
        }
        if answer.credential_identifiers.is_none() {
            answer
                .credential_identifiers
                .clone_from(&self.credential_identifiers);
        }
        AuthorizedIssuance::new(
            Arc::new(metadata),
            session.server.issuer.clone(),
            session.client,
            answer,
            configurations.into_iter(),
        )
    }
}
