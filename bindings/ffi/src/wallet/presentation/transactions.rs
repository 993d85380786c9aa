//! What the holder authorises with a presentation.

use crate::redacted::redacted;
use wallet_core::presentation as core;
use wallet_core::text::display_text;

redacted!(Transaction, TransactionLine);

/// Longest type that is shown; more is cut.
const MAX_TYPE_CHARS: usize = 400;

/// One transaction. All of it must be shown.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Transaction {
    /// The type the app registered.
    pub type_id: String,
    /// All it says.
    pub lines: Vec<TransactionLine>,
}

/// One line of a transaction. Both texts are safe to show.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct TransactionLine {
    /// The member, or the path inside it: `payee`, `payee.name`, `items[0]`.
    pub label: String,
    /// Its value, never cut.
    pub value: String,
}

impl Transaction {
    pub(super) fn of(data: &core::TransactionData) -> Self {
        let line = |line: &core::TransactionLine| TransactionLine {
            label: line.label.clone(),
            value: line.value.clone(),
        };
        Self {
            type_id: display_text(data.type_id(), MAX_TYPE_CHARS),
            lines: data.lines().iter().map(line).collect(),
        }
    }
}
