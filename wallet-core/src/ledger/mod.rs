//! What an EVM ledger holds, proven to the device instead of believed: block headers, account and storage proofs
//! (EIP-1186), complete receipt lists. Pure data: nothing is fetched here but in `rpc`.
//!
//! A proof is checked in this order: the header's bytes give its hash ([`header::Header`]); a trust policy accepts that
//! header ([`accepted::AcceptedBlock`], made only in [`policy`]); under its state root the contract and its code are proven
//! ([`contract::ContractState`]), then each storage slot, also the empty ones; under its receipts root the events
//! ([`receipts::BlockReceipts`]).

pub mod accepted;
pub mod anchored;
pub mod bundle;
pub mod chain_profile;
pub mod contract;
mod error;
pub mod header;
mod hex;
pub mod layout;
pub mod merkle;
pub mod policy;
pub mod proven;
pub mod reading;
pub mod receipts;
mod rlp;
pub mod rpc;
#[cfg(test)]
pub(crate) mod test_chain;
#[cfg(test)]
mod test_trie;
mod tree;
mod trie;

pub use alloy_primitives::{Address, B256, Bytes, U256};
pub use error::LedgerError;
