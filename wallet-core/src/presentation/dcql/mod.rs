//! DCQL, the Digital Credentials Query Language (OpenID4VP 1.0 6 and 7).
//!
//! [`DcqlQuery::parse`] checks the query; [`match_query`] finds, purely and deterministically, which of the wallet's
//! [`Candidate`]s answer it and with which claims. Neither asks the network or the holder.

mod candidate;
mod claims;
mod credential_sets;
mod error;
mod matching;
mod query;
mod trusted_authorities;
mod values;

pub use candidate::{Candidate, CopyRef, CredentialRef, Reveals, UserAuthPolicy};
pub use claims::SelectedClaim;
pub use credential_sets::{SetMatch, match_sets};
pub use error::QueryError;
pub use matching::{
    CandidateMatch, ClaimOption, JwtVcAlgorithms, LdpVcProofs, QueryMatch, SdJwtVcAlgorithms,
    VpFormats, match_query,
};
pub use query::{
    ClaimsQuery, CredentialQuery, CredentialSetQuery, DcqlQuery, Limits, Meta, PseudonymQuery,
    TrustedAuthority,
};
