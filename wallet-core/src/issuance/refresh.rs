//! Access without the holder: the refresh token grant (RFC 6749 6, OpenID4VCI 1.0 13.10).

use super::Ports;
use super::authorization_server::{AuthorizationServer, ClientMethod};
use super::dpop::Dpop;
use super::error::IssuanceError;
use super::identifier::IssuerIdentifier;
use super::metadata::{CredentialConfiguration, IssuerMetadata};
use super::request::AuthorizedIssuance;
use super::server_session::ServerSession;
use super::token::{Grant, TokenAnswer, request_token};
use crate::profile::Profile;
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
    /// Whether the client it was given to was attested: nobody else uses it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(super) is_attested: bool,
    pub(super) configuration_ids: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) credential_identifiers: Option<BTreeMap<String, Vec<String>>>,
    /// Members a newer version wrote.
    #[serde(flatten)]
    pub(super) other: Map<String, Value>,
}

/// What the server answered to a refresh token.
pub struct Refreshed {
    /// To be kept in place of the grant that was used, before anything else is done: a server may have replaced the
    /// refresh token and refuse the old one from now on.
    pub grant: RefreshGrant,
    /// Access, or why the answer is of no use.
    pub authorized: Result<AuthorizedIssuance, IssuanceError>,
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

    /// The same with what the server said anew. What it does not say again stays as it was (RFC 6749 6).
    fn renewed(&self, answer: &TokenAnswer) -> Self {
        let token = answer.refresh_token.as_ref();
        Self {
            issuer: self.issuer.clone(),
            authorization_server: self.authorization_server.clone(),
            client_id: self.client_id.clone(),
            refresh_token: token.unwrap_or(&self.refresh_token).duplicate(),
            dpop_key: self.dpop_key.as_ref().map(SecretText::duplicate),
            is_attested: self.is_attested,
            configuration_ids: self.configuration_ids.clone(),
            credential_identifiers: self.identifiers_with(answer),
            other: self.other.clone(),
        }
    }

    /// The identifiers known so far, those of the answer in their place where it names any.
    fn identifiers_with(&self, answer: &TokenAnswer) -> Option<BTreeMap<String, Vec<String>>> {
        let mut known = self.credential_identifiers.clone();
        if let Some(new) = &answer.credential_identifiers {
            known.get_or_insert_default().extend(new.clone());
        }
        known
    }

    /// Fetches the metadata anew and asks for a new access token.
    ///
    /// # Errors
    /// `issuer_mismatch`, `issuer_metadata_invalid`, `grant_refused` where the refresh token is not accepted any more,
    /// `token_refused`, `token_response_invalid`, `attestation_invalid` where it was given to an attested client and the
    /// wallet cannot be one, `not_supported` under HAIP for one of whoever bears it, the reason of the first configuration where none can be received, and
    /// the fetcher's.
    pub async fn refresh(&self, ports: &Ports<'_>) -> Result<Refreshed, IssuanceError> {
        // HAIP 4: the server would be right to give such a token, and it would be refused when the old one is used up.
        if ports.settings.profile == Profile::Haip && self.dpop_key.is_none() {
            return Err(IssuanceError::BearerToken);
        }
        let metadata = IssuerMetadata::fetch(ports, &self.issuer).await?.value;
        metadata.require_authorization_server(&self.authorization_server)?;
        let server = AuthorizationServer::fetch(ports, &self.authorization_server).await?;
        let configurations = self.configurations(ports, &metadata)?;
        let dpop = self.dpop_key.as_ref().map(Dpop::from_kept).transpose()?;
        // The token belongs to the client it was given to.
        let method = match &self.client_id {
            None => ClientMethod::Anonymous,
            Some(id) => match server.value.client(ports) {
                Ok(ClientMethod::Attested) => ClientMethod::Attested,
                _ if self.is_attested => {
                    return Err(IssuanceError::Attestation { reason: "missing" });
                }
                _ => ClientMethod::Public(id.clone()),
            },
        };
        let dpop = dpop.map(Arc::new);
        let session = ServerSession::resume(ports, &server.value, &method, dpop).await?;
        if session.client.id() != self.client_id.as_deref() {
            return Err(IssuanceError::Attestation { reason: "sub" });
        }
        let grant = Grant::Refresh {
            token: self.refresh_token.expose(),
        };
        let mut answer = request_token(ports, &session, grant).await?;
        let grant = self.renewed(&answer);
        answer.refresh_token = Some(grant.refresh_token.duplicate());
        answer
            .credential_identifiers
            .clone_from(&grant.credential_identifiers);
        // What was bound to a key does not become anybody's who bears it (RFC 9449 5).
        if self.dpop_key.is_some() && answer.token.dpop().is_none() {
            let authorized = Err(IssuanceError::TokenResponse {
                reason: "token_type",
            });
            return Ok(Refreshed { grant, authorized });
        }
        let authorized = AuthorizedIssuance::new(
            Arc::new(metadata),
            session.server.issuer.clone(),
            session.client,
            answer,
            configurations.into_iter(),
        );
        Ok(Refreshed { grant, authorized })
    }

    /// Those of its configurations that can still be received: one that is gone must not hold up the others.
    fn configurations(
        &self,
        ports: &Ports<'_>,
        metadata: &IssuerMetadata,
    ) -> Result<Vec<CredentialConfiguration>, IssuanceError> {
        let ids = self.configuration_ids.iter();
        let (usable, refused): (Vec<_>, Vec<_>) = ids
            .map(|id| metadata.orderable(id, ports))
            .partition(Result::is_ok);
        let usable: Vec<_> = usable.into_iter().flatten().cloned().collect();
        match refused.into_iter().find_map(Result::err) {
            Some(reason) if usable.is_empty() => Err(reason.into()),
            _ => Ok(usable),
        }
    }
}
