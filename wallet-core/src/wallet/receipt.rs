//! Receipts: what an office says it did for the holder. docs/ledger.md has the form.

use crate::clock::UnixTime;
use crate::json::{self, Limits};
use crate::ledger::LedgerError;
use crate::text::display_text;
use serde_json::{Map, Value};

/// Most bytes of a receipt.
pub(super) const MAX_RECEIPT_BYTES: usize = 16 * 1024;
const MAX_DETAILS: usize = 32;
const MAX_CHARS: usize = 200;

/// What an office says it did: a vote counted, a donation delivered, a benefit paid.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Whose receipt it is: an issuer whose anchors the app believes.
    pub issuer: String,
    /// What kind of receipt, by the issuer's own word (an URI).
    pub receipt_type: String,
    /// What it says, safe to show.
    pub title: String,
    /// When it was issued, by the issuer's word.
    pub issued_at: UnixTime,
    /// More of it: names and values, safe to show.
    pub details: Vec<(String, String)>,
}

impl core::fmt::Debug for Receipt {
    /// What an office did for the holder is the holder's.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Receipt")
    }
}

impl Receipt {
    /// Reads a receipt.
    ///
    /// # Errors
    /// [`LedgerError::Json`], [`LedgerError::Receipt`] for anything that is not of the form.
    pub fn parse(text: &[u8]) -> Result<Self, LedgerError> {
        let members = json::parse_object(text, Limits::bytes(MAX_RECEIPT_BYTES))?;
        Self::read(&members).ok_or(LedgerError::AnchoredReceipt)
    }

    fn read(members: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| members.get(name)?.as_str().filter(|text| !text.is_empty());
        let details = match members.get("details") {
            None => Vec::new(),
            Some(details) => details
                .as_object()
                .filter(|details| details.len() <= MAX_DETAILS)?
                .iter()
                .map(|(name, value)| Some((safe(name), safe(value.as_str()?))))
                .collect::<Option<_>>()?,
        };
        Some(Self {
            issuer: text("issuer")?.to_owned(),
            receipt_type: safe(text("type")?),
            title: safe(text("title")?),
            issued_at: UnixTime::from_secs(members.get("issued_at")?.as_i64()?),
            details,
        })
    }
}

fn safe(text: &str) -> String {
    display_text(text, MAX_CHARS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn receipt() -> Value {
        json!({
            "issuer": "https://city.example", "type": "urn:example:vote_counted", "title": "Your vote was counted",
            "issued_at": 1_767_225_600, "details": {"box": "7"},
        })
    }

    #[test]
    fn a_receipt_says_whose_it_is_and_what_was_done() {
        let read = Receipt::parse(receipt().to_string().as_bytes()).unwrap();
        assert_eq!(read.issuer, "https://city.example");
        assert_eq!(read.details, [("box".to_owned(), "7".to_owned())]);
        assert_eq!(format!("{read:?}"), "Receipt");
    }

    #[test]
    fn what_is_no_receipt_is_refused_and_texts_are_made_safe() {
        for (member, value) in [
            ("issuer", json!("")),
            ("type", json!(1)),
            ("title", Value::Null),
            ("issued_at", json!("today")),
            ("details", json!([])),
            ("details", json!({"box": 7})),
        ] {
            let mut receipt = receipt();
            receipt[member] = value;
            let refused = Receipt::parse(receipt.to_string().as_bytes());
            assert_eq!(refused, Err(LedgerError::AnchoredReceipt), "{member}");
        }
        let mut bidi = receipt();
        bidi["title"] = json!("paid \u{202e}evif");
        let read = Receipt::parse(bidi.to_string().as_bytes()).unwrap();
        assert!(!read.title.contains('\u{202e}'));
        assert!(Receipt::parse(&vec![b' '; MAX_RECEIPT_BYTES + 1]).is_err());
    }
}
