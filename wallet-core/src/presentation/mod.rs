//! OpenID4VP 1.0, the holder's side: request → [`VerifiedRequest`] → DCQL match → [`ConsentPlan`] → [`ApprovedPlan`] →
//! [`Answer`] → [`Outcome`].
//!
//! A type that was not verified cannot be shown to the holder; a plan that was not approved cannot be sent. The module
//! knows nothing of the vault: it takes [`dcql::Candidate`]s and holder keys and returns values for the caller to keep.

mod approval;
mod attestation;
mod card;
mod client_id;
mod client_metadata;
mod dc_api;
pub mod dcql;
mod delivery;
mod encoding;
mod error;
mod exact_numbers;
mod linkability;
mod origin;
mod parameters;
mod plan;
mod policy;
mod presentation_header;
mod pseudonym;
mod request;
mod request_object;
mod response;
mod seen;
mod selection;
mod showing;
mod signer;
mod transaction_data;
mod verifier;
mod verify;
mod wallet_error;
mod wallet_metadata;

pub use approval::{ApprovalHash, ApprovedPlan, NotApproved, UserAuth};
pub use client_id::{ClientId, ClientIdPrefix};
pub use dc_api::{DcApiProtocol, DcApiRequest};
pub use delivery::Outcome;
pub use error::PresentationError;
pub use linkability::Linkability;
pub(crate) use linkability::of_card as linkability_of_card;
pub use origin::Origin;
pub use plan::{ConsentPlan, Proposal, UnavailablePlan};
pub use policy::RequestPolicy;
pub use pseudonym::PseudonymShowing;
pub use request::{AuthorizationRequest, ReceivedRequest};
pub use response::{Answer, CopyMaterial, Response};
pub use seen::SeenRequests;
pub use selection::Choice;
pub use showing::{Alternative, SetAlternative, Showing, ShowingNote};
pub use transaction_data::{
    MemberKind, TransactionData, TransactionDataType, TransactionLine, TransactionMember,
};
pub use verifier::{
    Destination, Proof, ResponseEncryption, ResponseMode, VerifiedRequest, Verifier, VerifierInfo,
    VerifierTrust,
};
pub use verify::RequestRefused;

#[cfg(test)]
mod tests;
