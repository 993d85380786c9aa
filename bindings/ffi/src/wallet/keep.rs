//! Keeping a card that was received, or not.

use super::receive::ReceivedCard;
use super::{NativeWallet, count};
use crate::error::WalletError;
use std::sync::Arc;
use wallet_core::issuance;
use wallet_core::wallet as core;

/// How often a copy of a card may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ReusePolicy {
    /// Each copy once; when all are used the card cannot be shown until it is refilled.
    OnceOnly,
    /// Each copy at most this many times.
    Limited {
        /// Showings per copy.
        times: u32,
    },
    /// The least used copy each time, without an end.
    Rotating,
}

/// What the holder must do before a showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum UserAuthPolicy {
    /// An unlocked wallet and the holder's approval are enough.
    Unlocked,
    /// The holder authenticates afresh for each showing, for this very plan.
    EachShowing,
}

/// How a received card is to be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct KeepPolicy {
    /// How often a copy may be shown; without it `Rotating`.
    #[uniffi(default = None)]
    pub reuse: Option<ReusePolicy>,
    /// What the holder must do before a showing; without it `Unlocked`.
    #[uniffi(default = None)]
    pub user_auth: Option<UserAuthPolicy>,
}

/// Whether the issuer was told how it went. If not, the card is held all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Notified {
    /// It took it.
    Sent,
    /// It did not arrive or was refused.
    Failed,
}

/// A card that is stored, durably.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct KeptCard {
    /// Its name in this wallet.
    pub id: String,
    /// Its type.
    pub credential_type: String,
    /// How many copies.
    pub copies: u32,
    /// Whether the issuer was told; none where it does not want to be.
    pub notified: Option<Notified>,
}

impl KeepPolicy {
    pub(super) fn to_core(self) -> core::KeepPolicy {
        let defaults = core::KeepPolicy::default();
        let reuse = |reuse| match reuse {
            ReusePolicy::OnceOnly => core::ReusePolicy::OnceOnly,
            ReusePolicy::Limited { times } => core::ReusePolicy::Limited { times },
            ReusePolicy::Rotating => core::ReusePolicy::Rotating,
        };
        let user_auth = |user_auth| match user_auth {
            UserAuthPolicy::Unlocked => core::UserAuthPolicy::Unlocked,
            UserAuthPolicy::EachShowing => core::UserAuthPolicy::EachShowing,
        };
        core::KeepPolicy {
            reuse: self.reuse.map_or(defaults.reuse, reuse),
            user_auth: self.user_auth.map_or(defaults.user_auth, user_auth),
        }
    }
}

impl Notified {
    pub(super) const fn of(notified: issuance::Notified) -> Self {
        match notified {
            issuance::Notified::Sent => Self::Sent,
            issuance::Notified::Failed => Self::Failed,
        }
    }
}

impl KeptCard {
    pub(super) fn of(kept: core::KeptCard) -> Self {
        Self {
            id: kept.id.as_str().to_owned(),
            credential_type: kept.credential_type,
            copies: count(kept.copies),
            notified: kept.notified.map(Notified::of),
        }
    }
}

#[uniffi::export]
impl NativeWallet {
    /// Stores a card: all its copies or none. The issuer is told only after they are durable. A call that is cancelled has
    /// stored it or not: the list tells.
    ///
    /// # Errors
    /// After each but `used_up` the card can be kept again, after unlocking or making room: `not_supported` for a policy by
    /// which no copy could ever be shown, `locked`, the integrity codes, those of the store and of the device key,
    /// `key_unavailable` if it was received more than an hour ago and its hardware keys were given up
    pub async fn keep(
        &self,
        card: Arc<ReceivedCard>,
        policy: KeepPolicy,
    ) -> Result<KeptCard, WalletError> {
        self.call_async(async {
            match self.core.keep(card.0.take()?, policy.to_core()).await {
                Ok(kept) => Ok(KeptCard::of(kept)),
                Err(given_back) => Err(card.0.take_back(given_back)),
            }
        })
        .await
    }

    /// The holder does not want the card after all: nothing is stored, and the issuer is told that it was deleted.
    ///
    /// # Errors
    /// `used_up`
    pub async fn decline(&self, card: Arc<ReceivedCard>) -> Result<Option<Notified>, WalletError> {
        self.call_async(async {
            let notified = self.core.decline(card.0.take()?).await;
            Ok(notified.map(Notified::of))
        })
        .await
    }

    /// The card cannot be stored: the issuer is told that it failed.
    ///
    /// # Errors
    /// `used_up`
    pub async fn give_up(&self, card: Arc<ReceivedCard>) -> Result<Option<Notified>, WalletError> {
        self.call_async(async {
            let notified = self.core.give_up(card.0.take()?).await;
            Ok(notified.map(Notified::of))
        })
        .await
    }
}
