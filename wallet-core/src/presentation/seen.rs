//! A request is answered once (OpenID4VP 1.0 14.1, RFC 9101).

use super::error::PresentationError;
use super::verifier::VerifiedRequest;
use crate::clock::UnixTime;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// Most requests remembered at once; the ones that expire first make room.
const CAPACITY: usize = 1024;

/// Remembers, in memory, the requests seen until they expire.
#[derive(Debug, Default)]
pub struct SeenRequests(HashMap<[u8; 32], UnixTime>);

impl SeenRequests {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Remembers a request.
    ///
    /// # Errors
    /// [`PresentationError::Replay`] if its client identifier and nonce were seen before and have not expired.
    pub fn remember(
        &mut self,
        request: &VerifiedRequest,
        now: UnixTime,
    ) -> Result<(), PresentationError> {
        self.insert(request.fingerprint(), request.expires_at(), now)
    }

    fn insert(
        &mut self,
        id: [u8; 32],
        expires: UnixTime,
        now: UnixTime,
    ) -> Result<(), PresentationError> {
        self.0.retain(|_, expires| now <= *expires);
        if self.0.contains_key(&id) {
            return Err(PresentationError::Replay);
        }
        if self.0.len() >= CAPACITY
            && let Some(first) = self.0.iter().min_by_key(|(_, at)| **at).map(|(id, _)| *id)
        {
            self.0.remove(&first);
        }
        self.0.insert(id, expires);
        Ok(())
    }
}

/// Tells one request from another: SHA-256 over nonce and client identifier. A nonce has no NUL, so the two cannot run
/// into one another.
pub(super) fn fingerprint(client_id: &str, nonce: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(nonce.as_bytes())
        .chain_update([0])
        .chain_update(client_id.as_bytes())
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_secs(1_000);

    // shows: VP 48, HOSTILE 5
    #[test]
    fn the_same_nonce_of_the_same_verifier_is_refused_until_it_expires() {
        let mut seen = SeenRequests::new();
        let end = NOW.saturating_add(300);
        assert_eq!(
            seen.insert(fingerprint("x509_hash:a", "n"), end, NOW),
            Ok(())
        );
        assert_eq!(
            seen.insert(fingerprint("x509_hash:a", "n"), end, NOW),
            Err(PresentationError::Replay)
        );
        assert_eq!(
            seen.insert(fingerprint("x509_hash:b", "n"), end, NOW),
            Ok(())
        );
        assert_eq!(
            seen.insert(fingerprint("x509_hash:a", "m"), end, NOW),
            Ok(())
        );
        let later = end.saturating_add(1);
        assert_eq!(
            seen.insert(
                fingerprint("x509_hash:a", "n"),
                later.saturating_add(300),
                later
            ),
            Ok(())
        );
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut seen = SeenRequests::new();
        for count in 0..2 * CAPACITY {
            let end = NOW.saturating_add(i64::try_from(count).unwrap_or(0));
            assert_eq!(
                seen.insert(fingerprint("x509_hash:a", &count.to_string()), end, NOW),
                Ok(())
            );
        }
        assert_eq!(seen.0.len(), CAPACITY);
    }
}
