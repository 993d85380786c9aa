//! The encrypted store: key slots, records, the anchor against rollback. docs/vault-format.md describes every byte.

#![allow(dead_code, reason = "the vault is being joined")]

pub mod anchor;
pub mod device_key;
mod files;
mod keyring;
mod labels;
mod store_id;

pub use store_id::StoreId;
