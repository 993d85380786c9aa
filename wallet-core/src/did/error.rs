//! Why a DID or a DID URL was refused.

use crate::error::{Category, ErrorCode, WalletError};
use crate::http::FetchError;
use crate::jose::JoseError;
use crate::json::JsonError;
use crate::ledger::LedgerError;
use crate::ledger::rpc::RpcError;
use thiserror::Error;

/// Why a DID or a DID URL was refused. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DidError {
    /// Longer than allowed.
    #[error("the identifier is too long")]
    TooLarge,
    /// Not of the grammar of DID URLs (DID Core 3.2).
    #[error("not a DID URL")]
    Malformed,
    /// The method is not one of ours.
    #[error("the DID method is not supported")]
    MethodNotSupported,
    /// Not base58btc with the prefix `z`, or not the one encoding of its bytes.
    #[error("not base58btc")]
    NotMultibase,
    /// The multicodec is not that of a kind of key this wallet knows.
    #[error("the multicodec is not supported")]
    UnknownCodec,
    /// The key has another length than its multicodec says.
    #[error("the key has a wrong length")]
    KeyLength,
    /// A `jwk_jcs-pub` key is not in its canonical form (RFC 8785).
    #[error("the key is not canonical JSON")]
    NotCanonical,
    /// The key is no strict JSON object.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The key is malformed, private, or not for signatures.
    #[error(transparent)]
    Key(#[from] JoseError),
    /// The URL names no key of the DID that may be used for this.
    #[error("the DID has no such key")]
    NoSuchKey,
    /// The key is there, but of a kind this wallet cannot verify with.
    #[error("the key is of a kind that is not supported")]
    UnusableKey,
    /// The document is of another DID.
    #[error("the document is of another subject")]
    AnotherSubject,
    /// A member of the document is missing or of another form.
    #[error("a member of the document is missing or malformed")]
    Document(&'static str),
    /// More methods, services or references than any DID needs.
    #[error("the document has too many entries")]
    TooManyEntries,
    /// The identifier names no address its method allows.
    #[error("the identifier names no permitted address")]
    Address,
    /// The document could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// There is no such DID, or it was deactivated.
    #[error("the DID does not exist or was deactivated")]
    NotFound,
    /// What shows that the document is the DID's is less than the app's policy asks.
    #[error("the evidence is weaker than the policy asks")]
    EvidenceTooWeak,
    /// It was proven by a block that is older than the chain's profile allows.
    #[error("the evidence is too old")]
    EvidenceStale,
    /// The servers of the ledger did not give the proofs.
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// The app's resolver failed.
    #[error("the app's resolver failed")]
    ResolverFailed,
    /// The chain that was read, or the contracts pinned on it, are not those of the DID.
    #[error("the DID is of another chain")]
    NotOnChain,
    /// What a ledger holds of the DID was not proven.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl DidError {
    /// What the app is told where the DID is that of an issuer or a verifier. Servers of a ledger and those who vouch for its
    /// blocks are neither's.
    pub(crate) fn of(self, party: Category) -> WalletError {
        match self {
            Self::Ledger(_) | Self::Rpc(_) | Self::EvidenceStale => self.into(),
            other => WalletError::from(other).by(party),
        }
    }
}

impl From<DidError> for WalletError {
    fn from(error: DidError) -> Self {
        use ErrorCode as Code;
        match error {
            DidError::TooLarge => Self::new(Code::TooLarge),
            DidError::Malformed => Self::new(Code::Malformed)
                .about("did")
                .rule("DID Core 1.0 3.2"),
            DidError::MethodNotSupported => Self::new(Code::NotSupported)
                .about("did")
                .rule("DID Core 1.0 8"),
            DidError::NotMultibase | DidError::NotCanonical => Self::new(Code::NotCanonical)
                .about("did")
                .rule("did:key 3.1"),
            DidError::UnknownCodec => Self::new(Code::AlgorithmNotAllowed).rule("did:key 3.1.1"),
            DidError::KeyLength => Self::new(Code::Malformed)
                .about("did")
                .rule("did:key 3.1.3"),
            DidError::Json(error) => error.into(),
            DidError::Key(error) => error.into(),
            DidError::NoSuchKey => Self::new(Code::Malformed)
                .about("kid")
                .rule("DID Core 1.0 5.3.1"),
            DidError::UnusableKey => {
                Self::new(Code::AlgorithmNotAllowed).rule("DID Core 1.0 5.2.1")
            }
            DidError::AnotherSubject => Self::new(Code::Malformed)
                .about("id")
                .rule("DID Core 1.0 5.1.1"),
            DidError::Document(member) => Self::new(Code::Malformed)
                .about(member)
                .rule("DID Core 1.0 5"),
            DidError::TooManyEntries => Self::new(Code::TooLarge).rule("DID Core 1.0 5"),
            DidError::Address => Self::new(Code::UrlNotAllowed)
                .about("did")
                .rule("did:web 2.5.2"),
            DidError::Fetch(error) => error.into(),
            DidError::NotFound => Self::new(Code::NotFound)
                .about("did")
                .rule("DID Core 1.0 7.1.2"),
            DidError::EvidenceTooWeak => Self::new(Code::UntrustedIssuer)
                .about("did")
                .rule("DID Core 1.0 9"),
            DidError::EvidenceStale => Self::new(Code::LedgerStale).about("too_old"),
            DidError::Rpc(error) => error.into(),
            DidError::ResolverFailed => Self::new(Code::HostFailed).about("did"),
            DidError::NotOnChain => Self::new(Code::LedgerUnverified).about("chain"),
            DidError::Ledger(error) => error.into(),
        }
    }
}
