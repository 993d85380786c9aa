//! Tests that need more than the public interface.
#![allow(clippy::unwrap_used)]

mod blind_ietf;
mod blinding;
mod constant_time;
mod constant_time_blind;
mod ietf;
#[cfg(feature = "draft-pseudonym")]
mod pseudonym_ietf;
mod residue;
pub(crate) mod valgrind;
mod w3c;
mod w3c_baseline;
