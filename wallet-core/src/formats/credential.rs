//! A verified credential of any format: what the rest of the wallet asks of one.

use super::claim_path::ClaimPath;
use super::data_integrity::{
    self, Cryptosuite, DataIntegrity, DataIntegrityCredential, Feature, HolderSecrets,
};
use super::sd_jwt_vc::{self, SdJwt, SdJwtVc};
use super::{CredentialFormat, FormatError, IssuerEvidence};
use crate::clock::UnixTime;
use crate::http::Fetcher;
use crate::jose::{Algorithm, PublicKey};
use crate::trust::TrustAnchors;
use serde_json::Value;
use std::sync::Arc;

/// Members of a W3C credential that are new in every copy and issuance (VCDM 2.0 4.4, 4.9, 4.10; VCDM 1.1 4.5, 4.6).
const OF_THE_ISSUANCE: [&str; 6] = [
    "id",
    "validFrom",
    "validUntil",
    "issuanceDate",
    "expirationDate",
    "credentialStatus",
];

/// A verified credential.
#[non_exhaustive]
pub enum Credential {
    /// `dc+sd-jwt`.
    SdJwtVc(SdJwtVc),
    /// `ldp_vc`.
    DataIntegrity(DataIntegrityCredential),
}

/// How an issuer signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssuerSignature {
    /// A JWS with this algorithm.
    Jws(Algorithm),
    /// A Data Integrity proof of this suite.
    DataIntegrity(Cryptosuite),
}

/// A stored credential that was parsed and not taken up again.
pub(crate) enum Stored {
    SdJwt(Arc<SdJwt>),
    DataIntegrity(Arc<DataIntegrity>),
}

impl Stored {
    /// Parses the bytes that were stored.
    pub(crate) fn parse(format: CredentialFormat, bytes: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(bytes).ok()?;
        match format {
            CredentialFormat::SdJwtVc => Some(Self::SdJwt(Arc::new(SdJwt::parse(text).ok()?))),
            CredentialFormat::LdpVc => {
                let parsed = DataIntegrity::parse(text).ok()?;
                Some(Self::DataIntegrity(Arc::new(parsed)))
            }
        }
    }

    /// Takes up a credential again that was verified before it was stored, by the evidence stored with it. Its validity
    /// in time is not checked; see [`Credential::expires`].
    pub(crate) fn reopen(&self, evidence: IssuerEvidence) -> Option<Credential> {
        match self {
            Self::SdJwt(sd_jwt) => Some(Arc::clone(sd_jwt).reopen(evidence).ok()?.into()),
            Self::DataIntegrity(parsed) => Some(Arc::clone(parsed).reopen(evidence).ok()?.into()),
        }
    }
}

/// What verification on receipt depends on besides the issuer's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceivePolicy {
    /// The time to check validity at.
    pub at: UnixTime,
    /// Seconds of clock difference allowed.
    pub leeway: u32,
    /// See [`sd_jwt_vc::VerifyPolicy::accept_vc_sd_jwt_typ`].
    pub accept_vc_sd_jwt_typ: bool,
}

impl Credential {
    /// Parses and verifies a credential as an issuer sends it, and that it is bound to the holder's secrets where these are
    /// given, to none where not. Makes a request only where the issuer's key is on the web.
    ///
    /// # Errors
    /// Those of the format.
    pub async fn verify(
        format: CredentialFormat,
        text: &str,
        trust: &TrustAnchors,
        fetcher: &Fetcher<'_>,
        policy: &ReceivePolicy,
        holder: Option<&HolderSecrets>,
    ) -> Result<Self, FormatError> {
        match format {
            CredentialFormat::SdJwtVc => {
                let parsed = SdJwt::parse(text)?;
                let (at, fetcher) = (policy.at, Some(fetcher));
                let key = sd_jwt_vc::resolve_issuer_key(&parsed, trust, fetcher, at).await?;
                let policy = sd_jwt_vc::VerifyPolicy {
                    at,
                    leeway: policy.leeway,
                    accept_vc_sd_jwt_typ: policy.accept_vc_sd_jwt_typ,
                };
                Ok(parsed.verify(&key, &policy)?.into())
            }
            CredentialFormat::LdpVc => {
                let parsed = DataIntegrity::parse(text)?;
                let key = data_integrity::resolve_issuer_key(&parsed, trust, Some(fetcher)).await?;
                let policy = data_integrity::VerifyPolicy {
                    at: policy.at,
                    leeway: policy.leeway,
                };
                Ok(parsed.verify_bound(&key, &policy, holder)?.into())
            }
        }
    }

    /// The SD-JWT VC, if it is one.
    #[must_use]
    pub const fn as_sd_jwt_vc(&self) -> Option<&SdJwtVc> {
        match self {
            Self::SdJwtVc(credential) => Some(credential),
            Self::DataIntegrity(_) => None,
        }
    }

    /// The format.
    #[must_use]
    pub const fn format(&self) -> CredentialFormat {
        match self {
            Self::SdJwtVc(_) => CredentialFormat::SdJwtVc,
            Self::DataIntegrity(_) => CredentialFormat::LdpVc,
        }
    }

    /// The type as it is ordered: the `vct` of an SD-JWT VC; of a W3C credential its types as IRIs, sorted, with spaces
    /// between them and without the one that all have.
    #[must_use]
    pub fn credential_type(&self) -> String {
        match self {
            Self::SdJwtVc(credential) => credential.vct().to_owned(),
            Self::DataIntegrity(credential) => data_integrity::type_name(credential.types()),
        }
    }

    /// The types a verifier may ask for: the `vct` of an SD-JWT VC, the types of a W3C credential as IRIs.
    #[must_use]
    pub fn types(&self) -> Vec<String> {
        match self {
            Self::SdJwtVc(credential) => vec![credential.vct().to_owned()],
            Self::DataIntegrity(credential) => credential.types().to_vec(),
        }
    }

    /// Who signed, and how that was proven.
    #[must_use]
    pub fn evidence(&self) -> &IssuerEvidence {
        match self {
            Self::SdJwtVc(credential) => credential.evidence(),
            Self::DataIntegrity(credential) => credential.evidence(),
        }
    }

    /// How the issuer signed.
    #[must_use]
    pub fn issuer_signature(&self) -> IssuerSignature {
        match self {
            Self::SdJwtVc(credential) => IssuerSignature::Jws(credential.issuer_algorithm()),
            Self::DataIntegrity(credential) => IssuerSignature::DataIntegrity(credential.suite()),
        }
    }

    /// Every claim, disclosed.
    #[must_use]
    pub fn claims(&self) -> &Value {
        match self {
            Self::SdJwtVc(credential) => credential.claims(),
            Self::DataIntegrity(credential) => credential.claims(),
        }
    }

    /// The key the credential is bound to, if it is bound to one.
    #[must_use]
    pub fn holder_key(&self) -> Option<&PublicKey> {
        match self {
            Self::SdJwtVc(credential) => credential.holder_key(),
            Self::DataIntegrity(_) => None,
        }
    }

    /// What secrets of the holder it is bound to, besides or instead of a key; `None` for none.
    #[must_use]
    pub fn feature(&self) -> Option<Feature> {
        match self {
            Self::SdJwtVc(_) => None,
            Self::DataIntegrity(credential) => credential.feature(),
        }
    }

    /// SHA-256 of the issuer's part of the secret of pseudonyms; `None` where there are no pseudonyms.
    pub(crate) fn entropy_digest(&self) -> Option<[u8; 32]> {
        match self {
            Self::SdJwtVc(_) => None,
            Self::DataIntegrity(credential) => credential.entropy_digest(),
        }
    }

    /// Whether the issuer says that nobody gets a second secret for pseudonyms.
    #[must_use]
    pub fn is_one_per_person(&self) -> bool {
        match self {
            Self::SdJwtVc(_) => false,
            Self::DataIntegrity(credential) => credential.is_one_per_person(),
        }
    }

    /// From when it is valid.
    #[must_use]
    pub fn not_before(&self) -> Option<UnixTime> {
        match self {
            Self::SdJwtVc(credential) => credential.not_before(),
            Self::DataIntegrity(credential) => credential.not_before(),
        }
    }

    /// From when it is no longer valid.
    #[must_use]
    pub fn expires(&self) -> Option<UnixTime> {
        match self {
            Self::SdJwtVc(credential) => credential.expires(),
            Self::DataIntegrity(credential) => credential.expires(),
        }
    }

    /// Where it says its status stands.
    #[must_use]
    pub fn status(&self) -> Option<&Value> {
        match self {
            Self::SdJwtVc(credential) => credential.status(),
            Self::DataIntegrity(credential) => credential.status(),
        }
    }

    /// The credential as received.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::SdJwtVc(credential) => credential.text(),
            Self::DataIntegrity(credential) => credential.text(),
        }
    }

    /// SHA-256 of the credential as received.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        match self {
            Self::SdJwtVc(credential) => credential.digest(),
            Self::DataIntegrity(credential) => credential.digest(),
        }
    }

    /// The concrete paths of the claims the holder can show or withhold.
    #[must_use]
    pub fn disclosable(&self) -> Vec<ClaimPath> {
        match self {
            Self::SdJwtVc(credential) => credential.disclosable(),
            Self::DataIntegrity(credential) => credential.disclosable(),
        }
    }

    /// The concrete paths of the claims every verifier sees, whatever is selected.
    #[must_use]
    pub fn always_disclosed(&self) -> Vec<ClaimPath> {
        match self {
            Self::SdJwtVc(credential) => credential.always_disclosed(),
            Self::DataIntegrity(credential) => credential.always_disclosed(),
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
            Self::DataIntegrity(_) => &OF_THE_ISSUANCE,
        }
    }

    /// Names of top-level claims that may differ from copy to copy of one credential, so that verifiers cannot tell that
    /// two belong together (OpenID4VCI 1.0 13.4).
    #[must_use]
    pub const fn claims_of_the_copy(&self) -> &'static [&'static str] {
        match self {
            Self::SdJwtVc(_) => &["cnf", "exp", "iat", "jti", "nbf", "status", "sub"],
            Self::DataIntegrity(_) => &OF_THE_ISSUANCE,
        }
    }

    /// Issuer and subject by their own names, as far as the credential has them.
    #[must_use]
    pub fn identities(&self) -> [(&'static str, Option<&Value>); 2] {
        let at = |pointer| self.claims().pointer(pointer);
        let (issuer, subject) = match self {
            Self::SdJwtVc(_) => (at("/iss"), at("/sub")),
            // The issuer is an identifier, or an object that has one.
            Self::DataIntegrity(_) => (
                at("/issuer/id").or_else(|| at("/issuer")),
                at("/credentialSubject/id"),
            ),
        };
        [("issuer", issuer), ("subject", subject)]
    }
}

impl From<DataIntegrityCredential> for Credential {
    fn from(credential: DataIntegrityCredential) -> Self {
        Self::DataIntegrity(credential)
    }
}

impl From<SdJwtVc> for Credential {
    fn from(credential: SdJwtVc) -> Self {
        Self::SdJwtVc(credential)
    }
}
