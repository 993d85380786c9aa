//! What was found a short while ago.

use crate::clock::UnixTime;
use crate::did::{Did, ResolvedDid};
use std::collections::VecDeque;

/// Most DIDs that are kept.
const MAX_DIDS: usize = 32;

/// Documents that were found, each for a while, the newest at the end.
#[derive(Default)]
pub(super) struct Cache(VecDeque<Entry>);

struct Entry {
    did: String,
    at: UnixTime,
    /// For how many seconds it is known.
    seconds: u64,
    found: ResolvedDid,
}

impl Cache {
    /// What was found, if that is not too long ago. A clock that was set back makes it unknown.
    pub(super) fn get(&self, did: &Did, now: UnixTime) -> Option<ResolvedDid> {
        let entry = self.0.iter().find(|known| known.did == did.as_str())?;
        let age = now.as_secs().checked_sub(entry.at.as_secs())?;
        let is_fresh = u64::try_from(age).is_ok_and(|age| age < entry.seconds);
        is_fresh.then(|| entry.found.clone())
    }

    /// Keeps what was found now for so many seconds.
    pub(super) fn put(&mut self, did: &Did, found: ResolvedDid, now: UnixTime, seconds: u64) {
        self.0.retain(|known| known.did != did.as_str());
        if seconds == 0 {
            return;
        }
        if self.0.len() == MAX_DIDS {
            self.0.pop_front();
        }
        self.0.push_back(Entry {
            did: did.as_str().to_owned(),
            at: now,
            seconds,
            found,
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::did::{DidDocument, Evidence};
    use serde_json::json;

    fn found(did: &Did) -> ResolvedDid {
        let document = json!({"id": did.as_str()}).as_object().unwrap().clone();
        let document = DidDocument::from_json(did, document).unwrap();
        let evidence = Evidence::SelfCertifying;
        ResolvedDid::new(did, document, evidence, UnixTime::from_secs(0)).unwrap()
    }

    fn did(number: usize) -> Did {
        Did::parse(&format!("did:example:{number}")).unwrap()
    }

    #[test]
    fn what_was_found_is_known_for_its_time_and_not_before_it_was_found() {
        let mut cache = Cache::default();
        let at = |seconds: i64| UnixTime::from_secs(1_000 + seconds);
        let one = found(&did(1));
        cache.put(&did(1), one.clone(), at(0), 60);
        assert_eq!(cache.get(&did(1), at(0)), Some(one.clone()));
        assert_eq!(cache.get(&did(1), at(59)), Some(one.clone()));
        assert_eq!(cache.get(&did(1), at(60)), None);
        assert_eq!(cache.get(&did(1), at(-1)), None);
        assert_eq!(cache.get(&did(2), at(0)), None);
        cache.put(&did(1), one.clone(), at(70), 5);
        assert_eq!(cache.get(&did(1), at(74)), Some(one));
        assert_eq!(cache.get(&did(1), at(75)), None);
    }

    #[test]
    fn a_few_are_kept_and_none_for_no_time() {
        let mut cache = Cache::default();
        let now = UnixTime::from_secs(0);
        for number in 0..=MAX_DIDS {
            cache.put(&did(number), found(&did(number)), now, 60);
        }
        assert_eq!(cache.0.len(), MAX_DIDS);
        assert_eq!(cache.get(&did(0), now), None);
        assert!(cache.get(&did(MAX_DIDS), now).is_some());
        cache.put(&did(5), found(&did(5)), now, 0);
        assert_eq!(cache.get(&did(5), now), None);
    }
}
