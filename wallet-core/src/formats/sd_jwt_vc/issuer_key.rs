//! The issuer's key and how it was found to be the issuer's (SD-JWT VC 2.5).

use super::error::SdJwtError;
use super::issuer_metadata;
use super::parse::SdJwt;
use crate::clock::UnixTime;
use crate::formats::IssuerEvidence;
use crate::http::Fetcher;
use crate::jose::{CompactJws, PublicKey};
use crate::trust::x509::{AnchorInChain, ChainRules};
use crate::trust::{CertificateUsage, TrustAnchors};

/// Finds the key of the issuer by one of two ways, never falling back from one to the other:
///
/// - by the `x5c` header: the chain must lead to one of `trust.issuers` and must not hold the anchor itself (HAIP 1.0
///   6.1.1);
/// - without `x5c`, by the JWT VC Issuer Metadata of `iss`, if `trust.web_issuers` lists it. Only this way asks the
///   network; with no `fetcher` it is closed.
///
/// # Errors
/// [`SdJwtError::Trust`], [`SdJwtError::Jose`] for a malformed `x5c`; [`SdJwtError::UntrustedWebIssuer`],
/// [`SdJwtError::Fetch`], [`SdJwtError::IssuerMetadata`], [`SdJwtError::IssuerMismatch`]; [`SdJwtError::NoIssuerKey`]
/// where neither way is open or no key fits.
pub async fn resolve_issuer_key(
    sd_jwt: &SdJwt,
    trust: &TrustAnchors,
    fetcher: Option<&Fetcher<'_>>,
    at: UnixTime,
) -> Result<IssuerKey, SdJwtError> {
    if let Some(x5c) = sd_jwt.jws.x5c()? {
        return certificate_key(&x5c, trust, at);
    }
    let issuer = sd_jwt.issuer().ok_or(SdJwtError::NoIssuerKey)?;
    if !is_trusted_web_issuer(issuer, trust) {
        return Err(SdJwtError::UntrustedWebIssuer);
    }
    let fetcher = fetcher.ok_or(SdJwtError::NoIssuerKey)?;
    web_key(issuer, &sd_jwt.jws, trust, fetcher).await
}

fn is_trusted_web_issuer(issuer: &str, trust: &TrustAnchors) -> bool {
    trust.web_issuers.iter().any(|trusted| trusted == issuer)
}

/// The key of a JWS by the JWT VC Issuer Metadata of `issuer` (SD-JWT VC 4).
pub(crate) async fn web_key(
    issuer: &str,
    jws: &CompactJws,
    trust: &TrustAnchors,
    fetcher: &Fetcher<'_>,
) -> Result<IssuerKey, SdJwtError> {
    if !is_trusted_web_issuer(issuer, trust) {
        return Err(SdJwtError::UntrustedWebIssuer);
    }
    let keys = issuer_metadata::fetch(issuer, fetcher).await?;
    Ok(IssuerKey {
        key: keys.key_of(jws)?,
        evidence: IssuerEvidence::Web {
            issuer: issuer.to_owned(),
            address_checked: keys.address_checked,
        },
    })
}

/// The key of the end certificate of a chain to one of the app's issuer anchors, which must not hold the anchor.
pub(crate) fn certificate_key(
    x5c: &[Vec<u8>],
    trust: &TrustAnchors,
    at: UnixTime,
) -> Result<IssuerKey, SdJwtError> {
    let rules = ChainRules::new(CertificateUsage::Issuer, at);
    let rules = rules.anchor_in_chain(AnchorInChain::Refused);
    let chain = rules.verify(x5c, &trust.issuers)?;
    Ok(IssuerKey {
        key: chain.leaf_key().clone(),
        evidence: IssuerEvidence::Certificate {
            subject: chain.subject().to_owned(),
            organisation: chain.organisation().map(str::to_owned),
            leaf_sha256: chain.leaf_sha256(),
            authority_key_ids: chain.authority_key_ids().to_vec(),
        },
    })
}

/// A key that was found to be an issuer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerKey {
    key: PublicKey,
    evidence: IssuerEvidence,
}

impl IssuerKey {
    /// A key, and how it was found to be an issuer's.
    pub(crate) const fn new(key: PublicKey, evidence: IssuerEvidence) -> Self {
        Self { key, evidence }
    }

    /// The key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// How it was found.
    #[must_use]
    pub fn evidence(&self) -> &IssuerEvidence {
        &self.evidence
    }

    /// A key by web metadata speaks only for its own `iss`. With a certificate, the issuer is the certificate's
    /// subject, and `iss` may be anything or absent (SD-JWT VC 2.5).
    pub(super) fn check_issuer_of(&self, sd_jwt: &SdJwt) -> Result<(), SdJwtError> {
        match &self.evidence {
            IssuerEvidence::Web { issuer, .. } => {
                if sd_jwt.issuer() != Some(issuer.as_str()) {
                    return Err(SdJwtError::WrongIssuerKey);
                }
            }
            IssuerEvidence::Certificate { .. } => {}
            // Keys of another format's issuers.
            IssuerEvidence::Pinned { .. }
            | IssuerEvidence::Did { .. }
            | IssuerEvidence::Controller { .. } => {
                return Err(SdJwtError::WrongIssuerKey);
            }
        }
        Ok(())
    }

    /// A key for tests, found by nobody.
    #[cfg(test)]
    pub(crate) fn for_tests(key: PublicKey) -> Self {
        Self {
            key,
            evidence: IssuerEvidence::Certificate {
                subject: "CN=Test issuer".to_owned(),
                organisation: None,
                leaf_sha256: [0; 32],
                authority_key_ids: Vec::new(),
            },
        }
    }
}
