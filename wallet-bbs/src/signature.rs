//! Signing, and verifying a signature.

use core::{fmt, iter};

use zeroize::Zeroizing;

use crate::curve::{Affine, Point, multiply_secret, normalise, pairings_agree};
use crate::generators::Generators;
use crate::message::{check_count, scalars};
use crate::published::published;
use crate::random::{Random, system};
use crate::suite::{Draft, Interface};
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
        let statement = Statement::plain(self.public_key(), header, messages.len())?;
        let interface = statement.interface();
        let messages = scalars(interface, messages);
        let mut input = Zeroizing::new(Vec::with_capacity(32 * (messages.len() + 2)));
        let all = [&self.scalar].into_iter().chain(&messages);
        for scalar in all.chain([&statement.domain]) {
            input.extend_from_slice(&*scalar.to_bytes());
        }
        let e = interface.hash_to_scalar(&input, "H2S_");
        self.finish(&statement.point(&messages), e)
    }

    /// The signature of `B` (the end of `CoreSign` of the draft).
    pub(crate) fn finish(&self, b: &Point, e: Scalar) -> Result<Signature, Error> {
        let inverse = self.scalar.plus(&e).inverse();
        match normalise([b.times(&inverse)]) {
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
        let statement = Statement::plain(self, header, messages.len())?;
        let messages = scalars(statement.interface(), messages);
        self.verify_over(&mut system(), &statement, signature, &messages)
    }

    /// `CoreVerify` of the draft, over all that is signed.
    pub(crate) fn verify_over(
        &self,
        random: &mut impl Random,
        statement: &Statement,
        signature: &Signature,
        scalars: &[Scalar],
    ) -> Result<(), Error> {
        // Blinded like Abar and Bbar of a proof, which the draft publishes.
        let [a, b] = published(statement.blinded(random, signature, scalars)?);
        match pairings_agree(&a, &self.point, &b) {
            true => Ok(()),
            false => Err(Error::WrongSignature),
        }
    }
}

/// What a signature is over, but for the messages themselves.
pub(crate) struct Statement {
    pub(crate) generators: Generators,
    pub(crate) domain: Scalar,
}

impl Statement {
    /// That of a number of messages, all of which the signer sees.
    pub(crate) fn plain(key: &PublicKey, header: &[u8], messages: usize) -> Result<Self, Error> {
        check_count(messages)?;
        Ok(Self::new(
            key,
            header,
            Generators::plain(key.suite, messages),
        ))
    }

    /// That of messages that the signer sees and of others; what blinds those counts as one.
    pub(crate) fn blind(
        key: &PublicKey,
        draft: Draft,
        header: &[u8],
        known: usize,
        committed: usize,
    ) -> Result<Self, Error> {
        check_count(known.saturating_add(1).saturating_add(committed))?;
        let interface = key.suite.interface(draft);
        let generators = Generators::blind(interface, known, committed);
        Ok(Self::new(key, header, generators))
    }

    /// `calculate_domain` of the draft.
    fn new(key: &PublicKey, header: &[u8], generators: Generators) -> Self {
        let interface = generators.interface;
        let mut input = key.bytes.to_vec();
        input.extend_from_slice(&(generators.messages() as u64).to_be_bytes());
        generators.write_to(&mut input);
        input.extend_from_slice(interface.id().as_bytes());
        input.extend_from_slice(&(header.len() as u64).to_be_bytes());
        input.extend_from_slice(header);
        Self {
            domain: interface.hash_to_scalar(&input, "H2S_"),
            generators,
        }
    }

    pub(crate) fn interface(&self) -> Interface {
        self.generators.interface
    }

    /// `B = P1 + Q1·domain + H1·message1 + …`, in constant time; of the first of them, if there are fewer scalars.
    pub(crate) fn point(&self, scalars: &[Scalar]) -> Point {
        let domain = (self.generators.domain_table(), &self.domain);
        let term = |(index, scalar)| (self.generators.message_table(index), scalar);
        let scalars = scalars.iter().enumerate().map(term);
        let sum = multiply_secret(iter::once(domain).chain(scalars));
        sum.plus(&self.generators.base().point())
    }

    /// What the pairing is asked of a signature: `A` and `B - A·e`, which is `A` times the secret key if the issuer signed,
    /// both times the same random scalar.
    pub(crate) fn blinded(
        &self,
        random: &mut impl Random,
        signature: &Signature,
        scalars: &[Scalar],
    ) -> Result<[Affine; 2], Error> {
        let Signature { a, e } = signature;
        let blinding = random.scalar()?;
        let a = a.point().times(&blinding);
        let b = self.point(scalars).times(&blinding);
        normalise([a, b.minus(&a.times(e))]).ok_or(Error::WrongSignature)
    }
}
