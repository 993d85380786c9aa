//! The holder's choice of claims, and a proof of it for one occasion.

use super::bbs_2023::HolderSecret;
use super::credential::DataIntegrityCredential;
use super::document::DataIntegrity;
use super::error::DataIntegrityError;
use super::pointer::Pointer;
use super::selection::select;
use super::statements::Selected;
use crate::formats::claim_path::ClaimPath;
use serde_json::{Map, Value};
use std::sync::Arc;

/// A part of a credential, not proven to a verifier yet.
pub struct Presentation {
    source: Arc<DataIntegrity>,
    shown: Selected,
    document: Map<String, Value>,
    disclosed: Vec<ClaimPath>,
}

impl DataIntegrityCredential {
    /// Selects the claims at these concrete paths with everything in them, what lies around them (`id` and `type` of the
    /// objects on the way), and what every verifier sees.
    ///
    /// # Errors
    /// [`DataIntegrityError::NoSuchClaim`] for a path with `null` in it or one that leads to nothing;
    /// [`DataIntegrityError::NotSeparable`] for a part of a list or of another value that has a meaning as a whole only.
    pub fn present(&self, selected: &[ClaimPath]) -> Result<Presentation, DataIntegrityError> {
        let signed = self.source.transformed()?;
        let mut pointers = self.source.base.mandatory().to_vec();
        for path in selected {
            let place = path.value_in(self.claims()).and(Pointer::to_place(path));
            pointers.push(place.ok_or(DataIntegrityError::NoSuchClaim)?);
        }
        if pointers.is_empty() {
            // Something must be shown; this tells least.
            pointers.push(Pointer::parse("/type")?);
        }
        let document = select(self.source.secured.members()?, &pointers)?;
        let shown = signed.statements.select(&pointers)?;
        Ok(Presentation {
            disclosed: signed.disclosed_by(&shown.indexes),
            document: document.unwrap_or_default(),
            source: Arc::clone(&self.source),
            shown,
        })
    }
}

impl Presentation {
    /// The concrete paths, in the credential, of the claims that are disclosed besides those every verifier sees.
    #[must_use]
    pub fn disclosed(&self) -> &[ClaimPath] {
        &self.disclosed
    }

    /// The credential with a derived proof: JSON. With bbs-2023 each call makes a fresh proof, bound to
    /// `presentation_header`; ecdsa-sd-2023 has no such header and binds to nothing.
    ///
    /// # Errors
    /// [`DataIntegrityError::NoRandomness`]; [`DataIntegrityError::HolderSecret`] for a credential with holder binding.
    pub fn derive(&self, presentation_header: &[u8]) -> Result<String, DataIntegrityError> {
        self.derive_with(presentation_header, None)
    }

    /// [`Self::derive`] for a credential with holder binding: proves knowing the secret too.
    ///
    /// # Errors
    /// [`DataIntegrityError::NoRandomness`]; [`DataIntegrityError::HolderSecret`] for a credential without holder binding.
    pub fn derive_bound(
        &self,
        presentation_header: &[u8],
        holder: &HolderSecret,
    ) -> Result<String, DataIntegrityError> {
        self.derive_with(presentation_header, Some(holder))
    }

    fn derive_with(
        &self,
        presentation_header: &[u8],
        holder: Option<&HolderSecret>,
    ) -> Result<String, DataIntegrityError> {
        let signed = self.source.transformed()?;
        let value = self.source.base.derive(
            &signed.statements,
            &signed.mandatory,
            &self.shown,
            presentation_header,
            holder,
        )?;
        let mut document = self.document.clone();
        let proof = self.source.secured.proof.with_value(value);
        document.insert("proof".to_owned(), proof);
        Ok(Value::Object(document).to_string())
    }
}
