//! Whose signature on a status list is believed.

use super::error::StatusError;
use crate::clock::UnixTime;
use crate::formats::IssuerEvidence;
use crate::formats::sd_jwt_vc::{IssuerKey, certificate_key, web_key};
use crate::http::Fetcher;
use crate::jose::CompactJws;
use crate::order;
use crate::trust::TrustAnchors;
use std::collections::BTreeSet;

/// Whose status lists are believed: by the rules for credentials, and never by a way its credentials did not go.
///
/// - With certificates: the chain must lead to one of the app's issuer anchors, must not hold it, and the end certificate
///   must not be self-signed (HAIP 1.0 6.1).
/// - Without: `iss` must be the issuer of credentials that name the list, one whose own web site lists its keys and that
///   the app trusts to do so (SD-JWT VC 4). This way asks the network.
pub struct StatusSigners<'a> {
    trust: &'a TrustAnchors,
    fetcher: Option<&'a Fetcher<'a>>,
    web_issuers: BTreeSet<&'a str>,
    at: UnixTime,
}

impl<'a> StatusSigners<'a> {
    /// The signers for lists named by credentials with this evidence. Without a fetcher only certificates count.
    #[must_use]
    pub fn of(
        trust: &'a TrustAnchors,
        fetcher: Option<&'a Fetcher<'a>>,
        credentials: impl IntoIterator<Item = &'a IssuerEvidence>,
        at: UnixTime,
    ) -> Self {
        let web_issuer = |evidence: &'a IssuerEvidence| match evidence {
            IssuerEvidence::Web { issuer, .. } => Some(issuer.as_str()),
            _ => None,
        };
        Self {
            trust,
            fetcher,
            web_issuers: order::set(credentials.into_iter().filter_map(web_issuer)),
            at,
        }
    }

    pub(super) const fn at(&self) -> UnixTime {
        self.at
    }

    pub(super) fn by_certificate(&self, chain: &[Vec<u8>]) -> Result<IssuerKey, StatusError> {
        Ok(certificate_key(chain, self.trust, self.at)?)
    }

    /// The key of a JWS whose claims say it is by `issuer`.
    pub(super) async fn of_jws(
        &self,
        jws: &CompactJws,
        issuer: Option<&str>,
    ) -> Result<IssuerKey, StatusError> {
        if let Some(x5c) = jws.x5c()? {
            return self.by_certificate(&x5c);
        }
        let issuer = issuer.filter(|issuer| self.web_issuers.contains(issuer));
        match (issuer, self.fetcher) {
            (Some(issuer), Some(fetcher)) => Ok(web_key(issuer, jws, self.trust, fetcher).await?),
            _ => Err(StatusError::NoSigner),
        }
    }
}
