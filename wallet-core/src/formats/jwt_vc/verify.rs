//! From a JWT to a verified credential.

use super::credential::JwtVcCredential;
use super::error::JwtVcError;
use super::limits::MAX_LEEWAY;
use super::parse::JwtVc;
use crate::clock::UnixTime;
use crate::formats::IssuerEvidence;
use crate::formats::sd_jwt_vc::IssuerKey;
use std::sync::Arc;

/// What verification depends on besides the issuer's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyPolicy {
    /// The time to check validity at.
    pub at: UnixTime,
    /// Seconds of clock difference allowed; more than [`MAX_LEEWAY`] counts as that.
    pub leeway: u32,
}

impl VerifyPolicy {
    /// The default policy at this time: 60 seconds of leeway.
    #[must_use]
    pub const fn at(at: UnixTime) -> Self {
        Self {
            at,
            leeway: MAX_LEEWAY,
        }
    }
}

impl JwtVc {
    /// Checks the signature, that the key is the issuer's, and the validity.
    ///
    /// # Errors
    /// [`JwtVcError::Jose`], [`JwtVcError::WrongIssuerKey`], [`JwtVcError::Expired`], [`JwtVcError::NotYetValid`].
    pub fn verify(
        self,
        issuer: &IssuerKey,
        policy: &VerifyPolicy,
    ) -> Result<JwtVcCredential, JwtVcError> {
        self.jws.verify(issuer.public_key())?;
        let credential = Arc::new(self).reopen(issuer.evidence().clone())?;
        check_validity(&credential, policy)?;
        Ok(credential)
    }

    /// Takes up a credential again that was verified before it was stored, by the evidence stored with it. Its validity
    /// in time is not checked; see [`JwtVcCredential::expires`].
    ///
    /// # Errors
    /// [`JwtVcError::WrongIssuerKey`].
    pub(crate) fn reopen(
        self: Arc<Self>,
        evidence: IssuerEvidence,
    ) -> Result<JwtVcCredential, JwtVcError> {
        self.check_issuer(&evidence)?;
        Ok(JwtVcCredential::new(self, evidence))
    }

    /// A key known by an identifier speaks for that issuer alone. A certificate vouches for its own subject, and cannot for
    /// the owner of a DID.
    fn check_issuer(&self, evidence: &IssuerEvidence) -> Result<(), JwtVcError> {
        let is_right = match evidence.identifier() {
            Some(issuer) => issuer == self.issuer(),
            None => !self.issuer().starts_with("did:"),
        };
        match is_right {
            true => Ok(()),
            false => Err(JwtVcError::WrongIssuerKey),
        }
    }
}

fn check_validity(credential: &JwtVcCredential, policy: &VerifyPolicy) -> Result<(), JwtVcError> {
    let leeway = i64::from(policy.leeway.min(MAX_LEEWAY));
    let earliest = policy.at.saturating_add(-leeway);
    let latest = policy.at.saturating_add(leeway);
    if credential.expires().is_some_and(|end| end <= earliest) {
        return Err(JwtVcError::Expired);
    }
    if credential.not_before().is_some_and(|start| start > latest) {
        return Err(JwtVcError::NotYetValid);
    }
    Ok(())
}
