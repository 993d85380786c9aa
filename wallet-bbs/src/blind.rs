//! Blind signatures: over messages that the signer sees and others that the holder committed to
//! (draft-irtf-cfrg-bbs-blind-signatures-02, whose sections are named here; see the README for other revisions).

mod commitment;

use zeroize::Zeroizing;

pub use commitment::{Blinding, Commitment};

use crate::curve::{Point, normalise};
use crate::message::{check_indexes, scalars};
use crate::proof::{Bound, Witness};
use crate::published::published;
use crate::random::{Random, system};
use crate::signature::Statement;
use crate::suite::{Draft, Interface};
use crate::{Error, Message, Proof, PublicKey, Scalar, SecretKey, Signature};

/// A blind signature with all it is over, as its holder has it.
#[derive(Clone, Copy)]
pub struct BlindSigned<'a> {
    /// From the issuer.
    pub signature: &'a Signature,
    /// Disclosed in every proof.
    pub header: &'a [u8],
    /// What the issuer signed and saw.
    pub messages: &'a [Message<'a>],
    /// What the holder committed to and the issuer did not see.
    pub committed: &'a [Message<'a>],
    /// Of that commitment.
    pub blinding: &'a Blinding,
}

/// Which messages of a blind signature a proof discloses. Indexes begin at 0 in each list, and ascend.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disclosed<'a> {
    /// Of those the issuer saw.
    pub messages: &'a [usize],
    /// Of those the holder committed to.
    pub committed: &'a [usize],
}

/// What a proof from a blind signature shows its verifier.
#[derive(Clone, Copy)]
pub struct BlindShown<'a> {
    /// What the signature is over.
    pub header: &'a [u8],
    /// How many messages the issuer saw (`L` of the draft): a proof does not say which of the hidden ones those are.
    pub count: usize,
    /// Those of them that are disclosed, with their indexes, which ascend.
    pub messages: &'a [(usize, Message<'a>)],
    /// Those that the holder committed to and discloses, with their indexes, which ascend.
    pub committed: &'a [(usize, Message<'a>)],
}

impl SecretKey {
    /// Signs messages, and those in a commitment without seeing them (`BlindSign`, section 4.2.1): the same signature each
    /// time. First the commitment's proof is verified.
    ///
    /// Constant time in the key.
    ///
    /// # Errors
    /// [`Error::WrongCommitment`] if its maker did not know what is in it, or made it in another suite or for a pseudonym;
    /// [`Error::TooManyMessages`], for which the commitment counts as one more than it has messages.
    pub fn sign_blind(
        &self,
        commitment: &Commitment,
        header: &[u8],
        messages: &[Message<'_>],
    ) -> Result<Signature, Error> {
        let (known, committed) = (messages.len(), commitment.count());
        let statement =
            Statement::blind(self.public_key(), Draft::Blind, header, known, committed)?;
        self.sign_committed(&statement, commitment, messages, None)
    }

    /// Signs, with a point more or without.
    pub(crate) fn sign_committed(
        &self,
        statement: &Statement,
        commitment: &Commitment,
        messages: &[Message<'_>],
        more: Option<Point>,
    ) -> Result<Signature, Error> {
        let interface = statement.interface();
        let committed = commitment.verified(interface)?.point();
        let b = statement.point(&scalars(interface, messages));
        let b = b.plus(&committed);
        self.finish_blind(
            interface,
            &more.iter().fold(b, |sum, point| sum.plus(point)),
        )
    }

    /// `FinalizeBlindSign` of the draft (section 4.3.3), of `B` with the domain in it. `e` is of the key and `B` as in the
    /// draft's vectors; its text hashes the domain once more.
    pub(crate) fn finish_blind(&self, interface: Interface, b: &Point) -> Result<Signature, Error> {
        // Nothing of the key is in it, and no commitment of somebody who knows what is in it makes it infinity.
        let [octets] = published(normalise([*b])).ok_or(Error::WrongCommitment)?;
        let mut input = Zeroizing::new(Vec::with_capacity(32 + 48));
        input.extend_from_slice(&*self.scalar.to_bytes());
        input.extend_from_slice(&octets.to_bytes());
        self.finish(b, interface.hash_to_scalar(&input, "H2S_"))
    }
}

impl PublicKey {
    /// Verifies a blind signature (`VerifyBlindSign`, section 4.2.2): the holder does when it is received.
    ///
    /// Constant time in the signature, the blinding, and the contents of the messages, as [`verify`](Self::verify) is.
    ///
    /// # Errors
    /// [`Error::WrongSignature`] if it is another; [`Error::TooManyMessages`]; [`Error::NoRandomness`].
    pub fn verify_blind(&self, signed: &BlindSigned<'_>) -> Result<(), Error> {
        let statement = signed.statement(self, Draft::Blind, signed.header, 0)?;
        let scalars = signed.scalars(statement.interface(), &[]);
        self.verify_over(&mut system(), &statement, signed.signature, &scalars)
    }

    /// Proves what [`prove`](Self::prove) does of a blind signature (`BlindProofGen`, section 4.2.3). It takes knowing every
    /// message that was committed to, so that one of them can be a secret that binds the signature to its holder.
    ///
    /// Constant time in the signature, the blinding, and the contents of the messages.
    ///
    /// # Errors
    /// As [`prove`](Self::prove).
    pub fn prove_blind(
        &self,
        signed: &BlindSigned<'_>,
        presentation_header: &[u8],
        disclosed: &Disclosed<'_>,
    ) -> Result<Proof, Error> {
        self.prove_blind_by(&mut system(), signed, presentation_header, disclosed)
    }

    pub(crate) fn prove_blind_by(
        &self,
        random: &mut impl Random,
        signed: &BlindSigned<'_>,
        presentation_header: &[u8],
        disclosed: &Disclosed<'_>,
    ) -> Result<Proof, Error> {
        let statement = signed.statement(self, Draft::Blind, signed.header, 0)?;
        let witness = Witness {
            signature: signed.signature,
            scalars: &signed.scalars(statement.interface(), &[]),
            disclosed: &disclosed.among(signed)?,
        };
        let nothing_else = |_: &[Scalar]| Ok(Bound::default());
        statement.prove(random, &witness, presentation_header, nothing_else)
    }

    /// Verifies a proof from a blind signature (`BlindProofVerify`, section 4.2.4). **Not** constant time: all of it is what
    /// the verifier was shown.
    ///
    /// # Errors
    /// As [`verify_proof`](Self::verify_proof).
    pub fn verify_blind_proof(
        &self,
        proof: &Proof,
        shown: &BlindShown<'_>,
        presentation_header: &[u8],
    ) -> Result<(), Error> {
        let committed = shown.committed_count(proof)?;
        let (known, header) = (shown.count, shown.header);
        let statement = Statement::blind(self, Draft::Blind, header, known, committed)?;
        let shown = shown.scalars(statement.interface(), committed)?;
        let nothing_else = |_: &[Scalar], _: &Scalar| Ok(Bound::default());
        statement.verify_proof(self, proof, &shown, presentation_header, nothing_else)
    }
}

impl BlindSigned<'_> {
    /// What is signed, with so many scalars after the messages.
    pub(crate) fn statement(
        &self,
        key: &PublicKey,
        draft: Draft,
        header: &[u8],
        more: usize,
    ) -> Result<Statement, Error> {
        let committed = self.committed.len().saturating_add(more);
        Statement::blind(key, draft, header, self.messages.len(), committed)
    }

    /// All that is signed, in the order of the generators.
    pub(crate) fn scalars(&self, interface: Interface, more: &[Scalar]) -> Vec<Scalar> {
        let count = self.messages.len() + 1 + self.committed.len() + more.len();
        let scalar = |message: &Message<'_>| message.scalar(interface);
        // With room for all: growing would leave copies behind that nobody wipes.
        let mut scalars = Vec::with_capacity(count);
        scalars.extend(self.messages.iter().map(scalar));
        scalars.push(self.blinding.0.clone());
        scalars.extend(self.committed.iter().map(scalar));
        scalars.extend_from_slice(more);
        scalars
    }
}

impl Disclosed<'_> {
    /// Their indexes among all that is signed.
    pub(crate) fn among(&self, signed: &BlindSigned<'_>) -> Result<Vec<usize>, Error> {
        let known = signed.messages.len();
        check_indexes(self.messages.iter().copied(), known)?;
        check_indexes(self.committed.iter().copied(), signed.committed.len())?;
        let committed = self.committed.iter().map(|index| known + 1 + index);
        Ok(self.messages.iter().copied().chain(committed).collect())
    }
}

impl BlindShown<'_> {
    /// How many scalars the holder committed to, if the proof is of this many messages.
    pub(crate) fn committed_count(&self, proof: &Proof) -> Result<usize, Error> {
        let all = self.messages.len() + self.committed.len() + proof.hidden_count();
        let committed = all.checked_sub(self.count);
        let committed = committed.and_then(|committed| committed.checked_sub(1));
        committed.ok_or(Error::WrongProof)
    }

    /// What is disclosed, with the indexes among all that is signed; of what was committed to only the first are messages.
    pub(crate) fn scalars(
        &self,
        interface: Interface,
        committed: usize,
    ) -> Result<Vec<(usize, Scalar)>, Error> {
        check_indexes(self.messages.iter().map(|(index, _)| *index), self.count)?;
        check_indexes(self.committed.iter().map(|(index, _)| *index), committed)?;
        let messages = self.messages.iter();
        let messages = messages.map(|(index, message)| (*index, message));
        let committed = self.committed.iter();
        let committed = committed.map(|(index, message)| (self.count + 1 + index, message));
        let all = messages.chain(committed);
        Ok(all
            .map(|(index, message)| (index, message.scalar(interface)))
            .collect())
    }
}
