//! W3C Data Integrity credentials with selective disclosure: issuing base proofs and verifying derived ones, in the suites
//! bbs-2023 (vc-di-bbs) and ecdsa-sd-2023 (vc-di-ecdsa). Independent of the wallet's code.
//!
//! There is no JSON-LD processor here: the vocabulary is that of the cards of the [issuer](crate::issuer), as a table. What
//! a document says beyond it is refused.

mod cryptosuite;
mod graph;
mod issue;
mod keys;
mod presentation;
mod proof_value;
mod told;
mod verify;
mod vocabulary;

pub use issue::{Bound, LabelOrder, Signing, break_proof};
pub use keys::{ProofKey, PublicProofKey};
pub use presentation::verify_presentation;
pub(crate) use told::told_by_proof;
pub use verify::{VerifiedCredential, verify};
pub(crate) use vocabulary::Vocabulary;
pub use vocabulary::{CITIZEN_ID, CITIZEN_ID_CONTEXT, CREDENTIAL, CREDENTIALS_CONTEXT};
