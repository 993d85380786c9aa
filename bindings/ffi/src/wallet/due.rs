//! What should be done about the cards before their holder notices.

use super::{NativeWallet, count};
use crate::error::WalletError;
use crate::time::{system_time, unix_time};
use std::time::SystemTime;
use wallet_core::wallet as core;
use wallet_core::wallet::RecordName;

/// Something that should be done.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Due {
    /// What.
    pub what: DueWhat,
    /// Since when.
    pub at: SystemTime,
    /// After which time the card can no longer be shown, where there is one.
    pub until: Option<SystemTime>,
    /// How long it may wait.
    pub urgency: Urgency,
    /// Whether it takes the network.
    pub needs_network: bool,
    /// Whether it takes the holder, in front of the phone.
    pub needs_holder: bool,
}

/// What should be done, and about which card.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum DueWhat {
    /// Few copies are left that may be shown: `renew`.
    Refill {
        /// The card.
        card: String,
        /// Copies that may still be shown.
        left: u32,
        /// At how many the card is to be refilled.
        threshold: u32,
    },
    /// The card runs out: `renew`.
    Reissue {
        /// The card.
        card: String,
    },
    /// The card runs out and only the holder can get a new one: an offer or an authorization, then `replacing`.
    Expiring {
        /// The card.
        card: String,
    },
    /// What is known of the card's status is too old, or nothing is: `refreshStatus`.
    StatusStale {
        /// The card.
        card: String,
    },
    /// The issuer may be asked for a card it promised: `pollDeferred`.
    DeferredReady {
        /// The promise.
        deferred: String,
        /// The card whose place it is to take: `replacing`.
        renews: Option<String>,
    },
    /// Something that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
        /// The card, where there is one.
        card: Option<String>,
    },
}

/// How long something may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Urgency {
    /// Until it costs nothing.
    Routine,
    /// Not for long.
    Soon,
    /// The card cannot be shown until it is done.
    Now,
}

impl Due {
    fn of(due: core::Due) -> Self {
        Self {
            what: DueWhat::of(due.what),
            at: system_time(due.at),
            until: due.until.map(system_time),
            urgency: match due.urgency {
                core::Urgency::Routine => Urgency::Routine,
                core::Urgency::Soon => Urgency::Soon,
                core::Urgency::Now => Urgency::Now,
            },
            needs_network: due.needs.network,
            needs_holder: due.needs.holder,
        }
    }
}

impl DueWhat {
    fn of(what: core::DueWhat) -> Self {
        let text = |name: RecordName| name.as_str().to_owned();
        match what {
            core::DueWhat::Refill {
                credential,
                left,
                threshold,
            } => Self::Refill {
                card: text(credential),
                left: count(left),
                threshold: count(threshold),
            },
            core::DueWhat::Reissue { credential } => Self::Reissue {
                card: text(credential),
            },
            core::DueWhat::Expiring { credential } => Self::Expiring {
                card: text(credential),
            },
            core::DueWhat::StatusStale { credential } => Self::StatusStale {
                card: text(credential),
            },
            core::DueWhat::DeferredReady { deferred, renews } => Self::DeferredReady {
                deferred: text(deferred),
                renews: renews.map(text),
            },
            other => Self::Other {
                code: other.as_str().to_owned(),
                card: other.credential().cloned().map(text),
            },
        }
    }
}

#[uniffi::export]
impl NativeWallet {
    /// What should be done at this time, most urgent first. Makes no request and writes nothing. Ask after unlocking, and
    /// from the platform's scheduler while the wallet is unlocked.
    ///
    /// # Errors
    /// `locked` and those of the store
    pub fn due(&self, at: SystemTime) -> Result<Vec<Due>, WalletError> {
        self.call(|core| {
            let due = core.due(unix_time(at))?.into_iter();
            Ok(due.map(Due::of).collect())
        })
    }

    /// When [`Self::due`] has more to say after this time by the passing of time alone.
    ///
    /// # Errors
    /// `locked` and those of the store
    pub fn next_due(&self, after: SystemTime) -> Result<Option<SystemTime>, WalletError> {
        self.call(|core| Ok(core.next_due(unix_time(after))?.map(system_time)))
    }
}
