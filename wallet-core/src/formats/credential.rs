//! A verified credential of any format: what the rest of the wallet asks of one.

use super::claim_path::ClaimPath;
use super::sd_jwt_vc::{SdJwt, SdJwtVc};
use super::{CredentialFormat, IssuerEvidence};
use crate::clock::UnixTime;
use crate::jose::{Algorithm, PublicKey};
use serde_json::Value;
use std::sync::Arc;

/// A verified credential.
#[non_exhaustive]
pub enum Credential {
    /// `dc+sd-jwt`.
    SdJwtVc(SdJwtVc),
}

/// How an issuer signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssuerSignature {
    /// A JWS with this algorithm.
    Jws(Algorithm),
}

/// A stored credential that was parsed and not taken up again.
pub(crate) enum Stored {
    SdJwt(Arc<SdJwt>),
}

impl Stored {
    /// Parses the bytes that were stored.
    pub(crate) fn parse(format: CredentialFormat, bytes: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(bytes).ok()?;
        match format {
            CredentialFormat::SdJwtVc => Some(Self::SdJwt(Arc::new(SdJwt::parse(text).ok()?))),
        }
    }

    /// Takes up a credential again that was verified before it was stored, by the evidence stored with it. Its validity
    /// in time is not checked; see [`Credential::expires`].
    pub(crate) fn reopen(&self, evidence: IssuerEvidence) -> Option<Credential> {
        match self {
            Self::SdJwt(sd_jwt) => Some(Arc::clone(sd_jwt).reopen(evidence).ok()?.into()),
        }
    }
}

impl Credential {
    /// The SD-JWT VC, if it is one.
    #[must_use]
    pub const fn as_sd_jwt_vc(&self) -> Option<&SdJwtVc> {
        match self {
            Self::SdJwtVc(credential) => Some(credential),
        }
    }

    /// The format.
    #[must_use]
    pub const fn format(&self) -> CredentialFormat {
        match self {
            Self::SdJwtVc(_) => CredentialFormat::SdJwtVc,
        }
    }

    /// The type as it is ordered: the `vct` of an SD-JWT VC.
    #[must_use]
    pub fn credential_type(&self) -> &str {
        match self {
            Self::SdJwtVc(credential) => credential.vct(),
        }
    }

    /// The types a verifier may ask for: the `vct` of an SD-JWT VC.
    #[must_use]
    pub fn types(&self) -> Vec<String> {
        match self {
            Self::SdJwtVc(credential) => vec![credential.vct().to_owned()],
        }
    }

    /// Who signed, and how that was proven.
    #[must_use]
    pub fn evidence(&self) -> &IssuerEvidence {
        match self {
            Self::SdJwtVc(credential) => credential.evidence(),
        }
    }

    /// How the issuer signed.
    #[must_use]
    pub fn issuer_signature(&self) -> IssuerSignature {
        match self {
            Self::SdJwtVc(credential) => IssuerSignature::Jws(credential.issuer_algorithm()),
        }
    }

    /// Every claim, disclosed.
    #[must_use]
    pub fn claims(&self) -> &Value {
        match self {
            Self::SdJwtVc(credential) => credential.claims(),
        }
    }

    /// The key the credential is bound to, if it is bound to one.
    #[must_use]
    pub fn holder_key(&self) -> Option<&PublicKey> {
        match self {
            Self::SdJwtVc(credential) => credential.holder_key(),
        }
    }

    /// From when it is valid.
    #[must_use]
    pub fn not_before(&self) -> Option<UnixTime> {
        match self {
            Self::SdJwtVc(credential) => credential.not_before(),
        }
    }

    /// From when it is no longer valid.
    #[must_use]
    pub fn expires(&self) -> Option<UnixTime> {
        match self {
            Self::SdJwtVc(credential) => credential.expires(),
        }
    }

    /// Where it says its status stands.
    #[must_use]
    pub fn status(&self) -> Option<&Value> {
        match self {
            Self::SdJwtVc(credential) => credential.status(),
        }
    }

    /// The credential as received.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::SdJwtVc(credential) => credential.text(),
        }
    }

    /// SHA-256 of the credential as received.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        match self {
            Self::SdJwtVc(credential) => credential.digest(),
        }
    }

    /// The concrete paths of the claims the holder can show or withhold.
    #[must_use]
    pub fn disclosable(&self) -> Vec<ClaimPath> {
        match self {
            Self::SdJwtVc(credential) => credential.disclosable(),
        }
    }

    /// The concrete paths of the claims every verifier sees, whatever is selected.
    #[must_use]
    pub fn always_disclosed(&self) -> Vec<ClaimPath> {
        match self {
            Self::SdJwtVc(credential) => credential.always_disclosed(),
        }
    }

    /// Names of top-level claims about the credential and not about its subject: they differ in every copy or issuance.
    #[must_use]
    pub const fn technical_claims(&self) -> &'static [&'static str] {
        match self {
            Self::SdJwtVc(_) => &[
                "aka_vcts",
                "cnf",
                "exp",
                "iat",
                "jti",
                "nbf",
                "status",
                "vct",
                "vct#integrity",
            ],
        }
    }

    /// Names of top-level claims that may differ from copy to copy of one credential, so that verifiers cannot tell that
    /// two belong together (OpenID4VCI 1.0 13.4).
    #[must_use]
    pub const fn claims_of_the_copy(&self) -> &'static [&'static str] {
        match self {
            Self::SdJwtVc(_) => &["cnf", "exp", "iat", "jti", "nbf", "status", "sub"],
        }
    }

    /// Issuer and subject by their own names, as far as the credential has them.
    #[must_use]
    pub fn identities(&self) -> [(&'static str, Option<&Value>); 2] {
        let (issuer, subject) = match self {
            Self::SdJwtVc(_) => ("/iss", "/sub"),
        };
        let at = |pointer| self.claims().pointer(pointer);
        [("issuer", at(issuer)), ("subject", at(subject))]
    }
}

impl From<SdJwtVc> for Credential {
    fn from(credential: SdJwtVc) -> Self {
        Self::SdJwtVc(credential)
    }
}
