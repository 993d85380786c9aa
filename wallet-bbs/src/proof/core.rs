//! `CoreProofGen` and `CoreProofVerify` of the drafts, which are the same for all interfaces.

use super::{Commitment, Proof};
use crate::curve::{Affine, multiply_public, multiply_secret, normalise, pairings_agree};
use crate::message::check_indexes;
use crate::published::published;
use crate::random::Random;
use crate::signature::Statement;
use crate::{Error, PublicKey, Scalar, Signature};

/// What the holder proves something of.
pub(crate) struct Witness<'a> {
    pub(crate) signature: &'a Signature,
    /// All that is signed.
    pub(crate) scalars: &'a [Scalar],
    pub(crate) disclosed: &'a [usize],
}

/// What else the challenge is over: nothing, or that a pseudonym is right.
#[derive(Default)]
pub(crate) struct Bound {
    /// Before the domain.
    pub(crate) points: Vec<Affine>,
    /// After the presentation header.
    pub(crate) octets: Vec<u8>,
}

impl Statement {
    /// Proves, and besides what `bind` makes of the random scalars of what is hidden.
    pub(crate) fn prove(
        &self,
        random: &mut impl Random,
        witness: &Witness<'_>,
        presentation_header: &[u8],
        bind: impl FnOnce(&[Scalar]) -> Result<Bound, Error>,
    ) -> Result<Proof, Error> {
        let Witness {
            signature: Signature { a, e },
            scalars,
            disclosed,
        } = witness;
        check_indexes(disclosed.iter().copied(), scalars.len())?;
        let is_hidden = |index: &usize| disclosed.binary_search(index).is_err();
        let hidden: Vec<usize> = (0..scalars.len()).filter(is_hidden).collect();

        let mut next = || random.scalar();
        let (r1, r2) = (next()?, next()?);
        let (e_tilde, r1_tilde, r3_tilde) = (next()?, next()?, next()?);
        // With room for all: growing would leave copies behind that nobody wipes.
        let mut tildes: Vec<Scalar> = Vec::with_capacity(hidden.len());
        for _ in &hidden {
            tildes.push(next()?);
        }

        // ProofInit of the draft.
        let d = self.point(scalars).times(&r2);
        let a_bar = a.point().times(&r1.times(&r2));
        let b_bar = d.times(&r1).minus(&a_bar.times(e));
        let t1 = a_bar.times(&e_tilde).plus(&d.times(&r1_tilde));
        let table = |index: &usize| self.generators.message_table(*index);
        let hiding = multiply_secret(hidden.iter().map(table).zip(&tildes));
        let t2 = d.times(&r3_tilde).plus(&hiding);
        // No random scalar is zero, so that it takes a forged signature (A·e = B) to come to infinity.
        let points = normalise([a_bar, b_bar, d, t1, t2]).ok_or(Error::WrongSignature)?;
        // The first three stand in the proof, the others follow from it.
        let [a_bar, b_bar, d, t1, t2] = published(points);
        let commitment = Commitment { a_bar, b_bar, d };
        let bound = bind(&tildes)?;
        let shown = disclosed.iter().map(|index| (*index, &scalars[*index]));
        let challenge = self.challenge(&commitment, [t1, t2], shown, presentation_header, &bound);

        // ProofFinalize: responses, which the random scalars hide.
        let respond = |tilde: &Scalar, secret: &Scalar| tilde.plus(&secret.times(&challenge));
        let hide = |(index, tilde): (&usize, &Scalar)| published(respond(tilde, &scalars[*index]));
        Ok(Proof {
            commitment,
            e: published(respond(&e_tilde, e)),
            r1: published(r1_tilde.minus(&r1.times(&challenge))),
            r3: published(r3_tilde.minus(&r2.inverse().times(&challenge))),
            hidden: hidden.iter().zip(&tildes).map(hide).collect(),
            challenge: published(challenge.clone()),
        })
    }

    /// Verifies, and besides what `bind` makes of the responses of what is hidden and of the challenge.
    pub(crate) fn verify_proof(
        &self,
        key: &PublicKey,
        proof: &Proof,
        shown: &[(usize, Scalar)],
        presentation_header: &[u8],
        bind: impl FnOnce(&[Scalar], &Scalar) -> Result<Bound, Error>,
    ) -> Result<(), Error> {
        let generators = &self.generators;
        let messages = shown.len() + proof.hidden.len();
        check_indexes(shown.iter().map(|(index, _)| *index), messages)?;

        // ProofVerifyInit of the draft.
        let Proof {
            commitment,
            challenge,
            ..
        } = proof;
        let Commitment { a_bar, b_bar, d } = commitment;
        let t1 = [(b_bar, challenge), (a_bar, &proof.e), (d, &proof.r1)];
        let t1 = multiply_public(t1.into_iter());
        let domain = self.domain.times(challenge);
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
        let bound = bind(&proof.hidden, challenge)?;
        let shown = shown.iter().map(|(index, scalar)| (*index, scalar));
        let expected = self.challenge(commitment, points, shown, presentation_header, &bound);
        if expected.to_bytes() != challenge.to_bytes() {
            return Err(Error::WrongProof);
        }
        match pairings_agree(a_bar, &key.point, b_bar) {
            true => Ok(()),
            false => Err(Error::WrongProof),
        }
    }

    /// `ProofChallengeCalculate` of the drafts.
    fn challenge<'a>(
        &self,
        commitment: &Commitment,
        [t1, t2]: [Affine; 2],
        shown: impl ExactSizeIterator<Item = (usize, &'a Scalar)>,
        presentation_header: &[u8],
        bound: &Bound,
    ) -> Scalar {
        let mut input = (shown.len() as u64).to_be_bytes().to_vec();
        for (index, message) in shown {
            input.extend_from_slice(&(index as u64).to_be_bytes());
            input.extend_from_slice(&*message.to_bytes());
        }
        let Commitment { a_bar, b_bar, d } = commitment;
        for point in [a_bar, b_bar, d, &t1, &t2].into_iter().chain(&bound.points) {
            input.extend_from_slice(&point.to_bytes());
        }
        input.extend_from_slice(&*self.domain.to_bytes());
        input.extend_from_slice(&(presentation_header.len() as u64).to_be_bytes());
        input.extend_from_slice(presentation_header);
        input.extend_from_slice(&bound.octets);
        self.interface().hash_to_scalar(&input, "H2S_")
    }
}
