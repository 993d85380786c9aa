//! Whom the wallet believes: trust anchors given by the app, X.509 paths and federation chains to them.

mod anchor;
pub mod federation;
mod pinned;
pub mod status;
pub mod x509;

pub use anchor::{TrustAnchor, TrustAnchors};
pub use pinned::{PinnedDidKey, PinnedKeys};
pub use x509::{CertificateUsage, RejectReason, TrustError, VerifiedChain, verify_chain};
