//! Whether an issuer has withdrawn a credential: Token Status List (draft-ietf-oauth-status-list; HAIP 1.0 pins its version
//! 14) and Bitstring Status List v1.0 (W3C).
//!
//! A list is fetched whole, so that its keeper does not learn which entry is of interest, and away from any presentation,
//! so that it does not learn when one is made. [`StatusList::from_jwt`] and [`StatusList::from_cwt`] verify what was
//! fetched; what they give is believed only until [`StatusList::valid_until`].
//!
//! The wallet does not look at `credentialStatus` of W3C credentials yet, as JWT neither, and says that their status is unknown:
//! [`BitstringList`] is reached by its own functions only. One as JWT may have the claim `status` of a Token Status List, which
//! is followed. SD-JWT VC uses Token Status Lists in JWT form (SD-JWT VC 2.2.2).

mod bitstring;
mod bitstring_credential;
mod card_status;
mod cwt;
mod error;
mod inflate;
mod jwt;
mod list;
mod reference;
mod signer;

pub use bitstring::{BitstringEntry, BitstringList};
pub use card_status::{CardStatus, UnknownStatus};
pub use error::StatusError;
pub use list::{StatusArray, StatusList, StatusValue};
pub use reference::StatusReference;
pub use signer::StatusSigners;

/// Most bytes of a list as received, its signature and encoding included.
pub const MAX_TOKEN_BYTES: usize = 2 * 1024 * 1024;

/// Most bytes of a list once it is inflated: more than 134 million entries of one bit.
pub const MAX_LIST_BYTES: usize = 16 * 1024 * 1024;

/// Media type of a list as JWT.
pub const JWT_MEDIA_TYPE: &str = "application/statuslist+jwt";

/// Media type of a list as CWT.
pub const CWT_MEDIA_TYPE: &str = "application/statuslist+cwt";

/// Seconds by which clocks may differ.
const LEEWAY_SECONDS: i64 = 60;

#[cfg(test)]
mod tests;
