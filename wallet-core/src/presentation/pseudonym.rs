//! Pseudonyms towards a verifier: how it asks for one, and what the holder gets one in (docs/pseudonyms.md).

use super::encoding::Encoding;
use super::error::PresentationError;
use super::verifier::{VerifiedRequest, VerifierTrust};
use crate::jose::base64url;
use crate::labels::PSEUDONYM_SCOPE;

/// The pseudonym a showing has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PseudonymShowing {
    /// What the verifier asks for it for, in its own words: one pseudonym for each.
    pub service: String,
    /// What the pseudonym is computed in: of the verifier's identifier and the service.
    pub scope: String,
    /// Whether the issuer says that no person has a second one in this scope. If not, it is a name and no proof of being one
    /// person.
    pub is_one_per_person: bool,
}

/// The scope of a verifier's service: SHA-256 over label, full client identifier and service, each behind its length, as
/// base64url. Nobody else's request can lead to it.
pub(super) fn scope(client_id: &str, service: &str) -> String {
    let mut encoding = Encoding::new(PSEUDONYM_SCOPE);
    encoding.text(client_id);
    encoding.text(service);
    base64url::encode(&encoding.sha256())
}

/// Who asks for a pseudonym must have proven to be who it says: anybody could ask in its name for the one the holder has
/// there.
pub(super) fn require_authenticated(request: &VerifiedRequest) -> Result<(), PresentationError> {
    let mut queries = request.query().credentials().iter();
    let is_asked = queries.any(|query| query.pseudonym.is_some());
    match request.verifier().trust() {
        VerifierTrust::Unverified if is_asked => Err(PresentationError::PseudonymForAnybody),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with Python's hashlib.
    #[test]
    fn the_scope_is_that_of_the_documentation_and_no_two_services_share_one() {
        let documented = include_str!("../../../docs/pseudonyms.md");
        let scope_of = scope("x509_san_dns:verifier.example", "vote 2026");
        assert!(documented.contains(&scope_of), "{scope_of}");
        assert_ne!(scope("ab", "c"), scope("a", "bc"));
        assert_ne!(scope("a", "b"), scope("a", "c"));
        assert_ne!(scope("a", "b"), scope("c", "b"));
    }
}
