//! did:ethr: identities of an ERC-1056 registry. Its storage holds the owner and the newest block with an event; keys and
//! services stand in events, each of which names the block of the one before.

mod document;
mod event;
mod history;
mod identifier;

pub use document::EthrDocument;
pub use history::History;
pub use identifier::{EthrDid, EthrNetwork};

#[cfg(test)]
mod tests;
