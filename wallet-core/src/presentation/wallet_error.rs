//! What the app is told of a [`PresentationError`]: its stable code, who can act, and the section that was broken.

use super::error::PresentationError;
use crate::error::{Category, ErrorCode, WalletError};
use crate::jose::JoseError;

impl PresentationError {
    const fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge => ErrorCode::TooLarge,
            Self::ClientIdMismatch => ErrorCode::ClientIdMismatch,
            Self::UnknownPrefix => ErrorCode::UnknownClientIdPrefix,
            Self::UnknownRequestUriMethod
            | Self::ResponseType
            | Self::ResponseMode
            | Self::UnknownScope
            | Self::DidMethod
            | Self::ProfilePrefix
            | Self::ProfileByValue
            | Self::ProfileResponseMode
            | Self::PresentationExchange
            | Self::DcApiProtocol
            | Self::FormatsNotSupported => ErrorCode::RequestNotSupported,
            Self::NotPreRegistered
            | Self::NotSigned
            | Self::CertificateMissing
            | Self::DnsNameMismatch
            | Self::CertificateHashMismatch
            | Self::DidKeyMismatch
            | Self::DidEvidence
            | Self::DidNotListed
            | Self::AttestationMissing
            | Self::AttestationInvalid
            | Self::AttesterUnknown
            | Self::AttestationSubject
            | Self::AttestationTime
            | Self::PseudonymForAnybody
            | Self::TrustChainMissing => ErrorCode::UntrustedVerifier,
            Self::Expired | Self::NotYetValid => ErrorCode::RequestExpired,
            Self::Replay | Self::NonceMissing | Self::WalletNonceMismatch => {
                ErrorCode::NonceMissingOrReused
            }
            Self::ResponseUriNotAllowed => ErrorCode::ResponseUriNotAllowed,
            Self::TransactionDataType | Self::TransactionDataHash => {
                ErrorCode::TransactionDataNotSupported
            }
            Self::TransactionData | Self::TransactionDataCredential => {
                ErrorCode::TransactionDataInvalid
            }
            Self::NoEncryptionKey => ErrorCode::NoEncryptionKey,
            Self::OriginMismatch => ErrorCode::OriginMismatch,
            Self::IllegalOrigin => ErrorCode::Malformed,
            Self::UnknownChoice => ErrorCode::NotFound,
            Self::NotAPost => ErrorCode::NotSupported,
            Self::ConsentMismatch | Self::WrongCopy | Self::PresentationDiffers => {
                ErrorCode::ConsentMismatch
            }
            Self::ConsentExpired => ErrorCode::ConsentExpired,
            Self::UserAuthRequired => ErrorCode::UserAuthRequired,
            Self::NoRandomness => ErrorCode::RandomUnavailable,
            _ => ErrorCode::RequestInvalid,
        }
    }

    const fn section(&self) -> Option<&'static str> {
        Some(match self {
            Self::DuplicateParameter => "RFC 6749 3.1",
            Self::RequestAndRequestUri => "RFC 9101 5",
            Self::NotARequest
            | Self::ParameterType
            | Self::WrongType
            | Self::ResponseMode
            | Self::ResponseType => "OpenID4VP 1.0 5",
            Self::MethodWithoutRequestUri
            | Self::UnknownRequestUriMethod
            | Self::TransactionDataType
            | Self::TransactionData
            | Self::ClientMetadata
            | Self::VerifierInfo
            | Self::QueryMissing
            | Self::QueryAndScope
            | Self::PresentationExchange => "OpenID4VP 1.0 5.1",
            Self::ClientIdMissing | Self::NonceMissing | Self::IllegalText => "OpenID4VP 1.0 5.2",
            Self::StateMissing => "OpenID4VP 1.0 5.3",
            Self::WrongAudience => "OpenID4VP 1.0 5.8",
            Self::UnknownPrefix | Self::NotPreRegistered => "OpenID4VP 1.0 5.9.2",
            Self::NotSigned
            | Self::SignedRedirectUri
            | Self::CertificateMissing
            | Self::DnsNameMismatch
            | Self::CertificateHashMismatch
            | Self::DidKeyMismatch
            | Self::DidMethod
            | Self::DidEvidence
            | Self::DidNotListed
            | Self::TrustChainMissing
            | Self::ResponseUriNotAllowed => "OpenID4VP 1.0 5.9.3",
            Self::AttestationMissing
            | Self::AttestationInvalid
            | Self::AttesterUnknown
            | Self::AttestationSubject
            | Self::AttestationTime => "OpenID4VP 1.0 12",
            Self::ProfilePrefix => "HAIP 1.0 5",
            Self::ProfileByValue | Self::ProfileResponseMode => "HAIP 1.0 5.1",
            Self::UnknownScope => "OpenID4VP 1.0 5.5",
            Self::WalletNonceMismatch => "OpenID4VP 1.0 5.10.1",
            Self::ClientIdMismatch => "OpenID4VP 1.0 5.10.1",
            Self::Expired | Self::NotYetValid => "RFC 9101 4",
            Self::Replay => "OpenID4VP 1.0 14.1",
            Self::ResponseUriMissing | Self::RedirectUriPresent => "OpenID4VP 1.0 8.2",
            Self::NoEncryptionKey => "OpenID4VP 1.0 8.3",
            Self::FormatsNotSupported => "OpenID4VP 1.0 11.1",
            Self::DcApiProtocol => "OpenID4VP 1.0 A.1",
            Self::ExpectedOriginsMissing | Self::OriginMismatch => "OpenID4VP 1.0 A.2",
            Self::ParameterOfSignature => "OpenID4VP 1.0 A.3.2",
            Self::TransactionDataCredential => "OpenID4VP 1.0 B.3.3",
            Self::TransactionDataHash => "OpenID4VP 1.0 B.3.3.1",
            _ => return None,
        })
    }

    const fn category(&self) -> Category {
        match self {
            Self::UnknownChoice
            | Self::ConsentMismatch
            | Self::ConsentExpired
            | Self::WrongCopy
            | Self::IllegalOrigin
            | Self::NotAPost => Category::App,
            Self::UserAuthRequired => Category::Holder,
            Self::NoRandomness => Category::Device,
            Self::PresentationDiffers => Category::Bug,
            _ => Category::Verifier,
        }
    }
}

impl From<PresentationError> for WalletError {
    fn from(error: PresentationError) -> Self {
        match error {
            PresentationError::Fetch(error) => error.into(),
            PresentationError::Json(error) => Self::from(error).by(Category::Verifier),
            // The one fault of ours among those of the verifier's keys and signatures.
            PresentationError::Jose(error @ JoseError::RandomUnavailable) => error.into(),
            PresentationError::Jose(error) => Self::from(error).by(Category::Verifier),
            PresentationError::Trust(error) => error.into(),
            PresentationError::Federation(error) => error.into(),
            PresentationError::Did(error) => error.of(Category::Verifier),
            PresentationError::Query(error) => error.into(),
            PresentationError::Format(error) => error.into(),
            error => {
                let wallet_error = Self::new(error.code()).by(error.category());
                match error.section() {
                    Some(rule) => wallet_error.rule(rule),
                    None => wallet_error,
                }
            }
        }
    }
}
