//! Cards that come later.

use super::receive::ReceivedCard;
use super::{NativeWallet, name};
use crate::error::WalletError;
use crate::redacted::redacted;
use crate::time::system_time;
use std::sync::Arc;
use std::time::SystemTime;
use wallet_core::wallet as core;

redacted!(DeferredCard);

/// A card the issuer promised, or gave, where it cannot be verified yet.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct DeferredCard {
    /// Its name until it comes.
    pub id: String,
    /// The issuer's identifier.
    pub issuer: String,
    /// The type.
    pub credential_type: String,
    /// When it was ordered.
    pub since: SystemTime,
    /// When the issuer may be asked again.
    pub retry_at: SystemTime,
    /// The card whose place it is to take (`replacing`), where it was ordered by `renew`.
    pub renews: Option<String>,
}

/// How asking for a promised card went.
#[derive(uniffi::Enum)]
pub enum DeferredPoll {
    /// Not yet.
    NotYet {
        /// When the issuer may be asked again.
        retry_at: SystemTime,
    },
    /// It is here and verified: keep it within the hour, or decline it. The issuer gives it once.
    Ready {
        /// It.
        card: Arc<ReceivedCard>,
    },
}

impl DeferredCard {
    pub(super) fn of(promise: core::DeferredCard) -> Self {
        Self {
            id: promise.id.as_str().to_owned(),
            issuer: promise.issuer,
            credential_type: promise.credential_type,
            since: system_time(promise.since),
            retry_at: system_time(promise.retry_at),
            renews: promise.renews.map(|card| card.as_str().to_owned()),
        }
    }
}

impl DeferredPoll {
    fn of(polled: core::DeferredPoll) -> Self {
        match polled {
            core::DeferredPoll::NotYet { retry_at } => Self::NotYet {
                retry_at: system_time(retry_at),
            },
            core::DeferredPoll::Ready(card) => Self::Ready {
                card: ReceivedCard::of(*card),
            },
        }
    }
}

#[uniffi::export]
impl NativeWallet {
    /// The cards that are still to come, those to be asked for first at the beginning.
    ///
    /// # Errors
    /// `locked` and those of the store
    pub fn deferred(&self) -> Result<Vec<DeferredCard>, WalletError> {
        self.call(|core| {
            let promises = core.deferred()?.into_iter();
            Ok(promises.map(DeferredCard::of).collect())
        })
    }

    /// Asks the issuer for a promised card, unless it is too early: then no request is made. When the issuer says that
    /// there will be none, or sends what does not verify, the promise and its keys are gone.
    ///
    /// # Errors
    /// `issuance_expired`, `credential_refused` and what verification refuses, which are the end of it; `not_found`,
    /// `locked`, the integrity codes, those of the store, of the keys and of the network, after which it may be asked again
    pub async fn poll_deferred(&self, id: String) -> Result<DeferredPoll, WalletError> {
        self.call_async(async {
            let polled = self.core.poll_deferred(&name(&id)?).await?;
            Ok(DeferredPoll::of(polled))
        })
        .await
    }

    /// The holder no longer wants a promised card: it is not asked for again, and its keys are gone. The issuer is not
    /// told.
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store
    pub async fn forget_deferred(&self, id: String) -> Result<(), WalletError> {
        self.call_async(async { Ok(self.core.forget_deferred(&name(&id)?).await?) })
            .await
    }
}
