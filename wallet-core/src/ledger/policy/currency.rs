//! Whether an accepted block tells how things are now: its age, and that it is not before what was seen already.

use super::PolicyError;
use super::checkpoint::{ChainIdentity, Equivocation, VerifiedCheckpoint};
use crate::clock::UnixTime;
use crate::ledger::accepted::AcceptedBlock;
use alloy_primitives::B256;

/// Seconds by which a block's time may lie ahead of the phone's clock.
pub const FUTURE_SLACK: u64 = 60;

/// What an accepted block says about now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Currency {
    /// Young enough for the profile: this is how things are.
    Current,
    /// Older than the profile allows: this is how things were.
    Stale,
    /// What accepted the block does not cover its time, or is no longer who vouches for the chain: this is how things were
    /// at that block.
    Undated,
}

impl Currency {
    /// The currency of a block at `now`.
    ///
    /// # Errors
    /// [`PolicyError::FromTheFuture`] if its time lies more than a minute ahead of the clock.
    pub(in crate::ledger) fn of(
        block: &AcceptedBlock,
        max_age_seconds: u64,
        now: UnixTime,
    ) -> Result<Self, PolicyError> {
        if !block.basis().covers_header() {
            return Ok(Self::Undated);
        }
        let now = u64::try_from(now.as_secs()).unwrap_or(0);
        let time = block.header().time();
        if time > now.saturating_add(FUTURE_SLACK) {
            return Err(PolicyError::FromTheFuture);
        }
        Ok(if now.saturating_sub(time) <= max_age_seconds {
            Self::Current
        } else {
            Self::Stale
        })
    }
}

/// The newest block a device took for current, of one chain under one policy. Answers to "how is it now" never go behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastSeen {
    /// Of which chain.
    pub chain: ChainIdentity,
    /// Under which policy: [`super::TrustPolicy::fingerprint`]. Another policy begins anew.
    pub policy: B256,
    /// The block's number.
    pub number: u64,
    /// The block's hash.
    pub hash: B256,
    /// The checkpoint that accepted it, kept to convict a signer who signs another for the same height.
    pub checkpoint: Option<VerifiedCheckpoint>,
}

impl LastSeen {
    /// Whether it is kept in the place of `other`.
    #[must_use]
    pub fn is_beside(&self, other: &Self) -> bool {
        self.chain == other.chain && self.policy == other.policy
    }

    /// Checks that this block, taken for current, does not go behind what was seen before it.
    ///
    /// # Errors
    /// [`Regression`]: an older block, another block at the same height, or a checkpoint that contradicts the one seen.
    pub fn follows(&self, before: &Self) -> Result<(), Regression> {
        if let (Some(old), Some(new)) = (&before.checkpoint, &self.checkpoint)
            && let Some(equivocation) = Equivocation::between(old, new)
        {
            return Err(Regression::Equivocation(Box::new(equivocation)));
        }
        if self.number < before.number {
            Err(Regression::RolledBack)
        } else if self.number == before.number && self.hash != before.hash {
            Err(Regression::Forked)
        } else {
            Ok(())
        }
    }
}

/// How a block contradicts what was seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Regression {
    /// It is older.
    RolledBack,
    /// It is another one of the same height.
    Forked,
    /// Its checkpoint and the one seen before cannot both be true.
    Equivocation(Box<Equivocation>),
}

impl From<&Regression> for PolicyError {
    fn from(regression: &Regression) -> Self {
        match regression {
            Regression::RolledBack => Self::RolledBack,
            Regression::Forked => Self::Forked,
            Regression::Equivocation(_) => Self::Equivocation,
        }
    }
}

#[cfg(test)]
mod tests;
