//! The access token, and the one way through which every call goes that bears it.

use super::Ports;
use super::dpop::{Dpop, resource_wants_nonce};
use super::error::IssuanceError;
use crate::error::WalletError;
use crate::http::{Fetched, Purpose};
use crate::secret::SecretText;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zeroize::Zeroizing;

/// An access token, wiped when dropped: of whoever bears it (RFC 6750), or bound to a key (RFC 9449).
pub(super) struct AccessToken {
    token: SecretText,
    dpop: Option<Arc<Dpop>>,
}

/// An access token with its key as it is written into a sealed record, and nowhere else (OpenID4VCI 1.0 13.10).
#[derive(Serialize, Deserialize)]
pub struct KeptAccess {
    token: SecretText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dpop_key: Option<SecretText>,
}

impl AccessToken {
    pub(super) const fn bearer(token: SecretText) -> Self {
        Self { token, dpop: None }
    }

    pub(super) const fn bound(token: SecretText, dpop: Arc<Dpop>) -> Self {
        let dpop = Some(dpop);
        Self { token, dpop }
    }

    /// The key it is bound to.
    pub(super) const fn dpop(&self) -> Option<&Arc<Dpop>> {
        self.dpop.as_ref()
    }

    /// What is to be sealed, where a credential comes later.
    pub(super) fn to_kept(&self) -> KeptAccess {
        KeptAccess {
            token: self.token.duplicate(),
            dpop_key: self.dpop.as_ref().map(|dpop| dpop.to_kept()),
        }
    }

    /// The token that was kept with [`Self::to_kept`].
    pub(super) fn from_kept(kept: &KeptAccess) -> Result<Self, WalletError> {
        let dpop = kept.dpop_key.as_ref().map(Dpop::from_kept).transpose()?;
        Ok(Self {
            token: kept.token.duplicate(),
            dpop: dpop.map(Arc::new),
        })
    }

    /// Posts to one of the issuer's endpoints. Where the server wants a DPoP nonce and gives one, once more with it
    /// (RFC 9449 9).
    pub(super) async fn post(
        &self,
        ports: &Ports<'_>,
        url: &str,
        accept: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Fetched, IssuanceError> {
        let Some(dpop) = &self.dpop else {
            return self
                .send(ports, url, None, accept, content_type, body)
                .await;
        };
        let proof = dpop.proof(ports, url, Some(self.token.expose())).await?;
        let first = self
            .send(ports, url, Some(&proof), accept, content_type, body.clone())
            .await?;
        let learned = dpop.learn(url, &first);
        if !(learned && resource_wants_nonce(&first)) {
            return Ok(first);
        }
        let proof = dpop.proof(ports, url, Some(self.token.expose())).await?;
        let second = self
            .send(ports, url, Some(&proof), accept, content_type, body)
            .await?;
        dpop.learn(url, &second);
        Ok(second)
    }

    async fn send(
        &self,
        ports: &Ports<'_>,
        url: &str,
        proof: Option<&str>,
        accept: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Fetched, IssuanceError> {
        let scheme = if proof.is_some() { "DPoP" } else { "Bearer" };
        let authorization = Zeroizing::new(format!("{scheme} {}", self.token.expose()));
        let mut headers = vec![
            ("authorization", authorization.as_str()),
            ("accept", accept),
        ];
        headers.extend(proof.map(|proof| ("dpop", proof)));
        let fetcher = ports.fetcher();
        Ok(fetcher
            .post(Purpose::Credential, url, &headers, content_type, body)
            .await?)
    }
}
