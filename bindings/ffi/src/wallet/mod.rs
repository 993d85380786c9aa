//! The facade: [`NativeWallet`] and what its methods take and return. The Kotlin and Swift layers put a `Wallet` over it that
//! leaves the caller's thread.

mod card_anchor;
mod cards;
mod claims;
mod deferred;
mod delete;
mod did_evidence;
mod display;
mod due;
mod history;
mod identities;
mod keep;
mod lifecycle;
mod offer;
mod presentation;
mod receive;
mod renew;
mod rescue;
mod settings;
mod slots;
mod status;

pub use card_anchor::CardAnchor;
pub use cards::{CardDetail, CardOverview, CardStatus, Validity};
pub use claims::{ClaimInfo, ClaimValue, Claims, PathSegment};
pub use deferred::{DeferredCard, DeferredPoll};
pub use did_evidence::{DatedDidEvidence, DidEvidence, LedgerAnchor, LedgerBlock};
pub use display::{CardLook, Image, IssuerLook, Picture};
pub use due::{Due, DueWhat, Urgency};
pub use history::{History, HistoryEvent, HistoryItem};
pub use identities::{
    CallArgument, EthrChange, EthrKeyUse, Identity, IdentityMethod, IdentitySignature, LedgerCall,
    PreparedSignature, SignatureRequest,
};
pub use keep::{KeepPolicy, KeptCard, Notified, ReusePolicy, UserAuthPolicy};
pub use lifecycle::{
    Created, Erased, IntegrityState, SlotKind, SlotOverview, UnlockAttempt, UnlockReport,
    create_wallet, erase_wallet, open_wallet,
};
pub use offer::{
    AuthorizationUrl, Offer, OfferDetails, OfferedCard, OfferedClaim, TxCode, TxCodeInput,
};
pub use presentation::*;
pub use receive::{AuthorizedIssuance, CardOrder, Ordered, ReceivedCard};
pub use renew::{ClaimChange, ClaimChangeKind, ClaimChanges, RenewalKind, Renewed, RenewedCard};
pub use rescue::{DamagedRecord, LostRecord, RescueReport, Rescued};
pub use settings::{Enrolments, KeyDerivation, VaultSettings};
pub use slots::{Keep, Retirement, Rotated};
pub use status::{StatusListOutcome, StatusListPlan, StatusListRefresh};

use crate::error::WalletError;
use crate::guard::{caught, caught_async};
use crate::platform::{LockState, Observers, refuse_inside};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use wallet_core::wallet as core;
use wallet_core::wallet::RecordName;
use wallet_core::{ErrorCode, WalletError as CoreError};

/// A holder's wallet. May be shared between threads. Its methods do their work on the thread that calls or polls them.
#[derive(uniffi::Object)]
pub struct NativeWallet {
    core: core::Wallet,
    observers: Observers,
    /// What the observer was told last. Held while it is told.
    told: Mutex<LockState>,
}

impl NativeWallet {
    fn over(core: core::Wallet, observers: Observers) -> Self {
        let wallet = Self {
            core,
            observers,
            told: Mutex::new(LockState::Locked),
        };
        wallet.tell_lock_state();
        wallet
    }

    /// Runs one call: a panic is an error, and a lock that closed or opened is told.
    fn call<T>(
        &self,
        work: impl FnOnce(&core::Wallet) -> Result<T, WalletError>,
    ) -> Result<T, WalletError> {
        refuse_inside()?;
        let result = caught(|| work(&self.core));
        self.tell_lock_state();
        result
    }

    /// As [`Self::call`], for one that waits.
    fn call_async<'a, T: 'a>(
        &'a self,
        work: impl Future<Output = Result<T, WalletError>> + Send + 'a,
    ) -> impl Future<Output = Result<T, WalletError>> + Send + 'a {
        self.call_boxed(Box::pin(work))
    }

    /// In a box, so that this is compiled once for each result instead of for each call (docs/adr/20).
    async fn call_boxed<T>(
        &self,
        work: Pin<Box<dyn Future<Output = Result<T, WalletError>> + Send + '_>>,
    ) -> Result<T, WalletError> {
        refuse_inside()?;
        // Also where the call is given up half-way: what it did until then may have unlocked.
        let _told_at_the_end = Telling(self);
        caught_async(work).await
    }

    /// Tells what changed. Returns when it was told, whoever tells it: changes are told in their order.
    fn tell_lock_state(&self) {
        if refuse_inside().is_err() {
            // A future is let go of in a function of the app's. The call that waits for that function tells.
            return;
        }
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let state = match self.core.is_unlocked() {
                true => LockState::Unlocked,
                false => LockState::Locked,
            };
            if std::mem::replace(&mut *told, state) == state {
                return;
            }
            self.observers.lock(state);
        }
    }
}

/// Tells the lock state when it is dropped.
struct Telling<'a>(&'a NativeWallet);

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.0.tell_lock_state();
    }
}

pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A place in a list as it came from the app; one too great for this platform is in no list.
pub(crate) fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The element at a place that came from the app.
///
/// # Errors
/// `not_found` about `subject`
pub(crate) fn element<'a, T>(
    elements: &'a [T],
    number: u32,
    subject: &str,
) -> Result<&'a T, WalletError> {
    let absent = || CoreError::new(ErrorCode::NotFound).about(subject).into();
    elements.get(place(number)).ok_or_else(absent)
}

/// A record's name as it came from the app.
fn name(text: &str) -> Result<RecordName, WalletError> {
    Ok(RecordName::parse(text)?)
}
