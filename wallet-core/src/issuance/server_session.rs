//! Calls of an authorization server's endpoints: who the wallet is there, and the key its token will be bound to.

use super::Ports;
use super::authorization_server::{AuthorizationServer, Client, ClientMethod};
use super::client_attestation::{Challenge, ClientAttestation};
use super::dpop::{Dpop, server_wants_nonce};
use super::error::IssuanceError;
use super::oauth_error;
use crate::http::{FORM, Fetched, Purpose};
use crate::profile::Profile;
use std::sync::{Arc, Mutex, PoisonError};
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

/// The wallet's dealings with one authorization server.
pub(super) struct ServerSession<'a> {
    pub(super) server: &'a AuthorizationServer,
    pub(super) client: Client,
    /// Where the server binds tokens to keys.
    pub(super) dpop: Option<Arc<Dpop>>,
    challenge: Challenge,
    /// Made when the session was opened, for the first call.
    attestation: Mutex<Option<ClientAttestation>>,
}

impl<'a> ServerSession<'a> {
    /// A session with a fresh key where the server takes one, or the profile wants one (HAIP 4).
    pub(super) async fn open(
        ports: &Ports<'_>,
        server: &'a AuthorizationServer,
        method: &ClientMethod,
    ) -> Result<Self, IssuanceError> {
        let haip = ports.settings.profile == Profile::Haip;
        let dpop = (haip || server.binds_tokens())
            .then(|| Dpop::generate(ports.random))
            .transpose()?
            .map(Arc::new);
        Self::resume(ports, server, method, dpop).await
    }

    /// A session with the key an earlier one had.
    pub(super) async fn resume(
        ports: &Ports<'_>,
        server: &'a AuthorizationServer,
        method: &ClientMethod,
        dpop: Option<Arc<Dpop>>,
    ) -> Result<Self, IssuanceError> {
        let challenge = Challenge::default();
        let mut attestation = None;
        let client = match method {
            ClientMethod::Anonymous => Client::Anonymous,
            ClientMethod::Public(id) => Client::Public(id.clone()),
            ClientMethod::Attested => {
                challenge.fetch(ports, server).await?;
                let audience = server.issuer.as_str();
                let made = ClientAttestation::obtain(ports, audience, challenge.newest()).await?;
                let client = Client::Attested(made.client_id.clone());
                attestation = Some(made);
                client
            }
        };
        Ok(Self {
            server,
            client,
            dpop,
            challenge,
            attestation: Mutex::new(attestation),
        })
    }

    /// Posts a form. Where the server wants a nonce for DPoP (RFC 9449 8) or a challenge for the attestation and gives
    /// it, once more with that.
    pub(super) async fn post(
        &self,
        ports: &Ports<'_>,
        endpoint: &str,
        members: &[(&str, &str)],
    ) -> Result<Fetched, IssuanceError> {
        let form = self.form(members);
        let (mut nonces, mut challenges) = (0, 0);
        loop {
            let answer = self.send(ports, endpoint, &form).await?;
            let dpop = self.dpop.as_ref();
            let nonce = dpop.is_some_and(|dpop| dpop.learn(endpoint, &answer));
            let challenge = self.challenge.learn(&answer);
            if nonce && nonces == 0 && server_wants_nonce(&answer) {
                nonces += 1;
            } else if challenges == 0 && self.wants_challenge(&answer) {
                challenges += 1;
                if !(challenge || self.challenge.fetch(ports, self.server).await?) {
                    return Ok(answer);
                }
            } else {
                return Ok(answer);
            }
        }
    }

    fn wants_challenge(&self, answer: &Fetched) -> bool {
        matches!(self.client, Client::Attested(_))
            && (400..500).contains(&answer.status())
            && oauth_error::of_answer(answer) == Some("use_attestation_challenge")
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
        let attestation = self.attest(ports).await?;
        let mut headers = Vec::new();
        headers.extend(proof.iter().map(|proof| ("dpop", proof.as_str())));
        if let Some(attestation) = &attestation {
            headers.push(("oauth-client-attestation", attestation.jwt.as_str()));
            headers.push(("oauth-client-attestation-pop", attestation.proof.as_str()));
        }
        let fetcher = ports.fetcher();
        Ok(fetcher
            .post(Purpose::Token, endpoint, &headers, FORM, form.to_vec())
            .await?)
    }

    /// A proof of possession for each call.
    async fn attest(&self, ports: &Ports<'_>) -> Result<Option<ClientAttestation>, IssuanceError> {
        let Client::Attested(client_id) = &self.client else {
            return Ok(None);
        };
        let at_hand = self
            .attestation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if at_hand.is_some() {
            return Ok(at_hand);
        }
        let audience = self.server.issuer.as_str();
        let made = ClientAttestation::obtain(ports, audience, self.challenge.newest()).await?;
        // The code belongs to the client that asked for it.
        if made.client_id == *client_id {
            Ok(Some(made))
        } else {
            Err(IssuanceError::Attestation { reason: "sub" })
        }
    }
}
