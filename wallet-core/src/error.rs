//! The one error the facade returns: a stable code, who can act on it, and whether trying again may help.
//!
//! Modules keep rich errors of their own; this is where they meet. No error holds a value, a URL or a claim name:
//! it may be logged as it is.

mod code;

pub use code::{Category, ErrorCode};

use core::fmt;

/// What the facade returns when something fails.
///
/// `subject` is an identifier of the wallet's own (a record, a query) or a reason word from a fixed list, never a value.
#[derive(Clone, PartialEq, Eq)]
pub struct WalletError {
    code: ErrorCode,
    category: Category,
    subject: Option<String>,
    rule: Option<&'static str>,
    retry_after: Option<u64>,
    tries_left: Option<u8>,
}

impl WalletError {
    /// An error with the category its code has by default.
    #[must_use]
    pub const fn new(code: ErrorCode) -> Self {
        Self {
            code,
            category: code.category(),
            subject: None,
            rule: None,
            retry_after: None,
            tries_left: None,
        }
    }

    /// Names who can act, where the same code can come from several parties (a malformed JWT, say).
    #[must_use]
    pub const fn by(mut self, category: Category) -> Self {
        self.category = category;
        self
    }

    /// Names the wallet's own record, or a reason word from a fixed list.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Names the section of the standard that failed, such as `OpenID4VP 1.0 5.10.1`.
    #[must_use]
    pub const fn rule(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Says how many seconds to wait.
    #[must_use]
    pub const fn retry_after_seconds(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Says how many tries are left before waiting begins.
    #[must_use]
    pub const fn tries_left_of(mut self, tries: u8) -> Self {
        self.tries_left = Some(tries);
        self
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// Who can act.
    #[must_use]
    pub const fn category(&self) -> Category {
        self.category
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.code.is_retryable()
    }

    /// The record or reason word, if any.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The standard's section that failed, if one did.
    #[must_use]
    pub const fn failed_rule(&self) -> Option<&'static str> {
        self.rule
    }

    /// Seconds to wait, with [`ErrorCode::LockedOut`], [`ErrorCode::IssuanceDeferred`], [`ErrorCode::RequestRateLimited`] and
    /// [`ErrorCode::RequestPending`].
    #[must_use]
    pub const fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// Tries left before waiting begins, with [`ErrorCode::WrongSecret`] where tries are counted.
    #[must_use]
    pub const fn tries_left(&self) -> Option<u8> {
        self.tries_left
    }
}

impl fmt::Debug for WalletError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WalletError({self})")
    }
}

impl fmt::Display for WalletError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code.as_str(), self.category.as_str())?;
        if let Some(subject) = &self.subject {
            write!(f, " [{subject}]")?;
        }
        if let Some(rule) = self.rule {
            write!(f, " {rule}")?;
        }
        Ok(())
    }
}

impl core::error::Error for WalletError {}

impl From<ErrorCode> for WalletError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_category_can_be_narrowed_but_the_code_stays() {
        let error = WalletError::new(ErrorCode::Malformed)
            .by(Category::Issuer)
            .rule("RFC 9901 4");
        assert_eq!(error.to_string(), "malformed (issuer) RFC 9901 4");
    }
}
