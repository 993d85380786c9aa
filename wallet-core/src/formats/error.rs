//! Why a credential of any format was refused, or could not be presented.

use super::data_integrity::DataIntegrityError;
use super::jwt_vc::JwtVcError;
use super::sd_jwt_vc::SdJwtError;
use crate::did::DidError;
use crate::error::WalletError;
use crate::http::FetchError;
use crate::ledger::LedgerError;
use crate::ledger::policy::PolicyError;
use crate::ledger::rpc::RpcError;

/// Why a credential was refused, or could not be presented, by its format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// SD-JWT VC.
    #[error(transparent)]
    SdJwt(#[from] SdJwtError),
    /// A W3C credential with a Data Integrity proof.
    #[error(transparent)]
    DataIntegrity(#[from] DataIntegrityError),
    /// A W3C credential as JWT.
    #[error(transparent)]
    JwtVc(#[from] JwtVcError),
}

impl FormatError {
    /// The failed request, where it was one.
    pub(crate) const fn fetch(&self) -> Option<&FetchError> {
        match self {
            Self::SdJwt(SdJwtError::Fetch(error))
            | Self::JwtVc(
                JwtVcError::Issuer(SdJwtError::Fetch(error))
                | JwtVcError::Did(DidError::Fetch(error)),
            )
            | Self::DataIntegrity(
                DataIntegrityError::Fetch(error) | DataIntegrityError::Did(DidError::Fetch(error)),
            ) => Some(error),
            _ => None,
        }
    }

    /// Whether what would show the keys of the issuer's DID could not be had, or is not believed as things stand: servers of a
    /// ledger, the app's resolver or its policy, or the clock. It says nothing about the credential, and may pass.
    pub(crate) const fn lacks_evidence(&self) -> bool {
        match self.did() {
            Some(DidError::Rpc(error)) => !matches!(error, RpcError::HoldersOwn),
            Some(error) => matches!(
                error,
                DidError::Ledger(_)
                    | DidError::EvidenceStale
                    | DidError::EvidenceTooWeak
                    | DidError::ResolverFailed
            ),
            None => false,
        }
    }

    /// Whether nothing passes before the app does something: asks for less evidence, or forgets what is damaged.
    pub(crate) const fn waits_for_the_app(&self) -> bool {
        matches!(
            self.did(),
            Some(
                DidError::EvidenceTooWeak
                    | DidError::Ledger(LedgerError::Policy(PolicyError::MemoryDamaged))
            )
        )
    }

    /// Whether it is neither the issuer's nor its credential's: a ledger's servers, or those who vouch for its blocks.
    pub(crate) const fn is_of_ledger(&self) -> bool {
        matches!(
            self.did(),
            Some(DidError::Rpc(_) | DidError::Ledger(_) | DidError::EvidenceStale)
        )
    }

    const fn did(&self) -> Option<&DidError> {
        match self {
            Self::JwtVc(JwtVcError::Did(error))
            | Self::DataIntegrity(DataIntegrityError::Did(error)) => Some(error),
            _ => None,
        }
    }
}

impl From<FormatError> for WalletError {
    fn from(error: FormatError) -> Self {
        match error {
            FormatError::SdJwt(error) => error.into(),
            FormatError::DataIntegrity(error) => error.into(),
            FormatError::JwtVc(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A refusal of the issuer's DID, in each format that has one.
    fn in_formats(error: DidError) -> [FormatError; 2] {
        [
            JwtVcError::Did(error).into(),
            DataIntegrityError::Did(error).into(),
        ]
    }

    #[test]
    fn evidence_that_could_not_be_had_or_is_not_believed_now_may_come_later() {
        for error in [
            DidError::Rpc(RpcError::NoEndpoint),
            DidError::Rpc(RpcError::Refused(-32000)),
            DidError::Rpc(RpcError::OtherBlock),
            DidError::Ledger(LedgerError::Policy(PolicyError::EndpointsDisagree)),
            DidError::Ledger(LedgerError::Policy(PolicyError::FromTheFuture)),
            DidError::Ledger(LedgerError::ProofMismatch),
            DidError::EvidenceStale,
            DidError::EvidenceTooWeak,
            DidError::ResolverFailed,
        ] {
            assert!(in_formats(error).iter().all(FormatError::lacks_evidence));
        }
        for error in [
            DidError::Rpc(RpcError::HoldersOwn),
            DidError::NotFound,
            DidError::NoSuchKey,
            DidError::AnotherSubject,
            DidError::Malformed,
        ] {
            assert!(!in_formats(error).iter().any(FormatError::lacks_evidence));
        }
    }
}
