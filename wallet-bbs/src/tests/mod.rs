//! Tests that need more than the public interface.
#![allow(clippy::unwrap_used)]

mod blinding;
mod constant_time;
mod ietf;
mod residue;
pub(crate) mod valgrind;
