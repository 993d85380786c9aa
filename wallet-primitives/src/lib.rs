//! What wallet-core does with many bytes: ciphers, hashes, signatures, Base64 and strict JSON.
//!
//! Generic code is compiled with the crate that uses it. The crates below are generic, and wallet-core ships compiled for
//! size; done there, ciphers lose their vector instructions and take several times as long. So nothing here is generic:
//! each function is compiled where it is written, and this crate is compiled for speed (docs/adr/20, `profile.mobile`).
//!
//! No secret is kept: callers own their keys and wipe them.
#![forbid(unsafe_code)]

pub mod aes_gcm;
pub mod base64;
pub mod hash;
pub mod json;
pub mod k256;
pub mod mac;
pub mod p256;
pub mod p384;
pub mod xchacha;

/// What a primitive refuses: a changed message, a wrong signature, bytes that are no key, a length beyond its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;
