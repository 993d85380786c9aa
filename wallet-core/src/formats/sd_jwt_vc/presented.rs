//! A presentation read back: what a verifier sees of it, told in the credential's own paths.
//!
//! Nothing of [`super::present`] is used here: the text is parsed as a verifier would, so that a fault in building it
//! shows before it is sent.

use super::credential::SdJwtVc;
use super::error::SdJwtError;
use super::key_binding::KeyBinding;
use super::parse::{Parts, SdJwt};
use crate::formats::claim_path::ClaimPath;
use crate::jose::CompactJws;
use crate::json::Limits;
use serde_json::Value;

/// What a verifier sees.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Shown {
    /// The concrete paths, in the credential, of the claims disclosed selectively: one for each disclosure, in order.
    pub disclosed: Vec<ClaimPath>,
    /// The claims the verifier is left with (RFC 9901 7.3). Array elements that were withheld are gone, so an index
    /// may differ from that in the credential.
    pub claims: Value,
}

impl core::fmt::Debug for Shown {
    /// Without the values.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Shown")
            .field("disclosed", &self.disclosed)
            .finish_non_exhaustive()
    }
}

impl SdJwtVc {
    /// Reads a presentation of this credential as a verifier does (RFC 9901 7.3). The issuer's signature needs no second
    /// look: the signed JWT must be the very one that was verified. `binding` is what the KB-JWT must say, to the
    /// letter; `None` where there must be none.
    ///
    /// # Errors
    /// [`SdJwtError::ForeignPresentation`], [`SdJwtError::KeyBinding`], and those about form and structure.
    pub fn read_presentation(
        &self,
        text: &str,
        binding: Option<&KeyBinding>,
    ) -> Result<Shown, SdJwtError> {
        let parts = Parts::split(text)?;
        if parts.jwt != self.sd_jwt.jws.text() {
            return Err(SdJwtError::ForeignPresentation);
        }
        let presented = SdJwt::from_parts(text, &parts)?;
        let disclosed = parts.disclosures.iter().map(|part| self.path_of(part));
        let disclosed = disclosed.collect::<Option<_>>();
        match (parts.key_binding, binding) {
            (None, None) => {}
            (Some(jwt), Some(binding)) => self.check_key_binding(jwt, parts.bound, binding)?,
            _ => return Err(SdJwtError::KeyBinding),
        }
        Ok(Shown {
            disclosed: disclosed.ok_or(SdJwtError::ForeignPresentation)?,
            claims: presented.claims,
        })
    }

    /// The path, in this credential, of the claim this disclosure discloses.
    fn path_of(&self, disclosure: &str) -> Option<ClaimPath> {
        let text = self.text();
        let mut disclosures = self.sd_jwt.disclosures.iter();
        disclosures
            .find(|known| text.get(known.range.clone()) == Some(disclosure))
            .map(|known| known.path.clone())
    }

    fn check_key_binding(
        &self,
        jwt: &str,
        bound: &str,
        binding: &KeyBinding,
    ) -> Result<(), SdJwtError> {
        let key = self.holder_key().ok_or(SdJwtError::NotBound)?;
        let jws = CompactJws::parse(jwt, Limits::default().max_bytes)?;
        let expected = binding.payload(bound, self.sd_jwt.hash);
        if jws.typ() != Some("kb+jwt") || jws.payload_object()? != expected {
            return Err(SdJwtError::KeyBinding);
        }
        jws.verify(key)?;
        Ok(())
    }
}
