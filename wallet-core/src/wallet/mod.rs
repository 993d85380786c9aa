//! The facade an app sees: create, open, unlock, receive, show, history, export, delete, erase.
//!
//! Methods that take time say so: unlocking and changing secrets derive keys on the caller's thread, so call them on a
//! worker thread. No method but [`Wallet::offer`], [`Wallet::discover`], [`Wallet::accept`], [`Wallet::authorize`],
//! [`Wallet::resume`], [`Wallet::order`], [`Wallet::keep`], [`Wallet::renew`], [`Wallet::keep_renewed`],
//! [`Wallet::poll_deferred`],
//! [`Wallet::decline`], [`Wallet::give_up`], [`Wallet::request`], [`Wallet::present`], [`Wallet::refuse`],
//! [`Wallet::resend`], [`Wallet::refresh_status`] and [`inspect`] makes a network request; listing, showing on screen,
//! approving and deleting never do.

mod anchored;
mod answered;
mod authorize;
mod cards;
mod claim_changes;
mod copies;
mod dc_api;
mod deferred;
mod delete;
mod deliver;
mod device_bound;
mod due;
mod enrolment;
mod export;
mod given_back;
mod history;
mod history_chain;
mod holder_auth;
mod holder_keys;
mod identities;
mod inspect;
mod integrity;
mod keep;
mod keep_renewed;
mod kept_answers;
mod key_claims;
mod ledger_seen;
mod lifecycle;
mod ports;
mod present;
mod preview;
mod receipt;
mod receive;
mod records;
mod renew;
mod renewal_grant;
mod request_pace;
mod rescue;
mod secrets;
mod status;
mod status_cache;
mod store;

pub use anchored::{AnchorReport, AnchoringIssuer, KeptReceipt};
pub use authorize::AuthorizationUrl;
pub use cards::{CardClaim, CardDetail, CardOverview, Validity};
pub use claim_changes::ClaimChange;
pub use dc_api::DcApiRefused;
pub use deferred::{DeferredCard, DeferredPoll};
pub use due::{Due, DueWhat, Needs, Urgency};
pub use given_back::GivenBack;
pub use history::{History, HistoryItem, shared_before};
pub use history_chain::ChainState;
pub use holder_auth::HolderAuth;
pub use identities::{ApprovedSignature, Identity, PreparedSignature};
pub use inspect::{Inspected, inspect};
pub use keep::KeptCard;
pub use keep_renewed::Renewed;
pub use lifecycle::FreshAuth;
pub use ports::{KeepPolicy, NoNetwork, Platform, Policy};
pub use present::{Declined, Presented};
pub use receipt::Receipt;
pub use receive::{Ordered, ReceiveOptions, ReceivedCard};
pub use records::{HistoryEvent, Outcome, RecordName, ReusePolicy, ShownCredential};
pub use renew::{RenewalKind, RenewedCard};
pub use request_pace::RequestsPerMinute;
pub use rescue::{RescueReport, Rescued};
pub use status::{ListPlan, ListRefresh, StatusReport};

use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::http::Fetcher;
use crate::issuance::{IssuanceSettings, Ports};
pub use crate::presentation::dcql::UserAuthPolicy;
use crate::presentation::{SeenRequests, VerifiedRequest};
use crate::random::Random;
use crate::vault::Vault;
use crate::vault::database::Database;
use core::sync::atomic::AtomicBool;
use request_pace::RequestPace;
use std::sync::{Mutex, PoisonError};
use store::Batch;

/// A holder's wallet: one store, the platform it lives on, and the app's policy. May be shared between threads.
pub struct Wallet {
    vault: Vault,
    platform: Platform,
    policy: Policy,
    /// Requests answered or declined in this process. Never held across an await.
    seen: Mutex<SeenRequests>,
    /// How often the wallet was asked. Never held across an await.
    pace: Mutex<RequestPace>,
    /// Whether a refresh token is being used.
    refreshing: AtomicBool,
}

impl Wallet {
    fn over(vault: Vault, platform: Platform, policy: Policy) -> Self {
        Self {
            vault,
            platform,
            policy,
            seen: Mutex::new(SeenRequests::new()),
            pace: Mutex::default(),
            refreshing: AtomicBool::new(false),
        }
    }

    /// All cards in the order of their receiving, with names in the preferred languages (BCP 47, best first). A damaged
    /// card is left out: see [`Wallet::damaged`].
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub fn list<S: AsRef<str>>(&self, locales: &[S]) -> Result<Vec<CardOverview>, WalletError> {
        let now = self.now()?;
        self.with_store(|db| cards::overviews(db, now, locales))
    }

    /// One card with its claims.
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store.
    pub fn detail<S: AsRef<str>>(
        &self,
        id: &RecordName,
        locales: &[S],
    ) -> Result<CardDetail, WalletError> {
        let now = self.now()?;
        self.with_store(|db| cards::detail(db, id, now, locales))
    }

    /// Reads every record and names those that are damaged, with the reason. Nothing is deleted because of it.
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub fn damaged(&self) -> Result<Vec<(RecordName, WalletError)>, WalletError> {
        let damaged = self.with_store(Database::check)?.into_iter();
        Ok(damaged
            .map(|(id, error)| (RecordName::of(&id), error))
            .collect())
    }

    /// What was received, shown, declined, deleted and exported, oldest first.
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub fn history(&self) -> Result<History, WalletError> {
        self.with_store(history::read)
    }

    fn with_store<R>(
        &self,
        work: impl FnOnce(&Database) -> Result<R, WalletError>,
    ) -> Result<R, WalletError> {
        self.vault.with_database(|db| work(db))
    }

    /// Makes changes as a whole, durably. Where another process was quicker they are made anew on what it left; a
    /// conflict that stays is returned.
    fn commit<R>(
        &self,
        build: impl Fn(&Database, &mut Batch) -> Result<R, WalletError>,
    ) -> Result<R, WalletError> {
        // So many that a process that writes all the time does not starve this one.
        const TRIES: usize = 32;
        self.with_store(|db| {
            let mut conflict = WalletError::new(ErrorCode::Conflict);
            for _ in 0..TRIES {
                let mut batch = Batch::default();
                let result = build(db, &mut batch)?;
                match db.commit(batch.into_changes()) {
                    Ok(()) => return Ok(result),
                    // Changed meanwhile, or gone.
                    Err(error)
                        if matches!(error.code(), ErrorCode::Conflict | ErrorCode::NotFound) =>
                    {
                        conflict = error;
                    }
                    Err(error) => return Err(error),
                }
            }
            Err(conflict)
        })
    }

    fn now(&self) -> Result<UnixTime, WalletError> {
        self.platform.clock.now()
    }

    fn random(&self) -> &dyn Random {
        &*self.platform.random
    }

    fn fetcher(&self) -> Fetcher<'_> {
        Fetcher::new(&*self.platform.http, self.policy.fetch)
    }

    fn issuance_settings(&self) -> IssuanceSettings {
        self.policy.issuance_settings()
    }

    fn issuance_ports<'a>(&'a self, settings: &'a IssuanceSettings) -> Ports<'a> {
        Ports {
            http: &*self.platform.http,
            clock: &*self.platform.clock,
            random: &*self.platform.random,
            trust: &self.policy.trust,
            settings,
            attestation: self.platform.attestation.as_deref(),
        }
    }

    /// A request is taken up once; see [`SeenRequests`].
    fn remember_request(
        &self,
        request: &VerifiedRequest,
        now: UnixTime,
    ) -> Result<(), WalletError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(seen.remember(request, now)?)
    }
}
