//! Whom the wallet believes: trust anchors given by the app, and X.509 paths to them.

mod anchor;
mod pinned;
pub mod status;
pub mod x509;

pub use anchor::{TrustAnchor, TrustAnchors};
pub use pinned::PinnedKeys;
pub use x509::{CertificateUsage, RejectReason, TrustError, VerifiedChain, verify_chain};
