//! Why evidence of a ledger was refused.

use super::policy::PolicyError;
use crate::error::{ErrorCode, WalletError};
use crate::json::JsonError;
use thiserror::Error;

/// Why evidence of a ledger was refused. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// Longer or more than allowed.
    #[error("the evidence is too large")]
    TooLarge,
    /// Not RLP, or not the one RLP of its content.
    #[error("not canonical RLP")]
    Rlp,
    /// The header has other fields than the chain's headers.
    #[error("not a block header of this chain")]
    Header,
    /// A node, or the first of them, is not the one its parent or the root commits to, or is no trie node.
    #[error("the proof does not lead to the root")]
    ProofMismatch,
    /// The proof ends before the key's place in the trie.
    #[error("the proof is incomplete")]
    ProofTruncated,
    /// Nodes are left over after the key's place in the trie.
    #[error("the proof has nodes too many")]
    ProofNotConsumed,
    /// The proof is of another contract than the pinned one.
    #[error("the proof is of another contract")]
    WrongContract,
    /// There is no account at the contract's address: nothing can be said about its keys.
    #[error("there is no such contract")]
    NoContract,
    /// The account has no code: nothing can be said about its keys.
    #[error("the account has no code")]
    NoCode,
    /// The code is another than the pinned one: a proxy, another version, another contract.
    #[error("the contract's code is not the pinned one")]
    WrongCode,
    /// A storage value or account field is not in its one form.
    #[error("a proven value is not canonical")]
    ValueNotCanonical,
    /// The same slot is proven twice.
    #[error("a slot is proven twice")]
    SlotRepeated,
    /// A slot that is needed was not proven.
    #[error("a slot is not proven")]
    SlotNotProven,
    /// A proven value cannot be what the contract's layout has there.
    #[error("a proven value does not fit the contract's layout")]
    Layout,
    /// The receipts are not all receipts of the block, in order.
    #[error("the receipts are not the block's")]
    ReceiptsMismatch,
    /// A receipt has another form than EIP-2718 and the yellow paper say.
    #[error("not a receipt")]
    Receipt,
    /// The registry of identities has none under this number.
    #[error("there is no such identity")]
    NoIdentity,
    /// A key is not the one of its address, or its address not of the identity that lists it.
    #[error("a key does not belong to its identity")]
    KeyMismatch,
    /// An event has another form than the contract's code tells events in.
    #[error("not an event of the registry")]
    Event,
    /// A block that a history names has no event of it, or the blocks do not go back in time.
    #[error("the history is not in order")]
    HistoryOrder,
    /// The events say another owner than the registry's storage.
    #[error("the history contradicts the registry")]
    HistoryOwner,
    /// A block that a history names was not given with all its receipts.
    #[error("a block of the history is missing")]
    BlockMissing,
    /// What accepted the block does not cover this part of its header.
    #[error("the block was not accepted as a whole")]
    NotCovered,
    /// A path through a Merkle tree is not that of its place.
    #[error("the path is not of its place in the tree")]
    Inclusion,
    /// The proof is of another anchor than asked for: another kind, registry or account.
    #[error("the proof is of another anchor")]
    OtherAnchor,
    /// A receipt that is anchored has another form than docs/ledger.md says.
    #[error("not a receipt of an office")]
    AnchoredReceipt,
    /// The registry holds another root, or none.
    #[error("it was not anchored")]
    NotAnchored,
    /// The chain profile or its trust policy was refused, or refused a block.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The evidence is not JSON of its format.
    #[error("not a proof bundle")]
    Bundle,
    /// The evidence is no strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
}

impl From<LedgerError> for WalletError {
    fn from(error: LedgerError) -> Self {
        use ErrorCode as Code;
        let proof = |reason: &str| Self::new(Code::LedgerProof).about(reason);
        let unverified = |reason: &str| Self::new(Code::LedgerUnverified).about(reason);
        match error {
            LedgerError::TooLarge => Self::new(Code::TooLarge).about("ledger"),
            LedgerError::Rlp => proof("rlp"),
            LedgerError::Header => proof("header"),
            LedgerError::ProofMismatch
            | LedgerError::ProofTruncated
            | LedgerError::ProofNotConsumed => proof("nodes").rule("EIP-1186"),
            LedgerError::WrongContract => proof("contract"),
            LedgerError::ValueNotCanonical | LedgerError::SlotRepeated => {
                proof("storage").rule("EIP-1186")
            }
            LedgerError::SlotNotProven => proof("slot"),
            LedgerError::Inclusion => proof("inclusion").rule("RFC 9162 2.1.3.2"),
            LedgerError::OtherAnchor | LedgerError::NotAnchored => proof("anchor"),
            LedgerError::ReceiptsMismatch => proof("receipts"),
            LedgerError::Receipt => proof("receipts").rule("EIP-2718"),
            LedgerError::AnchoredReceipt => Self::new(Code::Malformed).about("receipt"),
            LedgerError::Bundle => Self::new(Code::Malformed).about("ledger"),
            LedgerError::NoContract => unverified("no_contract"),
            LedgerError::NoCode => unverified("no_code"),
            LedgerError::WrongCode => unverified("code"),
            LedgerError::Layout => unverified("layout"),
            LedgerError::NoIdentity => Self::new(Code::NotFound).about("did"),
            LedgerError::KeyMismatch => proof("key"),
            LedgerError::Event | LedgerError::HistoryOrder | LedgerError::HistoryOwner => {
                proof("history").rule("ERC-1056")
            }
            LedgerError::BlockMissing => unverified("block").rule("ERC-1056"),
            LedgerError::NotCovered => unverified("trust"),
            LedgerError::Policy(error) => error.into(),
            LedgerError::Json(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_reaches_the_facade_with_its_part() {
        for (error, code, subject) in [
            (LedgerError::TooLarge, "too_large", Some("ledger")),
            (LedgerError::Rlp, "ledger_proof", Some("rlp")),
            (LedgerError::Header, "ledger_proof", Some("header")),
            (LedgerError::ProofMismatch, "ledger_proof", Some("nodes")),
            (LedgerError::ProofTruncated, "ledger_proof", Some("nodes")),
            (LedgerError::ProofNotConsumed, "ledger_proof", Some("nodes")),
            (LedgerError::WrongContract, "ledger_proof", Some("contract")),
            (
                LedgerError::ValueNotCanonical,
                "ledger_proof",
                Some("storage"),
            ),
            (LedgerError::SlotRepeated, "ledger_proof", Some("storage")),
            (LedgerError::SlotNotProven, "ledger_proof", Some("slot")),
            (
                LedgerError::ReceiptsMismatch,
                "ledger_proof",
                Some("receipts"),
            ),
            (LedgerError::Receipt, "ledger_proof", Some("receipts")),
            (
                LedgerError::NoContract,
                "ledger_unverified",
                Some("no_contract"),
            ),
            (LedgerError::NoCode, "ledger_unverified", Some("no_code")),
            (LedgerError::WrongCode, "ledger_unverified", Some("code")),
            (LedgerError::Layout, "ledger_unverified", Some("layout")),
            (LedgerError::NotCovered, "ledger_unverified", Some("trust")),
            (LedgerError::Bundle, "malformed", Some("ledger")),
            (LedgerError::Json(JsonError::TooDeep), "too_deep", None),
        ] {
            let error = WalletError::from(error);
            assert_eq!((error.code().as_str(), error.subject()), (code, subject));
        }
    }
}
