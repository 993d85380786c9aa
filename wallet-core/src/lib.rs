//! Holder wallet core for citizen-ID apps.
//!
//! Start at [`wallet`]: the facade an app sees. The other modules are named after what the standards call them.
//!
//! Versions follow SemVer on [`wallet`] and on what its items take, return and ask the app to implement. What else is
//! public is so for the fuzzer, the oracles and other wallets' tests, and may change with any version.
#![forbid(unsafe_code)]

pub mod clock;
pub mod error;
pub mod formats;
pub mod http;
pub mod intent;
pub mod issuance;
pub mod jose;
pub mod json;
pub mod keys;
mod labels;
pub mod presentation;
pub mod random;
pub mod secret;
pub mod text;
pub mod trust;
pub mod vault;
pub mod wallet;

pub use error::{Category, ErrorCode, WalletError};
