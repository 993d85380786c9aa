//! Why a command ended, and with which exit code: 1 refused or failed, 2 wrong usage.

use serde_json::{Value, json};
use std::process::ExitCode;
use wallet_core::{ErrorCode, WalletError};

/// Why a command ended.
pub(crate) enum Failure {
    /// The wallet refused or failed.
    Wallet(WalletError),
    /// The command was called wrongly.
    Usage(String),
    /// Something around the wallet failed, a file that cannot be read, say.
    Other(String),
    /// The holder said no.
    Declined,
}

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(if matches!(self, Self::Usage(_)) { 2 } else { 1 })
    }

    /// One line for people.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Wallet(error) => match advice(error) {
                Some(advice) => format!("{error}\n{advice}"),
                None => error.to_string(),
            },
            Self::Usage(text) | Self::Other(text) => text.clone(),
            Self::Declined => "declined".to_owned(),
        }
    }

    /// The document `--json` prints on stderr.
    pub(crate) fn json(&self) -> Value {
        let (code, category, retryable, rule) = match self {
            Self::Wallet(error) => (
                error.code().as_str(),
                error.category().as_str(),
                error.is_retryable(),
                error.failed_rule(),
            ),
            Self::Usage(_) => ("usage", "app", false, None),
            Self::Other(_) => ("environment", "device", false, None),
            Self::Declined => ("user_cancelled", "holder", true, None),
        };
        json!({ "error": { "code": code, "category": category, "retryable": retryable, "rule": rule } })
    }
}

/// What to do about the commonest errors.
fn advice(error: &WalletError) -> Option<String> {
    Some(match error.code() {
        ErrorCode::WrongSecret => "The store is intact; try again.".to_owned(),
        ErrorCode::LockedOut => format!(
            "Try again in {} seconds.",
            error.retry_after().unwrap_or_default()
        ),
        ErrorCode::StoreMissing => {
            "There is no store there: make one with `wallet init`.".to_owned()
        }
        ErrorCode::StoreExists => "There is a store already; nothing was changed.".to_owned(),
        ErrorCode::TxCodeRequired => "Give the issuer's code with --tx-code.".to_owned(),
        ErrorCode::UntrustedIssuer | ErrorCode::UntrustedVerifier => {
            "Give the root certificate you trust with --trust-anchor.".to_owned()
        }
        ErrorCode::UrlNotAllowed => {
            "For servers on this machine use --allow-loopback-http.".to_owned()
        }
        ErrorCode::StoreBusy => "Another process is using the store; try again.".to_owned(),
        _ => return None,
    })
}

impl From<WalletError> for Failure {
    fn from(error: WalletError) -> Self {
        Self::Wallet(error)
    }
}
