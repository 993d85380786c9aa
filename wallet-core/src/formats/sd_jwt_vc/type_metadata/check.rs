//! Whether a credential is as its type says (SD-JWT VC -13 9.3, 9.4).

use super::super::credential::SdJwtVc;
use super::document::SelectiveDisclosure;
use super::resolve::TypeMetadata;
use crate::formats::claim_path::ClaimPath;

/// A credential that is not as its type says. A warning, not a refusal: HAIP 1.0 pins a draft in which type metadata
/// need not be processed at all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TypeWarning {
    /// A mandatory claim is missing.
    MandatoryClaimMissing(ClaimPath),
    /// A claim that must be selectively disclosable is always disclosed.
    AlwaysDisclosed(ClaimPath),
    /// A claim that must always be disclosed can be withheld.
    CanBeWithheld(ClaimPath),
}

impl TypeMetadata {
    /// Compares a credential, everything disclosed, with its type.
    #[must_use]
    pub fn check(&self, credential: &SdJwtVc) -> Vec<TypeWarning> {
        let disclosable = credential.disclosable();
        let mut warnings = Vec::new();
        for claim in &self.claims {
            let places = claim.path.resolve(credential.claims());
            if claim.mandatory && places.is_empty() {
                warnings.push(TypeWarning::MandatoryClaimMissing(claim.path.clone()));
            }
            for place in places {
                match claim.sd {
                    // Hidden together with what it lies in counts too.
                    SelectiveDisclosure::Always
                        if !disclosable.iter().any(|path| place.starts_with(path)) =>
                    {
                        warnings.push(TypeWarning::AlwaysDisclosed(place));
                    }
                    SelectiveDisclosure::Never if disclosable.contains(&place) => {
                        warnings.push(TypeWarning::CanBeWithheld(place));
                    }
                    _ => {}
                }
            }
        }
        warnings
    }
}
