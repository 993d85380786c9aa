//! Calls of an authorization server's endpoints: who the wallet is there, and the key its token will be bound to.

use super::Ports;
use super::authorization_server::{AuthorizationServer, Client};
use super::dpop::{Dpop, server_wants_nonce};
use super::error::IssuanceError;
use crate::http::{Fetched, Purpose};
use crate::profile::Profile;
use std::sync::Arc;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

/// The wallet's dealings with one authorization server.
pub(super) struct ServerSession<'a> {
    pub(super) server: &'a AuthorizationServer,
    pub(super) client: Client,
    /// Where the server binds tokens to keys.
    pub(super) dpop: Option<Arc<Dpop>>,
}

impl<'a> ServerSession<'a> {
    /// A session with a fresh key where the server takes one, or the profile wants one (HAIP 4).
    pub(super) fn open(
        ports: &Ports<'_>,
        server: &'a AuthorizationServer,
        client: Client,
    ) -> Result<Self, IssuanceError> {
        let haip = ports.settings.profile == Profile::Haip;
        let dpop = (haip || server.binds_tokens())
            .then(|| Dpop::generate(ports.random))
            .transpose()?
            .map(Arc::new);
        Ok(Self {
            server,
            client,
            dpop,
        })
    }

    /// Posts a form. Where the server wants a DPoP nonce and gives one, once more with it (RFC 9449 8).
    pub(super) async fn post(
        &self,
        ports: &Ports<'_>,
        endpoint: &str,
        members: &[(&str, &str)],
    ) -> Result<Fetched, IssuanceError> {
        let form = self.form(members);
        let answer = self.send(ports, endpoint, &form).await?;
        let learned = self
            .dpop
            .as_ref()
            .is_some_and(|dpop| dpop.learn(endpoint, &answer));
        if !(learned && server_wants_nonce(&answer)) {
            return Ok(answer);
        }
        let answer = self.send(ports, endpoint, &form).await?;
        if let Some(dpop) = &self.dpop {
            dpop.learn(endpoint, &answer);
        }
        Ok(answer)
    }

    fn form(&self, members: &[(&str, &str)]) -> Zeroizing<Vec<u8>> {
        let mut form = Serializer::new(String::new());
        form.extend_pairs(members);
        if let Some(client_id) = self.client.id() {
            form.append_pair("client_id", client_id);
        }
        Zeroizing::new(form.finish().into_bytes())
    }

    async fn send(
        &self,
        ports: &Ports<'_>,
        endpoint: &str,
        form: &[u8],
    ) -> Result<Fetched, IssuanceError> {
        let proof = match &self.dpop {
            Some(dpop) => Some(dpop.proof(ports, endpoint, None).await?),
            None => None,
        };
        let headers: Vec<_> = proof.iter().map(|proof| ("dpop", proof.as_str())).collect();
        let content_type = "application/x-www-form-urlencoded";
        let fetcher = ports.fetcher();
        Ok(fetcher
            .post(
                Purpose::Token,
                endpoint,
                &headers,
                content_type,
                form.to_vec(),
            )
            .await?)
    }
}
