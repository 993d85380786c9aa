//! Small state that must not go backwards, kept outside the store's files by the app.
//!
//! iOS: a Keychain item `…ThisDeviceOnly`. Android: a blob under a Keystore key whose alias is rotated. A server.
//! Where there is nothing better: [`FileAnchorStore`], which says of itself that it does not survive a restored file.

mod file;
#[cfg(any(test, feature = "test-doubles"))]
mod memory;

pub use file::FileAnchorStore;
#[cfg(any(test, feature = "test-doubles"))]
pub use memory::InMemoryAnchorStore;

use crate::error::{ErrorCode, WalletError};

/// The anchor could not be read or written. What it held is unchanged or is the value being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnchorError {
    /// Not right now (before the first unlock after boot, no network).
    #[error("the anchor is not available now")]
    UnavailableNow,
    /// Reading or writing failed.
    #[error("the anchor failed")]
    Failed,
    /// The app's code failed in a way it did not declare.
    #[error("the app's anchor failed")]
    HostFailed,
}

impl From<AnchorError> for WalletError {
    fn from(error: AnchorError) -> Self {
        match error {
            AnchorError::UnavailableNow | AnchorError::Failed => Self::new(ErrorCode::AnchorFailed),
            AnchorError::HostFailed => Self::new(ErrorCode::HostFailed).about("anchor"),
        }
    }
}

/// Named cells of at most a few hundred bytes. Names are 1 to 100 characters of `a-z`, `0-9`, `-` and `.`.
///
/// Cells are authenticated by the vault; the anchor only has to keep them and to keep them from going back.
pub trait AnchorStore: Send + Sync {
    /// The bytes last written to the cell, or `None` if there are none.
    ///
    /// # Errors
    /// [`AnchorError`]; never `None` for a cell that exists but cannot be read now.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, AnchorError>;

    /// Replaces the cell as a whole. Durable when it returns.
    ///
    /// # Errors
    /// [`AnchorError`]
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), AnchorError>;

    /// Removes the cell. Removing an absent one is no error.
    ///
    /// # Errors
    /// [`AnchorError`]
    fn delete(&self, name: &str) -> Result<(), AnchorError>;

    /// Whether cells keep their value when the app's files are restored from an older copy.
    fn is_rollback_safe(&self) -> bool;
}
