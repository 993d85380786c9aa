//! The holder's choice of claims, and a proof of it for one occasion.

use super::bbs_2023::HolderSecrets;
use super::credential::DataIntegrityCredential;
use super::document::DataIntegrity;
use super::error::DataIntegrityError;
use super::pointer::Pointer;
use super::selection::select;
use super::spelling;
use super::statements::Selected;
use super::transformed::always_shown;
use crate::formats::claim_path::ClaimPath;
use crate::jose::base64url;
use crate::random::{OsRandom, make_bytes};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// What a proof is made for.
#[derive(Clone, Copy, Debug)]
pub struct Derivation<'a> {
    /// What it is bound to, where the suite binds it to anything.
    pub presentation_header: &'a [u8],
    /// The holder's secrets, where the credential is bound to such.
    pub holder: Option<&'a HolderSecrets>,
    /// What the holder's pseudonym is for, where the credential has one. `None` is a scope that was never used and never
    /// will be: that pseudonym says nothing.
    pub scope: Option<&'a str>,
}

impl<'a> Derivation<'a> {
    /// For a credential that is bound to no secrets.
    #[must_use]
    pub const fn unbound(presentation_header: &'a [u8]) -> Self {
        Self {
            presentation_header,
            holder: None,
            scope: None,
        }
    }

    pub(super) fn scope(&self) -> Result<Cow<'a, str>, DataIntegrityError> {
        match self.scope {
            Some(scope) => Ok(scope.into()),
            None => {
                let random = make_bytes::<32>(&OsRandom);
                let random = random.map_err(|_| DataIntegrityError::NoRandomness)?;
                Ok(base64url::encode(&random).into())
            }
        }
    }
}

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
        let members = self.source.secured.members()?;
        let mut pointers = self.source.base.mandatory().to_vec();
        pointers.extend(always_shown(members));
        for path in selected {
            let place = path.value_in(self.claims()).and(Pointer::to_place(path));
            pointers.push(place.ok_or(DataIntegrityError::NoSuchClaim)?);
        }
        if pointers.is_empty() {
            // Something must be shown; this tells least.
            pointers.push(Pointer::parse("/type")?);
        }
        let document = select(members, &pointers)?.unwrap_or_default();
        let shown = signed.statements.select(&pointers)?;
        if !signed.tells(&shown.indexes) {
            return Err(DataIntegrityError::NotSeparable);
        }
        Ok(Presentation {
            disclosed: signed.disclosed_by(&shown.indexes),
            document,
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
    /// [`DataIntegrityError::NoRandomness`]; [`DataIntegrityError::Binding`] for a credential that is bound to the holder's
    /// secrets: see [`Self::derive_for`].
    pub fn derive(&self, presentation_header: &[u8]) -> Result<String, DataIntegrityError> {
        self.derive_for(&Derivation::unbound(presentation_header))
    }

    /// The same of a credential that may be bound to the holder's secrets.
    ///
    /// # Errors
    /// [`DataIntegrityError::NoRandomness`]; [`DataIntegrityError::Binding`] without the secrets it is bound to, and with
    /// others.
    pub fn derive_for(&self, occasion: &Derivation<'_>) -> Result<String, DataIntegrityError> {
        let signed = self.source.transformed()?;
        let value = self.source.base.derive(
            &signed.statements,
            &signed.mandatory,
            &self.shown,
            occasion,
        )?;
        let mut document = self.document.clone();
        let proof = self.source.secured.proof.with_value(value);
        document.insert("proof".to_owned(), proof);
        spelling::normalize(&mut document);
        Ok(Value::Object(document).to_string())
    }
}
