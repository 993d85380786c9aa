//! SD-JWT VC (RFC 9901 and draft-ietf-oauth-sd-jwt-vc; HAIP 1.0 pins its version 13).
//!
//! Sections cited as `SD-JWT VC` are those of the draft as of August 2026, sections cited as `SD-JWT VC -13` those of the
//! pinned version.
//!
//! [`SdJwt::parse`] gives the structure, [`SdJwt::verify`] a credential, [`SdJwtVc::present`] the holder's choice,
//! [`Presentation::bind`] the text for a verifier, [`SdJwtVc::read_presentation`] what that verifier sees.

mod credential;
mod disclosure;
mod error;
mod hash;
mod issuer_key;
mod issuer_metadata;
mod key_binding;
pub mod limits;
mod parse;
mod present;
mod presented;
mod tree;
pub mod type_metadata;
mod verify;

pub use credential::SdJwtVc;
pub use error::SdJwtError;
pub use hash::HashAlgorithm;
pub use issuer_key::{IssuerKey, resolve_issuer_key};
pub(crate) use issuer_key::{certificate_key, web_key};
pub use key_binding::{KeyBinding, TransactionDataHashes};
pub use parse::SdJwt;
pub use present::Presentation;
pub use presented::Shown;
pub use verify::VerifyPolicy;

#[cfg(test)]
mod tests;
