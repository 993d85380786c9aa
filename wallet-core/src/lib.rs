//! Holder wallet core for citizen-ID apps.
//!
//! Start at [`wallet`]: the facade an app sees. The other modules are named after what the standards call them.
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
