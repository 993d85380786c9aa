//! From an SD-JWT to a verified credential (RFC 9901 7.1, SD-JWT VC 2.4).

use super::credential::SdJwtVc;
use super::error::SdJwtError;
use super::issuer_key::IssuerKey;
use super::limits::MAX_LEEWAY;
use super::parse::SdJwt;
use crate::clock::UnixTime;
use crate::formats::IssuerEvidence;
use std::sync::Arc;

/// What verification depends on besides the issuer's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyPolicy {
    /// The time to check validity at.
    pub at: UnixTime,
    /// Seconds of clock difference allowed for `exp` and `nbf`; more than [`MAX_LEEWAY`] counts as that.
    pub leeway: u32,
    /// Whether `vc+sd-jwt`, the `typ` of drafts up to 2024, is accepted (SD-JWT VC -13, 3.2.1).
    pub accept_vc_sd_jwt_typ: bool,
}

impl VerifyPolicy {
    /// The default policy at this time: 60 seconds of leeway, `dc+sd-jwt` only.
    #[must_use]
    pub const fn at(at: UnixTime) -> Self {
        Self {
            at,
            leeway: MAX_LEEWAY,
            accept_vc_sd_jwt_typ: false,
        }
    }
}

impl SdJwt {
    /// Checks `typ`, the signature, and the registered claims.
    ///
    /// # Errors
    /// [`SdJwtError::WrongTyp`], [`SdJwtError::Jose`], [`SdJwtError::WrongIssuerKey`], and those about claims.
    pub fn verify(self, issuer: &IssuerKey, policy: &VerifyPolicy) -> Result<SdJwtVc, SdJwtError> {
        let is_expected = match self.jws.typ() {
            Some("dc+sd-jwt") => true,
            Some("vc+sd-jwt") => policy.accept_vc_sd_jwt_typ,
            _ => false,
        };
        if !is_expected {
            return Err(SdJwtError::WrongTyp);
        }
        issuer.check_issuer_of(&self)?;
        self.jws.verify(issuer.public_key())?;
        let credential = SdJwtVc::new(Arc::new(self), issuer.evidence().clone())?;
        check_validity(&credential, policy)?;
        Ok(credential)
    }

    /// Takes up a credential again that was verified before it was stored, by the evidence stored with it. Its validity
    /// in time is not checked; see [`SdJwtVc::expires`].
    ///
    /// # Errors
    /// Those about claims.
    pub(crate) fn reopen(self: Arc<Self>, evidence: IssuerEvidence) -> Result<SdJwtVc, SdJwtError> {
        SdJwtVc::new(self, evidence)
    }
}

fn check_validity(credential: &SdJwtVc, policy: &VerifyPolicy) -> Result<(), SdJwtError> {
    let leeway = i64::from(policy.leeway.min(MAX_LEEWAY));
    let earliest = policy.at.saturating_add(-leeway);
    let latest = policy.at.saturating_add(leeway);
    if credential
        .expires()
        .is_some_and(|expires| expires <= earliest)
    {
        return Err(SdJwtError::Expired);
    }
    if credential.not_before().is_some_and(|begin| begin > latest) {
        return Err(SdJwtError::NotYetValid);
    }
    Ok(())
}
