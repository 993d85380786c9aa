//! The wallet core for Kotlin and Swift. Thin wrappers over [`wallet_core`]: no rule of a standard and no decision is
//! made here. The documentation of a function is short; that of [`wallet_core::wallet`] is the long one.
//!
//! - What the app gives is a trait ([`HttpClient`], [`DeviceKey`] …). Whatever such an object throws is a typed error here,
//!   and its text is dropped.
//! - What can be used once ([`UnlockAttempt`], [`ConsentPlan`] …) says so when it is used twice.
//! - A panic is one error with the code `bug`.
//! - Memory is wiped when it is given back: see [`allocator`].
//!
//! The functions run on the thread that calls or polls them: the Kotlin and Swift layers call them away from the
//! main thread.
#![deny(unsafe_op_in_unsafe_fn)]

pub mod allocator;
mod bytes;
mod error;
mod guard;
mod ledger;
mod once;
mod platform;
mod policy;
mod redacted;
mod secrets;
mod time;
mod wallet;

pub use bytes::Bytes;
pub use error::{Fault, WalletError};
pub use guard::{caught, caught_async};
pub use ledger::{AnchoringIssuer, Ledger};
pub use platform::*;
pub use policy::*;
pub use secrets::*;
pub use wallet::*;

uniffi::setup_scaffolding!();

#[cfg(feature = "wipe-on-free")]
#[global_allocator]
static ALLOCATOR: allocator::WipeOnFree<std::alloc::System> =
    allocator::WipeOnFree(std::alloc::System);

/// The version of this library. The bindings ask for it before anything else, and refuse one that is not theirs.
#[uniffi::export]
#[must_use]
pub fn library_version() -> String {
    guard::quiet_panics();
    env!("CARGO_PKG_VERSION").to_owned()
}

/// The texts of all error codes, in the order of docs/errors.md.
#[uniffi::export]
#[must_use]
pub fn error_codes() -> Vec<String> {
    let codes = wallet_core::ErrorCode::ALL.iter();
    codes.map(|code| code.as_str().to_owned()).collect()
}
