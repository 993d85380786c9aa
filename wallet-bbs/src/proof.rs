//! Proofs: some of the messages, and that the issuer signed them with others.

mod core;

use ::core::fmt;

pub(crate) use self::core::{Bound, Witness};
use crate::curve::Affine;
use crate::message::scalars;
use crate::random::{Random, system};
use crate::signature::Statement;
use crate::{Error, Fault, MAX_MESSAGES, Message, PublicKey, Scalar, Signature};

/// Bytes of a proof that hides nothing: three points, three responses, the challenge.
const SMALLEST: usize = 3 * 48 + 4 * 32;

/// A proof of knowledge of a signature, in 272 bytes and 32 more for each hidden message.
///
/// Two proofs from one signature have nothing in common but what they disclose, the header, and the number of messages.
#[derive(Clone)]
pub struct Proof {
    commitment: Commitment,
    e: Scalar,
    r1: Scalar,
    r3: Scalar,
    hidden: Vec<Scalar>,
    challenge: Scalar,
}

/// The signature, blinded (`Abar`, `Bbar`, `D` of the draft).
#[derive(Clone, Copy)]
struct Commitment {
    a_bar: Affine,
    b_bar: Affine,
    d: Affine,
}

impl Proof {
    /// Reads a proof.
    ///
    /// # Errors
    /// [`Error::Proof`] for a length that no proof has, for a point that is not on the curve, not in the subgroup or at
    /// infinity, and for a scalar that is zero or not below the order.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::read(bytes).map_err(Error::Proof)
    }

    fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let hidden = bytes.len().checked_sub(SMALLEST).ok_or(Fault::Length)?;
        if hidden % 32 != 0 || hidden / 32 > MAX_MESSAGES {
            return Err(Fault::Length);
        }
        let (points, rest) = bytes.split_at(3 * 48);
        let (points, _) = points.as_chunks::<48>();
        let (rest, _) = rest.as_chunks::<32>();
        let ([a_bar, b_bar, d], [e, r1, r3, hidden @ .., challenge]) = (points, rest) else {
            return Err(Fault::Length);
        };
        let commitment = Commitment {
            a_bar: Affine::read(a_bar)?,
            b_bar: Affine::read(b_bar)?,
            d: Affine::read(d)?,
        };
        let hidden: Result<_, _> = hidden.iter().map(Scalar::read_nonzero).collect();
        Ok(Self {
            commitment,
            e: Scalar::read_nonzero(e)?,
            r1: Scalar::read_nonzero(r1)?,
            r3: Scalar::read_nonzero(r3)?,
            hidden: hidden?,
            challenge: Scalar::read_nonzero(challenge)?,
        })
    }

    /// The bytes to send.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Commitment { a_bar, b_bar, d } = self.commitment;
        let mut bytes = Vec::with_capacity(SMALLEST + 32 * self.hidden.len());
        for point in [a_bar, b_bar, d] {
            bytes.extend_from_slice(&point.to_bytes());
        }
        let responses = [&self.e, &self.r1, &self.r3].into_iter();
        for scalar in responses.chain(&self.hidden).chain([&self.challenge]) {
            bytes.extend_from_slice(&*scalar.to_bytes());
        }
        bytes
    }

    /// How many messages it hides. Of a blind signature, what blinds it is one of them, and so is each secret of a pseudonym.
    #[must_use]
    pub fn hidden_count(&self) -> usize {
        self.hidden.len()
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Proof");
        debug.field("hidden", &self.hidden_count());
        debug.finish_non_exhaustive()
    }
}

impl PublicKey {
    /// Proves that this key signed the header and the messages, and shows those with the `disclosed` indexes (`ProofGen` of
    /// the draft). The presentation header binds the proof to an occasion, e.g. a verifier's nonce.
    ///
    /// Constant time in the signature and in the contents of the messages; which are disclosed, how many there are and how
    /// long they are is public. Verify a signature once, when it is received: a proof of a wrong one is mostly made and
    /// verifies nowhere.
    ///
    /// # Errors
    /// [`Error::IndexesNotAscending`], [`Error::IndexOutOfRange`], [`Error::TooManyMessages`]; [`Error::NoRandomness`];
    /// [`Error::WrongSignature`] for one that was forged to give the point at infinity, which no proof can hold.
    pub fn prove(
        &self,
        signature: &Signature,
        header: &[u8],
        presentation_header: &[u8],
        messages: &[Message<'_>],
        disclosed: &[usize],
    ) -> Result<Proof, Error> {
        let input = ProofInput {
            signature,
            header,
            presentation_header,
            messages,
            disclosed,
        };
        self.prove_blinded_by(&mut system(), &input)
    }

    pub(crate) fn prove_blinded_by(
        &self,
        random: &mut impl Random,
        input: &ProofInput<'_>,
    ) -> Result<Proof, Error> {
        let statement = Statement::plain(self, input.header, input.messages.len())?;
        let scalars = scalars(statement.interface(), input.messages);
        let witness = Witness {
            signature: input.signature,
            scalars: &scalars,
            disclosed: input.disclosed,
        };
        let nothing_else = |_: &[Scalar]| Ok(Bound::default());
        statement.prove(random, &witness, input.presentation_header, nothing_else)
    }

    /// Verifies a proof that shows these messages with their indexes (`ProofVerify` of the draft). All of it is what the
    /// verifier was shown: **not** constant time.
    ///
    /// # Errors
    /// [`Error::WrongProof`]; [`Error::IndexesNotAscending`], [`Error::IndexOutOfRange`], [`Error::TooManyMessages`].
    pub fn verify_proof(
        &self,
        proof: &Proof,
        header: &[u8],
        presentation_header: &[u8],
        disclosed: &[(usize, Message<'_>)],
    ) -> Result<(), Error> {
        let messages = disclosed.len() + proof.hidden.len();
        let statement = Statement::plain(self, header, messages)?;
        let interface = statement.interface();
        let shown = disclosed.iter();
        let shown: Vec<_> = shown
            .map(|(index, message)| (*index, message.scalar(interface)))
            .collect();
        let nothing_else = |_: &[Scalar], _: &Scalar| Ok(Bound::default());
        statement.verify_proof(self, proof, &shown, presentation_header, nothing_else)
    }
}

/// What a proof is made from.
pub(crate) struct ProofInput<'a> {
    pub(crate) signature: &'a Signature,
    pub(crate) header: &'a [u8],
    pub(crate) presentation_header: &'a [u8],
    pub(crate) messages: &'a [Message<'a>],
    pub(crate) disclosed: &'a [usize],
}
