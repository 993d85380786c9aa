//! The one error that crosses: who can act, and what is wrong.

use wallet_core::{Category, ErrorCode};

/// What is wrong. Nothing in it is a value, an address or the name of a claim: it may be logged.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Fault {
    /// The stable code: docs/errors.md says what each means and what to do. New ones may come.
    pub code: String,
    /// Whether the same call may succeed later with nothing else changed.
    pub is_retryable: bool,
    /// A record of the wallet's own, or a reason word from a fixed list.
    pub subject: Option<String>,
    /// The section of the standard that was broken, such as `OpenID4VP 1.0 5.10.1`.
    pub rule: Option<String>,
    /// Seconds to wait, where waiting helps.
    pub retry_after_seconds: Option<u64>,
    /// Tries left before waiting begins, with `wrong_secret`.
    pub tries_left: Option<u8>,
}

/// Why a call failed, by who can act on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum WalletError {
    /// The person holding the phone: a wrong PIN, a refusal, a choice to make.
    #[error("{} (holder)", fault.code)]
    Holder {
        /// What is wrong.
        fault: Fault,
    },
    /// The app: a wrong call or configuration.
    #[error("{} (app)", fault.code)]
    App {
        /// What is wrong.
        fault: Fault,
    },
    /// The issuer broke a rule or refused.
    #[error("{} (issuer)", fault.code)]
    Issuer {
        /// What is wrong.
        fault: Fault,
    },
    /// The verifier broke a rule or refused.
    #[error("{} (verifier)", fault.code)]
    Verifier {
        /// What is wrong.
        fault: Fault,
    },
    /// The phone: storage, hardware keys, clock, network.
    #[error("{} (device)", fault.code)]
    Device {
        /// What is wrong.
        fault: Fault,
    },
    /// A fault of this library.
    #[error("{} (bug)", fault.code)]
    Bug {
        /// What is wrong.
        fault: Fault,
    },
}

impl WalletError {
    pub(crate) fn bug() -> Self {
        wallet_core::WalletError::new(ErrorCode::Bug).into()
    }

    /// What is wrong.
    #[must_use]
    pub const fn fault(&self) -> &Fault {
        match self {
            Self::Holder { fault }
            | Self::App { fault }
            | Self::Issuer { fault }
            | Self::Verifier { fault }
            | Self::Device { fault }
            | Self::Bug { fault } => fault,
        }
    }
}

impl From<wallet_core::WalletError> for WalletError {
    fn from(error: wallet_core::WalletError) -> Self {
        let fault = Fault {
            code: error.code().as_str().to_owned(),
            is_retryable: error.is_retryable(),
            subject: error.subject().map(str::to_owned),
            rule: error.failed_rule().map(str::to_owned),
            retry_after_seconds: error.retry_after(),
            tries_left: error.tries_left(),
        };
        match error.category() {
            Category::Holder => Self::Holder { fault },
            Category::App => Self::App { fault },
            Category::Issuer => Self::Issuer { fault },
            Category::Verifier => Self::Verifier { fault },
            Category::Device => Self::Device { fault },
            // A category of a later core, before this crate knows it.
            _ => Self::Bug { fault },
        }
    }
}
