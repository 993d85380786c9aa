//! Whether the store is the one last committed on this device.

use super::error::DatabaseError;

/// State of the set of records as a whole. In any state but `Ok` records can be read and rescued, and every commit is
/// refused until the holder adopts the state.
///
/// A single damaged record does not change the state: it is refused by itself whenever it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IntegrityState {
    /// The last state committed on this device.
    Ok,
    /// No anchor knows this state: there is none (restored, or a new phone), it is damaged, or it is older than the store.
    AnchorMissing,
    /// The database is older than the last one seen here, or goes back to one that was.
    RolledBack {
        /// Number of the commit the database is at.
        have: u64,
        /// Number of the last commit the anchor has seen.
        expected: u64,
    },
    /// The slot files are older than the database: an old PIN or passphrase may have come back with them.
    SlotsRolledBack {
        /// Sequence of the slot files.
        have: u64,
        /// Sequence the database was last told.
        expected: u64,
    },
    /// The records are not the set that was committed. Both numbers are lower bounds and may be 0.
    SetMismatch {
        /// Records that should be there and are not.
        missing: u64,
        /// Records that are there and should not be.
        extra: u64,
    },
}

impl IntegrityState {
    /// Why commits are refused in this state.
    pub(super) fn refusal(&self) -> Result<(), DatabaseError> {
        match self {
            Self::Ok => Ok(()),
            Self::AnchorMissing => Err(DatabaseError::AnchorMissing),
            Self::RolledBack { .. } | Self::SlotsRolledBack { .. } => {
                Err(DatabaseError::RolledBack)
            }
            Self::SetMismatch { .. } => Err(DatabaseError::SetMismatch),
        }
    }
}
