//! The small state outside the store's files.

use super::answering::answering;
use std::sync::Arc;
use wallet_core::vault::anchor as core;

/// The anchor could not be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum AnchorError {
    /// Not right now.
    #[error("unavailable now")]
    UnavailableNow,
    /// Reading or writing failed.
    #[error("failed")]
    Failed,
    /// Anything else the app's object throws.
    #[error("the anchor store failed")]
    HostFailed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for AnchorError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::HostFailed
    }
}

impl From<AnchorError> for core::AnchorError {
    fn from(error: AnchorError) -> Self {
        match error {
            AnchorError::UnavailableNow => Self::UnavailableNow,
            AnchorError::Failed => Self::Failed,
            AnchorError::HostFailed => Self::HostFailed,
        }
    }
}

/// Named cells of at most a few hundred bytes that must not go back when the app's files are restored. Names are 1 to 100
/// characters of `a-z`, `0-9`, `-` and `.`.
#[uniffi::export(foreign)]
pub trait AnchorStore: Send + Sync {
    /// The bytes last written to the cell, or none if there are none. Never none for a cell that exists but cannot be read
    /// now.
    fn read(&self, name: String) -> Result<Option<Vec<u8>>, AnchorError>;

    /// Replaces the cell as a whole. Durable when it returns.
    fn write(&self, name: String, bytes: Vec<u8>) -> Result<(), AnchorError>;

    /// Removes the cell. Removing an absent one is no error.
    fn delete(&self, name: String) -> Result<(), AnchorError>;

    /// Whether cells keep their value when the app's files are restored from an older copy.
    fn is_rollback_safe(&self) -> Result<bool, AnchorError>;
}

/// The app's anchor as the core knows it.
pub(crate) struct Anchor(Arc<dyn AnchorStore>);

impl Anchor {
    pub(crate) fn new(app: Arc<dyn AnchorStore>) -> Self {
        Self(app)
    }
}

impl core::AnchorStore for Anchor {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, core::AnchorError> {
        Ok(answering(|| self.0.read(name.to_owned()))?)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), core::AnchorError> {
        Ok(answering(|| self.0.write(name.to_owned(), bytes.to_vec()))?)
    }

    fn delete(&self, name: &str) -> Result<(), core::AnchorError> {
        Ok(answering(|| self.0.delete(name.to_owned()))?)
    }

    fn is_rollback_safe(&self) -> bool {
        // One that cannot say so is not.
        answering(|| self.0.is_rollback_safe()).unwrap_or(false)
    }
}
