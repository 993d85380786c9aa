//! Why a request, a plan or an answer is refused.

use super::dcql::QueryError;
use crate::did::DidError;
use crate::formats::FormatError;
use crate::http::FetchError;
use crate::jose::JoseError;
use crate::json::JsonError;
use crate::trust::TrustError;
use crate::trust::federation::FederationError;
use thiserror::Error;

/// A rule that was broken. Holds nothing of the request.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PresentationError {
    // -- reading a request
    /// Larger than allowed.
    #[error("the request is too large")]
    TooLarge,
    /// The text is no presentation request.
    #[error("not a presentation request")]
    NotARequest,
    /// A pseudonym is asked for, and nobody the app trusts vouches for who asks, or not by a name that is its own.
    #[error("a pseudonym for a verifier that did not prove who it is")]
    PseudonymForAnybody,
    /// A parameter occurs twice in the link.
    #[error("a parameter occurs twice")]
    DuplicateParameter,
    /// A parameter has the wrong type.
    #[error("a parameter has the wrong type")]
    ParameterType,
    /// `request` together with `request_uri`.
    #[error("a request object both by value and by reference")]
    RequestAndRequestUri,
    /// `request_uri_method` without `request_uri`.
    #[error("request_uri_method without request_uri")]
    MethodWithoutRequestUri,
    /// `request_uri_method` is neither `get` nor `post`.
    #[error("unknown request_uri_method")]
    UnknownRequestUriMethod,
    /// The request object could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A part of the request is not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),

    // -- who asks
    /// There is no client identifier.
    #[error("no client identifier")]
    ClientIdMissing,
    /// The client identifier outside is not the one inside.
    #[error("two different client identifiers")]
    ClientIdMismatch,
    /// The prefix is unknown or reserved.
    #[error("unknown client identifier prefix")]
    UnknownPrefix,
    /// No prefix: a client this wallet would have to know beforehand.
    #[error("the client is not pre-registered")]
    NotPreRegistered,
    /// The prefix asks for a signed request.
    #[error("the request is not signed")]
    NotSigned,
    /// `redirect_uri` requests cannot be signed.
    #[error("a redirect_uri request is signed")]
    SignedRedirectUri,
    /// The request object is no acceptable JWS.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// `typ` is not `oauth-authz-req+jwt`.
    #[error("wrong type of request object")]
    WrongType,
    /// `aud` is not the wallet's.
    #[error("the request object is for someone else")]
    WrongAudience,
    /// There is no certificate in the header.
    #[error("no certificate")]
    CertificateMissing,
    /// The certificate leads to no anchor of the app, or is not acceptable.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The certificate does not have the DNS name of the client identifier.
    #[error("the certificate has another DNS name")]
    DnsNameMismatch,
    /// The certificate does not have the hash of the client identifier.
    #[error("the certificate has another hash")]
    CertificateHashMismatch,
    /// `kid` is no DID URL of the client identifier's DID that names a key for authentication.
    #[error("the key is not one of the DID")]
    DidKeyMismatch,
    /// The DID is of a method that is not supported.
    #[error("DID method not supported")]
    DidMethod,
    /// What shows that the key is the DID's is less than the app asks, or its host is not one the app believes.
    #[error("the evidence for the DID is too weak")]
    DidEvidence,
    /// Its DID is of a method that servers have to be asked about, and the app does not list it: nobody was asked.
    #[error("the verifier's DID is not one the app lists")]
    DidNotListed,
    /// The DID breaks a rule.
    #[error(transparent)]
    Did(DidError),
    /// There is no attestation in the header.
    #[error("no verifier attestation")]
    AttestationMissing,
    /// The attestation is not of the form the standard prescribes.
    #[error("the verifier attestation is not legal")]
    AttestationInvalid,
    /// The app does not trust the issuer of the attestation.
    #[error("unknown issuer of a verifier attestation")]
    AttesterUnknown,
    /// The attestation is for another verifier.
    #[error("the attestation is for another verifier")]
    AttestationSubject,
    /// The attestation has expired or is not valid yet.
    #[error("the attestation is not valid now")]
    AttestationTime,
    /// The verifier's federation does not vouch for it.
    #[error(transparent)]
    Federation(#[from] FederationError),
    /// There is no chain of entity statements, and none was looked up.
    #[error("no trust chain")]
    TrustChainMissing,
    /// The wallet's nonce is not in the request object.
    #[error("the wallet's nonce was not returned")]
    WalletNonceMismatch,
    /// The profile does not allow the client identifier prefix.
    #[error("the profile does not allow this client identifier prefix")]
    ProfilePrefix,
    /// The profile does not allow a request object in a link.
    #[error("the profile does not allow a request by value")]
    ProfileByValue,
    /// The profile asks for an encrypted answer.
    #[error("the profile does not allow this response mode")]
    ProfileResponseMode,
    /// The request has expired.
    #[error("the request has expired")]
    Expired,
    /// The request is not valid yet.
    #[error("the request is not valid yet")]
    NotYetValid,
    /// The request was seen before.
    #[error("the request was seen before")]
    Replay,

    // -- through the Digital Credentials API
    /// The protocol is none of `openid4vp-v1-…`.
    #[error("unknown exchange protocol")]
    DcApiProtocol,
    /// What the app gave as the caller's origin is none.
    #[error("not an origin")]
    IllegalOrigin,
    /// A signed request does not say from which origins it may come.
    #[error("no expected_origins")]
    ExpectedOriginsMissing,
    /// A signed request comes from an origin it was not signed for.
    #[error("the request comes from another origin")]
    OriginMismatch,
    /// A request with several signatures has a parameter outside the protected headers that belongs there.
    #[error("a parameter of one signature stands beside the signatures")]
    ParameterOfSignature,

    // -- what is asked
    /// `nonce` is missing.
    #[error("no nonce")]
    NonceMissing,
    /// `nonce` or `state` is too long or has characters that are not URL-safe.
    #[error("nonce or state is not legal")]
    IllegalText,
    /// `response_type` is not `vp_token`.
    #[error("response type not supported")]
    ResponseType,
    /// `response_mode` is none of those for the way the request came.
    #[error("response mode not supported")]
    ResponseMode,
    /// No `response_uri`.
    #[error("no response_uri")]
    ResponseUriMissing,
    /// `redirect_uri` in a `direct_post` request.
    #[error("redirect_uri in a direct_post request")]
    RedirectUriPresent,
    /// The answer would go to an address that is not the verifier's, or that may not be called.
    #[error("response_uri not allowed")]
    ResponseUriNotAllowed,
    /// Neither `dcql_query` nor `scope`.
    #[error("no query")]
    QueryMissing,
    /// Both `dcql_query` and `scope`.
    #[error("both dcql_query and scope")]
    QueryAndScope,
    /// The app knows no query by this `scope`.
    #[error("unknown scope")]
    UnknownScope,
    /// Presentation Exchange.
    #[error("presentation exchange is not supported")]
    PresentationExchange,
    /// The query breaks a rule.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// `transaction_data` of a type the app did not register.
    #[error("transaction data of an unknown type")]
    TransactionDataType,
    /// `transaction_data` that does not conform to its type.
    #[error("transaction data is not legal")]
    TransactionData,
    /// `transaction_data` that no credential query can authorise: its `credential_ids` name none of the request, or one
    /// without holder binding.
    #[error("transaction data for no credential of the request")]
    TransactionDataCredential,
    /// There is no hash algorithm that all `transaction_data` allow.
    #[error("no common hash algorithm for transaction data")]
    TransactionDataHash,
    /// A presentation without holder binding is asked for but there is no `state` to tie it to the request.
    #[error("no state")]
    StateMissing,
    /// `client_metadata` breaks a rule.
    #[error("client_metadata is not legal")]
    ClientMetadata,
    /// `verifier_info` breaks a rule.
    #[error("verifier_info is not legal")]
    VerifierInfo,
    /// No format that is asked for is one this wallet holds and the verifier takes.
    #[error("no common format")]
    FormatsNotSupported,
    /// An encrypted answer is wanted but there is no usable key or algorithm.
    #[error("no usable encryption key")]
    NoEncryptionKey,

    // -- the plan
    /// The choice is not one of the plan's.
    #[error("not a choice of this plan")]
    UnknownChoice,
    /// What was approved is not this plan.
    #[error("another plan was approved")]
    ConsentMismatch,
    /// The plan has ended.
    #[error("the plan has ended")]
    ConsentExpired,
    /// The holder must authenticate for this plan.
    #[error("the holder must authenticate")]
    UserAuthRequired,
    /// No randomness could be had.
    #[error("no randomness")]
    NoRandomness,

    // -- the answer
    /// The copy given is not the one approved, or none was given.
    #[error("not the copy that was approved")]
    WrongCopy,
    /// What was built is not what was approved: nothing is sent.
    #[error("the presentation differs from the plan")]
    PresentationDiffers,
    /// The answer goes back to the caller, not to an address.
    #[error("the answer is not to be posted")]
    NotAPost,
    /// The presentation could not be made.
    #[error(transparent)]
    Format(#[from] FormatError),
}

impl PresentationError {
    /// The error code of the answer to the verifier, where the standard names one (OpenID4VP 1.0 8.5).
    pub(super) fn oauth_code(&self) -> &'static str {
        match self {
            Self::UnknownRequestUriMethod => "invalid_request_uri_method",
            Self::TransactionDataType
            | Self::TransactionData
            | Self::TransactionDataCredential
            | Self::TransactionDataHash => "invalid_transaction_data",
            Self::UnknownScope => "invalid_scope",
            Self::FormatsNotSupported => "vp_formats_not_supported",
            _ => "invalid_request",
        }
    }
}

impl From<DidError> for PresentationError {
    fn from(error: DidError) -> Self {
        match error {
            DidError::MethodNotSupported => Self::DidMethod,
            DidError::NoSuchKey => Self::DidKeyMismatch,
            DidError::EvidenceTooWeak => Self::DidEvidence,
            DidError::Fetch(error) => Self::Fetch(error),
            error => Self::Did(error),
        }
    }
}
