//! A card a call could not use, given back.

use crate::error::WalletError;
use core::fmt;

/// A card that was not stored, given back. Nothing of it is in the store and the issuer was told nothing: make the call
/// again (after unlocking, after making room), or [`Wallet::give_up`](super::Wallet::give_up), with
/// [`RenewedCard::into_card`](super::RenewedCard::into_card) where it was a renewal.
pub struct GivenBack<T> {
    /// The card, unchanged.
    pub card: Box<T>,
    /// Why.
    pub error: WalletError,
}

impl<T> GivenBack<T> {
    pub(super) fn new(card: T, error: WalletError) -> Self {
        Self {
            card: Box::new(card),
            error,
        }
    }
}

impl<T> fmt::Debug for GivenBack<T> {
    /// What is in the card is the holder's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GivenBack({})", self.error)
    }
}

impl<T> From<GivenBack<T>> for WalletError {
    /// For callers that do not try again with the card.
    fn from(given_back: GivenBack<T>) -> Self {
        given_back.error
    }
}
