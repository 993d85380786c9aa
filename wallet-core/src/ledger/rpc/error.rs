//! Why the network did not give what was asked of a ledger.

use crate::error::{ErrorCode, WalletError};
use crate::http::FetchError;
use crate::ledger::LedgerError;
use thiserror::Error;

/// Why endpoints did not give what was asked. Holds nothing of what they said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RpcError {
    /// The endpoint could not be asked.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The answer is not one of JSON-RPC 2.0 to these requests.
    #[error("the answer is not JSON-RPC 2.0")]
    Protocol,
    /// A value is not written as Ethereum's JSON-RPC writes it, or is larger than any that is needed.
    #[error("a value of the answer is malformed")]
    Encoding,
    /// The endpoint answered with this error code.
    #[error("the endpoint refused: {0}")]
    Refused(i64),
    /// The endpoint has no such block.
    #[error("the endpoint does not know the block")]
    NotKnown,
    /// The block is another than the one asked for, or its fields do not have its hash.
    #[error("the endpoint gave another block")]
    OtherBlock,
    /// The endpoint is of another chain.
    #[error("the endpoint is of another chain")]
    OtherChain,
    /// No endpoint is known that could be asked.
    #[error("no endpoint could be asked")]
    NoEndpoint,
    /// It is the holder's own DID, about which no server is asked.
    #[error("nobody is asked about the holder's own DID")]
    HoldersOwn,
    /// The evidence that was given is no evidence.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<RpcError> for WalletError {
    fn from(error: RpcError) -> Self {
        let refused = |reason: &str| Self::new(ErrorCode::LedgerEndpoint).about(reason);
        match error {
            RpcError::Fetch(fetch) => fetch.into(),
            RpcError::Protocol => refused("protocol").rule("JSON-RPC 2.0 5"),
            RpcError::Encoding => refused("encoding"),
            RpcError::Refused(_) => refused("refused").rule("JSON-RPC 2.0 5.1"),
            RpcError::NotKnown => refused("block_not_known"),
            RpcError::OtherBlock => refused("other_block"),
            RpcError::OtherChain => refused("chain"),
            RpcError::NoEndpoint => refused("no_endpoint"),
            RpcError::HoldersOwn => Self::new(ErrorCode::NotSupported).about("own_did"),
            RpcError::Ledger(ledger) => ledger.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_does_wrong_reaches_the_facade_with_its_reason() {
        for (error, subject) in [
            (RpcError::Protocol, "protocol"),
            (RpcError::Encoding, "encoding"),
            (RpcError::Refused(-32000), "refused"),
            (RpcError::NotKnown, "block_not_known"),
            (RpcError::OtherBlock, "other_block"),
            (RpcError::OtherChain, "chain"),
            (RpcError::NoEndpoint, "no_endpoint"),
        ] {
            let error = WalletError::from(error);
            assert_eq!(error.code(), ErrorCode::LedgerEndpoint);
            assert_eq!(error.subject(), Some(subject));
        }
        let own = WalletError::from(RpcError::HoldersOwn);
        assert_eq!(
            (own.code(), own.subject()),
            (ErrorCode::NotSupported, Some("own_did"))
        );
    }
}
