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

    /// For people: what happened, the code with who can act, and what to do.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Wallet(error) => wallet_text(error),
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

fn wallet_text(error: &WalletError) -> String {
    let (meaning, advice) = documented(error.code()).unwrap_or_default();
    let advice = own_advice(error).unwrap_or_else(|| advice.to_owned());
    format!("{meaning}\n  {error}\n  {advice}")
}

/// Every code with its meaning and what to do: the table people read is the one printed from.
const ERRORS: &str = include_str!("../../docs/errors.md");

/// What a code means, and what to do about it.
fn documented(code: ErrorCode) -> Option<(&'static str, &'static str)> {
    let name = format!("`{}`", code.as_str());
    let rows = ERRORS.lines().map(|line| line.split('|').map(str::trim));
    rows.into_iter().find_map(|mut cells| {
        cells.find(|cell| !cell.is_empty() && *cell == name)?;
        Some((cells.nth(2)?, cells.next()?))
    })
}

const LOOPBACK: &str = "For servers on this machine use --allow-loopback-http.";

/// What the command line can say better than the table: its own options.
fn own_advice(error: &WalletError) -> Option<String> {
    Some(match error.code() {
        ErrorCode::LockedOut => format!(
            "Try again in {} seconds.",
            error.retry_after().unwrap_or_default()
        ),
        ErrorCode::WrongSecret => match (error.tries_left(), error.retry_after()) {
            (_, Some(seconds)) => format!("Try again in {seconds} seconds."),
            (Some(tries), None) => format!("Try again: {tries} more before waiting begins."),
            (None, None) => return None,
        },
        ErrorCode::StoreMissing => "Make one with `wallet init`.".to_owned(),
        ErrorCode::TxCodeRequired => "Give the issuer's code with --tx-code.".to_owned(),
        ErrorCode::UntrustedIssuer | ErrorCode::UntrustedVerifier => {
            "Give the root certificate you trust with --trust-anchor, or an issuer's address with --web-issuer.".to_owned()
        }
        ErrorCode::UrlNotAllowed => LOOPBACK.to_owned(),
        // An issuer that is named by http.
        ErrorCode::OfferInvalid if error.failed_rule() == Some("OpenID4VCI 1.0 12.2.1") => {
            LOOPBACK.to_owned()
        }
        ErrorCode::NetworkFailed => {
            "Is the server there? For a TLS root of your own use --tls-ca.".to_owned()
        }
        _ => return None,
    })
}

impl From<WalletError> for Failure {
    fn from(error: WalletError) -> Self {
        Self::Wallet(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_to_people() {
        for code in ErrorCode::ALL {
            let (meaning, advice) = documented(*code).unwrap_or_default();
            assert!(meaning.ends_with('.'), "{code:?}: {meaning}");
            assert!(!advice.is_empty(), "{code:?}");
        }
        let text = wallet_text(&ErrorCode::WrongSecret.into());
        assert!(
            text.starts_with("The PIN, passphrase or recovery code"),
            "{text}"
        );
        assert!(
            text.contains("\n  wrong_secret (holder)\n  Holder: try again."),
            "{text}"
        );
    }
}
