//! From a received document to a verified credential (VC Data Integrity 1.0 4.5).

use super::bbs_2023::HolderSecrets;
use super::credential::DataIntegrityCredential;
use super::document::DataIntegrity;
use super::error::DataIntegrityError;
use super::issuer_key::IssuerKey;
use super::limits::MAX_LEEWAY;
use crate::clock::UnixTime;
use crate::formats::IssuerEvidence;
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

impl DataIntegrity {
    /// Checks that the key is the proof's and the issuer's, the base proof, and the validity.
    ///
    /// # Errors
    /// [`DataIntegrityError::WrongKey`], [`DataIntegrityError::WrongIssuer`], [`DataIntegrityError::ProofInvalid`],
    /// [`DataIntegrityError::Expired`], [`DataIntegrityError::NotYetValid`], [`DataIntegrityError::Binding`] for one that is
    /// bound to secrets, and those about the document's statements.
    pub fn verify(
        self,
        issuer: &IssuerKey,
        policy: &VerifyPolicy,
    ) -> Result<DataIntegrityCredential, DataIntegrityError> {
        self.verify_bound(issuer, policy, None)
    }

    /// The same, and that it is bound to the holder's secrets; with `None` that it is not bound to anybody's.
    ///
    /// # Errors
    /// As [`Self::verify`], and [`DataIntegrityError::Binding`] for one that is bound otherwise. Other secrets than those
    /// that were signed are [`DataIntegrityError::ProofInvalid`].
    pub fn verify_bound(
        self,
        issuer: &IssuerKey,
        policy: &VerifyPolicy,
        holder: Option<&HolderSecrets>,
    ) -> Result<DataIntegrityCredential, DataIntegrityError> {
        if self.verification_method() != issuer.method() {
            return Err(DataIntegrityError::WrongKey);
        }
        let signed = self.transformed()?;
        self.base.verify(
            issuer.key(),
            &self.secured.proof_hash()?,
            &signed.statements,
            &signed.mandatory,
            holder,
        )?;
        let credential = DataIntegrityCredential::new(Arc::new(self), issuer.evidence().clone())?;
        check_validity(&credential, policy)?;
        Ok(credential)
    }

    /// Takes up a credential again that was verified before it was stored, by the evidence stored with it. Its validity
    /// in time is not checked; see [`DataIntegrityCredential::expires`].
    ///
    /// # Errors
    /// Those about the document's statements.
    pub(crate) fn reopen(
        self: Arc<Self>,
        evidence: IssuerEvidence,
    ) -> Result<DataIntegrityCredential, DataIntegrityError> {
        DataIntegrityCredential::new(self, evidence)
    }
}

fn check_validity(
    credential: &DataIntegrityCredential,
    policy: &VerifyPolicy,
) -> Result<(), DataIntegrityError> {
    let leeway = i64::from(policy.leeway.min(MAX_LEEWAY));
    let earliest = policy.at.saturating_add(-leeway);
    let latest = policy.at.saturating_add(leeway);
    if credential.expires().is_some_and(|end| end <= earliest) {
        return Err(DataIntegrityError::Expired);
    }
    let begins = [credential.not_before(), credential.created()];
    if begins.into_iter().flatten().any(|begin| begin > latest) {
        return Err(DataIntegrityError::NotYetValid);
    }
    Ok(())
}
