//! Commitments of a holder to messages that the signer is not shown.

use core::{fmt, iter};

use zeroize::Zeroizing;

use crate::curve::{Affine, multiply_public, multiply_secret, normalise};
use crate::generators::Points;
use crate::message::{check_count, scalars};
use crate::published::published;
use crate::random::{Random, system};
use crate::suite::{Draft, Interface};
use crate::{Error, Fault, MAX_MESSAGES, Message, Scalar, Suite};

/// Bytes of a commitment to nothing: a point, a response and the challenge.
const SMALLEST: usize = 48 + 2 * 32;

/// A commitment to messages, and the proof that who made it knows them (`commitment_with_proof` of the draft): what a holder
/// sends for a blind signature, in 112 bytes and 32 more for each message.
///
/// It says how many messages there are and nothing else of them, whoever computes how long. It does not say its suite, nor
/// what it is for: who signs knows. It has no proof of being fresh: whatever carries it says for which occasion it is.
#[derive(Clone)]
pub struct Commitment {
    point: Affine,
    blinding: Scalar,
    messages: Vec<Scalar>,
    challenge: Scalar,
}

/// What blinds a commitment (`secret_prover_blind` of the draft): the holder's secret, needed to verify and to use the
/// signature. Wiped when dropped; prints and copies nothing of itself.
pub struct Blinding(pub(crate) Scalar);

impl Blinding {
    /// Reads 32 bytes, big-endian.
    ///
    /// # Errors
    /// [`Error::Blinding`] for zero, and for what is not below the order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, Error> {
        let scalar = Scalar::read_nonzero(bytes).map_err(Error::Blinding)?;
        Ok(Self(scalar))
    }

    /// The 32 bytes, big-endian; wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.to_bytes()
    }

    #[cfg(test)]
    pub(crate) fn mark_secret(&mut self) {
        self.0.mark_secret();
    }
}

impl Commitment {
    /// Commits to messages (`Commit`, section 4.1.1 of the draft), of which there may be none. Another one each time.
    ///
    /// Constant time in the contents of the messages.
    ///
    /// # Errors
    /// [`Error::TooManyMessages`]; [`Error::NoRandomness`].
    pub fn new(suite: Suite, messages: &[Message<'_>]) -> Result<(Self, Blinding), Error> {
        let interface = suite.interface(Draft::Blind);
        Self::over(&mut system(), interface, &scalars(interface, messages))
    }

    /// `CoreCommit` of the draft.
    pub(crate) fn over(
        random: &mut impl Random,
        interface: Interface,
        scalars: &[Scalar],
    ) -> Result<(Self, Blinding), Error> {
        check_count(scalars.len().saturating_add(1))?;
        let points = Points::committed(interface, scalars.len());
        let mut next = || random.scalar();
        let (blinding, blinding_tilde) = (next()?, next()?);
        // With room for all: growing would leave copies behind that nobody wipes.
        let mut tildes: Vec<Scalar> = Vec::with_capacity(scalars.len());
        for _ in scalars {
            tildes.push(next()?);
        }
        let sum = |blinding, scalars| {
            let scalars = iter::once(blinding).chain(scalars);
            multiply_secret(
                (0..points.count())
                    .map(|index| points.table(index))
                    .zip(scalars),
            )
        };
        let c = sum(&blinding, scalars.iter());
        let c_bar = sum(&blinding_tilde, tildes.iter());
        // Random scalars do not come to infinity. The first is sent, the other follows from the proof.
        let normal = normalise([c, c_bar]).ok_or(Error::NoRandomness)?;
        let [point, c_bar] = published(normal);
        let challenge = challenge(interface, &points, [&point, &c_bar]);
        // Responses, which the random scalars hide.
        let respond =
            |tilde: &Scalar, secret: &Scalar| published(tilde.plus(&secret.times(&challenge)));
        let messages = tildes.iter().zip(scalars);
        let commitment = Self {
            point,
            blinding: respond(&blinding_tilde, &blinding),
            messages: messages
                .map(|(tilde, secret)| respond(tilde, secret))
                .collect(),
            challenge,
        };
        Ok((commitment, Blinding(blinding)))
    }

    /// `CoreCommitVerify` of the draft: the point, if who made it knows what is in it. Not constant time: nothing in it is a
    /// secret.
    pub(crate) fn verified(&self, interface: Interface) -> Result<Affine, Error> {
        let points = Points::committed(interface, self.messages.len());
        let negated = Scalar::default().minus(&self.challenge);
        let responses = iter::once(&self.blinding).chain(&self.messages);
        let terms = (0..points.count())
            .map(|index| points.point(index))
            .zip(responses);
        let c_bar = multiply_public(terms.chain([(&self.point, &negated)]));
        let [c_bar] = normalise([c_bar]).ok_or(Error::WrongCommitment)?;
        let expected = challenge(interface, &points, [&self.point, &c_bar]);
        match expected.to_bytes() == self.challenge.to_bytes() {
            true => Ok(self.point),
            false => Err(Error::WrongCommitment),
        }
    }

    /// Reads what a holder sent.
    ///
    /// # Errors
    /// [`Error::Commitment`] for a length that no commitment has, for a point that is not on the curve, not in the subgroup or
    /// at infinity, and for a scalar that is zero or not below the order.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::read(bytes).map_err(Error::Commitment)
    }

    fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let messages = bytes.len().checked_sub(SMALLEST).ok_or(Fault::Length)?;
        if messages % 32 != 0 || messages / 32 >= MAX_MESSAGES {
            return Err(Fault::Length);
        }
        let (point, rest) = bytes.split_first_chunk::<48>().ok_or(Fault::Length)?;
        let (rest, _) = rest.as_chunks::<32>();
        let [blinding, messages @ .., challenge] = rest else {
            return Err(Fault::Length);
        };
        let point = Affine::read(point)?;
        let messages: Result<_, _> = messages.iter().map(Scalar::read_nonzero).collect();
        Ok(Self {
            point,
            blinding: Scalar::read_nonzero(blinding)?,
            messages: messages?,
            challenge: Scalar::read_nonzero(challenge)?,
        })
    }

    /// The bytes to send.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SMALLEST + 32 * self.messages.len());
        bytes.extend_from_slice(&self.point.to_bytes());
        let responses = iter::once(&self.blinding).chain(&self.messages);
        for scalar in responses.chain([&self.challenge]) {
            bytes.extend_from_slice(&*scalar.to_bytes());
        }
        bytes
    }

    /// How many messages it is to.
    #[must_use]
    pub fn count(&self) -> usize {
        self.messages.len()
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Commitment");
        debug.field("count", &self.count()).finish_non_exhaustive()
    }
}

/// `calculate_blind_challenge` of the draft.
fn challenge(interface: Interface, points: &Points, commitments: [&Affine; 2]) -> Scalar {
    let messages = points.count() - 1;
    let mut input = (messages as u64).to_be_bytes().to_vec();
    points.write_to(&mut input);
    for point in commitments {
        input.extend_from_slice(&point.to_bytes());
    }
    interface.hash_to_scalar(&input, "H2S_")
}
