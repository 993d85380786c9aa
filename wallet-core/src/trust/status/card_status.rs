//! What is known of a card's status.

use super::list::StatusValue;
use crate::clock::UnixTime;

/// Why nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnknownStatus {
    /// The list was never asked.
    NotAsked,
    /// The list was asked and could not be had, or was not believed.
    NotBelieved,
    /// The list has no such entry.
    NotListed,
    /// The issuer uses another way than a status list, or names it wrongly.
    NotSupported,
}

impl UnknownStatus {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::NotBelieved => "not_believed",
            Self::NotListed => "not_listed",
            Self::NotSupported => "not_supported",
        }
    }
}

/// What is known of the status of a card, or of one of its copies, without asking anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CardStatus {
    /// The issuer keeps no status of it: it is valid until it expires.
    #[default]
    NotTracked,
    /// The issuer's list says it is valid.
    Valid,
    /// The issuer revoked it.
    Revoked,
    /// The issuer suspended it.
    Suspended,
    /// The issuer's list says something else of it, with a meaning of its own.
    Other(u8),
    /// Nothing is known.
    Unknown(UnknownStatus),
    /// The list last seen is too old to go by.
    Stale {
        /// What it said.
        last: StatusValue,
        /// When it was fetched.
        seen_at: UnixTime,
    },
}

impl CardStatus {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotTracked => "not_tracked",
            Self::Valid => "valid",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Other(_) => "other",
            Self::Unknown(_) => "unknown",
            Self::Stale { .. } => "stale",
        }
    }

    /// What the list said, however long ago.
    #[must_use]
    pub const fn last_seen(self) -> Option<StatusValue> {
        match self {
            Self::Valid => Some(StatusValue::Valid),
            Self::Revoked => Some(StatusValue::Revoked),
            Self::Suspended => Some(StatusValue::Suspended),
            Self::Other(value) => Some(StatusValue::Other(value)),
            Self::Stale { last, .. } => Some(last),
            Self::NotTracked | Self::Unknown(_) => None,
        }
    }

    /// Whether the issuer is known to have revoked or suspended it; a withdrawal stands until a newer list takes it back.
    #[must_use]
    pub const fn is_withdrawn(self) -> bool {
        matches!(
            self.last_seen(),
            Some(StatusValue::Revoked | StatusValue::Suspended)
        )
    }

    /// Whether its list should be asked again: see [`crate::wallet::Wallet::refresh_status`].
    #[must_use]
    pub const fn is_stale(self) -> bool {
        matches!(
            self,
            Self::Stale { .. }
                | Self::Unknown(UnknownStatus::NotAsked | UnknownStatus::NotBelieved)
        )
    }

    /// What a list that is still fresh says.
    #[must_use]
    pub const fn fresh(value: StatusValue) -> Self {
        match value {
            StatusValue::Valid => Self::Valid,
            StatusValue::Revoked => Self::Revoked,
            StatusValue::Suspended => Self::Suspended,
            StatusValue::Other(other) => Self::Other(other),
        }
    }

    /// The more serious of two: a card is as good as the worst of its copies.
    #[must_use]
    pub const fn worse(self, other: Self) -> Self {
        if other.severity() > self.severity() {
            other
        } else {
            self
        }
    }

    const fn severity(self) -> u8 {
        match (self, self.last_seen()) {
            (Self::NotTracked, _) => 0,
            (Self::Valid, _) => 1,
            (_, Some(StatusValue::Valid)) => 2,
            (Self::Unknown(_), _) => 3,
            (_, Some(StatusValue::Suspended)) => 5,
            (_, Some(StatusValue::Revoked)) => 6,
            _ => 4,
        }
    }
}
