//! Why an SD-JWT VC was refused, or could not be presented.

use crate::error::{Category, ErrorCode, WalletError};
use crate::http::FetchError;
use crate::jose::JoseError;
use crate::json::JsonError;
use crate::trust::TrustError;

/// Why an SD-JWT VC was refused, or could not be presented. Holds nothing of the credential.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SdJwtError {
    /// The text is larger than [`super::limits::MAX_TEXT`].
    #[error("the text is too large")]
    TooLarge,
    /// The text does not end with `~` where no key binding is expected, or has none at all.
    #[error("the final tilde is missing")]
    MissingTilde,
    /// Nothing stands between two `~`, or before the first.
    #[error("a part is empty")]
    EmptyPart,
    /// More than [`super::limits::MAX_DISCLOSURES`].
    #[error("too many disclosures")]
    TooManyDisclosures,
    /// More than [`super::limits::MAX_CLAIMS`].
    #[error("too many claims")]
    TooManyClaims,
    /// The issuer-signed JWT or a disclosure's encoding.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// A disclosure is not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A disclosure is not `[salt, name, value]` or `[salt, value]`.
    #[error("a disclosure has the wrong form")]
    DisclosureShape,
    /// A claim is named `_sd` or `...`, or `_sd_alg` below the top level.
    #[error("a reserved name is used for a claim")]
    ReservedName,
    /// A disclosure is there twice.
    #[error("a disclosure occurs twice")]
    DuplicateDisclosure,
    /// A digest is there twice.
    #[error("a digest occurs twice")]
    DuplicateDigest,
    /// No digest refers to a disclosure.
    #[error("a disclosure is not referenced")]
    UnreferencedDisclosure,
    /// A disclosure of an array element is referenced by an object, or the other way round.
    #[error("a disclosure is referenced from the wrong kind of place")]
    DisclosureMisplaced,
    /// A disclosed name exists already at its level.
    #[error("a disclosed name exists already")]
    NameCollision,
    /// `_sd` is no array of strings, or an object with `...` holds something else.
    #[error("digests have the wrong form")]
    DigestsShape,
    /// `_sd_alg` is not a hash algorithm of ours.
    #[error("the hash algorithm is not allowed")]
    HashAlgorithm,
    /// Claims or disclosures lie too deep within each other.
    #[error("the claims are nested too deeply")]
    TooDeep,

    /// `typ` is not that of an SD-JWT VC.
    #[error("the typ is not that of an SD-JWT VC")]
    WrongTyp,
    /// A claim that must not be selectively disclosed comes from a disclosure.
    #[error("a claim that may not be disclosed selectively is")]
    UndisclosableClaim,
    /// `vct` is missing or no string.
    #[error("the vct is missing or no string")]
    MissingVct,
    /// `iss` or `vct#integrity` is no string, or `status` no object.
    #[error("a registered claim has the wrong type")]
    ClaimType,
    /// `exp` or `nbf` is no number.
    #[error("a validity claim is no number")]
    ValidityType,
    /// `exp` has passed.
    #[error("the credential has expired")]
    Expired,
    /// `nbf` lies ahead.
    #[error("the credential is not valid yet")]
    NotYetValid,
    /// `cnf` names the holder key in another way than `jwk`.
    #[error("the holder key is not given as a JWK")]
    ConfirmationNotSupported,
    /// `cnf` is no object, or its `jwk` no public key of ours.
    #[error("the holder key is malformed")]
    ConfirmationMalformed,

    /// No permitted way leads to the issuer's key.
    #[error("no permitted way leads to the issuer's key")]
    NoIssuerKey,
    /// The certificate chain of the issuer.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The app does not trust this issuer's web site to name its keys.
    #[error("the issuer's web site is not trusted")]
    UntrustedWebIssuer,
    /// The issuer's metadata or keys could not be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The issuer's metadata or key set breaks a rule.
    #[error("the issuer metadata is malformed")]
    IssuerMetadata,
    /// The metadata is of another issuer.
    #[error("the metadata is of another issuer")]
    IssuerMismatch,
    /// The issuer key that was resolved is not for this credential's issuer.
    #[error("the key is not of this credential's issuer")]
    WrongIssuerKey,

    /// A path to disclose is not concrete, or leads to nothing in the credential.
    #[error("there is no such claim")]
    NoSuchClaim,
    /// The credential names no holder key.
    #[error("the credential is not bound to a key")]
    NotBound,
    /// The key given is not the one the credential names.
    #[error("the holder key is not the credential's")]
    HolderKeyMismatch,
    /// The holder key could not or did not sign.
    #[error("the holder key did not sign")]
    Signing(WalletError),
    /// A presentation does not belong to this credential.
    #[error("the presentation is not of this credential")]
    ForeignPresentation,
    /// A presentation's key binding is missing, unexpected, or not what was to be signed.
    #[error("the key binding is not the expected one")]
    KeyBinding,
}

impl From<SdJwtError> for WalletError {
    fn from(error: SdJwtError) -> Self {
        use ErrorCode as Code;
        use SdJwtError as E;
        let issuer = |code: Code, rule| Self::new(code).by(Category::Issuer).rule(rule);
        let disclosure = |about: &str, rule| {
            let error = Self::new(Code::DisclosureInvalid).about(about);
            error.by(Category::Issuer).rule(rule)
        };
        match error {
            E::TooLarge => Self::new(Code::TooLarge).by(Category::Issuer),
            E::MissingTilde => issuer(Code::Malformed, "RFC 9901 4").about("tilde"),
            E::EmptyPart => issuer(Code::Malformed, "RFC 9901 4").about("empty_part"),
            E::TooManyClaims => Self::new(Code::TooLarge)
                .by(Category::Issuer)
                .about("claims"),
            E::TooManyDisclosures => Self::new(Code::TooLarge)
                .by(Category::Issuer)
                .about("disclosures"),
            E::Jose(error) => Self::from(error).by(Category::Issuer),
            E::Json(error) => Self::from(error).by(Category::Issuer),
            E::DisclosureShape => disclosure("shape", "RFC 9901 4.2"),
            E::ReservedName => disclosure("reserved_name", "RFC 9901 7.1"),
            E::DuplicateDisclosure => disclosure("duplicate_disclosure", "RFC 9901 7.1"),
            E::DuplicateDigest => disclosure("duplicate_digest", "RFC 9901 7.1"),
            E::UnreferencedDisclosure => disclosure("unreferenced", "RFC 9901 7.1"),
            E::DisclosureMisplaced => disclosure("misplaced", "RFC 9901 7.1"),
            E::NameCollision => disclosure("name_collision", "RFC 9901 7.1"),
            E::DigestsShape => disclosure("digests", "RFC 9901 7.1"),
            E::HashAlgorithm => {
                issuer(Code::AlgorithmNotAllowed, "RFC 9901 4.1.1").about("_sd_alg")
            }
            E::TooDeep => Self::new(Code::TooDeep).by(Category::Issuer),
            E::WrongTyp => issuer(Code::Malformed, "SD-JWT VC 2.2.1").about("typ"),
            E::UndisclosableClaim => disclosure("registered_claim", "SD-JWT VC 2.2.2.3"),
            E::MissingVct => issuer(Code::Malformed, "SD-JWT VC 2.2.2.1").about("vct"),
            E::ClaimType => issuer(Code::Malformed, "SD-JWT VC 2.2.2.2").about("claim"),
            E::ValidityType => issuer(Code::Malformed, "RFC 7519 4.1").about("validity"),
            E::Expired => Self::new(Code::CredentialExpired).rule("RFC 7519 4.1.4"),
            E::NotYetValid => Self::new(Code::CredentialNotYetValid).rule("RFC 7519 4.1.5"),
            E::ConfirmationNotSupported => issuer(Code::Malformed, "HAIP 1.0 6.1").about("cnf"),
            E::ConfirmationMalformed => issuer(Code::Malformed, "RFC 7800 3.2").about("cnf"),
            E::NoIssuerKey => issuer(Code::UntrustedIssuer, "SD-JWT VC 2.5"),
            E::Trust(error) => Self::from(error),
            E::UntrustedWebIssuer => {
                issuer(Code::UntrustedIssuer, "SD-JWT VC 2.5").about("web_issuer")
            }
            E::Fetch(error) => Self::from(error),
            E::IssuerMetadata => issuer(Code::IssuerMetadataInvalid, "SD-JWT VC 4.2"),
            E::IssuerMismatch => issuer(Code::IssuerMismatch, "SD-JWT VC 4.3"),
            E::WrongIssuerKey => issuer(Code::UntrustedIssuer, "SD-JWT VC 2.5").about("iss"),
            E::NoSuchClaim => Self::new(Code::NotFound).about("claim"),
            E::NotBound => issuer(Code::HolderKeyMismatch, "RFC 9901 4.1.2").about("cnf"),
            E::HolderKeyMismatch => issuer(Code::HolderKeyMismatch, "RFC 9901 4.3"),
            E::Signing(error) => error,
            E::ForeignPresentation => Self::new(Code::ConsentMismatch).about("credential"),
            E::KeyBinding => Self::new(Code::ConsentMismatch)
                .about("key_binding")
                .rule("RFC 9901 7.3"),
        }
    }
}
