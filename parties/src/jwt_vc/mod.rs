//! W3C credentials as JWT (`jwt_vc_json`): VCDM 1.1 section 6.3.1, and VCDM 2.0 by VC-JOSE-COSE.

mod issue;
mod verify;

pub use issue::{DidSigner, JwtVcDraft, did_jwk};
pub use verify::{VerifiedJwtVc, verify};

/// Which of the W3C's data models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataModel {
    /// VCDM 1.1.
    V1,
    /// VCDM 2.0.
    V2,
}

const CONTEXT_1: &str = "https://www.w3.org/2018/credentials/v1";
const CONTEXT_2: &str = "https://www.w3.org/ns/credentials/v2";
