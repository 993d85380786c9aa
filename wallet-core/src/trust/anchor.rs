//! Trust anchors: the certificates the app decided to believe.

use super::x509::certificate::Certificate;
use super::x509::{MAX_CERTIFICATE_BYTES, RejectReason, TrustError};
use super::{PinnedDidKey, PinnedKeys};
use crate::did::DidTrust;
use x509_cert::der::pem;

/// Longest PEM text with one certificate: base64 makes 4 of 3, with room for line breaks and comments.
const MAX_PEM_BYTES_EACH: usize = 2 * MAX_CERTIFICATE_BYTES;

/// Most certificates in one PEM text.
const MAX_PEM_CERTIFICATES: usize = 256;

/// A CA certificate the app trusts.
///
/// It may be self-signed or not; its own signature is not looked at. Its validity, path length and name constraints do
/// bind the paths below it (RFC 5937 3.2). A certificate that may not certify others cannot be an anchor: pinning a
/// single issuer or verifier this way is not supported.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustAnchor {
    certificate: Certificate,
}

impl TrustAnchor {
    /// Reads a DER certificate.
    ///
    /// # Errors
    /// [`TrustError::Anchor`] if it is malformed, not a CA, or has a key or critical extension that is not supported.
    pub fn from_der(der: &[u8]) -> Result<Self, TrustError> {
        Certificate::parse(der)
            .and_then(|certificate| {
                certificate.require_ca()?;
                Ok(Self { certificate })
            })
            .map_err(|reason| TrustError::Anchor { reason })
    }

    /// Reads every `CERTIFICATE` of a PEM text (RFC 7468); text around them is ignored, other PEM blocks are not.
    ///
    /// # Errors
    /// [`TrustError::Anchor`] if any of them cannot be an anchor, or if there is none.
    pub fn from_pem(text: &str) -> Result<Vec<Self>, TrustError> {
        const BEGIN: &str = "-----BEGIN ";
        let malformed = TrustError::Anchor {
            reason: RejectReason::Malformed,
        };
        let mut anchors = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find(BEGIN) {
            let (_, block) = rest.split_at(start);
            let end = block
                .get(BEGIN.len()..)
                .and_then(|after| after.find(BEGIN))
                .map_or(block.len(), |next| next + BEGIN.len());
            let (block, following) = block.split_at(end);
            rest = following;
            if block.len() > MAX_PEM_BYTES_EACH || anchors.len() == MAX_PEM_CERTIFICATES {
                return Err(TrustError::Anchor {
                    reason: RejectReason::TooLarge,
                });
            }
            anchors.push(Self::from_der(&decode_pem(block).ok_or(malformed)?)?);
        }
        if anchors.is_empty() {
            return Err(malformed);
        }
        Ok(anchors)
    }

    /// The certificate as it was received.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        self.certificate.der()
    }

    pub(super) const fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

impl core::fmt::Debug for TrustAnchor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "TrustAnchor({})", self.certificate.subject_text())
    }
}

/// One PEM block and any text that follows it.
fn decode_pem(block: &str) -> Option<Vec<u8>> {
    const END: &str = "-----END CERTIFICATE-----";
    let end = block.find(END)? + END.len();
    let (label, der) = pem::decode_vec(block.get(..end)?.as_bytes()).ok()?;
    (label == "CERTIFICATE").then_some(der)
}

/// The anchors of an app, by what they are believed for.
#[derive(Clone, Debug, Default)]
pub struct TrustAnchors {
    /// Roots of issuers.
    pub issuers: Vec<TrustAnchor>,
    /// Roots of verifiers.
    pub verifiers: Vec<TrustAnchor>,
    /// Issuer identifiers (`iss`, or `issuer` of a W3C credential) whose keys are believed as their own web site lists them:
    /// in the JWT VC Issuer Metadata (SD-JWT VC 4), or in the controller document that the identifier is the address of
    /// (Controlled Identifiers 1.0). The web site's TLS certificate then stands for the issuer; no other issuer is asked.
    pub web_issuers: Vec<String>,
    /// Keys of issuers of W3C credentials that the app knows itself.
    pub issuer_keys: Vec<PinnedDidKey>,
    /// How DIDs are found, what must show that a document is the DID's, and whose credentials are taken.
    pub dids: DidTrust,
    /// DIDs of verifiers the app knows (OpenID4VP 1.0 5.9.3 `decentralized_identifier`). Of methods other than `key`, `jwk`
    /// and `web`, no others are resolved.
    pub verifier_dids: Vec<String>,
    /// Who may attest verifiers (OpenID4VP 1.0 12), by their `iss`.
    pub attesters: Vec<PinnedKeys>,
    /// Trust anchors of federations verifiers may belong to (OpenID Federation 1.0), by their entity identifier.
    pub federation: Vec<PinnedKeys>,
}
