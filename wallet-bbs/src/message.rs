//! What is signed.

use crate::suite::Interface;
use crate::{Error, MAX_MESSAGES, Scalar};

/// A signed value: bytes, which are hashed to a scalar, or the scalar itself.
///
/// A scalar is signed as it is, so that something can be proven about the number. Nothing in a signature says which of the
/// two a message was: who signs and who verifies agree on it beforehand.
#[derive(Clone, Copy)]
pub enum Message<'a> {
    /// Any bytes, none included (`messages_to_scalars` of the draft).
    Bytes(&'a [u8]),
    /// A number below the order.
    Scalar(&'a Scalar),
}

impl Message<'_> {
    pub(crate) fn scalar(&self, interface: Interface) -> Scalar {
        match self {
            Self::Bytes(bytes) => interface.hash_to_scalar(bytes, "MAP_MSG_TO_SCALAR_AS_HASH_"),
            Self::Scalar(scalar) => (*scalar).clone(),
        }
    }
}

impl<'a> From<&'a [u8]> for Message<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Message<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a Scalar> for Message<'a> {
    fn from(scalar: &'a Scalar) -> Self {
        Self::Scalar(scalar)
    }
}

/// The scalars of all messages.
pub(crate) fn scalars(interface: Interface, messages: &[Message<'_>]) -> Vec<Scalar> {
    let messages = messages.iter();
    messages.map(|message| message.scalar(interface)).collect()
}

pub(crate) fn check_count(messages: usize) -> Result<(), Error> {
    match messages {
        0..=MAX_MESSAGES => Ok(()),
        _ => Err(Error::TooManyMessages),
    }
}

/// Checks that the indexes ascend and that each has a message.
pub(crate) fn check_indexes(
    indexes: impl Iterator<Item = usize> + Clone,
    messages: usize,
) -> Result<(), Error> {
    if !indexes.clone().is_sorted_by(|one, next| one < next) {
        return Err(Error::IndexesNotAscending);
    }
    match indexes.last() {
        Some(last) if last >= messages => Err(Error::IndexOutOfRange),
        _ => Ok(()),
    }
}
