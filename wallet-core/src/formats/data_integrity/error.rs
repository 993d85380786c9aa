//! Why a credential with a Data Integrity proof was refused, or could not be shown.

use super::json_ld::JsonLdError;
use super::rdf::RdfError;
use crate::cbor::CborError;
use crate::did::DidError;
use crate::error::{Category, ErrorCode, WalletError};
use crate::http::FetchError;
use crate::json::JsonError;

/// Why a credential with a Data Integrity proof was refused, or could not be shown. Holds nothing of the credential.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DataIntegrityError {
    /// The text is larger than [`super::limits::MAX_TEXT`].
    #[error("the text is too large")]
    TooLarge,
    /// More than [`super::limits::MAX_CLAIMS`].
    #[error("too many claims")]
    TooManyClaims,
    /// More statements to show or withhold than [`bbs::MAX_MESSAGES`].
    #[error("too many statements")]
    TooManyStatements,
    /// The text is not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The document has no meaning by the contexts the wallet knows.
    #[error(transparent)]
    JsonLd(#[from] JsonLdError),
    /// The statements of the document cannot be brought into their one form.
    #[error(transparent)]
    Rdf(#[from] RdfError),

    /// `type`, `issuer` or another member of every credential is missing or of another form.
    #[error("a member of every credential is missing or malformed")]
    Credential(&'static str),
    /// There is no proof, or more than one.
    #[error("not exactly one proof")]
    ProofCount,
    /// A member of the proof is missing, malformed, or not one of those this wallet knows.
    #[error("a member of the proof is missing, malformed or unknown")]
    Proof(&'static str),
    /// The suite is not one of ours.
    #[error("the cryptosuite is not supported")]
    Suite,
    /// The proof value is not of the form the suite prescribes.
    #[error("the proof value is malformed")]
    ProofValue,
    /// The proof value is not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The proof value is of a feature this wallet was not built with: pseudonyms.
    #[error("the proof's feature is not supported")]
    Feature,
    /// The credential is bound to secrets of a holder that are not there, or not bound to those that are.
    #[error("the proof is not bound to the holder's secrets as it should be")]
    Binding,
    /// A derived proof where a base proof belongs, or the other way round.
    #[error("a proof of the wrong kind")]
    ProofKind,
    /// Not a JSON Pointer.
    #[error("not a JSON Pointer")]
    Pointer,
    /// A mandatory pointer leads nowhere, or to what is no claim by itself.
    #[error("a mandatory pointer leads to no claim")]
    MandatoryPointer,
    /// Not a key of a kind the suites use.
    #[error("not a key of the suite")]
    Key,
    /// The verification method is not the key's, or the key not that of the suite.
    #[error("the key is not the proof's")]
    WrongKey,
    /// The issuer that the key is for is not the credential's.
    #[error("the key is not of this credential's issuer")]
    WrongIssuer,
    /// The controller's document does not give the key for assertions, or is of another controller.
    #[error("the controller's document does not list the key")]
    Controller,
    /// The issuer's DID, its document, or a key of it.
    #[error(transparent)]
    Did(#[from] DidError),
    /// The app trusts neither this key nor the web site of this issuer.
    #[error("no permitted way leads to the issuer's key")]
    Untrusted,
    /// The controller's document could not be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The proof does not verify.
    #[error("the proof does not verify")]
    ProofInvalid,
    /// The validity has ended.
    #[error("the credential has expired")]
    Expired,
    /// The validity has not begun.
    #[error("the credential is not valid yet")]
    NotYetValid,

    /// A path to disclose is not concrete, or leads to nothing in the credential.
    #[error("there is no such claim")]
    NoSuchClaim,
    /// A part of what can only be shown as a whole was asked for.
    #[error("the claim can only be shown as a whole")]
    NotSeparable,
    /// The blank nodes of a derived proof are not each given one name of their own.
    #[error("the label map is not one to one")]
    LabelMap,
    /// Indexes of a derived proof do not ascend or lie beyond the last statement.
    #[error("the indexes of the proof are wrong")]
    Indexes,
    /// A presentation does not belong to this credential.
    #[error("the presentation is not of this credential")]
    ForeignPresentation,
    /// A presentation is bound to another occasion.
    #[error("the presentation header is not the expected one")]
    PresentationHeader,
    /// The system gave no randomness.
    #[error("no randomness")]
    NoRandomness,
}

impl From<bbs::Error> for DataIntegrityError {
    fn from(error: bbs::Error) -> Self {
        use bbs::Error as E;
        match error {
            E::TooManyMessages => Self::TooManyStatements,
            E::IndexesNotAscending | E::IndexOutOfRange => Self::Indexes,
            E::PublicKey(_) => Self::Key,
            E::Signature(_) | E::Proof(_) => Self::ProofValue,
            E::NoRandomness => Self::NoRandomness,
            _ => Self::ProofInvalid,
        }
    }
}

impl From<DataIntegrityError> for WalletError {
    fn from(error: DataIntegrityError) -> Self {
        use DataIntegrityError as E;
        use ErrorCode as Code;
        let issuer = |code: Code, rule| Self::new(code).by(Category::Issuer).rule(rule);
        let large = |about: &str| Self::new(Code::TooLarge).by(Category::Issuer).about(about);
        let proof = |about: &str| issuer(Code::Malformed, "VC-DI 1.0 4.5").about(about);
        match error {
            E::TooLarge => Self::new(Code::TooLarge).by(Category::Issuer),
            E::TooManyClaims => large("claims"),
            E::TooManyStatements => large("statements"),
            E::Json(error) => Self::from(error).by(Category::Issuer),
            E::JsonLd(error) => Self::from(error),
            E::Rdf(error) => Self::from(error),
            E::Cbor(error) => Self::from(error).by(Category::Issuer),
            E::Credential(about) => issuer(Code::Malformed, "VCDM 2.0 4").about(about),
            E::ProofCount => proof("proof"),
            E::Proof(about) => proof(about),
            E::Suite => issuer(Code::AlgorithmNotAllowed, "VC-DI 1.0 3.1").about("cryptosuite"),
            E::ProofValue => proof("proof_value"),
            E::Feature => issuer(Code::AlgorithmNotAllowed, "vc-di-bbs 3.3.2").about("feature"),
            E::Binding => issuer(Code::HolderKeyMismatch, "vc-di-bbs 3.3.2").about("feature"),
            E::ProofKind => proof("proof_kind"),
            E::Pointer => proof("pointer"),
            E::MandatoryPointer => proof("mandatory_pointer"),
            E::Key => issuer(Code::Malformed, "CID 1.0 2.2.2").about("key"),
            E::WrongKey => issuer(Code::UntrustedIssuer, "VC-DI 1.0 4.4").about("key"),
            E::WrongIssuer => issuer(Code::UntrustedIssuer, "VCDM 2.0 4.7").about("issuer"),
            E::Controller => issuer(Code::UntrustedIssuer, "CID 1.0 3.3").about("controller"),
            E::Did(DidError::Fetch(error)) => Self::from(error),
            E::Did(error) => error.of(Category::Issuer),
            E::Untrusted => issuer(Code::UntrustedIssuer, "VC-DI 1.0 4.4"),
            E::Fetch(error) => Self::from(error),
            E::ProofInvalid => issuer(Code::SignatureInvalid, "VC-DI 1.0 4.5").about("proof"),
            E::Expired => Self::new(Code::CredentialExpired).rule("VCDM 2.0 4.9"),
            E::NotYetValid => Self::new(Code::CredentialNotYetValid).rule("VCDM 2.0 4.9"),
            E::NoSuchClaim => Self::new(Code::NotFound).about("claim"),
            E::NotSeparable => Self::new(Code::ClaimsNotAvailable).about("part_of_claim"),
            E::LabelMap => proof("label_map"),
            E::Indexes => proof("indexes"),
            E::ForeignPresentation => Self::new(Code::ConsentMismatch).about("credential"),
            E::PresentationHeader => Self::new(Code::ConsentMismatch).about("presentation_header"),
            E::NoRandomness => Self::new(Code::RandomUnavailable),
        }
    }
}
