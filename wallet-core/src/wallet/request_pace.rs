//! How often the wallet is asked: a flood of links must not wear the holder down until one is approved.

use super::Wallet;
use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::trust::federation::MAX_FETCHES;
use std::sync::{Mutex, PoisonError};

/// Seconds over which requests are counted.
const WINDOW: i64 = 60;

/// All origins together may ask this many times as often as one: names are cheap.
const ORIGINS: usize = 6;

/// The time limit of one fetch, in seconds.
const ONE_FETCH: i64 = 10;

/// How many requests the wallet takes up from one origin in a minute, whatever becomes of them: 5, unless the app says
/// otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestsPerMinute(pub u16);

impl Default for RequestsPerMinute {
    fn default() -> Self {
        Self(5)
    }
}

/// The requests of the last minute, and since when one is being read.
#[derive(Debug, Default)]
pub(super) struct RequestPace {
    taken: Vec<(String, UnixTime)>,
    reading_since: Option<UnixTime>,
}

impl RequestPace {
    fn admit(
        &mut self,
        origin: &str,
        limit: RequestsPerMinute,
        fetches: u8,
        now: UnixTime,
    ) -> Result<(), WalletError> {
        if let Some(since) = self.reading_since {
            let pending = WalletError::new(ErrorCode::RequestPending);
            let longest = i64::from(fetches) * ONE_FETCH;
            let wait = since.saturating_add(longest).as_secs() - now.as_secs();
            let wait = u64::try_from(wait.clamp(1, longest)).unwrap_or(1);
            return Err(pending.retry_after_seconds(wait));
        }
        // What lies ahead was counted before the clock was set back.
        let recent = |at: UnixTime| at <= now && now < at.saturating_add(WINDOW);
        self.taken.retain(|(_, at)| recent(*at));
        let of_origin = || self.taken.iter().filter(|(name, _)| name == origin);
        let limit = usize::from(limit.0);
        // The first that is counted makes room when its minute is over.
        let blocking = if of_origin().count() >= limit {
            Some(of_origin().next())
        } else if self.taken.len() >= limit * ORIGINS {
            Some(self.taken.first())
        } else {
            None
        };
        if let Some(first) = blocking {
            let free_at = first.map_or(now, |(_, at)| *at).saturating_add(WINDOW);
            let wait = free_at.as_secs().saturating_sub(now.as_secs());
            let limited = WalletError::new(ErrorCode::RequestRateLimited);
            return Err(limited.retry_after_seconds(u64::try_from(wait).unwrap_or(0)));
        }
        self.taken.push((origin.to_owned(), now));
        self.reading_since = Some(now);
        Ok(())
    }
}

/// A request is being read, until this is dropped.
pub(super) struct Reading<'a>(&'a Mutex<RequestPace>);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut pace = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pace.reading_since = None;
    }
}

impl Wallet {
    /// Lets a request of this origin in, one at a time and so many in a minute.
    ///
    /// # Errors
    /// `request_pending`, `request_rate_limited`; `retry_after` says how long to wait.
    pub(super) fn take_up(&self, origin: &str) -> Result<Reading<'_>, WalletError> {
        let now = self.now()?;
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        // The request itself, and who made it.
        let fetches = match self.policy.trust.federation.is_empty() {
            true => 1,
            false => 1 + MAX_FETCHES,
        };
        pace.admit(origin, self.policy.requests_per_minute, fetches, now)?;
        Ok(Reading(&self.pace))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const START: UnixTime = UnixTime::from_secs(1_000);

    fn admit(pace: &mut RequestPace, origin: &str, now: UnixTime) -> Result<(), WalletError> {
        let admitted = pace.admit(origin, RequestsPerMinute::default(), 1, now);
        if admitted.is_ok() {
            pace.reading_since = None;
        }
        admitted
    }

    // shows: HOSTILE 11
    #[test]
    fn the_sixth_request_of_an_origin_in_a_minute_waits() {
        let mut pace = RequestPace::default();
        for seconds in 0..5 {
            admit(
                &mut pace,
                "https://a.example",
                START.saturating_add(seconds),
            )
            .unwrap();
        }
        let now = START.saturating_add(20);
        let error = admit(&mut pace, "https://a.example", now).unwrap_err();
        assert_eq!(error.code(), ErrorCode::RequestRateLimited);
        assert_eq!(error.retry_after(), Some(40));
        admit(&mut pace, "https://b.example", now).unwrap();
        // A refusal does not prolong it.
        admit(&mut pace, "https://a.example", START.saturating_add(60)).unwrap();
        let error = admit(&mut pace, "https://a.example", START.saturating_add(60)).unwrap_err();
        assert_eq!(error.retry_after(), Some(1));
    }

    // shows: HOSTILE 11
    #[test]
    fn many_names_do_not_help_and_the_memory_is_bounded() {
        let mut pace = RequestPace::default();
        let admitted = (0..1_000).filter(|n| admit(&mut pace, &n.to_string(), START).is_ok());
        assert_eq!(admitted.count(), 30);
        assert_eq!(pace.taken.len(), 30);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_lock_verifiers_out() {
        let mut pace = RequestPace::default();
        for _ in 0..5 {
            admit(&mut pace, "https://a.example", START).unwrap();
        }
        admit(&mut pace, "https://a.example", START.saturating_add(-1_000)).unwrap();
    }

    // shows: HOSTILE 27
    #[test]
    fn one_request_is_read_at_a_time() {
        let pace = Mutex::new(RequestPace::default());
        let admit_at = |origin, now| {
            let mut locked = pace.lock().unwrap();
            locked.admit(origin, RequestsPerMinute::default(), 17, now)?;
            Ok::<_, WalletError>(Reading(&pace))
        };
        let admit = |origin| admit_at(origin, START);
        let reading = admit("https://a.example").unwrap();
        let error = admit("https://b.example").map(drop).unwrap_err();
        assert_eq!(error.code(), ErrorCode::RequestPending);
        assert!(error.is_retryable());
        // As long as its fetches may take together, less what has passed.
        assert_eq!(error.retry_after(), Some(170));
        for (passed, wait) in [(20, 150), (500, 1), (-500, 170)] {
            let now = START.saturating_add(passed);
            let error = admit_at("https://b.example", now).map(drop).unwrap_err();
            assert_eq!(error.retry_after(), Some(wait));
        }
        drop(reading);
        admit("https://b.example").unwrap();
    }
}
