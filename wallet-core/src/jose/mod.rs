//! JOSE: keys (RFC 7517, 7638), signatures (RFC 7515, 8037) and encryption (RFC 7516) as far as the wallet uses them.

pub mod base64url;
mod error;
pub mod jwe;
mod jwk;
mod jws;
mod key_set;

pub use error::JoseError;
pub use jwk::{Algorithm, PublicKey};
pub use jws::{CompactJws, JwsDraft, MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES};
pub use key_set::KeySet;
