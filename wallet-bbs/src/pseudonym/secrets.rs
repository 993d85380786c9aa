//! What a pseudonym comes from: a part of the holder's, a part of the issuer's.

use zeroize::Zeroizing;

use super::{Context, Pseudonym, PseudonymRevision};
use crate::curve::normalise;
use crate::published::published;
use crate::random::{Random, system};
use crate::{Error, Fault, Scalar, Suite};

/// The holder's part of the secrets (`prover_nyms` of the draft), which the issuer does not see. Who has it and the issuer's
/// part has the pseudonyms. Wiped when dropped; prints and copies nothing of itself.
pub struct ProverNyms {
    pub(super) revision: PseudonymRevision,
    pub(super) scalars: Vec<Scalar>,
}

/// The issuer's part (`signer_nym_entropy` of the draft): no secret between the two, and the same again for who shall keep the
/// same pseudonyms. Kept with the credential.
#[derive(Clone)]
pub struct SignerNymEntropy(pub(super) Scalar);

/// The secrets that are signed and that pseudonyms are computed from (`nym_secrets` of the draft). Wiped when dropped; prints and
/// copies nothing of itself.
pub struct NymSecrets {
    pub(super) revision: PseudonymRevision,
    pub(super) scalars: Vec<Scalar>,
}

impl ProverNyms {
    /// New random ones.
    ///
    /// # Errors
    /// [`Error::NoRandomness`] if the system has none.
    pub fn random(revision: PseudonymRevision) -> Result<Self, Error> {
        let mut random = system();
        let count = revision.secrets();
        crate::message::check_count(count)?;
        // With room for all: growing would leave copies behind that nobody wipes.
        let mut scalars = Vec::with_capacity(count);
        for _ in 0..count {
            scalars.push(random.scalar()?);
        }
        Ok(Self { revision, scalars })
    }

    /// Reads what [`to_bytes`](Self::to_bytes) gave.
    ///
    /// # Errors
    /// [`Error::Nym`] for a length other than 32 bytes for each of the revision's, and for a scalar that is zero or not below
    /// the order.
    pub fn from_bytes(revision: PseudonymRevision, bytes: &[u8]) -> Result<Self, Error> {
        let (chunks, rest) = bytes.as_chunks::<32>();
        if chunks.len() != revision.secrets() || !rest.is_empty() {
            return Err(Error::Nym(Fault::Length));
        }
        let mut scalars = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            scalars.push(Scalar::read_nonzero(chunk).map_err(Error::Nym)?);
        }
        Ok(Self { revision, scalars })
    }

    /// 32 bytes for each, big-endian; wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(32 * self.scalars.len()));
        for scalar in &self.scalars {
            bytes.extend_from_slice(&*scalar.to_bytes());
        }
        bytes
    }

    /// What they are for.
    #[must_use]
    pub fn revision(&self) -> PseudonymRevision {
        self.revision
    }

    /// The secrets that come of both parts. Whether they were signed,
    /// [`verify_with_nym`](crate::PublicKey::verify_with_nym) tells.
    #[must_use]
    pub fn with_entropy(&self, entropy: &SignerNymEntropy) -> NymSecrets {
        let mut scalars = self.scalars.clone();
        if let Some(last) = scalars.last_mut() {
            *last = last.plus(&entropy.0);
        }
        let revision = self.revision;
        NymSecrets { revision, scalars }
    }
}

impl SignerNymEntropy {
    /// A new random one.
    ///
    /// # Errors
    /// [`Error::NoRandomness`] if the system has none.
    pub fn random() -> Result<Self, Error> {
        Ok(Self(system().scalar()?))
    }

    /// Reads 32 bytes, big-endian.
    ///
    /// # Errors
    /// [`Error::Nym`] for zero, and for what is not below the order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, Error> {
        let scalar = Scalar::read_nonzero(bytes).map_err(Error::Nym)?;
        Ok(Self(scalar))
    }

    /// The 32 bytes, big-endian; wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.to_bytes()
    }
}

impl NymSecrets {
    /// The pseudonym of a context (section 4), in constant time in the secrets. What a context is, verifier and holder agree on
    /// beforehand.
    ///
    /// # Errors
    /// [`Error::Pseudonym`] if it were the point at infinity: with secrets that are no secrets.
    pub fn pseudonym(&self, suite: Suite, context: &[u8]) -> Result<Pseudonym, Error> {
        self.pseudonym_in(&Context::new(suite, context))
    }

    pub(super) fn pseudonym_in(&self, context: &Context) -> Result<Pseudonym, Error> {
        let point = context.point(&self.scalars);
        let normal = normalise([point]).ok_or(Error::Pseudonym(Fault::Identity))?;
        // Shown to the verifier.
        let [point] = published(normal);
        Ok(Pseudonym(point))
    }

    #[cfg(test)]
    pub(crate) fn mark_secret(&mut self) {
        self.scalars.iter_mut().for_each(Scalar::mark_secret);
    }

    #[cfg(test)]
    pub(crate) fn scalars_for_tests(&self) -> Vec<Vec<u8>> {
        let scalars = self.scalars.iter();
        scalars.map(|scalar| scalar.to_bytes().to_vec()).collect()
    }

    /// What they are for.
    #[must_use]
    pub fn revision(&self) -> PseudonymRevision {
        self.revision
    }
}
