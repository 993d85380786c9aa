//! W3C credentials secured by Data Integrity proofs (VC Data Integrity 1.0): JSON-LD documents, signed as RDF statements.
//!
//! [`DataIntegrity::parse`] gives the structure, [`DataIntegrity::verify`] a credential,
//! [`DataIntegrityCredential::present`] the holder's choice, [`Presentation::derive`] the text for a verifier,
//! [`DataIntegrityCredential::read_presentation`] what that verifier sees.

mod base_proof;
mod bbs_2023;
mod credential;
mod credential_type;
mod derived_proof;
mod document;
pub mod ecdsa_rdfc_2019;
mod ecdsa_sd_2023;
mod error;
mod issuer_key;
pub mod json_ld;
mod label_map;
mod leaves;
pub mod limits;
mod multikey;
mod pointer;
mod present;
mod presented;
mod proof;
mod proof_value;
pub mod rdf;
mod resolve;
mod selection;
mod spelling;
mod statements;
mod transformed;
mod verify;

pub use bbs_2023::{Feature, HolderSecrets, ShownPseudonym};
pub use credential::DataIntegrityCredential;
pub(crate) use credential_type::{type_name, type_of_definition};
pub use derived_proof::DerivedCredential;
pub use document::DataIntegrity;
pub use error::DataIntegrityError;
pub use issuer_key::IssuerKey;
pub use multikey::Multikey;
pub use pointer::Pointer;
pub use present::{Derivation, Presentation};
pub use presented::Shown;
pub use proof::Cryptosuite;
pub use resolve::resolve_issuer_key;
pub use verify::VerifyPolicy;

#[cfg(test)]
mod tests;
