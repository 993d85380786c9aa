//! Why a credential as JWT was refused, or could not be shown.

use crate::did::DidError;
use crate::error::{Category, ErrorCode, WalletError};
use crate::formats::sd_jwt_vc::SdJwtError;
use crate::jose::JoseError;

/// Why a credential as JWT was refused, or could not be shown. Holds nothing of the credential.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtVcError {
    /// The text is larger than [`super::limits::MAX_TEXT`].
    #[error("the text is too large")]
    TooLarge,
    /// More than [`super::limits::MAX_CLAIMS`].
    #[error("too many claims")]
    TooManyClaims,
    /// The form of the JWT, its algorithm, or its signature.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// `typ` is not that of a credential of this data model.
    #[error("the typ is not that of the credential's data model")]
    WrongTyp,
    /// Something of the one data model stands in a credential of the other.
    #[error("two data models are mixed")]
    Mixed,
    /// A member of every credential is missing or of another form.
    #[error("a member of every credential is missing or malformed")]
    Credential(&'static str),
    /// A claim of the JWT and the member it stands for say different things.
    #[error("a claim of the JWT contradicts the credential")]
    Conflict(&'static str),
    /// A date is no date.
    #[error("a date is malformed")]
    ValidityType,
    /// The validity has ended.
    #[error("the credential has expired")]
    Expired,
    /// The validity has not begun.
    #[error("the credential is not valid yet")]
    NotYetValid,
    /// `cnf` names the holder key in another way than `jwk`, or the key is malformed or not the subject's.
    #[error("the holder key is malformed, or named twice and differently")]
    HolderKey,

    /// No permitted way leads to the issuer's key.
    #[error("no permitted way leads to the issuer's key")]
    NoIssuerKey,
    /// The app does not trust this issuer.
    #[error("the issuer is not trusted")]
    UntrustedIssuer,
    /// `kid` names a key of somebody else than the issuer.
    #[error("the key is not of this credential's issuer")]
    WrongIssuerKey,
    /// The issuer's DID, or the name of its key.
    #[error(transparent)]
    Did(#[from] DidError),
    /// The issuer's certificates or web site.
    #[error(transparent)]
    Issuer(SdJwtError),

    /// The credential names no holder key.
    #[error("the credential is not bound to a key")]
    NotBound,
    /// The key given is not the one the credential names.
    #[error("the holder key is not the credential's")]
    HolderKeyMismatch,
    /// The holder key could not or did not sign.
    #[error("the holder key did not sign")]
    Signing(WalletError),
    /// A presentation does not belong to this credential, or is for another occasion.
    #[error("the presentation is not the expected one")]
    ForeignPresentation,
}

impl From<SdJwtError> for JwtVcError {
    fn from(error: SdJwtError) -> Self {
        Self::Issuer(error)
    }
}

impl From<JwtVcError> for WalletError {
    fn from(error: JwtVcError) -> Self {
        use ErrorCode as Code;
        use JwtVcError as E;
        let issuer = |code: Code, rule| Self::new(code).by(Category::Issuer).rule(rule);
        match error {
            E::TooLarge => Self::new(Code::TooLarge).by(Category::Issuer),
            E::TooManyClaims => Self::new(Code::TooLarge)
                .by(Category::Issuer)
                .about("claims"),
            E::Jose(error) => Self::from(error).by(Category::Issuer),
            E::WrongTyp => issuer(Code::Malformed, "VC-JOSE-COSE 3.1").about("typ"),
            E::Mixed => issuer(Code::Malformed, "VC-JOSE-COSE 3.1").about("data_model"),
            E::Credential(about) => issuer(Code::Malformed, "VCDM 2.0 4").about(about),
            E::Conflict(about) => issuer(Code::Malformed, "VCDM 1.1 6.3.1").about(about),
            E::ValidityType => issuer(Code::Malformed, "VCDM 2.0 4.9").about("validity"),
            E::Expired => Self::new(Code::CredentialExpired).rule("VCDM 2.0 4.9"),
            E::NotYetValid => Self::new(Code::CredentialNotYetValid).rule("VCDM 2.0 4.9"),
            E::HolderKey => issuer(Code::Malformed, "RFC 7800 3.2").about("holder_key"),
            E::NoIssuerKey => issuer(Code::UntrustedIssuer, "VC-JOSE-COSE 4"),
            E::UntrustedIssuer => issuer(Code::UntrustedIssuer, "VC-JOSE-COSE 4").about("issuer"),
            E::WrongIssuerKey => issuer(Code::UntrustedIssuer, "VC-JOSE-COSE 4").about("kid"),
            E::Did(DidError::Fetch(error)) => Self::from(error),
            E::Did(error) => error.of(Category::Issuer),
            E::Issuer(error) => Self::from(error),
            E::NotBound | E::HolderKeyMismatch => {
                issuer(Code::HolderKeyMismatch, "OpenID4VP 1.0 B.1.3.1")
            }
            E::Signing(error) => error,
            E::ForeignPresentation => Self::new(Code::ConsentMismatch)
                .about("presentation")
                .rule("OpenID4VP 1.0 B.1.3.1"),
        }
    }
}
