//! did:meta: identities of METADIUM's ERC-1484 registry. All of a document stands in storage: the identity's addresses and
//! resolvers, the keys of the addresses, and the keys of services.

mod document;
mod identifier;
mod identity;

pub use document::document;
pub use identifier::MetaDid;
pub use identity::{Identity, ManagementKey, MetaRegistries, ServiceKey};

#[cfg(test)]
mod tests;
