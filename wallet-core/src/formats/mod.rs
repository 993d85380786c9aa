//! Credential formats: one folder each.

pub mod claim_path;
mod credential;
pub mod data_integrity;
mod error;
mod issuer_evidence;
pub mod jwt_vc;
mod numeric_date;
pub mod sd_jwt_vc;

pub(crate) use credential::Stored;
pub use credential::{Credential, IssuerSignature, ReceivePolicy};
pub use error::FormatError;
pub use issuer_evidence::IssuerEvidence;

/// A credential format identifier (OpenID4VCI 1.0 appendix A, OpenID4VP 1.0 appendix B).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CredentialFormat {
    /// `dc+sd-jwt`: SD-JWT VC.
    SdJwtVc,
    /// `ldp_vc`: a W3C verifiable credential with a Data Integrity proof.
    LdpVc,
    /// `jwt_vc_json`: a W3C verifiable credential as JWT.
    JwtVc,
}

impl CredentialFormat {
    /// The identifier used on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SdJwtVc => "dc+sd-jwt",
            Self::LdpVc => "ldp_vc",
            Self::JwtVc => "jwt_vc_json",
        }
    }

    /// The format with this identifier, if the wallet knows it.
    #[must_use]
    pub fn from_identifier(text: &str) -> Option<Self> {
        [Self::SdJwtVc, Self::LdpVc, Self::JwtVc]
            .into_iter()
            .find(|format| format.as_str() == text)
    }
}
