//! One issued copy of a card, bound to a key of its own.

use super::{Other, RecordName, ReusePolicy};
use crate::formats::IssuerEvidence;
use serde::{Deserialize, Serialize};

/// Whether a copy may still be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub(crate) enum CopyState {
    /// It may be shown as far as the reuse policy allows.
    Usable,
    /// It was, or may have been, shown for the last time. Body and key are gone or going.
    Burned,
}

/// A copy.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct CopyRecord {
    /// The card.
    pub(crate) credential: RecordName,
    /// The record with the bytes as received.
    pub(crate) body: RecordName,
    /// The key it is bound to, if it is bound.
    pub(crate) key: Option<RecordName>,
    /// How often it was, or may have been, shown.
    pub(crate) uses: u32,
    /// Whether it may be shown again.
    pub(crate) state: CopyState,
    /// How its issuer was authenticated when it was received.
    pub(crate) issuer_evidence: IssuerEvidence,
    /// When it expires, if it does, seconds since the epoch. Absent in copies of older versions too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<i64>,
    /// The `status` claim as received.
    pub(crate) status: Option<serde_json::Value>,
    /// Members of newer versions.
    #[serde(flatten)]
    pub(crate) other: Other,
}

impl CopyRecord {
    /// Whether one more showing is allowed.
    #[must_use]
    pub(crate) fn may_be_shown(&self, policy: ReusePolicy) -> bool {
        self.state == CopyState::Usable
            && match policy {
                ReusePolicy::OnceOnly => self.uses == 0,
                ReusePolicy::Limited { times } => self.uses < times,
                ReusePolicy::Rotating => true,
            }
    }

    /// Counts one showing, before any byte of it leaves. Returns whether the copy is burned by it.
    pub(crate) fn mark_shown(&mut self, policy: ReusePolicy) -> bool {
        self.uses = self.uses.saturating_add(1);
        if !self.may_be_shown(policy) {
            self.state = CopyState::Burned;
        }
        self.state == CopyState::Burned
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn copy() -> CopyRecord {
        let name = RecordName::parse("00112233445566778899aabbccddeeff").unwrap();
        CopyRecord {
            credential: name.clone(),
            body: name,
            key: None,
            uses: 0,
            state: CopyState::Usable,
            issuer_evidence: IssuerEvidence::Web {
                issuer: String::new(),
                address_checked: true,
            },
            expires_at: None,
            status: None,
            other: Other::new(),
        }
    }

    #[test]
    fn a_once_only_copy_is_burned_by_its_first_showing() {
        let mut copy = copy();
        assert!(copy.mark_shown(ReusePolicy::OnceOnly));
        assert!(!copy.may_be_shown(ReusePolicy::OnceOnly));
        // A policy that is loosened later does not bring it back.
        assert!(!copy.may_be_shown(ReusePolicy::Rotating));
    }

    #[test]
    fn a_limited_copy_is_burned_by_its_last_showing() {
        let (mut copy, policy) = (copy(), ReusePolicy::Limited { times: 2 });
        assert!(!copy.mark_shown(policy));
        assert!(copy.may_be_shown(policy));
        assert!(copy.mark_shown(policy));
        assert!(!copy.may_be_shown(policy));
    }

    #[test]
    fn a_rotating_copy_never_ends() {
        let mut copy = copy();
        copy.uses = u32::MAX;
        assert!(!copy.mark_shown(ReusePolicy::Rotating));
        assert!(copy.may_be_shown(ReusePolicy::Rotating));
    }
}
