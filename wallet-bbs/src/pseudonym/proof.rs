//! Signatures over a secret of pseudonyms, and proofs with one of these.

use super::{
    Context, NymSecrets, ProverNyms, Pseudonym, PseudonymRevision, SignerNymEntropy, interface,
};
use crate::blind::{BlindShown, BlindSigned, Disclosed};
use crate::curve::{Affine, multiply_public, normalise};
use crate::generators::Points;
use crate::proof::{Bound, Witness};
use crate::published::published;
use crate::random::{Random, system};
use crate::signature::Statement;
use crate::suite::Draft;
use crate::{Blinding, Commitment, Error, Message, Proof, PublicKey, Scalar, SecretKey};
use crate::{Signature, Suite};

/// What a proof says of a pseudonym, as its verifier knows it.
#[derive(Clone, Copy, Debug)]
pub struct PseudonymShown<'a> {
    /// That of the credential.
    pub revision: PseudonymRevision,
    /// What the verifier asked for a pseudonym in.
    pub context: &'a [u8],
    /// What the holder is called in it.
    pub pseudonym: &'a Pseudonym,
}

impl Commitment {
    /// Commits to messages and to the holder's part of the secrets (`CommitWithNym`, section 6.1.1).
    ///
    /// Constant time in the contents of the messages and in the secrets.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_nym(
        suite: Suite,
        messages: &[Message<'_>],
        nyms: &ProverNyms,
    ) -> Result<(Self, Blinding), Error> {
        Self::with_nym_by(&mut system(), suite, messages, nyms)
    }

    pub(crate) fn with_nym_by(
        random: &mut impl Random,
        suite: Suite,
        messages: &[Message<'_>],
        nyms: &ProverNyms,
    ) -> Result<(Self, Blinding), Error> {
        let interface = interface(suite);
        // With room for all: growing would leave copies behind that nobody wipes.
        let mut scalars = Vec::with_capacity(messages.len() + nyms.scalars.len());
        scalars.extend(messages.iter().map(|message| message.scalar(interface)));
        scalars.extend_from_slice(&nyms.scalars);
        Self::over(random, interface, &scalars)
    }
}

impl SecretKey {
    /// Signs as [`sign_blind`](Self::sign_blind) does, and adds the issuer's part to the last of the secrets
    /// (`BlindSignWithNym`, section 6.1.2). Whoever is issued the same again gets the same part.
    ///
    /// # Errors
    /// As [`sign_blind`](Self::sign_blind), and [`Error::WrongCommitment`] for one to fewer scalars than the revision has
    /// secrets.
    pub fn sign_blind_with_nym(
        &self,
        commitment: &Commitment,
        revision: PseudonymRevision,
        entropy: &SignerNymEntropy,
        header: &[u8],
        messages: &[Message<'_>],
    ) -> Result<Signature, Error> {
        let (known, committed) = (messages.len(), commitment.count());
        if committed < revision.secrets() {
            return Err(Error::WrongCommitment);
        }
        let header = revision.header(header);
        let key = self.public_key();
        let statement = Statement::blind(key, Draft::Pseudonym, &header, known, committed)?;
        let last = Points::committed(statement.interface(), committed);
        let last = last.point(committed).point().times(&entropy.0);
        self.sign_committed(&statement, commitment, messages, Some(last))
    }
}

impl PublicKey {
    /// Verifies a blind signature over secrets of pseudonyms (`VerifyFinalizeWithNym`, section 6.1.3): the holder does when it is
    /// received. `committed` has the messages without the secrets.
    ///
    /// Constant time as [`verify_blind`](Self::verify_blind) is, and in the secrets.
    ///
    /// # Errors
    /// [`Error::WrongSignature`] if it is another; [`Error::TooManyMessages`]; [`Error::NoRandomness`].
    pub fn verify_with_nym(
        &self,
        signed: &BlindSigned<'_>,
        secrets: &NymSecrets,
    ) -> Result<(), Error> {
        let statement = signed.with_nym(self, secrets)?;
        let scalars = signed.scalars(statement.interface(), &secrets.scalars);
        self.verify_over(&mut system(), &statement, signed.signature, &scalars)
    }

    /// Proves as [`prove_blind`](Self::prove_blind) does, and that the pseudonym of this context, which is returned, comes from
    /// the secrets that were signed (`ProofGenWithNym`, section 6.2). The secrets are never disclosed.
    ///
    /// Constant time as [`prove_blind`](Self::prove_blind) is, and in the secrets.
    ///
    /// # Errors
    /// As [`prove`](Self::prove), and [`Error::Pseudonym`] as in [`NymSecrets::pseudonym`].
    pub fn prove_with_nym(
        &self,
        signed: &BlindSigned<'_>,
        secrets: &NymSecrets,
        context: &[u8],
        presentation_header: &[u8],
        disclosed: &Disclosed<'_>,
    ) -> Result<(Proof, Pseudonym), Error> {
        let occasion = Occasion {
            context,
            presentation_header,
        };
        self.prove_with_nym_by(&mut system(), signed, secrets, &occasion, disclosed)
    }

    pub(crate) fn prove_with_nym_by(
        &self,
        random: &mut impl Random,
        signed: &BlindSigned<'_>,
        secrets: &NymSecrets,
        occasion: &Occasion<'_>,
        disclosed: &Disclosed<'_>,
    ) -> Result<(Proof, Pseudonym), Error> {
        let statement = signed.with_nym(self, secrets)?;
        let witness = Witness {
            signature: signed.signature,
            scalars: &signed.scalars(statement.interface(), &secrets.scalars),
            disclosed: &disclosed.among(signed)?,
        };
        let context = Context::new(self.suite, occasion.context);
        let pseudonym = secrets.pseudonym_in(&context)?;
        let shown = PseudonymShown {
            revision: secrets.revision,
            context: occasion.context,
            pseudonym: &pseudonym,
        };
        // PseudonymProofInit of the draft (section 7.3.1): the secrets are the last of what is hidden.
        let bind = |tildes: &[Scalar]| {
            let tildes = last(tildes, secrets.scalars.len())?;
            let normal = normalise([context.point(tildes)]).ok_or(Error::NoRandomness)?;
            // Follows from the proof.
            let [u] = published(normal);
            Ok(shown.bound(&context, u))
        };
        let proof = statement.prove(random, &witness, occasion.presentation_header, bind)?;
        Ok((proof, pseudonym))
    }

    /// Verifies a proof with a pseudonym (`ProofVerifyWithNym`, section 6.3). **Not** constant time: all of it is what the
    /// verifier was shown.
    ///
    /// # Errors
    /// As [`verify_proof`](Self::verify_proof).
    pub fn verify_proof_with_nym(
        &self,
        proof: &Proof,
        shown: &BlindShown<'_>,
        nym: &PseudonymShown<'_>,
        presentation_header: &[u8],
    ) -> Result<(), Error> {
        let secrets = nym.revision.secrets();
        let committed = shown.committed_count(proof)?;
        // The secrets are none of the messages, of which any may be disclosed.
        let messages = committed.checked_sub(secrets).ok_or(Error::WrongProof)?;
        let header = nym.revision.header(shown.header);
        let statement = Statement::blind(self, Draft::Pseudonym, &header, shown.count, committed)?;
        let shown = shown.scalars(statement.interface(), messages)?;
        let context = Context::new(self.suite, nym.context);
        // PseudonymProofVerifyInit of the draft (section 7.3.2).
        let bind = |hidden: &[Scalar], challenge: &Scalar| {
            let response = context.evaluate(last(hidden, secrets)?);
            let negated = Scalar::default().minus(challenge);
            let terms = [(&context.base, &response), (&nym.pseudonym.0, &negated)];
            let u = multiply_public(terms.into_iter());
            let [u] = normalise([u]).ok_or(Error::WrongProof)?;
            Ok(nym.bound(&context, u))
        };
        statement.verify_proof(self, proof, &shown, presentation_header, bind)
    }
}

/// What a proof with a pseudonym is for.
pub(crate) struct Occasion<'a> {
    pub(crate) context: &'a [u8],
    pub(crate) presentation_header: &'a [u8],
}

/// The last of the hidden scalars, which are those of the secrets: nothing that is disclosed comes after them.
fn last(hidden: &[Scalar], secrets: usize) -> Result<&[Scalar], Error> {
    let others = hidden.len().checked_sub(secrets).ok_or(Error::WrongProof)?;
    Ok(&hidden[others..])
}

impl BlindSigned<'_> {
    fn with_nym(&self, key: &PublicKey, secrets: &NymSecrets) -> Result<Statement, Error> {
        let header = secrets.revision.header(self.header);
        self.statement(key, Draft::Pseudonym, &header, secrets.scalars.len())
    }
}

impl PseudonymShown<'_> {
    /// What of the pseudonym goes into the challenge (section 8.1, and of -01 section 8.1), with `Ut`.
    fn bound(&self, context: &Context, u: Affine) -> Bound {
        let pseudonym = self.pseudonym.0;
        match self.revision {
            PseudonymRevision::Draft01 => Bound {
                points: vec![pseudonym, context.base, u],
                octets: Vec::new(),
            },
            PseudonymRevision::Draft03 { .. } => Bound {
                points: vec![pseudonym, u],
                octets: [&(self.context.len() as u64).to_be_bytes(), self.context].concat(),
            },
        }
    }
}
