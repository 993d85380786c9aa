//! A verified credential of any format: what the rest of the wallet asks of one.

use super::claim_path::ClaimPath;
use super::data_integrity::{
    self, Cryptosuite, DataIntegrity, DataIntegrityCredential, Feature, HolderSecrets,
};
use super::jwt_vc::{self, JwtVc, JwtVcCredential};
use super::sd_jwt_vc::{self, SdJwt, SdJwtVc};
use super::{CredentialFormat, FormatError, IssuerEvidence};
use crate::clock::UnixTime;
use crate::http::Fetcher;
use crate::jose::{Algorithm, PublicKey};
use crate::trust::TrustAnchors;
use serde_json::{Map, Value};
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

/// The same where the credential is a JWT.
const OF_A_JWT: [&str; 13] = [
    "id",
    "validFrom",
    "validUntil",
    "issuanceDate",
    "expirationDate",
    "credentialStatus",
    "cnf",
    "exp",
    "iat",
    "jti",
    "nbf",
    "status",
    "sub",
];

/// A verified credential.
#[non_exhaustive]
pub enum Credential {
    /// `dc+sd-jwt`.
    SdJwtVc(SdJwtVc),
    /// `ldp_vc`.
    DataIntegrity(DataIntegrityCredential),
    /// `jwt_vc_json`.
    JwtVc(JwtVcCredential),
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
    JwtVc(Arc<JwtVc>),
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
            CredentialFormat::JwtVc => Some(Self::JwtVc(Arc::new(JwtVc::parse(text).ok()?))),
        }
    }

    /// What [`Self::parse`] makes of the text of this credential.
    pub(crate) fn of(credential: &Credential) -> Self {
        match credential {
            Credential::SdJwtVc(credential) => Self::SdJwt(credential.parsed()),
            Credential::DataIntegrity(credential) => Self::DataIntegrity(credential.parsed()),
            Credential::JwtVc(credential) => Self::JwtVc(credential.parsed()),
        }
    }

    /// Takes up a credential again that was verified before it was stored, by the evidence stored with it. Its validity
    /// in time is not checked; see [`Credential::expires`].
    pub(crate) fn reopen(&self, evidence: IssuerEvidence) -> Option<Credential> {
        match self {
            Self::SdJwt(sd_jwt) => Some(Arc::clone(sd_jwt).reopen(evidence).ok()?.into()),
            Self::DataIntegrity(parsed) => Some(Arc::clone(parsed).reopen(evidence).ok()?.into()),
            Self::JwtVc(parsed) => Some(Arc::clone(parsed).reopen(evidence).ok()?.into()),
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
                let key =
                    data_integrity::resolve_issuer_key(&parsed, trust, Some(fetcher), policy.at)
                        .await?;
                let policy = data_integrity::VerifyPolicy {
                    at: policy.at,
                    leeway: policy.leeway,
                };
                Ok(parsed.verify_bound(&key, &policy, holder)?.into())
            }
            CredentialFormat::JwtVc => {
                let parsed = JwtVc::parse(text)?;
                let (at, fetcher) = (policy.at, Some(fetcher));
                let key = jwt_vc::resolve_issuer_key(&parsed, trust, fetcher, at).await?;
                let policy = jwt_vc::VerifyPolicy {
                    at,
                    leeway: policy.leeway,
                };
                Ok(parsed.verify(&key, &policy)?.into())
            }
        }
    }

    /// The SD-JWT VC, if it is one.
    #[must_use]
    pub const fn as_sd_jwt_vc(&self) -> Option<&SdJwtVc> {
        match self {
            Self::SdJwtVc(credential) => Some(credential),
            Self::DataIntegrity(_) | Self::JwtVc(_) => None,
        }
    }

    /// The format.
    #[must_use]
    pub const fn format(&self) -> CredentialFormat {
        match self {
            Self::SdJwtVc(_) => CredentialFormat::SdJwtVc,
            Self::DataIntegrity(_) => CredentialFormat::LdpVc,
            Self::JwtVc(_) => CredentialFormat::JwtVc,
        }
    }

    /// The type as it is ordered: the `vct` of an SD-JWT VC; of a W3C credential its types, sorted, with spaces between them
    /// and without the one that all have. They are IRIs with Data Integrity, terms in a JWT.
    #[must_use]
    pub fn credential_type(&self) -> String {
        match self {
            Self::SdJwtVc(credential) => credential.vct().to_owned(),
            Self::DataIntegrity(credential) => data_integrity::type_name(credential.types()),
            Self::JwtVc(credential) => credential.type_name(),
        }
    }

    /// The types a verifier may ask for: the `vct` of an SD-JWT VC; the types of a W3C credential, as IRIs with Data
    /// Integrity, as terms in a JWT.
    #[must_use]
    pub fn types(&self) -> Vec<String> {
        match self {
            Self::SdJwtVc(credential) => vec![credential.vct().to_owned()],
            Self::DataIntegrity(credential) => credential.types().to_vec(),
            Self::JwtVc(credential) => credential.type_names(),
        }
    }

    /// Who signed, and how that was proven.
    #[must_use]
    pub fn evidence(&self) -> &IssuerEvidence {
        match self {
            Self::SdJwtVc(credential) => credential.evidence(),
            Self::DataIntegrity(credential) => credential.evidence(),
            Self::JwtVc(credential) => credential.evidence(),
        }
    }

    /// How the issuer signed.
    #[must_use]
    pub fn issuer_signature(&self) -> IssuerSignature {
        match self {
            Self::SdJwtVc(credential) => IssuerSignature::Jws(credential.issuer_algorithm()),
            Self::DataIntegrity(credential) => IssuerSignature::DataIntegrity(credential.suite()),
            Self::JwtVc(credential) => IssuerSignature::Jws(credential.issuer_algorithm()),
        }
    }

    /// Every claim, disclosed.
    #[must_use]
    pub fn claims(&self) -> &Value {
        match self {
            Self::SdJwtVc(credential) => credential.claims(),
            Self::DataIntegrity(credential) => credential.claims(),
            Self::JwtVc(credential) => credential.claims(),
        }
    }

    /// The key the credential is bound to, if it is bound to one.
    #[must_use]
    pub fn holder_key(&self) -> Option<&PublicKey> {
        match self {
            Self::SdJwtVc(credential) => credential.holder_key(),
            Self::DataIntegrity(_) => None,
            Self::JwtVc(credential) => credential.holder_key(),
        }
    }

    /// What secrets of the holder it is bound to, besides or instead of a key; `None` for none.
    #[must_use]
    pub fn feature(&self) -> Option<Feature> {
        match self {
            Self::SdJwtVc(_) | Self::JwtVc(_) => None,
            Self::DataIntegrity(credential) => credential.feature(),
        }
    }

    /// SHA-256 of the issuer's part of the secret of pseudonyms; `None` where there are no pseudonyms.
    pub(crate) fn entropy_digest(&self) -> Option<[u8; 32]> {
        match self {
            Self::SdJwtVc(_) | Self::JwtVc(_) => None,
            Self::DataIntegrity(credential) => credential.entropy_digest(),
        }
    }

    /// Whether the issuer says that nobody gets a second secret for pseudonyms.
    #[must_use]
    pub fn is_one_per_person(&self) -> bool {
        match self {
            Self::SdJwtVc(_) | Self::JwtVc(_) => false,
            Self::DataIntegrity(credential) => credential.is_one_per_person(),
        }
    }

    /// From when it is valid.
    #[must_use]
    pub fn not_before(&self) -> Option<UnixTime> {
        match self {
            Self::SdJwtVc(credential) => credential.not_before(),
            Self::DataIntegrity(credential) => credential.not_before(),
            Self::JwtVc(credential) => credential.not_before(),
        }
    }

    /// From when it is no longer valid.
    #[must_use]
    pub fn expires(&self) -> Option<UnixTime> {
        match self {
            Self::SdJwtVc(credential) => credential.expires(),
            Self::DataIntegrity(credential) => credential.expires(),
            Self::JwtVc(credential) => credential.expires(),
        }
    }

    /// Where it says its status stands.
    #[must_use]
    pub fn status(&self) -> Option<&Value> {
        match self {
            Self::SdJwtVc(credential) => credential.status(),
            Self::DataIntegrity(credential) => credential.status(),
            Self::JwtVc(credential) => credential.status(),
        }
    }

    /// The credential as received.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::SdJwtVc(credential) => credential.text(),
            Self::DataIntegrity(credential) => credential.text(),
            Self::JwtVc(credential) => credential.text(),
        }
    }

    /// What of the credential its issuer signed as a whole, as received: of an SD-JWT VC the JWT without disclosures. It is
    /// what issuers anchor on a ledger (docs/ledger.md).
    #[must_use]
    pub fn signed_text(&self) -> &str {
        match self {
            Self::SdJwtVc(credential) => {
                let text = credential.text();
                text.split_once('~').map_or(text, |(signed, _)| signed)
            }
            _ => self.text(),
        }
    }

    /// SHA-256 of the credential as received.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        match self {
            Self::SdJwtVc(credential) => credential.digest(),
            Self::DataIntegrity(credential) => credential.digest(),
            Self::JwtVc(credential) => credential.digest(),
        }
    }

    /// The concrete paths of the claims the holder can show or withhold.
    #[must_use]
    pub fn disclosable(&self) -> Vec<ClaimPath> {
        match self {
            Self::SdJwtVc(credential) => credential.disclosable(),
            Self::DataIntegrity(credential) => credential.disclosable(),
            Self::JwtVc(_) => Vec::new(),
        }
    }

    /// The concrete paths of the claims every verifier sees, whatever is selected.
    #[must_use]
    pub fn always_disclosed(&self) -> Vec<ClaimPath> {
        match self {
            Self::SdJwtVc(credential) => credential.always_disclosed(),
            Self::DataIntegrity(credential) => credential.always_disclosed(),
            Self::JwtVc(credential) => credential.always_disclosed().to_vec(),
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
            Self::JwtVc(_) => &OF_A_JWT,
        }
    }

    /// Names of top-level claims that may differ from copy to copy of one credential, so that verifiers cannot tell that
    /// two belong together (OpenID4VCI 1.0 13.4).
    #[must_use]
    pub const fn claims_of_the_copy(&self) -> &'static [&'static str] {
        match self {
            Self::SdJwtVc(_) => &["cnf", "exp", "iat", "jti", "nbf", "status", "sub"],
            Self::DataIntegrity(_) => &OF_THE_ISSUANCE,
            Self::JwtVc(_) => &OF_A_JWT,
        }
    }

    /// The claims but for top-level ones of these names, and for the name of the subject where that is the key of the copy.
    pub(crate) fn claims_without(&self, names: &[&str]) -> Map<String, Value> {
        let mut claims = self.claims().as_object().cloned().unwrap_or_default();
        claims.retain(|name, _| !names.contains(&name.as_str()));
        let is_key = matches!(self, Self::JwtVc(credential) if credential.is_subject_a_key());
        if let Some(subject) = claims.get_mut("credentialSubject").filter(|_| is_key) {
            let one = match subject {
                Value::Array(subjects) => subjects.first_mut(),
                one => Some(one),
            };
            if let Some(one) = one.and_then(Value::as_object_mut) {
                one.shift_remove("id");
            }
        }
        claims
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
            Self::JwtVc(credential) => (
                at("/issuer/id").or_else(|| at("/issuer")),
                // A key is the name of a copy.
                at("/credentialSubject/id").filter(|_| !credential.is_subject_a_key()),
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

impl From<JwtVcCredential> for Credential {
    fn from(credential: JwtVcCredential) -> Self {
        Self::JwtVc(credential)
    }
}

impl From<SdJwtVc> for Credential {
    fn from(credential: SdJwtVc) -> Self {
        Self::SdJwtVc(credential)
    }
}
