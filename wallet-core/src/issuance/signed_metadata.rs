//! Signed issuer metadata (OpenID4VCI 1.0 12.2.3): who signed, by a chain to an anchor of the app.

use super::Ports;
use super::error::IssuanceError;
use super::identifier::IssuerIdentifier;
use super::metadata::MAX_METADATA_BYTES;
use crate::jose::CompactJws;
use crate::trust::x509::{AnchorInChain, CertificateUsage, ChainRules};
use serde_json::Value;

const TYP: &str = "openidvci-issuer-metadata+jwt";
const RULE: &str = "OpenID4VCI 1.0 12.2.3";

/// Metadata whose signature was verified.
pub(super) struct SignedMetadata {
    /// The payload as it was signed.
    pub(super) payload: Vec<u8>,
    /// The subject of the certificate that signed.
    pub(super) signer: String,
}

impl SignedMetadata {
    /// Verifies the JWT: its type, its signature by a chain that leads to one of the issuers' anchors without holding it
    /// (HAIP 1.0 4.1), whose it is and when it is good. Metadata from someone unknown are refused, never used unsigned.
    ///
    /// # Errors
    /// `issuer_metadata_invalid`, `issuer_mismatch`, `signature_invalid`, `untrusted_issuer`, `certificate_rejected`, what
    /// reading a JWS refuses.
    pub(super) fn verify(
        ports: &Ports<'_>,
        bytes: &[u8],
        issuer: &IssuerIdentifier,
    ) -> Result<Self, IssuanceError> {
        let text = core::str::from_utf8(bytes).map_err(|_| invalid("encoding"))?;
        let jws = CompactJws::parse(text, MAX_METADATA_BYTES)?;
        if jws.typ() != Some(TYP) {
            return Err(invalid("typ"));
        }
        let at = ports.clock.now()?;
        let x5c = jws.x5c()?.ok_or(invalid("x5c"))?;
        let chain = ChainRules::new(CertificateUsage::Issuer, at)
            .anchor_in_chain(AnchorInChain::Refused)
            .verify(&x5c, &ports.trust.issuers)?;
        jws.verify(chain.leaf_key())?;

        let payload = jws.payload_object()?;
        match payload.get("sub").and_then(Value::as_str) {
            Some(subject) if subject == issuer.as_str() => {}
            Some(_) => return Err(IssuanceError::OtherIssuer { rule: RULE }),
            None => return Err(invalid("sub")),
        }
        let leeway = i64::from(ports.settings.leeway_seconds);
        let time = |name| match payload.get(name) {
            None => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or(invalid(name)),
        };
        let issued = time("iat")?.ok_or(invalid("iat"))?;
        if issued > at.as_secs().saturating_add(leeway) {
            return Err(invalid("iat"));
        }
        if time("exp")?.is_some_and(|end| end <= at.as_secs().saturating_sub(leeway)) {
            return Err(invalid("exp"));
        }
        Ok(Self {
            payload: jws.payload().to_vec(),
            signer: chain.subject().to_owned(),
        })
    }
}

const fn invalid(reason: &'static str) -> IssuanceError {
    IssuanceError::Metadata { reason, rule: RULE }
}
