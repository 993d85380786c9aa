//! The encrypted store: key slots, records, the anchor against rollback. docs/vault-format.md describes every byte.

#![allow(dead_code, reason = "the vault is being joined")]

pub mod anchor;
pub mod database;
mod derive;
pub mod device_key;
mod error;
mod files;
mod kdf;
mod keyring;
mod labels;
mod passphrase;
mod pin;
mod recovery;
mod store_id;

pub use error::{UnsafeReason, VaultError};
pub use kdf::{KdfParams, KdfProfile};
pub use keyring::Keyring;
pub use passphrase::{Passphrase, PassphraseWeakness};
pub use pin::{Pin, PinWeakness};
pub use recovery::RecoveryCode;
pub use store_id::StoreId;
