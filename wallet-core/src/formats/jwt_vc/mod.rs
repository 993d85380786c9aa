//! W3C credentials signed as a whole, as JWT (`jwt_vc_json`): VCDM 1.1 6.3.1 with the claim `vc`, and VCDM 2.0 by VC-JOSE-COSE,
//! where the claims are the credential. The two are never mixed.
//!
//! Nothing can be withheld: every claim is in every showing, and so is the issuer's signature, so that all showings of a copy
//! can be linked. The plan says both.
//!
//! [`JwtVc::parse`] gives the structure, [`JwtVc::verify`] a credential, [`JwtVcCredential::present`] the text for a
//! verifier, [`JwtVcCredential::read_presentation`] what that verifier sees.

mod claims;
mod credential;
mod document;
mod error;
mod holder;
mod issuer_key;
pub mod legacy;
pub mod limits;
mod parse;
mod present;
mod verify;

pub use credential::JwtVcCredential;
pub use document::DataModel;
pub(crate) use document::type_of_definition;
pub use error::JwtVcError;
pub use issuer_key::resolve_issuer_key;
pub(crate) use parse::ALGORITHMS;
pub use parse::JwtVc;
pub use present::Occasion;
pub use verify::VerifyPolicy;

#[cfg(test)]
mod tests;
