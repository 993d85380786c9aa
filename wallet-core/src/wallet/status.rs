//! Asking issuers' status lists, when the app says so and never while a card is listed, shown or approved.

use super::Wallet;
use super::cards;
use super::records::{KnownList, Other, RecordName, StatusCacheRecord};
use super::status_cache::{StatusCaches, forget_unused, references};
use super::store::make_name;
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::formats::IssuerEvidence;
use crate::http::Purpose;
use crate::jose::JoseError;
use crate::order;
use crate::random::make_bytes;
use crate::trust::status::{JWT_MEDIA_TYPE, StatusError, StatusList, StatusSigners};
use crate::vault::database::{Database, RecordKind};
use std::collections::{BTreeMap, BTreeSet};

/// What came of asking status lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReport {
    /// Each list that was asked, once, however many cards name it.
    pub lists: Vec<ListRefresh>,
}

/// One status list that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRefresh {
    /// Its address. Foreign text: make it safe before showing it.
    pub uri: String,
    /// The cards that name it.
    pub cards: Vec<RecordName>,
    /// Whether the address can tell holders apart: it has a query, or each copy of a card has a list of its own.
    /// Whoever keeps such a list learns whose status is asked for, by wallets and by verifiers alike.
    pub is_tracking: bool,
    /// Until when the list is gone by; or why it was not believed: what was known before still stands.
    pub outcome: Result<UnixTime, WalletError>,
}

/// A status list that would be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPlan {
    /// As [`ListRefresh::uri`].
    pub uri: String,
    /// The cards that name it.
    pub cards: Vec<RecordName>,
    /// As [`ListRefresh::is_tracking`].
    pub is_tracking: bool,
}

/// A list, and what of it concerns the wallet.
#[derive(Default)]
struct Wanted {
    cards: BTreeSet<RecordName>,
    entries: BTreeSet<u64>,
    evidence: Vec<IssuerEvidence>,
    is_tracking: bool,
}

impl Wallet {
    /// The status lists [`Self::refresh_status`] would ask, without asking any: an app may want the holder's word first
    /// where one can tell holders apart, and leave its cards out.
    ///
    /// # Errors
    /// `not_found`, `locked`, the integrity codes and those of the store.
    pub fn status_plan(&self, cards: &[RecordName]) -> Result<Vec<ListPlan>, WalletError> {
        self.require_sound()?;
        let wanted = self.with_store(|db| wanted(db, cards))?;
        let plans = wanted.into_iter().map(|(uri, wanted)| ListPlan {
            uri,
            cards: wanted.cards.into_iter().collect(),
            is_tracking: wanted.is_tracking,
        });
        Ok(plans.collect())
    }

    /// Asks the status lists that these cards name (all cards, where none is named) and keeps what they say: see
    /// [`super::CardOverview::status`]. Each list is fetched whole and once.
    ///
    /// The list's keeper learns that a wallet on this network holds some credential of the list. Call this on a
    /// schedule, or when the holder asks, and never because a verifier asked for something.
    ///
    /// # Errors
    /// `not_found`, `locked`, the integrity codes and those of the store. What is wrong with one list is told in
    /// [`ListRefresh::outcome`].
    pub async fn refresh_status(&self, cards: &[RecordName]) -> Result<StatusReport, WalletError> {
        self.require_sound()?;
        let wanted = self.with_store(|db| wanted(db, cards))?;
        let mut lists = Vec::with_capacity(wanted.len());
        for (uri, wanted) in wanted {
            let fetched = self.fetch_status_list(&uri, &wanted).await;
            let outcome = self.keep_status(&uri, &wanted, fetched)?;
            lists.push(ListRefresh {
                uri,
                cards: wanted.cards.into_iter().collect(),
                is_tracking: wanted.is_tracking,
                outcome,
            });
        }
        self.commit(|db, batch| forget_unused(db, batch, None))?;
        Ok(StatusReport { lists })
    }

    async fn fetch_status_list(
        &self,
        uri: &str,
        wanted: &Wanted,
    ) -> Result<StatusList, WalletError> {
        let fetcher = self.fetcher();
        let fetched = fetcher.get(Purpose::Status, uri, JWT_MEDIA_TYPE).await?;
        let text = core::str::from_utf8(fetched.body())
            .map_err(|_| StatusError::Jose(JoseError::MalformedJws))?;
        let now = self.now()?;
        let trust = &self.policy.trust;
        let signers = StatusSigners::of(trust, Some(&fetcher), &wanted.evidence, now);
        Ok(StatusList::from_jwt(text, uri, &signers).await?)
    }

    /// Writes down what a list says, or that it could not be believed. The outer error is the store's.
    fn keep_status(
        &self,
        uri: &str,
        wanted: &Wanted,
        fetched: Result<StatusList, WalletError>,
    ) -> Result<Result<UnixTime, WalletError>, WalletError> {
        let now = self.now()?;
        self.commit(|db, batch| {
            let stored = StatusCaches::read(db)?.of_list(uri).cloned();
            let mut cache = match &stored {
                Some(stored) => stored.value.clone(),
                None => StatusCacheRecord {
                    uri: uri.to_owned(),
                    seed: u32::from_be_bytes(make_bytes(self.random())?),
                    list: None,
                    failed_at: None,
                    other: Other::new(),
                },
            };
            let outcome = cache.take(&fetched, &wanted.entries, now);
            match stored {
                Some(mut stored) => {
                    stored.value = cache;
                    batch.update(&stored)?;
                }
                None => {
                    let name = make_name(self.random())?;
                    batch.insert(RecordKind::STATUS_CACHE, &name, &cache)?;
                }
            }
            Ok(outcome)
        })
    }
}

impl StatusCacheRecord {
    /// Takes up what was fetched. A list older than the one known is not believed: somebody may be hiding a withdrawal.
    fn take(
        &mut self,
        fetched: &Result<StatusList, WalletError>,
        entries: &BTreeSet<u64>,
        now: UnixTime,
    ) -> Result<UnixTime, WalletError> {
        let known = self.list.as_ref().map(|list| list.issued_at);
        let newer = match fetched {
            Ok(list) if known.is_some_and(|known| list.issued_at().as_secs() < known) => {
                Err(StatusError::Older.into())
            }
            Ok(list) => {
                let list = KnownList::of(list, entries, self.seed, now);
                Ok(list.with_withdrawals_of(self.list.as_ref()))
            }
            Err(error) => Err(error.clone()),
        };
        match newer {
            Ok(list) => {
                let fresh_until = UnixTime::from_secs(list.fresh_until);
                self.list = Some(list);
                self.failed_at = None;
                Ok(fresh_until)
            }
            Err(error) => {
                self.failed_at = Some(now.as_secs());
                Err(error)
            }
        }
    }
}

/// The lists that these cards name, each with the entries of all cards that name it.
fn wanted(db: &Database, cards: &[RecordName]) -> Result<BTreeMap<String, Wanted>, WalletError> {
    for card in cards {
        db.get(&card.id()?)?;
    }
    let mut lists: BTreeMap<String, Wanted> = BTreeMap::new();
    for card in cards::in_order(db)? {
        let references = references(db, &card.value)?;
        let uris = order::set(references.iter().map(|(reference, _)| reference.uri()));
        let one_each = uris.len() > 1 && uris.len() == references.len();
        for (reference, copy) in references {
            let wanted = lists.entry(reference.uri().to_owned()).or_default();
            wanted.cards.insert(card.name.clone());
            wanted.entries.insert(reference.index());
            wanted.is_tracking |= one_each || reference.has_query();
            if !wanted.evidence.contains(&copy.issuer_evidence) {
                wanted.evidence.push(copy.issuer_evidence);
            }
        }
    }
    if !cards.is_empty() {
        lists.retain(|_, wanted| cards.iter().any(|card| wanted.cards.contains(card)));
    }
    Ok(lists)
}
