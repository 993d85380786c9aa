//! Proofs: some of the messages, and that the issuer signed them with others.

use core::fmt;

use crate::curve::{Affine, multiply_public, multiply_secret, normalise, pairings_agree};
use crate::message::{check_count, check_indexes, scalars};
use crate::published::published;
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

    /// How many messages it hides.
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
        let disclosed = input.disclosed;
        let messages = scalars(self.suite, input.messages)?;
        check_indexes(disclosed.iter().copied(), messages.len())?;
        let is_hidden = |index: &usize| disclosed.binary_search(index).is_err();
        let hidden: Vec<usize> = (0..messages.len()).filter(is_hidden).collect();
        let statement = Statement::new(self, input.header, messages.len());

        let mut next = || random.scalar();
        let (r1, r2) = (next()?, next()?);
        let (e_tilde, r1_tilde, r3_tilde) = (next()?, next()?, next()?);
        // With room for all: growing would leave copies behind that nobody wipes.
        let mut tildes: Vec<Scalar> = Vec::with_capacity(hidden.len());
        for _ in &hidden {
            tildes.push(next()?);
        }

        // ProofInit of the draft.
        let Signature { a, e } = input.signature;
        let d = statement.point(&messages).times(&r2);
        let a_bar = a.point().times(&r1.times(&r2));
        let b_bar = d.times(&r1).minus(&a_bar.times(e));
        let t1 = a_bar.times(&e_tilde).plus(&d.times(&r1_tilde));
        let table = |index: &usize| statement.generators.message_table(*index);
        let hiding = multiply_secret(hidden.iter().map(table).zip(&tildes));
        let t2 = d.times(&r3_tilde).plus(&hiding);
        // No random scalar is zero, so that it takes a forged signature (A·e = B) to come to infinity.
        let points = normalise([a_bar, b_bar, d, t1, t2]).ok_or(Error::WrongSignature)?;
        // The first three stand in the proof, the others follow from it.
        let [a_bar, b_bar, d, t1, t2] = published(points);
        let commitment = Commitment { a_bar, b_bar, d };
        let shown = disclosed.iter().map(|index| (*index, &messages[*index]));
        let challenge = self.challenge(
            &statement,
            &commitment,
            [t1, t2],
            shown,
            input.presentation_header,
        );

        // ProofFinalize: responses, which the random scalars hide.
        let respond = |tilde: &Scalar, secret: &Scalar| tilde.plus(&secret.times(&challenge));
        let hide = |(index, tilde): (&usize, &Scalar)| published(respond(tilde, &messages[*index]));
        Ok(Proof {
            commitment,
            e: published(respond(&e_tilde, e)),
            r1: published(r1_tilde.minus(&r1.times(&challenge))),
            r3: published(r3_tilde.minus(&r2.inverse().times(&challenge))),
            hidden: hidden.iter().zip(&tildes).map(hide).collect(),
            challenge: published(challenge.clone()),
        })
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
        check_count(messages)?;
        check_indexes(disclosed.iter().map(|(index, _)| *index), messages)?;
        let statement = Statement::new(self, header, messages);
        let shown = |(index, message): &(usize, Message<'_>)| (*index, message.scalar(self.suite));
        let shown: Vec<_> = disclosed.iter().map(shown).collect();

        // ProofVerifyInit of the draft.
        let Proof {
            commitment,
            challenge,
            ..
        } = proof;
        let Commitment { a_bar, b_bar, d } = commitment;
        let t1 = [(b_bar, challenge), (a_bar, &proof.e), (d, &proof.r1)];
        let t1 = multiply_public(t1.into_iter());
        let generators = &statement.generators;
        let domain = statement.domain.times(challenge);
        let values: Vec<_> = shown
            .iter()
            .map(|(_, scalar)| scalar.times(challenge))
            .collect();
        let mut t2 = vec![
            (generators.base(), challenge),
            (generators.domain(), &domain),
            (d, &proof.r3),
        ];
        let (mut shown_left, mut hidden_left) =
            (shown.iter().zip(&values).peekable(), proof.hidden.iter());
        for index in 0..messages {
            let value = shown_left.next_if(|((shown, _), _)| *shown == index);
            let value = value.map(|(_, value)| value).or_else(|| hidden_left.next());
            t2.extend(value.map(|value| (generators.message(index), value)));
        }
        let t2 = multiply_public(t2.into_iter());
        // Nothing here is a secret, and nothing is published.
        let points = normalise([t1, t2]).ok_or(Error::WrongProof)?;
        let shown = shown.iter().map(|(index, scalar)| (*index, scalar));
        let expected = self.challenge(&statement, commitment, points, shown, presentation_header);
        if expected.to_bytes() != challenge.to_bytes() {
            return Err(Error::WrongProof);
        }
        match pairings_agree(a_bar, &self.point, b_bar) {
            true => Ok(()),
            false => Err(Error::WrongProof),
        }
    }

    /// `ProofChallengeCalculate` of the draft.
    fn challenge<'a>(
        &self,
        statement: &Statement,
        commitment: &Commitment,
        [t1, t2]: [Affine; 2],
        shown: impl ExactSizeIterator<Item = (usize, &'a Scalar)>,
        presentation_header: &[u8],
    ) -> Scalar {
        let mut input = (shown.len() as u64).to_be_bytes().to_vec();
        for (index, message) in shown {
            input.extend_from_slice(&(index as u64).to_be_bytes());
            input.extend_from_slice(&*message.to_bytes());
        }
        let Commitment { a_bar, b_bar, d } = *commitment;
        for point in [a_bar, b_bar, d, t1, t2] {
            input.extend_from_slice(&point.to_bytes());
        }
        input.extend_from_slice(&*statement.domain.to_bytes());
        input.extend_from_slice(&(presentation_header.len() as u64).to_be_bytes());
        input.extend_from_slice(presentation_header);
        self.suite.hash_to_scalar(&input, &self.suite.tag("H2S_"))
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
