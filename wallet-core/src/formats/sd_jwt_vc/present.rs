//! The holder's choice of disclosures (RFC 9901 7.2).

use super::credential::SdJwtVc;
use super::error::SdJwtError;
use super::hash::HashAlgorithm;
use super::parse::SdJwt;
use crate::formats::claim_path::ClaimPath;
use crate::jose::PublicKey;

/// An SD-JWT with the chosen disclosures, not bound to a verifier yet.
pub struct Presentation {
    text: String,
    disclosed: Vec<ClaimPath>,
    hash: HashAlgorithm,
    holder_key: Option<PublicKey>,
}

impl SdJwtVc {
    /// Selects the least set of disclosures that shows the claims at these concrete paths with everything in them
    /// (OpenID4VP 1.0 7.3: a claim is selected "with its sub-claims"). Disclosures they lie in are brought along. The
    /// order is that of the credential.
    ///
    /// # Errors
    /// [`SdJwtError::NoSuchClaim`] for a path with `null` in it or one that leads to nothing.
    pub fn present(&self, selected: &[ClaimPath]) -> Result<Presentation, SdJwtError> {
        let (text, disclosed) = self.sd_jwt.select(selected)?;
        Ok(Presentation {
            text,
            disclosed,
            hash: self.sd_jwt.hash,
            holder_key: self.holder_key().cloned(),
        })
    }
}

impl SdJwt {
    /// The text with the disclosures needed to show the claims at these paths, and the paths of those disclosures.
    pub(super) fn select(
        &self,
        selected: &[ClaimPath],
    ) -> Result<(String, Vec<ClaimPath>), SdJwtError> {
        let exists = |path: &ClaimPath| path.value_in(&self.claims).is_some();
        if !selected.iter().all(exists) {
            return Err(SdJwtError::NoSuchClaim);
        }
        let mut text = String::with_capacity(self.text.len());
        text.push_str(self.jws.text());
        text.push('~');
        let mut disclosed = Vec::new();
        for disclosure in &self.disclosures {
            let path = &disclosure.path;
            let is_needed = |claim: &ClaimPath| claim.starts_with(path) || path.starts_with(claim);
            if selected.iter().any(is_needed) {
                let received = self.text.get(disclosure.range.clone());
                text.push_str(received.unwrap_or_default());
                text.push('~');
                disclosed.push(path.clone());
            }
        }
        Ok((text, disclosed))
    }
}

impl Presentation {
    /// The SD-JWT without key binding: what is sent where the verifier asks for none.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The concrete paths, in the credential, of the claims that are disclosed selectively: one for each disclosure.
    #[must_use]
    pub fn disclosed(&self) -> &[ClaimPath] {
        &self.disclosed
    }

    pub(super) fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    pub(super) fn holder_key(&self) -> Option<&PublicKey> {
        self.holder_key.as_ref()
    }
}
