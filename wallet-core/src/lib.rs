//! Holder wallet core for citizen-ID apps.
//!
//! Start at [`wallet`]: the facade an app sees. The other modules are named after what the standards call them.
//!
//! ```no_run
//! # async fn run() -> Result<(), wallet_core::WalletError> {
//! use std::sync::Arc;
//! use wallet_core::clock::SystemClock;
//! use wallet_core::random::OsRandom;
//! use wallet_core::vault::anchor::FileAnchorStore;
//! use wallet_core::vault::{Enrolments, Passphrase, UnlockWith, VaultSettings};
//! use wallet_core::wallet::{NoNetwork, Platform, Policy, Wallet};
//!
//! let platform = Platform {
//!     http: Arc::new(NoNetwork), // an app gives its HTTP client
//!     clock: Arc::new(SystemClock::default()),
//!     random: Arc::new(OsRandom),
//!     anchor: Arc::new(FileAnchorStore::new("wallet.anchor")),
//!     device_key: None,
//!     key_store: None,
//!     attestation: None,
//! };
//! let passphrase = b"quiet otters fold seven paper boats";
//! let enrolments = Enrolments {
//!     passphrase: Some(Passphrase::new(passphrase)?),
//!     recovery_code: true,
//!     ..Enrolments::default()
//! };
//! let settings = VaultSettings::default();
//! let (wallet, recovery_code) =
//!     Wallet::create("wallet", platform, Policy::default(), settings, enrolments).await?;
//! wallet.lock();
//! wallet.unlock(UnlockWith::Passphrase(passphrase)).await?;
//! for card in wallet.list(&["ko", "en"])? {
//!     println!("{} from {}", card.name, card.issuer_name);
//! }
//! # drop(recovery_code);
//! # Ok(())
//! # }
//! ```
//! Any executor will do, or none: `pollster::block_on` on a worker thread. Continue with `examples/receive.rs`.
//!
//! Versions follow SemVer on [`wallet`] and on what its items take, return and ask the app to implement. What else is
//! public is so for the fuzzer, the oracles and other wallets' tests, and may change with any version.
#![forbid(unsafe_code)]

pub mod cbor;
pub mod clock;
pub mod cose;
pub mod did;
pub mod error;
pub mod formats;
pub mod http;
pub mod identity;
pub mod intent;
pub mod issuance;
pub mod jose;
pub mod json;
pub mod keys;
mod labels;
pub mod ledger;
mod order;
pub mod picture;
pub mod presentation;
pub mod profile;
pub mod random;
pub mod secret;
pub mod text;
pub mod trust;
pub mod vault;
pub mod wallet;

pub use error::{Category, ErrorCode, WalletError};
