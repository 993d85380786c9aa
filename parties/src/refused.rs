//! Why a party refused what it was sent.

use std::fmt;

/// A refusal with its reason, for the reports of tests and the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(String);

/// What the parties return.
pub type Result<T> = std::result::Result<T, Refused>;

impl Refused {
    /// A refusal for `reason`.
    pub fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// The reason.
    pub fn reason(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// Turns an absent value or a foreign error into a refusal.
pub(crate) trait OrRefuse<T> {
    fn or_refuse(self, reason: &str) -> Result<T>;
}

impl<T> OrRefuse<T> for Option<T> {
    fn or_refuse(self, reason: &str) -> Result<T> {
        self.ok_or_else(|| Refused::because(reason))
    }
}

impl<T, E: fmt::Display> OrRefuse<T> for std::result::Result<T, E> {
    fn or_refuse(self, reason: &str) -> Result<T> {
        self.map_err(|error| Refused::because(format!("{reason}: {error}")))
    }
}

/// Refuses unless `condition` holds.
pub(crate) fn ensure(condition: bool, reason: &str) -> Result<()> {
    if condition {
        Ok(())
    } else {
        Err(Refused::because(reason))
    }
}
