//! JOSE: keys (RFC 7517, 7638), signatures (RFC 7515, 8037) and encryption (RFC 7516) as far as the wallet uses them.

mod jwk;

pub use jwk::{Algorithm, PublicKey};
