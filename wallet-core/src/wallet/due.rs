//! What should be done about the cards before their holder notices: told from the records alone.
//!
//! The core never schedules. An app asks [`Wallet::due`] after unlocking, and from its platform's scheduler
//! (WorkManager, BGTaskScheduler) while the wallet is unlocked; [`Wallet::next_due`] says when asking again is worth
//! it. What needs the network only, it does when the phone is charging and on a network that costs nothing, but for
//! [`Urgency::Now`]; what needs the holder becomes a notice in the app. Renewing right after a showing tells the issuer
//! when its card was shown: an app adds a random delay of its own.

use super::Wallet;
use super::cards;
use super::deferred::DeferredCard;
use super::device_bound::DeviceBoundSeal;
use super::records::{ContextRecord, CopyRecord, CredentialRecord, RecordName, ReusePolicy};
use super::status_cache::{StatusCaches, references};
use super::store::{self, Stored};
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::order;
use crate::vault::database::Database;

const DAY: i64 = 86_400;
/// A card is issued again in the last part of its validity, but not earlier than this before its end, in seconds.
const LONGEST_LEAD: i64 = 14 * DAY;

/// A status list that could not be had is asked again after this, in seconds.
const STATUS_RETRY: i64 = 3600;

/// Something that should be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub what: DueWhat,
    /// Since when.
    pub at: UnixTime,
    /// After which time the card can no longer be shown, where there is one.
    pub until: Option<UnixTime>,
    /// How long it may wait.
    pub urgency: Urgency,
    /// What it takes.
    pub needs: Needs,
}

/// What should be done, and about which card.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DueWhat {
    /// Few copies are left that may be shown: [`Wallet::renew`].
    Refill {
        /// The card.
        credential: RecordName,
        /// Copies that may still be shown.
        left: usize,
        /// At how many the card is to be refilled: about a quarter, a little different for each card, so that the
        /// number of showings cannot be told from the refill.
        threshold: usize,
    },
    /// The card runs out: [`Wallet::renew`].
    Reissue {
        /// The card.
        credential: RecordName,
    },
    /// The card runs out and its issuer gave no way to renew it without the holder: a new offer, or an authorization
    /// with the issuer, and then [`Wallet::replacing`].
    Expiring {
        /// The card.
        credential: RecordName,
    },
    /// What is known of the card's status is too old, or nothing is: [`Wallet::refresh_status`].
    StatusStale {
        /// The card.
        credential: RecordName,
    },
    /// The issuer may be asked for a card it promised: [`Wallet::poll_deferred`].
    DeferredReady {
        /// The promise.
        deferred: RecordName,
        /// The card whose place it is to take: [`Wallet::replacing`].
        renews: Option<RecordName>,
    },
}

impl Due {
    /// When the card's status is to be asked for: once what is known is too old; after a try that failed, later.
    fn status(
        db: &Database,
        card: &Stored<CredentialRecord>,
        lists: &StatusCaches,
        now: UnixTime,
    ) -> Result<Option<Self>, WalletError> {
        let copies = cards::copies(db, &card.value)?;
        let is_stale = lists.of_card(&copies, now).is_stale();
        let references = references(db, &card.value)?;
        let of_card = references
            .iter()
            .filter_map(|(reference, _)| lists.of_list(reference.uri()));
        let at = match is_stale {
            true => {
                let failed = of_card.filter_map(|list| list.value.failed_at).max();
                Some(failed.map_or(now.as_secs(), |at| at.saturating_add(STATUS_RETRY)))
            }
            false => of_card
                .filter_map(|list| list.value.list.as_ref())
                .map(|list| list.fresh_until)
                .min(),
        };
        Ok(at.map(|at| Self {
            what: DueWhat::StatusStale {
                credential: card.name.clone(),
            },
            at: UnixTime::from_secs(at),
            until: None,
            urgency: Urgency::Routine,
            needs: Needs::NETWORK,
        }))
    }

    fn promised(promise: &DeferredCard) -> Self {
        Self {
            what: DueWhat::DeferredReady {
                deferred: promise.id.clone(),
                renews: promise.renews.clone(),
            },
            at: promise.retry_at,
            until: None,
            urgency: Urgency::Routine,
            needs: Needs::NETWORK,
        }
    }
}

impl DueWhat {
    /// The stable text of the kind.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Refill { .. } => "refill",
            Self::Reissue { .. } => "reissue",
            Self::Expiring { .. } => "expiring",
            Self::StatusStale { .. } => "status_stale",
            Self::DeferredReady { .. } => "deferred_ready",
        }
    }

    /// The card it is about, where there is one already.
    #[must_use]
    pub const fn credential(&self) -> Option<&RecordName> {
        match self {
            Self::Refill { credential, .. }
            | Self::Reissue { credential }
            | Self::Expiring { credential }
            | Self::StatusStale { credential } => Some(credential),
            Self::DeferredReady { renews, .. } => renews.as_ref(),
        }
    }
}

/// How long something may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Until it costs nothing.
    Routine,
    /// Not for long.
    Soon,
    /// The card cannot be shown until it is done.
    Now,
}

impl Urgency {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Routine => "routine",
            Self::Soon => "soon",
            Self::Now => "now",
        }
    }
}

/// What it takes to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Needs {
    /// The network.
    pub network: bool,
    /// The holder, in front of the phone.
    pub holder: bool,
}

impl Needs {
    const NETWORK: Self = Self {
        network: true,
        holder: false,
    };
    const HOLDER: Self = Self {
        network: true,
        holder: true,
    };
}

impl Wallet {
    /// What should be done now, most urgent first. Makes no request and writes nothing; see the module's page for what
    /// an app's scheduler does with it.
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub fn due(&self, now: UnixTime) -> Result<Vec<Due>, WalletError> {
        let mut due = self.all_due(now)?;
        due.retain(|due| due.at <= now);
        order::sort_by_key(&mut due, |due| (core::cmp::Reverse(due.urgency), due.at));
        Ok(due)
    }

    /// When [`Wallet::due`] has more to say by the passing of time alone.
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub fn next_due(&self, now: UnixTime) -> Result<Option<UnixTime>, WalletError> {
        let due = self.all_due(now)?.into_iter();
        Ok(due.map(|due| due.at).filter(|at| *at > now).min())
    }

    /// What is or will be due, as things are now.
    fn all_due(&self, now: UnixTime) -> Result<Vec<Due>, WalletError> {
        let seal = self.device_bound_seal();
        let promised = self.deferred()?;
        self.with_store(|db| {
            let mut due: Vec<Due> = promised.iter().map(Due::promised).collect();
            let lists = StatusCaches::read(db)?;
            for card in cards::in_order(db)? {
                due.extend(Due::status(db, &card, &lists, now)?);
                // What was ordered already is not ordered again.
                if promised
                    .iter()
                    .any(|it| it.renews.as_ref() == Some(&card.name))
                {
                    continue;
                }
                due.extend(Life::read(db, &card, &seal, now)?.due(now));
            }
            Ok(due)
        })
    }
}

/// What the records say of a card's life.
#[derive(Clone, Debug)]
pub(super) struct Life {
    credential: RecordName,
    /// How many copies it is refilled to.
    pub(super) batch: usize,
    /// Copies that may be shown and have not run out; `None` where copies are never used up.
    pub(super) left: Option<usize>,
    starts_at: i64,
    expires_at: Option<i64>,
    is_renewable: bool,
}

impl Life {
    pub(super) fn read(
        db: &Database,
        card: &Stored<CredentialRecord>,
        seal: &Result<Option<DeviceBoundSeal>, WalletError>,
        now: UnixTime,
    ) -> Result<Self, WalletError> {
        let record = &card.value;
        let copies = cards::copies(db, record)?;
        let is_left = |copy: &&Stored<CopyRecord>| {
            copy.value.may_be_shown(record.reuse) && !has_run_out(&copy.value, record, now)
        };
        let context: Option<Stored<ContextRecord>> =
            cards::readable(store::get(db, &record.context))?;
        let renewal = context.and_then(|context| context.value.renewal);
        Ok(Self {
            credential: card.name.clone(),
            batch: record.batch(),
            left: match record.reuse {
                ReusePolicy::Rotating => None,
                _ => Some(copies.iter().filter(is_left).count()),
            },
            starts_at: record
                .issued_at()
                .max(record.valid_from.unwrap_or(i64::MIN)),
            expires_at: record.expires_at,
            is_renewable: renewal.is_some_and(|renewal| renewal.is_alive(seal)),
        })
    }

    /// How many copies a refill brings; `None` where the card is not short of any.
    pub(super) fn missing(&self) -> Option<usize> {
        let missing = self.batch.saturating_sub(self.left?);
        (missing > 0).then_some(missing)
    }

    /// Whether it is time for new content, and not only for more copies.
    pub(super) fn is_running_out(&self, now: UnixTime) -> bool {
        self.renewal_at().is_some_and(|at| at <= now.as_secs())
    }

    /// What is to be done about the card, and what will be. New content brings new copies.
    fn due(&self, now: UnixTime) -> impl Iterator<Item = Due> {
        let refill = match self.is_running_out(now) {
            true => None,
            false => self.refill(now),
        };
        refill.into_iter().chain(self.renewal(now))
    }

    fn refill(&self, now: UnixTime) -> Option<Due> {
        let (left, threshold) = (self.left?, self.threshold());
        (left <= threshold).then(|| Due {
            what: DueWhat::Refill {
                credential: self.credential.clone(),
                left,
                threshold,
            },
            at: now,
            until: self.expires_at.map(UnixTime::from_secs),
            urgency: match left {
                0 => Urgency::Now,
                _ => Urgency::Routine,
            },
            needs: self.needs(),
        })
    }

    fn renewal(&self, now: UnixTime) -> Option<Due> {
        let (at, end) = (self.renewal_at()?, self.expires_at?);
        let credential = self.credential.clone();
        let left = end.saturating_sub(now.as_secs());
        Some(Due {
            what: match self.is_renewable {
                true => DueWhat::Reissue { credential },
                false => DueWhat::Expiring { credential },
            },
            at: UnixTime::from_secs(at),
            until: Some(UnixTime::from_secs(end)),
            urgency: if left <= 0 || self.left == Some(0) {
                Urgency::Now
            } else if left <= self.lead() / 4 {
                Urgency::Soon
            } else {
                Urgency::Routine
            },
            needs: self.needs(),
        })
    }

    const fn needs(&self) -> Needs {
        match self.is_renewable {
            true => Needs::NETWORK,
            false => Needs::HOLDER,
        }
    }

    /// A quarter of the batch, and up to an eighth more: never the whole of it.
    fn threshold(&self) -> usize {
        if self.batch <= 1 {
            return 0;
        }
        let quarter = (self.batch / 4).max(1);
        let spread = u64::try_from(self.batch / 8).unwrap_or(0);
        let more = (spread + 1) * u64::from(self.dice(0)) / 256;
        quarter + usize::try_from(more).unwrap_or(0)
    }

    /// The last fifth of the validity, two weeks at most.
    fn lead(&self) -> i64 {
        let end = self.expires_at.unwrap_or(self.starts_at);
        (end.saturating_sub(self.starts_at) / 5).clamp(0, LONGEST_LEAD)
    }

    /// When it is time for new content: so that cards of one day are not all renewed on one day, up to a quarter of the
    /// lead earlier.
    fn renewal_at(&self) -> Option<i64> {
        let lead = self.lead();
        let earlier = lead / 4 * i64::from(self.dice(1)) / 256;
        Some(self.expires_at?.saturating_sub(lead + earlier))
    }

    /// One of the bytes of the card's name: the name is random, so they are dice that always fall the same for this
    /// card.
    fn dice(&self, which: usize) -> u8 {
        let id = self.credential.id().ok();
        id.and_then(|id| id.as_bytes().get(which).copied())
            .unwrap_or(0)
    }
}

/// Whether a copy is no longer valid. Copies of older versions do not say when they end; then the card does.
pub(super) fn has_run_out(copy: &CopyRecord, card: &CredentialRecord, now: UnixTime) -> bool {
    let end = copy.expires_at.or(card.expires_at);
    end.is_some_and(|end| end <= now.as_secs())
}

#[cfg(test)]
mod tests;
