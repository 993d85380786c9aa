//! What the holder has of a credential that was signed blindly: the secrets in it, what blinds them, and the commitment to
//! them that the issuer was sent.

use super::feature::Feature;
use crate::formats::data_integrity::error::DataIntegrityError;
use crate::random::{Random, make_bytes};
use bbs::{
    BlindShown, BlindSigned, Blinding, Commitment, Disclosed, Message, Proof, PublicKey, Signature,
    Suite,
};
#[cfg(feature = "draft-pseudonym")]
use bbs::{NymSecrets, ProverNyms, Pseudonym, PseudonymRevision, PseudonymShown, SignerNymEntropy};
use core::fmt;
use zeroize::Zeroizing;

/// The revision of the W3C's vectors of April 2025.
#[cfg(feature = "draft-pseudonym")]
const REVISION: PseudonymRevision = PseudonymRevision::Draft01;

/// The revisions the secrets are stored for (docs/adr/28-revisions-of-blind-bbs.md): blind signatures -02 and, where the
/// feature has them, pseudonyms -01.
const STORED_REVISION: u8 = 1;

/// The holder's secrets for one issuer and feature. Who has a copy of them and of the credential can show it: they are
/// software, and in backups. Prints nothing of itself; its parts are wiped when dropped.
pub struct HolderSecrets {
    feature: Feature,
    blinding: Blinding,
    link: Option<Zeroizing<[u8; 32]>>,
    #[cfg(feature = "draft-pseudonym")]
    nyms: Option<ProverNyms>,
    commitment: Vec<u8>,
}

impl HolderSecrets {
    /// New random ones, with the commitment to them.
    ///
    /// # Errors
    /// [`DataIntegrityError::NoRandomness`].
    pub fn new(feature: Feature, random: &dyn Random) -> Result<Self, DataIntegrityError> {
        let no_randomness = |_| DataIntegrityError::NoRandomness;
        let link = match feature.has_link_secret() {
            true => Some(Zeroizing::new(make_bytes(random).map_err(no_randomness)?)),
            false => None,
        };
        #[cfg(feature = "draft-pseudonym")]
        if feature.has_pseudonym() {
            let nyms = ProverNyms::random(REVISION)?;
            let committed = committed(link.as_ref());
            let made = Commitment::with_nym(Suite::Sha256, &committed, &nyms)?;
            return Ok(Self {
                feature,
                blinding: made.1,
                commitment: made.0.to_bytes(),
                nyms: Some(nyms),
                link,
            });
        }
        let made = Commitment::new(Suite::Sha256, &committed(link.as_ref()))?;
        Ok(Self {
            feature,
            blinding: made.1,
            commitment: made.0.to_bytes(),
            #[cfg(feature = "draft-pseudonym")]
            nyms: None,
            link,
        })
    }

    /// Which feature they are for.
    #[must_use]
    pub fn feature(&self) -> Feature {
        self.feature
    }

    /// The commitment with its proof: no secret. The issuer signs it and learns nothing of what is in it.
    #[must_use]
    pub fn commitment(&self) -> &[u8] {
        &self.commitment
    }

    /// For the store: the feature, the revision, what blinds, the link secret, the secret of pseudonyms, the commitment.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        // With room for all: growing would leave copies behind that nobody wipes.
        let mut bytes = Zeroizing::new(Vec::with_capacity(98 + self.commitment.len()));
        bytes.push(self.feature.byte());
        bytes.push(STORED_REVISION);
        bytes.extend_from_slice(&*self.blinding.to_bytes());
        if let Some(link) = &self.link {
            bytes.extend_from_slice(&**link);
        }
        #[cfg(feature = "draft-pseudonym")]
        if let Some(nyms) = &self.nyms {
            bytes.extend_from_slice(&nyms.to_bytes());
        }
        bytes.extend_from_slice(&self.commitment);
        bytes
    }

    /// Whether these bytes of [`Self::to_bytes`] are of secrets for this feature.
    pub(crate) fn are_for(bytes: &[u8], feature: Feature) -> bool {
        bytes.first() == Some(&feature.byte())
    }

    /// What [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// [`DataIntegrityError::Feature`] for a feature or revision this build has not, [`DataIntegrityError::Binding`] for other
    /// bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, DataIntegrityError> {
        let [feature, revision, rest @ ..] = bytes else {
            return Err(DataIntegrityError::Binding);
        };
        let feature = Feature::from_byte(*feature)?;
        match *revision {
            STORED_REVISION => Self::read(feature, rest).ok_or(DataIntegrityError::Binding),
            _ => Err(DataIntegrityError::Feature),
        }
    }

    fn read(feature: Feature, bytes: &[u8]) -> Option<Self> {
        let (blinding, mut bytes) = bytes.split_first_chunk::<32>()?;
        let link = match feature.has_link_secret() {
            true => {
                let (link, rest) = bytes.split_first_chunk::<32>()?;
                bytes = rest;
                Some(Zeroizing::new(*link))
            }
            false => None,
        };
        #[cfg(feature = "draft-pseudonym")]
        let nyms = match feature.has_pseudonym() {
            true => {
                let (nym, rest) = bytes.split_first_chunk::<32>()?;
                bytes = rest;
                Some(ProverNyms::from_bytes(REVISION, nym).ok()?)
            }
            false => None,
        };
        let count = usize::from(feature.has_link_secret()) + usize::from(feature.has_pseudonym());
        if Commitment::from_bytes(bytes).ok()?.count() != count {
            return None;
        }
        Some(Self {
            feature,
            blinding: Blinding::from_bytes(blinding).ok()?,
            link,
            #[cfg(feature = "draft-pseudonym")]
            nyms,
            commitment: bytes.to_vec(),
        })
    }

    /// Those of the W3C's vectors.
    #[cfg(test)]
    pub(in crate::formats::data_integrity) fn for_tests(
        feature: Feature,
        blinding: &[u8; 32],
        link: Option<[u8; 32]>,
        #[cfg(feature = "draft-pseudonym")] nym: Option<[u8; 32]>,
        commitment: Vec<u8>,
    ) -> Option<Self> {
        Some(Self {
            feature,
            blinding: Blinding::from_bytes(blinding).ok()?,
            link: link.map(Zeroizing::new),
            #[cfg(feature = "draft-pseudonym")]
            nyms: nym.and_then(|nym| ProverNyms::from_bytes(REVISION, &nym).ok()),
            commitment,
        })
    }

    #[cfg(feature = "draft-pseudonym")]
    fn nym_secrets(&self, bound: &Bound) -> Result<Option<NymSecrets>, DataIntegrityError> {
        match (&self.nyms, &bound.entropy) {
            (None, None) => Ok(None),
            (Some(nyms), Some(entropy)) => {
                let entropy = SignerNymEntropy::from_bytes(entropy)?;
                Ok(Some(nyms.with_entropy(&entropy)))
            }
            _ => Err(DataIntegrityError::Binding),
        }
    }
}

impl fmt::Debug for HolderSecrets {
    /// Nothing of the secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("HolderSecrets");
        debug
            .field("feature", &self.feature)
            .finish_non_exhaustive()
    }
}

/// What is committed to as a message.
fn committed(link: Option<&Zeroizing<[u8; 32]>>) -> Vec<Message<'_>> {
    link.iter().map(|link| Message::Bytes(&***link)).collect()
}

/// What a base proof says of its binding.
pub(super) struct Bound {
    pub(super) feature: Feature,
    /// `signer_nym_entropy`: the issuer's part of the secret of pseudonyms.
    pub(super) entropy: Option<[u8; 32]>,
}

/// What an issuer signed, and what it signed with it.
pub(super) struct Signed<'a> {
    pub(super) key: &'a PublicKey,
    pub(super) signature: &'a Signature,
    pub(super) header: &'a [u8],
    pub(super) messages: &'a [Message<'a>],
    pub(super) bound: &'a Bound,
}

impl HolderSecrets {
    /// Whether the issuer signed these secrets with the messages, in constant time.
    pub(super) fn verify(&self, signed: &Signed<'_>) -> Result<(), DataIntegrityError> {
        self.require(signed.bound)?;
        let committed = committed(self.link.as_ref());
        let blind = self.blind(signed, &committed);
        #[cfg(feature = "draft-pseudonym")]
        if let Some(secrets) = self.nym_secrets(signed.bound)? {
            return Ok(signed.key.verify_with_nym(&blind, &secrets)?);
        }
        Ok(signed.key.verify_blind(&blind)?)
    }

    /// A proof of the messages at these indexes by who knows the secrets, with the pseudonym in this scope where the
    /// feature has one.
    pub(super) fn prove(
        &self,
        signed: &Signed<'_>,
        presentation_header: &[u8],
        selective: &[usize],
        scope: &str,
    ) -> Result<(Proof, ShownBound), DataIntegrityError> {
        self.require(signed.bound)?;
        let committed = committed(self.link.as_ref());
        let blind = self.blind(signed, &committed);
        let disclosed = Disclosed {
            messages: selective,
            committed: &[],
        };
        let shown = |pseudonym| ShownBound {
            feature: self.feature,
            count: signed.messages.len(),
            pseudonym,
        };
        #[cfg(feature = "draft-pseudonym")]
        if let Some(secrets) = self.nym_secrets(signed.bound)? {
            let (proof, pseudonym) = signed.key.prove_with_nym(
                &blind,
                &secrets,
                scope.as_bytes(),
                presentation_header,
                &disclosed,
            )?;
            let pseudonym = ShownPseudonym {
                scope: scope.to_owned(),
                value: pseudonym.to_bytes(),
            };
            return Ok((proof, shown(Some(pseudonym))));
        }
        let _ = scope;
        let proof = signed
            .key
            .prove_blind(&blind, presentation_header, &disclosed)?;
        Ok((proof, shown(None)))
    }

    fn require(&self, bound: &Bound) -> Result<(), DataIntegrityError> {
        match self.feature == bound.feature {
            true => Ok(()),
            false => Err(DataIntegrityError::Binding),
        }
    }

    fn blind<'a>(&'a self, signed: &Signed<'a>, committed: &'a [Message<'a>]) -> BlindSigned<'a> {
        BlindSigned {
            signature: signed.signature,
            header: signed.header,
            messages: signed.messages,
            committed,
            blinding: &self.blinding,
        }
    }
}

/// A pseudonym as a verifier sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownPseudonym {
    /// `nym_domain`: what it is a pseudonym in. The same holder has the same one there, and one nobody can tie to it
    /// anywhere else.
    pub scope: String,
    /// 48 bytes: a point.
    pub value: [u8; 48],
}

/// What a derived proof says of its binding.
#[derive(Debug, PartialEq)]
pub(in super::super) struct ShownBound {
    pub(super) feature: Feature,
    /// `lengthBBSMessages`.
    pub(super) count: usize,
    pub(in super::super) pseudonym: Option<ShownPseudonym>,
}

impl ShownBound {
    /// Verifies a proof. Everything here is public.
    pub(super) fn verify(
        &self,
        key: &PublicKey,
        proof: &Proof,
        header: &[u8],
        presentation_header: &[u8],
        messages: &[(usize, Message<'_>)],
    ) -> Result<(), DataIntegrityError> {
        // Nothing else binds the feature: a proof with a link secret and one without differ in how many scalars it is of.
        let committed =
            usize::from(self.feature.has_link_secret()) + usize::from(self.feature.has_pseudonym());
        let signed = self.count.checked_add(1 + committed);
        if signed != Some(messages.len() + proof.hidden_count()) {
            return Err(DataIntegrityError::ProofInvalid);
        }
        let shown = BlindShown {
            header,
            count: self.count,
            messages,
            committed: &[],
        };
        match &self.pseudonym {
            None => Ok(key.verify_blind_proof(proof, &shown, presentation_header)?),
            #[cfg(feature = "draft-pseudonym")]
            Some(pseudonym) => {
                let value = Pseudonym::from_bytes(&pseudonym.value)?;
                let nym = PseudonymShown {
                    revision: REVISION,
                    context: pseudonym.scope.as_bytes(),
                    pseudonym: &value,
                };
                Ok(key.verify_proof_with_nym(proof, &shown, &nym, presentation_header)?)
            }
            #[cfg(not(feature = "draft-pseudonym"))]
            Some(_) => Err(DataIntegrityError::Feature),
        }
    }
}
