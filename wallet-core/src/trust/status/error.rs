//! Why a status list was not believed.

use crate::cbor::CborError;
use crate::cose::CoseError;
use crate::error::{Category, ErrorCode, WalletError};
use crate::formats::sd_jwt_vc::SdJwtError;
use crate::jose::JoseError;
use crate::json::JsonError;

/// Why a status list, or a reference to one, was not believed. Holds nothing of either.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatusError {
    /// `status_list` of a credential is not an object with `idx` and `uri`.
    #[error("the status reference is malformed")]
    Reference,
    /// The list is larger than [`super::MAX_TOKEN_BYTES`].
    #[error("the list is too large")]
    TooLarge,
    /// Not a JWS, or a header parameter is wrong.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// Not a COSE_Sign1, or a header parameter is wrong.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The claims are not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The claims are not strict CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// `typ` is not that of a status list.
    #[error("the typ is not that of a status list")]
    WrongTyp,
    /// The key of whoever signed the list is not one that is believed.
    #[error(transparent)]
    Signer(SdJwtError),
    /// There are no certificates, and the list is not by an issuer of the credentials in question.
    #[error("no permitted way leads to the key of the list")]
    NoSigner,
    /// `sub` is not the address the credential names.
    #[error("the list is for another address")]
    WrongSubject,
    /// A claim is missing or of a wrong type.
    #[error("a claim is missing or malformed")]
    Claim,
    /// `exp` has passed.
    #[error("the list has expired")]
    Expired,
    /// `iat` lies ahead, or a Bitstring list is not valid yet.
    #[error("the list is of the future")]
    NotYetIssued,
    /// The list is older than one already seen.
    #[error("the list is older than the one before")]
    Older,
    /// `bits` is not 1, 2, 4 or 8.
    #[error("the entries have a size that does not exist")]
    EntrySize,
    /// The list is not one whole zlib or gzip stream with the right checksum, or needs a preset dictionary.
    #[error("the list does not inflate")]
    Compression,
    /// Data follows the end of the compressed list.
    #[error("the compressed list is followed by other data")]
    TrailingData,
    /// The list would inflate beyond [`super::MAX_LIST_BYTES`], or further than an honest compressor can go.
    #[error("the list inflates beyond its limit")]
    Bomb,
    /// The credential's index lies outside the list.
    #[error("the index lies outside the list")]
    OutOfRange,
    /// A Bitstring list has fewer entries than herd privacy needs.
    #[error("the list is too short")]
    TooShort,
    /// A Bitstring list is for another purpose than the credential says.
    #[error("the list is for another purpose")]
    WrongPurpose,
    /// A Bitstring list is secured by a Data Integrity proof, which this version does not verify.
    #[error("the list is secured by a Data Integrity proof")]
    DataIntegrity,
}

impl From<SdJwtError> for StatusError {
    fn from(error: SdJwtError) -> Self {
        Self::Signer(error)
    }
}

impl From<StatusError> for WalletError {
    fn from(error: StatusError) -> Self {
        use StatusError as E;
        let invalid = |about: &str, rule| {
            let error = Self::new(ErrorCode::StatusListInvalid);
            error.about(about).rule(rule)
        };
        match error {
            E::Reference => Self::new(ErrorCode::Malformed)
                .by(Category::Issuer)
                .about("status_list")
                .rule("Token Status List 6.2"),
            E::TooLarge => Self::new(ErrorCode::TooLarge).by(Category::Issuer),
            E::Jose(error) => Self::from(error).by(Category::Issuer),
            E::Cose(error) => Self::from(error).by(Category::Issuer),
            E::Json(error) => Self::from(error).by(Category::Issuer),
            E::Cbor(error) => Self::from(error).by(Category::Issuer),
            E::Signer(error) => Self::from(error),
            E::NoSigner => Self::new(ErrorCode::UntrustedIssuer).rule("Token Status List 11.3"),
            E::WrongTyp => invalid("typ", "Token Status List 5"),
            E::WrongSubject => invalid("sub", "Token Status List 8.3"),
            E::Claim => invalid("claim", "Token Status List 5"),
            E::Expired => invalid("exp", "Token Status List 8.3"),
            E::NotYetIssued => invalid("iat", "Token Status List 8.3"),
            E::Older => invalid("older", "Token Status List 8.3"),
            E::EntrySize => invalid("bits", "Token Status List 4.1"),
            E::Compression => invalid("compression", "Token Status List 4.1"),
            E::TrailingData => invalid("trailing_data", "RFC 1950 2.2"),
            E::Bomb => invalid("bomb", "Token Status List 11.1"),
            E::OutOfRange => invalid("idx", "Token Status List 8.3"),
            E::TooShort => invalid("length", "Bitstring Status List 6.1"),
            E::WrongPurpose => invalid("purpose", "Bitstring Status List 3.2"),
            E::DataIntegrity => Self::new(ErrorCode::NotSupported)
                .about("data_integrity")
                .rule("Bitstring Status List 3.2"),
        }
    }
}
