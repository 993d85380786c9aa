//! How a presentation ended, and what was shown.

use super::super::claims::{PathSegment, segments};
use super::showing::MAX_SERVICE_CHARS;
use crate::bytes::Bytes;
use crate::redacted::redacted;
use crate::time::system_time;
use std::time::SystemTime;
use wallet_core::formats::claim_path::ClaimPath;
use wallet_core::text::display_text;
use wallet_core::wallet as core;

redacted!(ShownCard, Presented, Declined, SharedBefore);

/// How a presentation ended.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Outcome {
    /// The verifier accepted it.
    Accepted,
    /// The verifier refused it.
    Refused,
    /// Whether it arrived is unknown: `resend` may find out.
    Unknown,
    /// It was handed to the caller of the Digital Credentials API; what came of it is not told.
    Returned,
    /// One that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

/// One card's part in a presentation: names of claims, no values.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct ShownCard {
    /// The verifier's query.
    pub query: String,
    /// The card.
    pub card: String,
    /// Its type.
    pub credential_type: String,
    /// The claims shown.
    pub claims: Vec<Vec<PathSegment>>,
    /// Whether the proof that the copy was anchored went along.
    #[uniffi(default = false)]
    pub anchor_proof: bool,
    /// What a pseudonym went along for, in the verifier's own words.
    #[uniffi(default = None)]
    pub pseudonym_for: Option<String>,
}

/// How a presentation went.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Presented {
    /// Its history entry; with [`Outcome::Unknown`] also the name to `resend` by.
    pub history: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Where the holder's browser or app should go on; checked, not fetched.
    pub redirect_uri: Option<String>,
    /// What was shown.
    pub shown: Vec<ShownCard>,
    /// The answer for the caller of the Digital Credentials API (JSON with `protocol` and `data`); none for one that was
    /// sent.
    pub response: Option<Bytes>,
}

/// How declining ended.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Declined {
    /// Whether the verifier took the refusal.
    pub outcome: Outcome,
    /// The refusal for the caller of the Digital Credentials API; none for one that was sent.
    pub response: Option<Bytes>,
}

/// An earlier presentation to the same verifier.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct SharedBefore {
    /// Its history entry.
    pub history: String,
    /// When.
    pub at: SystemTime,
    /// How it ended.
    pub outcome: Outcome,
    /// What was shown.
    pub shown: Vec<ShownCard>,
}

impl Outcome {
    pub(crate) fn of(outcome: core::Outcome) -> Self {
        match outcome {
            core::Outcome::Accepted => Self::Accepted,
            core::Outcome::Refused => Self::Refused,
            core::Outcome::Unknown => Self::Unknown,
            core::Outcome::Returned => Self::Returned,
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }
}

impl ShownCard {
    pub(crate) fn of(shown: &core::ShownCredential) -> Self {
        let paths = shown.claims.iter().filter_map(ClaimPath::from_json);
        let service = shown.pseudonym_for.as_deref();
        Self {
            query: shown.query.clone(),
            card: shown.credential.as_str().to_owned(),
            credential_type: shown.credential_type.clone(),
            claims: paths.map(|path| segments(&path)).collect(),
            anchor_proof: shown.anchor_proof,
            pseudonym_for: service.map(|service| display_text(service, MAX_SERVICE_CHARS)),
        }
    }
}

impl Presented {
    pub(super) fn of(presented: core::Presented) -> Self {
        Self {
            history: presented.history.as_str().to_owned(),
            outcome: Outcome::of(presented.outcome),
            redirect_uri: presented.redirect_uri,
            shown: presented.shown.iter().map(ShownCard::of).collect(),
            response: presented.response.map(Bytes::from),
        }
    }
}

impl Declined {
    pub(super) fn of(declined: core::Declined) -> Self {
        Self {
            outcome: Outcome::of(declined.outcome),
            response: declined.response.map(Bytes::from),
        }
    }
}

impl SharedBefore {
    /// None for what is no presentation.
    pub(super) fn of(item: &core::HistoryItem) -> Option<Self> {
        let core::HistoryEvent::Presented { shown, .. } = &item.event else {
            return None;
        };
        Some(Self {
            history: item.name.as_str().to_owned(),
            at: system_time(item.at),
            outcome: Outcome::of(item.outcome.unwrap_or(core::Outcome::Unknown)),
            shown: shown.iter().map(ShownCard::of).collect(),
        })
    }
}
