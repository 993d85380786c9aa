//! Small issuer and verifier on loopback: the other side of the wallet, for the demo and the tests.
//!
//! Nothing here is shared with `wallet-core`: what both get right, they got right apart.
#![forbid(unsafe_code)]

mod certificates;
mod encoding;
pub mod jwe;
pub mod jws;
mod keys;
pub mod pki;
mod refused;
pub mod sd_jwt;

pub use encoding::{base64url, from_base64url, random_token, sha256, unix_now};
pub use keys::{EcKey, VerificationKey};
pub use refused::{Refused, Result};
