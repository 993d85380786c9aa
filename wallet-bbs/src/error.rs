//! What is refused, and why.

use thiserror::Error;

/// Why an operation was refused. No text in it comes from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// Key material below 32 bytes, or key info above 65,535 (KeyGen of the draft).
    #[error("key material has 32 bytes or more, key info 65,535 or less")]
    KeyMaterial,
    /// The bytes are no secret key.
    #[error("no secret key: {0}")]
    SecretKey(Fault),
    /// The bytes are no public key.
    #[error("no public key: {0}")]
    PublicKey(Fault),
    /// The bytes are no scalar.
    #[error("no scalar: {0}")]
    Scalar(Fault),
    /// The bytes are no signature.
    #[error("no signature: {0}")]
    Signature(Fault),
    /// The bytes are no proof.
    #[error("no proof: {0}")]
    Proof(Fault),
    /// The bytes are no commitment.
    #[error("no commitment: {0}")]
    Commitment(Fault),
    /// The bytes are not what blinds a commitment.
    #[error("no blinding of a commitment: {0}")]
    Blinding(Fault),
    /// The bytes are no secret of a pseudonym, or no part of one.
    #[cfg(feature = "draft-pseudonym")]
    #[error("no secret of a pseudonym: {0}")]
    Nym(Fault),
    /// The bytes are no pseudonym, or the secrets give none.
    #[cfg(feature = "draft-pseudonym")]
    #[error("no pseudonym: {0}")]
    Pseudonym(Fault),
    /// More than [`MAX_MESSAGES`](crate::MAX_MESSAGES) messages.
    #[error("more messages than are supported")]
    TooManyMessages,
    /// Disclosed indexes out of order, or one of them twice.
    #[error("disclosed indexes do not ascend")]
    IndexesNotAscending,
    /// A disclosed index that no message has.
    #[error("a disclosed index lies beyond the last message")]
    IndexOutOfRange,
    /// Not the signature of this key over this header and these messages in this suite.
    #[error("the signature does not verify")]
    WrongSignature,
    /// Not a proof for this key, these headers and these messages in this suite.
    #[error("the proof does not verify")]
    WrongProof,
    /// Not a commitment in this suite, or its maker does not know what is in it.
    #[error("the commitment does not verify")]
    WrongCommitment,
    /// The system gave no random bytes, or what no working source gives.
    #[error("no randomness")]
    NoRandomness,
}

/// What is wrong with encoded bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// Too short, too long, or not of a length such a thing can have.
    #[error("wrong length")]
    Length,
    /// Not the one encoding of a compressed point.
    #[error("not a compressed point")]
    Encoding,
    /// A coordinate that no point of the curve has.
    #[error("not on the curve")]
    NotOnCurve,
    /// A point outside the group of prime order.
    #[error("not in the prime-order subgroup")]
    NotInSubgroup,
    /// The point at infinity.
    #[error("the point at infinity")]
    Identity,
    /// A scalar that is not below the group's order, or zero where the draft forbids it.
    #[error("scalar out of range")]
    ScalarRange,
}
