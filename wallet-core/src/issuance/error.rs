//! What can go wrong while receiving a credential, and which section of the standard says so.
//!
//! `reason` is a word from this source, never text the issuer sent.

use crate::error::{Category, ErrorCode, WalletError};
use crate::formats::FormatError;
use crate::formats::data_integrity::DataIntegrityError;
use crate::formats::sd_jwt_vc::SdJwtError;
use crate::http::{FetchError, FetchFault};
use crate::jose::JoseError;
use crate::json::JsonError;
use crate::trust::x509::TrustError;

/// An issuance stopped. Nothing was stored, and no credential is returned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssuanceError {
    /// The credential offer breaks a rule (OpenID4VCI 1.0 4.1).
    #[error("the credential offer breaks a rule: {reason}")]
    Offer {
        /// What is wrong.
        reason: &'static str,
        /// The section.
        rule: &'static str,
    },
    /// The issuer's or the authorization server's metadata breaks a rule (OpenID4VCI 1.0 12.2, 12.3, RFC 8414).
    #[error("the metadata breaks a rule: {reason}")]
    Metadata {
        /// What is wrong.
        reason: &'static str,
        /// The section.
        rule: &'static str,
    },
    /// The metadata is that of another issuer or authorization server.
    #[error("the metadata belongs to another party")]
    OtherIssuer {
        /// The section.
        rule: &'static str,
    },
    /// Only grants this wallet cannot do are offered.
    #[error("no grant type of the offer is supported")]
    GrantNotSupported {
        /// The section.
        rule: &'static str,
    },
    /// The credential cannot be issued to this wallet.
    #[error("the credential configuration cannot be used: {}", .0.as_str())]
    NotIssuable(NotIssuable),
    /// The server wants something of the client that is not built or not of a kind this wallet knows.
    #[error("the issuer requires what this wallet does not support: {feature}")]
    NotSupported {
        /// What.
        feature: &'static str,
        /// The section.
        rule: &'static str,
    },
    /// A transaction code is needed, or the one given cannot be right.
    #[error("a transaction code is required: {reason}")]
    TxCodeRequired {
        /// `missing`, `length` or `input_mode`.
        reason: &'static str,
    },
    /// A transaction code was given though the offer has none.
    #[error("no transaction code is expected")]
    TxCodeNotExpected,
    /// The pre-authorised code was used already by this issuance.
    #[error("the offer was used already")]
    OfferUsed,
    /// The token endpoint answered `invalid_grant`.
    #[error("the authorization server refused the code")]
    GrantRefused {
        /// Whether a transaction code was sent, so that trying another one may help.
        tx_code: bool,
    },
    /// The token endpoint answered another error.
    #[error("the token endpoint refused: {reason}")]
    TokenRefused {
        /// The error code if it is a registered one, else `other`.
        reason: &'static str,
    },
    /// The token answer breaks a rule.
    #[error("the token answer breaks a rule: {reason}")]
    TokenResponse {
        /// What is wrong.
        reason: &'static str,
    },
    /// The authorization server refused the authorization request, or the holder did there (RFC 6749 4.1.2.1).
    #[error("the authorization was refused: {reason}")]
    AuthorizationRefused {
        /// The error code if it is a registered one, else `other`.
        reason: &'static str,
    },
    /// An answer of the authorization server to an authorization request breaks a rule, or is not one to ours.
    #[error("the authorization answer breaks a rule: {reason}")]
    AuthorizationResponse {
        /// What is wrong.
        reason: &'static str,
        /// The section.
        rule: &'static str,
    },
    /// The holder came back too late.
    #[error("the authorization has expired")]
    AuthorizationExpired,
    /// The attestation the wallet's provider gave cannot be used (OAuth 2.0 Attestation-Based Client Authentication).
    #[error("the wallet attestation cannot be used: {reason}")]
    Attestation {
        /// What is wrong.
        reason: &'static str,
    },
    /// The attestation of keys the wallet's provider gave cannot be used (OpenID4VCI 1.0 appendix D).
    #[error("the key attestation cannot be used: {reason}")]
    KeyAttestation {
        /// What is wrong.
        reason: &'static str,
        /// The section.
        rule: &'static str,
    },
    /// The app asked for something the issuer did not authorise, or gave unfit keys.
    #[error("the call does not fit the issuance: {reason}")]
    Call {
        /// What is wrong.
        reason: &'static str,
        /// The section.
        rule: &'static str,
    },
    /// The answer of the nonce endpoint breaks a rule.
    #[error("the nonce answer breaks a rule")]
    NonceResponse,
    /// The issuer refused two fresh nonces.
    #[error("the issuer refused the nonce twice")]
    NonceRefused,
    /// The issuer refused the proof of possession.
    #[error("the issuer refused the proof")]
    ProofRefused,
    /// The credential endpoint refused.
    #[error("the credential endpoint refused: {reason}")]
    CredentialRefused {
        /// The error code if it is a registered one, else `other`.
        reason: &'static str,
    },
    /// A token of whoever bears it, from before the profile was HAIP (HAIP 1.0 4).
    #[error("the token is not bound to a key")]
    BearerToken,
    /// The access token is no longer accepted.
    #[error("the access token is no longer accepted")]
    TokenExpired,
    /// The credential answer breaks a rule.
    #[error("the credential answer breaks a rule: {reason}")]
    CredentialResponse {
        /// What is wrong.
        reason: &'static str,
        /// The section.
        rule: &'static str,
    },
    /// Encryption was asked for, and the answer came without.
    #[error("the answer is not encrypted")]
    NotEncrypted,
    /// The encrypted answer cannot be read, or a signed document is malformed.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The signed metadata were not signed by someone the app trusts.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The issuer will issue later.
    #[error("the issuer issues later")]
    Deferred {
        /// Seconds to wait at least.
        interval: u64,
    },
    /// The issuer does not know the transaction of a deferred credential, or not any more.
    #[error("the transaction is over")]
    TransactionOver,
    /// The credential is of another type than ordered.
    #[error("the credential is of another type than ordered")]
    WrongType,
    /// The credential is bound to a key that is not ours, or to none.
    #[error("the credential is not bound to our key")]
    HolderKey,
    /// More copies than keys, two copies for one key, or copies that do not say the same.
    #[error("the copies do not match the keys or one another")]
    Batch,
    /// The server answered an error status without saying what is wrong.
    #[error("the server answered an error status")]
    Status,
    /// Fetching failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// An answer is not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The credential does not verify.
    #[error(transparent)]
    Credential(#[from] FormatError),
    /// A holder key, the clock or randomness failed.
    #[error(transparent)]
    Wallet(#[from] WalletError),
}

impl From<SdJwtError> for IssuanceError {
    fn from(error: SdJwtError) -> Self {
        Self::Credential(error.into())
    }
}

impl From<DataIntegrityError> for IssuanceError {
    fn from(error: DataIntegrityError) -> Self {
        Self::Credential(error.into())
    }
}

impl IssuanceError {
    /// Whether a fetch failed for a reason that may pass, or evidence of a DID is missing, and nothing was wrong with what came.
    pub(super) const fn is_passing(&self) -> bool {
        let error = match self {
            Self::Fetch(error) => error,
            Self::Credential(credential) if credential.lacks_evidence() => return true,
            Self::Credential(credential) => match credential.fetch() {
                Some(error) => error,
                None => return false,
            },
            _ => return false,
        };
        matches!(
            error.fault(),
            FetchFault::NotSent
                | FetchFault::SentOrUnknown
                | FetchFault::Timeout
                | FetchFault::Tls
                // What a café's network or a forged name answers is no fault of the card's.
                | FetchFault::Address
                | FetchFault::Cancelled
                | FetchFault::HostFailed
                | FetchFault::Status(429 | 500..)
        )
    }
}

/// Why one credential configuration cannot be issued to this wallet. The others are not affected (OpenID4VCI 1.0 12.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotIssuable {
    /// The metadata has no configuration of this id.
    UnknownConfiguration,
    /// The format is not known to this wallet.
    UnknownFormat,
    /// The configuration breaks a rule.
    Malformed,
    /// None of the suites it would be signed with is one of ours (`credential_signing_alg_values_supported`).
    Suite,
    /// Its contexts or types are not known to this wallet (`credential_definition`).
    Context,
    /// Keys would have to be named in a way this wallet does not know (`cryptographic_binding_methods_supported`).
    BindingMethod,
    /// None of the proof types is known.
    ProofType,
    /// None of the proof algorithms is one of ours.
    ProofAlgorithm,
    /// A key attestation is required (OpenID4VCI 1.0 appendix D), and the app has no provider of any.
    KeyAttestation,
}

impl NotIssuable {
    /// A stable word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownConfiguration => "unknown_configuration",
            Self::UnknownFormat => "unknown_format",
            Self::Malformed => "malformed_configuration",
            Self::Suite => "signature_suite",
            Self::Context => "context",
            Self::BindingMethod => "binding_method",
            Self::ProofType => "proof_type",
            Self::ProofAlgorithm => "proof_algorithm",
            Self::KeyAttestation => "key_attestation",
        }
    }
}

impl From<NotIssuable> for IssuanceError {
    fn from(reason: NotIssuable) -> Self {
        Self::NotIssuable(reason)
    }
}

fn error(code: ErrorCode, rule: &'static str) -> WalletError {
    WalletError::new(code).rule(rule)
}

impl From<NotIssuable> for WalletError {
    fn from(reason: NotIssuable) -> Self {
        let (code, rule) = match reason {
            NotIssuable::UnknownConfiguration => (ErrorCode::OfferInvalid, "OpenID4VCI 1.0 4.1.1"),
            NotIssuable::UnknownFormat => (ErrorCode::FormatNotSupported, "OpenID4VCI 1.0 12.2.4"),
            NotIssuable::Malformed => (ErrorCode::IssuerMetadataInvalid, "OpenID4VCI 1.0 12.2.4"),
            NotIssuable::Suite => (ErrorCode::AlgorithmNotAllowed, "OpenID4VCI 1.0 A.1.2"),
            NotIssuable::Context => (ErrorCode::FormatNotSupported, "OpenID4VCI 1.0 A.1.2"),
            NotIssuable::BindingMethod | NotIssuable::ProofType => {
                (ErrorCode::NotSupported, "OpenID4VCI 1.0 12.2.4")
            }
            NotIssuable::ProofAlgorithm => {
                (ErrorCode::AlgorithmNotAllowed, "OpenID4VCI 1.0 12.2.4")
            }
            NotIssuable::KeyAttestation => (ErrorCode::NotSupported, "OpenID4VCI 1.0 D"),
        };
        error(code, rule)
            .by(Category::Issuer)
            .about(reason.as_str())
    }
}

impl From<IssuanceError> for WalletError {
    fn from(problem: IssuanceError) -> Self {
        use IssuanceError as E;
        let mapped = match problem {
            E::Offer { reason, rule } => error(ErrorCode::OfferInvalid, rule).about(reason),
            E::Metadata { reason, rule } => {
                error(ErrorCode::IssuerMetadataInvalid, rule).about(reason)
            }
            E::OtherIssuer { rule } => error(ErrorCode::IssuerMismatch, rule),
            E::GrantNotSupported { rule } => error(ErrorCode::GrantNotSupported, rule),
            E::NotIssuable(reason) => return reason.into(),
            E::NotSupported { feature, rule } => {
                error(ErrorCode::NotSupported, rule).about(feature)
            }
            // The person holding the phone can act on these, and the app on a wrong call.
            E::TxCodeRequired { reason } => {
                return error(ErrorCode::TxCodeRequired, "OpenID4VCI 1.0 4.1.1").about(reason);
            }
            E::TxCodeNotExpected => {
                return error(ErrorCode::TxCodeNotExpected, "OpenID4VCI 1.0 6.1");
            }
            E::OfferUsed => return error(ErrorCode::IssuanceExpired, "OpenID4VCI 1.0 13.6.1"),
            E::Call { reason, rule } => {
                return error(ErrorCode::NotSupported, rule).about(reason);
            }
            E::GrantRefused { tx_code } => {
                let refused = error(ErrorCode::GrantRefused, "OpenID4VCI 1.0 6.3");
                return if tx_code {
                    refused.about("tx_code")
                } else {
                    refused
                };
            }
            E::TokenRefused { reason } => {
                error(ErrorCode::TokenRefused, "OpenID4VCI 1.0 6.3").about(reason)
            }
            E::TokenResponse { reason } => {
                error(ErrorCode::TokenResponseInvalid, "OpenID4VCI 1.0 6.2").about(reason)
            }
            E::AuthorizationRefused { reason } => {
                let refused = error(ErrorCode::AuthorizationRefused, "RFC 6749 4.1.2.1");
                // The holder may think better of it; the rest is between wallet and server.
                return match reason {
                    "access_denied" => refused.about(reason),
                    _ => refused.about(reason).by(Category::Issuer),
                };
            }
            E::AuthorizationResponse { reason, rule } => {
                error(ErrorCode::AuthorizationResponseInvalid, rule).about(reason)
            }
            E::AuthorizationExpired => {
                return error(ErrorCode::IssuanceExpired, "RFC 6749 4.1.2").about("authorization");
            }
            E::Attestation { reason } => {
                return error(ErrorCode::AttestationInvalid, "HAIP 1.0 4.4.1").about(reason);
            }
            E::KeyAttestation { reason, rule } => {
                return error(ErrorCode::AttestationInvalid, rule).about(reason);
            }
            E::NonceResponse => {
                error(ErrorCode::CredentialResponseInvalid, "OpenID4VCI 1.0 7.2").about("c_nonce")
            }
            E::NonceRefused => error(ErrorCode::NonceRefused, "OpenID4VCI 1.0 8.3.1.2"),
            E::ProofRefused => error(ErrorCode::ProofRefused, "OpenID4VCI 1.0 8.3.1.2"),
            E::CredentialRefused { reason } => {
                error(ErrorCode::CredentialRefused, "OpenID4VCI 1.0 8.3.1.2").about(reason)
            }
            E::BearerToken => {
                return error(ErrorCode::NotSupported, "HAIP 1.0 4").about("bearer_token");
            }
            E::TokenExpired => error(ErrorCode::IssuanceExpired, "RFC 6750 3.1"),
            E::CredentialResponse { reason, rule } => {
                error(ErrorCode::CredentialResponseInvalid, rule).about(reason)
            }
            E::NotEncrypted => error(ErrorCode::AnswerNotEncrypted, "OpenID4VCI 1.0 10"),
            E::Jose(JoseError::RandomUnavailable) => {
                return WalletError::new(ErrorCode::RandomUnavailable);
            }
            E::Jose(jose) => WalletError::from(jose),
            E::Trust(trust) => WalletError::from(trust),
            E::Deferred { interval } => error(ErrorCode::IssuanceDeferred, "OpenID4VCI 1.0 8.3")
                .retry_after_seconds(interval),
            E::TransactionOver => {
                error(ErrorCode::IssuanceExpired, "OpenID4VCI 1.0 9.3").about("transaction_id")
            }
            E::WrongType => error(ErrorCode::WrongCredentialType, "SD-JWT VC 2.2.2"),
            E::HolderKey => error(ErrorCode::HolderKeyMismatch, "OpenID4VCI 1.0 8.2"),
            E::Batch => error(ErrorCode::BatchMismatch, "OpenID4VCI 1.0 8.3"),
            E::Status => WalletError::new(ErrorCode::HttpStatus),
            E::Json(json) => WalletError::from(json),
            // Network, ledgers, keys and clock are not the issuer's to mend.
            E::Credential(credential)
                if credential.fetch().is_some() || credential.is_of_ledger() =>
            {
                return credential.into();
            }
            E::Credential(credential) => match WalletError::from(credential) {
                ours if ours.category() == Category::Device => return ours,
                theirs => theirs,
            },
            E::Fetch(fetch) => return fetch.into(),
            E::Wallet(wallet) => return wallet,
        };
        mapped.by(Category::Issuer)
    }
}
