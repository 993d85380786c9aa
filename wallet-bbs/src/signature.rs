//! Signing, and verifying a signature.

use core::{fmt, iter};

use zeroize::Zeroizing;

use crate::curve::{Affine, Point, multiply_secret, normalise, pairings_agree};
use crate::generators::Generators;
use crate::message::scalars;
use crate::published::published;
use crate::random::{Random, system};
use crate::{Error, Fault, Message, PublicKey, Scalar, SecretKey};

/// A signature over a header and messages, in 80 bytes.
///
/// Whoever sees it can link what comes from it: a holder keeps it and shows proofs. Wiped when dropped.
#[derive(Clone)]
pub struct Signature {
    pub(crate) a: Affine,
    pub(crate) e: Scalar,
}

impl Signature {
    /// Reads 80 bytes.
    ///
    /// # Errors
    /// [`Error::Signature`] for another length, for a point that is not on the curve, not in the subgroup or at infinity,
    /// and for a scalar that is zero or not below the order.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let read = |bytes: &[u8]| -> Result<Self, Fault> {
            let bytes: &[u8; 80] = bytes.try_into().map_err(|_| Fault::Length)?;
            let (a, e) = bytes.split_first_chunk().ok_or(Fault::Length)?;
            Ok(Self {
                a: Affine::read(a)?,
                e: Scalar::read_nonzero(e.try_into().map_err(|_| Fault::Length)?)?,
            })
        };
        read(bytes).map_err(Error::Signature)
    }

    /// The 80 bytes; wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 80]> {
        let mut bytes = Zeroizing::new([0; 80]);
        let (a, e) = bytes.split_at_mut(48);
        a.copy_from_slice(&self.a.to_bytes());
        e.copy_from_slice(&*self.e.to_bytes());
        bytes
    }
}

impl Drop for Signature {
    fn drop(&mut self) {
        self.a.wipe();
    }
}

/// Shows nothing of it: it links whoever holds it.
impl fmt::Debug for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Signature(..)")
    }
}

impl SecretKey {
    /// Signs a header and messages (`Sign` of the draft): the same signature each time. The header is disclosed in every
    /// proof; it and the messages may be empty, and there may be no message.
    ///
    /// Constant time in the key and in the messages' contents; how many and how long they are is public.
    ///
    /// # Errors
    /// [`Error::TooManyMessages`].
    pub fn sign(&self, header: &[u8], messages: &[Message<'_>]) -> Result<Signature, Error> {
        let PublicKey { suite, .. } = *self.public_key();
        let messages = scalars(suite, messages)?;
        let statement = Statement::new(self.public_key(), header, messages.len());
        let mut input = Zeroizing::new(Vec::with_capacity(32 * (messages.len() + 2)));
        let all = [&self.scalar].into_iter().chain(&messages);
        for scalar in all.chain([&statement.domain]) {
            input.extend_from_slice(&*scalar.to_bytes());
        }
        let e = suite.hash_to_scalar(&input, &suite.tag("H2S_"));
        let inverse = self.scalar.plus(&e).inverse();
        let a = normalise([statement.point(&messages).times(&inverse)]);
        match a {
            // The two halves of the signature, which the issuer gives away.
            Some([a]) if !e.is_zero() => Ok(Signature {
                a: published(a),
                e: published(e),
            }),
            // Zero has the probability of guessing the key.
            _ => Err(Error::SecretKey(Fault::ScalarRange)),
        }
    }
}

impl PublicKey {
    /// Verifies a signature over a header and messages (`Verify` of the draft).
    ///
    /// For holders, to whom the messages and the signature are secrets: constant time in their contents. What the pairing
    /// is asked, which is not constant time, is blinded afresh each time as in a proof, so that it says nothing of a
    /// signature that verifies.
    ///
    /// # Errors
    /// [`Error::WrongSignature`] if it is another; [`Error::TooManyMessages`]; [`Error::NoRandomness`].
    pub fn verify(
        &self,
        signature: &Signature,
        header: &[u8],
        messages: &[Message<'_>],
    ) -> Result<(), Error> {
        self.verify_blinded_by(&mut system(), signature, header, messages)
    }

    pub(crate) fn verify_blinded_by(
        &self,
        random: &mut impl Random,
        signature: &Signature,
        header: &[u8],
        messages: &[Message<'_>],
    ) -> Result<(), Error> {
        // Blinded like Abar and Bbar of a proof, which the draft publishes.
        let [a, b] = published(self.blinded(random, signature, header, messages)?);
        match pairings_agree(&a, &self.point, &b) {
            true => Ok(()),
            false => Err(Error::WrongSignature),
        }
    }

    /// What the pairing is asked: `A` and `B - A·e`, which is `A` times the secret key if the issuer signed, both times the
    /// same random scalar.
    pub(crate) fn blinded(
        &self,
        random: &mut impl Random,
        signature: &Signature,
        header: &[u8],
        messages: &[Message<'_>],
    ) -> Result<[Affine; 2], Error> {
        let messages = scalars(self.suite, messages)?;
        let statement = Statement::new(self, header, messages.len());
        let Signature { a, e } = signature;
        let blinding = random.scalar()?;
        let a = a.point().times(&blinding);
        let b = statement.point(&messages).times(&blinding);
        normalise([a, b.minus(&a.times(e))]).ok_or(Error::WrongSignature)
    }
}

/// What a signature is over, but for the messages themselves.
pub(crate) struct Statement {
    pub(crate) generators: Generators,
    pub(crate) domain: Scalar,
}

impl Statement {
    /// `calculate_domain` of the draft.
    pub(crate) fn new(key: &PublicKey, header: &[u8], messages: usize) -> Self {
        let suite = key.suite;
        let generators = Generators::new(suite, messages);
        let mut input = key.bytes.to_vec();
        input.extend_from_slice(&(messages as u64).to_be_bytes());
        generators.write_to(&mut input);
        input.extend_from_slice(suite.api_id());
        input.extend_from_slice(&(header.len() as u64).to_be_bytes());
        input.extend_from_slice(header);
        Self {
            generators,
            domain: suite.hash_to_scalar(&input, &suite.tag("H2S_")),
        }
    }

    /// `B = P1 + Q1·domain + H1·message1 + …`, in constant time.
    pub(crate) fn point(&self, messages: &[Scalar]) -> Point {
        let domain = (self.generators.domain_table(), &self.domain);
        let term = |(index, message)| (self.generators.message_table(index), message);
        let messages = messages.iter().enumerate().map(term);
        let sum = multiply_secret(iter::once(domain).chain(messages));
        sum.plus(&self.generators.base().point())
    }
}
