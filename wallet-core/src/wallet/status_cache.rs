//! What is known of the status of cards: read from the store, never from the network.

use super::cards;
use super::records::{
    CopyRecord, CopyState, CredentialRecord, KnownList, RecordName, StatusCacheRecord,
};
use super::store::{self, Batch, Stored};
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::order;
use crate::trust::status::{CardStatus, StatusList, StatusReference, StatusValue, UnknownStatus};
use crate::vault::database::{Database, RecordKind};
use std::collections::{BTreeMap, BTreeSet};

/// A list is never asked again sooner, whatever it says.
const MIN_TTL: u64 = 3600;
/// A list is asked again after this at the latest.
const MAX_TTL: u64 = 7 * 86_400;
/// For lists that do not say.
const DEFAULT_TTL: u64 = 86_400;

/// Seconds by which the clock may go back without making a list stale.
const CLOCK_SLACK: i64 = 60;

/// The lists last seen, by address.
pub(crate) struct StatusCaches(BTreeMap<String, Stored<StatusCacheRecord>>);

impl StatusCaches {
    pub(crate) fn read(db: &Database) -> Result<Self, WalletError> {
        let mut caches = BTreeMap::new();
        let records: Vec<Stored<StatusCacheRecord>> =
            store::list_readable(db, RecordKind::STATUS_CACHE)?;
        for record in records {
            let seen = |record: &Stored<StatusCacheRecord>| {
                record.value.list.as_ref().map(|list| list.fetched_at)
            };
            // Two processes may have begun one each: the later counts.
            let known = caches.get(&record.value.uri);
            if known.is_none_or(|known| seen(known) <= seen(&record)) {
                caches.insert(record.value.uri.clone(), record);
            }
        }
        Ok(Self(caches))
    }

    pub(super) fn of_list(&self, uri: &str) -> Option<&Stored<StatusCacheRecord>> {
        self.0.get(uri)
    }

    /// The status of one copy.
    pub(crate) fn of_copy(&self, copy: &CopyRecord, now: UnixTime) -> CardStatus {
        let Some(status) = &copy.status else {
            return CardStatus::NotTracked;
        };
        match StatusReference::read(status) {
            Ok(Some(reference)) => self
                .of_list(reference.uri())
                .map_or(CardStatus::Unknown(UnknownStatus::NotAsked), |cache| {
                    status_in(&cache.value, reference.index(), now)
                }),
            _ => CardStatus::Unknown(UnknownStatus::NotSupported),
        }
    }

    /// The status of a card: that of the worst copy that is not used up, or of the worst if all are.
    pub(crate) fn of_card(&self, copies: &[Stored<CopyRecord>], now: UnixTime) -> CardStatus {
        let is_burned = |copy: &&Stored<CopyRecord>| copy.value.state == CopyState::Burned;
        let all_burned = copies.iter().all(|copy| is_burned(&copy));
        let counted = copies.iter().filter(|copy| all_burned || !is_burned(copy));
        let each = counted.map(|copy| self.of_copy(&copy.value, now));
        each.fold(CardStatus::NotTracked, CardStatus::worse)
    }
}

fn status_in(cache: &StatusCacheRecord, index: u64, now: UnixTime) -> CardStatus {
    let known = cache.list.as_ref().and_then(|list| {
        let entry = list.entries.iter().find(|(known, _)| *known == index);
        entry.map(|(_, value)| (list, *value))
    });
    let Some((list, value)) = known else {
        return CardStatus::Unknown(match cache.failed_at {
            Some(_) => UnknownStatus::NotBelieved,
            None => UnknownStatus::NotAsked,
        });
    };
    match value {
        None => CardStatus::Unknown(UnknownStatus::NotListed),
        Some(value) if list.is_fresh(now) => CardStatus::fresh(value),
        Some(last) => CardStatus::Stale {
            last,
            seen_at: UnixTime::from_secs(list.fetched_at),
        },
    }
}

impl KnownList {
    /// What a list says of these entries.
    pub(super) fn of(
        list: &StatusList,
        entries: &BTreeSet<u64>,
        seed: u32,
        fetched_at: UnixTime,
    ) -> Self {
        let entry = |index: &u64| (*index, list.array().get(*index).ok());
        let again = fetched_at.saturating_add(keep_seconds(list.ttl_seconds(), seed));
        let end = list.valid_until().unwrap_or(again);
        Self {
            fetched_at: fetched_at.as_secs(),
            issued_at: list.issued_at().as_secs(),
            fresh_until: again.min(end).as_secs(),
            entries: entries.iter().map(entry).collect(),
        }
    }

    /// A list that no longer has an entry does not take a withdrawal back.
    pub(super) fn with_withdrawals_of(mut self, before: Option<&Self>) -> Self {
        let known = before.map_or(&[][..], |list| &list.entries);
        for (index, value) in self.entries.iter_mut().filter(|(_, value)| value.is_none()) {
            let before = known.iter().find(|(known, _)| known == index);
            *value = before
                .and_then(|(_, value)| *value)
                .filter(|value| matches!(value, StatusValue::Revoked | StatusValue::Suspended));
        }
        self
    }

    /// Whether it may be gone by. A clock that was set back makes it doubtful.
    fn is_fresh(&self, now: UnixTime) -> bool {
        let now = now.as_secs();
        now < self.fresh_until && now >= self.fetched_at.saturating_sub(CLOCK_SLACK)
    }
}

/// How long a list is kept: its own wish within bounds, give or take a tenth, always the same for one list and wallet.
fn keep_seconds(ttl: Option<u64>, seed: u32) -> i64 {
    let ttl = ttl.unwrap_or(DEFAULT_TTL).clamp(MIN_TTL, MAX_TTL);
    let per_mille = 900 + u64::from(seed % 201);
    i64::try_from(ttl * per_mille / 1000).unwrap_or(i64::MAX)
}

/// Forgets what was known of copies that are gone, and of those of the card `deleted`.
pub(super) fn forget_unused(
    db: &Database,
    batch: &mut Batch,
    deleted: Option<&RecordName>,
) -> Result<(), WalletError> {
    let mut used: BTreeSet<StatusReference> = BTreeSet::new();
    for card in cards::in_order(db)? {
        if deleted != Some(&card.name) {
            used.extend(references(db, &card.value)?.into_iter().map(|(it, _)| it));
        }
    }
    let caches: Vec<Stored<StatusCacheRecord>> =
        store::list_readable(db, RecordKind::STATUS_CACHE)?;
    for mut cache in caches {
        let uri = cache.value.uri.clone();
        let mut indices = used.iter().filter(|used| used.uri() == uri).peekable();
        if indices.peek().is_none() {
            batch.delete(&cache.name)?;
            continue;
        }
        let indices = order::set(indices.map(StatusReference::index));
        let Some(list) = &mut cache.value.list else {
            continue;
        };
        let before = list.entries.len();
        list.entries.retain(|(index, _)| indices.contains(index));
        if list.entries.len() < before {
            batch.update(&cache)?;
        }
    }
    Ok(())
}

/// The entries that the copies of a card name, but for copies that are used up.
pub(super) fn references(
    db: &Database,
    card: &CredentialRecord,
) -> Result<Vec<(StatusReference, CopyRecord)>, WalletError> {
    let mut found = Vec::new();
    for copy in cards::copies(db, card)? {
        let copy = copy.value;
        let reference = copy.status.as_ref().map(StatusReference::read);
        if let (Some(Ok(Some(reference))), CopyState::Usable) = (reference, copy.state) {
            found.push((reference, copy));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn cache(value: Option<StatusValue>) -> StatusCacheRecord {
        StatusCacheRecord {
            uri: String::new(),
            seed: 0,
            list: Some(KnownList {
                fetched_at: 1000,
                issued_at: 900,
                fresh_until: 2000,
                entries: vec![(7, value)],
            }),
            failed_at: None,
            other: Default::default(),
        }
    }

    fn at(seconds: i64) -> UnixTime {
        UnixTime::from_secs(seconds)
    }

    // shows: SDJWT 29
    #[test]
    fn a_list_is_gone_by_until_its_time_is_over_and_is_stale_then() {
        let stale = CardStatus::Stale {
            last: StatusValue::Valid,
            seen_at: at(1000),
        };
        let valid = cache(Some(StatusValue::Valid));
        for (now, expected) in [
            (940, CardStatus::Valid),
            (1000, CardStatus::Valid),
            (1999, CardStatus::Valid),
            (2000, stale),
            (i64::MAX, stale),
            // The clock was set back.
            (939, stale),
        ] {
            assert_eq!(status_in(&valid, 7, at(now)), expected, "{now}");
        }
    }

    // shows: SDJWT 29
    #[test]
    fn what_the_list_does_not_say_is_unknown() {
        let unknown = |cache: &StatusCacheRecord, index| match status_in(cache, index, at(1500)) {
            CardStatus::Unknown(why) => why,
            other => panic!("{other:?}"),
        };
        let mut cache = cache(None);
        assert_eq!(unknown(&cache, 7), UnknownStatus::NotListed);
        assert_eq!(unknown(&cache, 8), UnknownStatus::NotAsked);
        cache.failed_at = Some(1400);
        assert_eq!(unknown(&cache, 8), UnknownStatus::NotBelieved);
        cache.list = None;
        assert_eq!(unknown(&cache, 7), UnknownStatus::NotBelieved);
    }

    #[test]
    fn a_list_that_got_shorter_takes_no_withdrawal_back() {
        let known = |value| cache(value).list.unwrap();
        for (before, now, expected) in [
            (Some(StatusValue::Revoked), None, Some(StatusValue::Revoked)),
            (
                Some(StatusValue::Suspended),
                None,
                Some(StatusValue::Suspended),
            ),
            (
                Some(StatusValue::Revoked),
                Some(StatusValue::Valid),
                Some(StatusValue::Valid),
            ),
            (Some(StatusValue::Valid), None, None),
            (None, None, None),
        ] {
            let list = known(now).with_withdrawals_of(Some(&known(before)));
            assert_eq!(list.entries, [(7, expected)], "{before:?} {now:?}");
        }
        let first = known(None).with_withdrawals_of(None);
        assert_eq!(first.entries, [(7, None)]);
    }

    proptest! {
        // shows: SDJWT 29, HOSTILE 14
        #[test]
        fn a_list_is_kept_an_hour_to_a_week_give_or_take_a_tenth(ttl in any::<Option<u64>>(), seed in any::<u32>()) {
            let kept = keep_seconds(ttl, seed);
            prop_assert!((3240..=665_280).contains(&kept));
            prop_assert_eq!(kept, keep_seconds(ttl, seed));
            let exact = i64::try_from(ttl.unwrap_or(86_400).clamp(3600, 604_800)).unwrap();
            prop_assert!((kept - exact).abs() * 10 <= exact);
        }
    }

    #[test]
    fn wallets_do_not_ask_again_at_the_same_time() {
        let times: BTreeSet<i64> = (0..201)
            .map(|seed| keep_seconds(Some(86_400), seed))
            .collect();
        assert_eq!(times.len(), 201);
    }
}
