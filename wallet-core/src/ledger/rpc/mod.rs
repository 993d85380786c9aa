//! Asking servers for evidence (Ethereum's JSON-RPC over the app's HTTP client). What comes back is a [`ProofBundle`], which
//! is worth nothing until a chain profile has checked it.
//!
//! A server learns what it is asked. So none is asked about the holder's own DID ([`PartyDid`]), and what was asked once is
//! not asked again for a while.
//!
//! [`ProofBundle`]: crate::ledger::bundle::ProofBundle

mod block;
mod blocks;
mod cache;
mod checkpoint_file;
mod collect;
mod encoding;
mod error;
mod json_rpc;
mod node;
mod own_dids;
mod receipts;
mod resolver;
mod said;
mod storage;
mod together;

#[cfg(test)]
mod tests;

pub use checkpoint_file::CheckpointFile;
pub use collect::Collected;
pub use error::RpcError;
pub use own_dids::{OwnDids, PartyDid};
pub use resolver::{CACHE_SECONDS, LedgerResolver};
