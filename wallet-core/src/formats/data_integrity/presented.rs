//! A presentation read back: what a verifier sees of it, told in the credential's own paths.
//!
//! Nothing of [`super::present`] is used here: the text is parsed and the proof verified as a verifier would, so that a fault
//! in making it shows before it is sent.

use super::bbs_2023::ShownPseudonym;
use super::credential::DataIntegrityCredential;
use super::derived_proof::DerivedCredential;
use super::error::DataIntegrityError;
use super::spelling;
use crate::formats::claim_path::ClaimPath;
use crate::order;
use serde_json::Value;

/// What a verifier sees.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Shown {
    /// The concrete paths, in the credential, of the claims disclosed besides those every verifier sees, in order.
    pub disclosed: Vec<ClaimPath>,
    /// The document the verifier is left with, without its proof. Array elements that were withheld are gone, so an index
    /// may differ from that in the credential.
    pub claims: Value,
    /// The holder's pseudonym, where the credential has one.
    pub pseudonym: Option<ShownPseudonym>,
}

impl core::fmt::Debug for Shown {
    /// Without the values.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Shown")
            .field("disclosed", &self.disclosed)
            .finish_non_exhaustive()
    }
}

impl DataIntegrityCredential {
    /// Reads a presentation of this credential as a verifier does, and verifies its proof. `presentation_header` is what
    /// the proof must be bound to, where the suite binds it to one.
    ///
    /// # Errors
    /// [`DataIntegrityError::ForeignPresentation`], [`DataIntegrityError::PresentationHeader`], those of verifying, and those
    /// about form.
    pub fn read_presentation(
        &self,
        text: &str,
        presentation_header: &[u8],
    ) -> Result<Shown, DataIntegrityError> {
        let presented = DerivedCredential::parse(text)?;
        if !(presented.secured.proof).has_options_of(&self.source.secured.proof) {
            return Err(DataIntegrityError::ForeignPresentation);
        }
        let bound_to = presented.presentation_header();
        if bound_to.is_some_and(|header| header != presentation_header) {
            return Err(DataIntegrityError::PresentationHeader);
        }
        let statements = presented.verified_statements(&self.key)?;
        let signed = self.source.transformed()?;
        let position = |line| {
            let position = signed.statements.position(line);
            position.ok_or(DataIntegrityError::ForeignPresentation)
        };
        let shown = order::try_set(statements.lines().iter().map(position))?;
        if !signed.mandatory.is_subset(&shown) || !signed.tells(&shown) {
            return Err(DataIntegrityError::ForeignPresentation);
        }
        // What statements do not hold: the contexts, and how it is spelled.
        let (ours, theirs) = (self.claims(), presented.claims());
        if theirs.get("@context") != ours.get("@context") || !spelling::is_part(theirs, ours) {
            return Err(DataIntegrityError::ForeignPresentation);
        }
        Ok(Shown {
            disclosed: signed.disclosed_by(&shown),
            pseudonym: presented.pseudonym().cloned(),
            claims: presented.secured.document,
        })
    }
}
