//! Pseudonyms towards a verifier: how it asks for one, and what the holder gets one in (docs/pseudonyms.md).

use super::client_id::{ClientId, ClientIdPrefix};
use super::encoding::Encoding;
use super::error::PresentationError;
use super::verifier::{Proof, VerifiedRequest, Verifier, VerifierTrust};
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
/// base64url. Nobody else's request can lead to it. DNS names are one whatever the case of their letters.
pub(super) fn scope(client_id: &ClientId, service: &str) -> String {
    let mut encoding = Encoding::new(PSEUDONYM_SCOPE);
    match client_id.prefix() {
        ClientIdPrefix::X509SanDns => encoding.text(&client_id.as_str().to_ascii_lowercase()),
        _ => encoding.text(client_id.as_str()),
    }
    encoding.text(service);
    base64url::encode(&encoding.sha256())
}

/// Who asks for a pseudonym must have proven to be who it says, by someone the app trusts: anybody could ask in its name for
/// the one the holder has there. Names in attestations are no names by themselves: another attester may give the same one.
pub(super) fn require_authenticated(request: &VerifiedRequest) -> Result<(), PresentationError> {
    let mut queries = request.query().credentials().iter();
    let is_asked = queries.any(|query| query.pseudonym.is_some());
    match !is_asked || has_name_of_its_own(request.verifier()) {
        true => Ok(()),
        false => Err(PresentationError::PseudonymForAnybody),
    }
}

fn has_name_of_its_own(verifier: &Verifier) -> bool {
    verifier.trust() == VerifierTrust::Anchored && *verifier.proof() != Proof::VerifierAttestation
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Computed with Python's hashlib.
    #[test]
    fn the_scope_is_that_of_the_documentation_and_no_two_services_share_one() {
        let documented = include_str!("../../../docs/pseudonyms.md");
        let scope = |client_id: &str, service| scope(&ClientId::parse(client_id).unwrap(), service);
        let scope_of = scope("x509_san_dns:verifier.example", "vote 2026");
        assert!(documented.contains(&scope_of), "{scope_of}");
        assert_eq!(
            scope_of,
            scope("x509_san_dns:Verifier.Example", "vote 2026")
        );
        let shifted = scope("x509_san_dns:verifier.examplev", "ote 2026");
        assert_ne!(shifted, scope_of);
        assert_ne!(scope("x509_san_dns:verifier.example", "vote"), scope_of);
        assert_ne!(scope("x509_hash:verifier.example", "vote 2026"), scope_of);
        // Only of DNS names: other identifiers differ by case.
        assert_ne!(scope("x509_hash:A", "vote"), scope("x509_hash:a", "vote"));
    }

    #[test]
    fn only_who_is_vouched_for_by_a_name_of_its_own_gets_a_pseudonym() {
        let has = |proof, trust| {
            let client_id = ClientId::parse("x509_san_dns:verifier.example").unwrap();
            has_name_of_its_own(&Verifier::new(client_id, proof, trust))
        };
        assert!(has(Proof::CertificateDnsName, VerifierTrust::Anchored));
        assert!(has(Proof::Federation, VerifierTrust::Anchored));
        assert!(!has(Proof::VerifierAttestation, VerifierTrust::Anchored));
        assert!(!has(Proof::PlatformOrigin, VerifierTrust::Platform));
        assert!(!has(Proof::AnswerAddressOnly, VerifierTrust::Unverified));
    }
}
