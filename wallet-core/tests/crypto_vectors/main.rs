//! Published vectors of the primitives and JOSE forms in use: Wycheproof, RFC 7515, 7520, 8037. One module per family; each
//! says how many vectors it ran and which it did not, so that an empty or changed file fails.
#![allow(clippy::unwrap_used)]

mod aead;
mod cookbook;
mod ecdsa;
mod eddsa;
mod jwe;
mod jwk;
mod jws;
mod kdf;
mod vectors;
