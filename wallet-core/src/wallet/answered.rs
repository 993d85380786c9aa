//! A request is answered once, also after the app was restarted or in another process (RFC 9101, OpenID4VP 1.0 14.1).

use crate::clock::UnixTime;
use crate::jose::base64url;
use crate::order;
use crate::presentation::VerifiedRequest;
use serde::{Deserialize, Serialize};

/// Most requests remembered at once; the ones that expire first make room. A request lives five minutes at most.
const CAPACITY: usize = 256;

/// What is remembered, until it expires, of a request that was answered or declined.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Answered {
    /// SHA-256 over nonce and client identifier, base64url.
    fingerprint: String,
    /// Seconds since the epoch.
    expires_at: i64,
}

impl Answered {
    pub(super) fn of(request: &VerifiedRequest) -> Self {
        Self {
            fingerprint: base64url::encode(&request.fingerprint()),
            expires_at: request.expires_at().as_secs(),
        }
    }

    pub(super) fn is_among(&self, answered: &[Self]) -> bool {
        answered
            .iter()
            .any(|other| other.fingerprint == self.fingerprint)
    }

    /// Adds this one and drops what has expired.
    pub(super) fn add_to(&self, answered: &mut Vec<Self>, now: UnixTime) {
        answered.retain(|other| other.expires_at >= now.as_secs());
        answered.push(self.clone());
        order::sort_by_key(answered, |other| other.expires_at);
        let surplus = answered.len().saturating_sub(CAPACITY);
        answered.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(number: usize, expires_at: i64) -> Answered {
        Answered {
            fingerprint: number.to_string(),
            expires_at,
        }
    }

    #[test]
    fn expired_requests_are_forgotten_and_the_memory_is_bounded() {
        let mut all = vec![answered(0, 99), answered(1, 100)];
        answered(2, 400).add_to(&mut all, UnixTime::from_secs(100));
        assert!(!answered(0, 99).is_among(&all));
        assert!(answered(1, 0).is_among(&all) && answered(2, 0).is_among(&all));
        for number in 0..2 * CAPACITY {
            answered(number + 10, 200).add_to(&mut all, UnixTime::from_secs(100));
        }
        assert_eq!(all.len(), CAPACITY);
        assert!(answered(2, 400).is_among(&all));
    }
}
