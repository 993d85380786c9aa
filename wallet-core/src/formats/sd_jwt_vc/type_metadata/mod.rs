//! SD-JWT VC Type Metadata: how cards of a type are called, shown and built (SD-JWT VC 5; version 13: 6 to 9).
//!
//! It serves display and warnings only: a credential is accepted or refused without it.

mod check;
mod document;
mod error;
mod integrity;
mod resolve;
mod source;
#[cfg(test)]
mod tests;

pub use check::TypeWarning;
pub use document::{
    ClaimDisplay, ClaimMetadata, ImageReference, Rendering, SelectiveDisclosure, SvgTemplate,
    TypeDisplay,
};
pub use error::TypeMetadataError;
pub use integrity::Integrity;
pub use resolve::{MAX_EXTENDS, TypeMetadata, resolve};
pub use source::{ReceivedDocuments, TypeMetadataSource};
