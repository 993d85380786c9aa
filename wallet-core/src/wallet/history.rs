//! Writing and reading the history.

use super::answered::Answered;
use super::history_chain::{self, ChainState};
use super::records::{HistoryEntry, HistoryEvent, HistoryRecord, Other, Outcome, RecordName};
use super::store::{self, Batch, Stored, make_name};
use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::order;
use crate::random::Random;
use crate::vault::database::{Database, RecordKind};
use serde::{Deserialize, Serialize};

/// What this module keeps as trust state.
#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum TrustState {
    /// The end of the chain, so that two processes cannot both append to the same link.
    HistoryHead {
        last: Option<RecordName>,
        /// Requests that are not taken up again.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        answered: Vec<Answered>,
        #[serde(flatten)]
        other: Other,
    },
    /// Something else, or of a newer version.
    #[serde(other)]
    Unknown,
}

/// The history as the holder reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Whether anything but this wallet changed it.
    pub chain: ChainState,
    /// The entries, oldest first; deleted ones are not among them.
    pub items: Vec<HistoryItem>,
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryItem {
    /// Its name, to delete it by.
    pub name: RecordName,
    /// When, seconds since the epoch.
    pub at: UnixTime,
    /// What happened.
    pub event: HistoryEvent,
    /// How a presentation ended; `None` for other events.
    pub outcome: Option<Outcome>,
}

/// Appends an entry to a batch and gives its name.
pub(crate) fn append(
    db: &Database,
    batch: &mut Batch,
    at: UnixTime,
    event: HistoryEvent,
    random: &dyn Random,
) -> Result<RecordName, WalletError> {
    append_answer(db, batch, at, event, None, random)
}

/// Appends an entry about a request, which is not taken up again.
pub(super) fn append_answer(
    db: &Database,
    batch: &mut Batch,
    at: UnixTime,
    event: HistoryEvent,
    answered: Option<&Answered>,
    random: &dyn Random,
) -> Result<RecordName, WalletError> {
    let mut head = head(db)?;
    let last = match head.as_ref().and_then(|head| head.value.last()) {
        Some(name) => last_link(db, name)?,
        None => None,
    };
    let entry = HistoryEntry {
        at: at.as_secs(),
        event,
    };
    let record = history_chain::next(last.as_ref(), &entry, random)?;
    let name = make_name(random)?;
    batch.insert(RecordKind::HISTORY, &name, &record)?;
    match &mut head {
        Some(head) => {
            head.value.set_last(&name);
            if let Some(answered) = answered {
                head.value.remember(answered, at);
            }
            batch.update(head)?;
        }
        None => start(batch, Some(name.clone()), answered, random)?,
    }
    Ok(name)
}

/// The history's end in a batch: made with the store, so that the first two entries cannot both think they are first.
pub(crate) fn start(
    batch: &mut Batch,
    last: Option<RecordName>,
    answered: Option<&Answered>,
    random: &dyn Random,
) -> Result<(), WalletError> {
    let head = TrustState::HistoryHead {
        last,
        answered: answered.into_iter().cloned().collect(),
        other: Other::new(),
    };
    batch.insert(RecordKind::TRUST_STATE, &make_name(random)?, &head)
}

/// Where the end of the chain was lost, the last link that is left is the end: what follows must not begin anew.
pub(super) fn restore_end(
    db: &Database,
    batch: &mut Batch,
    random: &dyn Random,
) -> Result<(), WalletError> {
    if head(db)?.is_some() {
        return Ok(());
    }
    let left: Vec<Stored<HistoryRecord>> = store::list_readable(db, RecordKind::HISTORY)?;
    let last = left.into_iter().max_by_key(|record| record.value.number);
    start(batch, last.map(|record| record.name), None, random)
}

impl TrustState {
    fn last(&self) -> Option<&RecordName> {
        match self {
            Self::HistoryHead { last, .. } => last.as_ref(),
            Self::Unknown => None,
        }
    }

    fn remember(&mut self, request: &Answered, now: UnixTime) {
        if let Self::HistoryHead { answered, .. } = self {
            request.add_to(answered, now);
        }
    }

    fn set_last(&mut self, name: &RecordName) {
        if let Self::HistoryHead { last, .. } = self {
            *last = Some(name.clone());
        }
    }
}

/// Whether this request was answered or declined before, here or in another process.
pub(super) fn was_answered(db: &Database, request: &Answered) -> Result<bool, WalletError> {
    Ok(head(db)?.is_some_and(|head| match &head.value {
        TrustState::HistoryHead { answered, .. } => request.is_among(answered),
        TrustState::Unknown => false,
    }))
}

fn head(db: &Database) -> Result<Option<Stored<TrustState>>, WalletError> {
    let states: Vec<Stored<TrustState>> = store::list_readable(db, RecordKind::TRUST_STATE)?;
    Ok(states
        .into_iter()
        .find(|state| matches!(state.value, TrustState::HistoryHead { .. })))
}

/// The record the next one follows. Where it is lost, the last one that is left: the chain is broken and says so, and
/// life goes on.
fn last_link(db: &Database, name: &RecordName) -> Result<Option<HistoryRecord>, WalletError> {
    if let Ok(record) = store::get::<HistoryRecord>(db, name) {
        return Ok(Some(record.value));
    }
    let left: Vec<Stored<HistoryRecord>> = store::list_readable(db, RecordKind::HISTORY)?;
    let left = left.into_iter().map(|record| record.value);
    Ok(left.max_by_key(|record| record.number))
}

/// Reads the history and checks its chain.
pub(crate) fn read(db: &Database) -> Result<History, WalletError> {
    // The end first: another process may append while we read.
    let end = head(db)?.and_then(|head| head.value.last().cloned());
    let each = db.list_each(RecordKind::HISTORY)?;
    let count = each.len();
    let mut records: Vec<Stored<HistoryRecord>> = store::readable(each).collect();
    order::sort_by_key(&mut records, |record| record.value.number);
    let has_end = end.is_none_or(|end| records.iter().any(|record| record.name == end));
    let is_whole = records.len() == count && has_end;
    let links: Vec<HistoryRecord> = records.iter().map(|record| record.value.clone()).collect();
    let mut items: Vec<HistoryItem> = Vec::new();
    for record in records {
        let Some(entry) = history_chain::entry(&record.value)? else {
            continue;
        };
        if let HistoryEvent::Ended {
            presentation,
            outcome,
        } = &entry.event
        {
            if let Some(item) = items.iter_mut().find(|item| item.name == *presentation) {
                item.outcome = Some(*outcome);
            }
            continue;
        }
        let outcome =
            matches!(entry.event, HistoryEvent::Presented { .. }).then_some(Outcome::Unknown);
        items.push(HistoryItem {
            name: record.name,
            at: UnixTime::from_secs(entry.at),
            event: entry.event,
            outcome,
        });
    }
    Ok(History {
        chain: match is_whole {
            true => history_chain::check(&links),
            false => ChainState::Broken,
        },
        items,
    })
}

/// Destroys one entry and what is known of its end; the links stay.
pub(crate) fn delete(
    db: &Database,
    batch: &mut Batch,
    name: &RecordName,
) -> Result<(), WalletError> {
    let records: Vec<Stored<HistoryRecord>> = store::list(db, RecordKind::HISTORY)?;
    if !records.iter().any(|record| record.name == *name) {
        return Err(ErrorCode::NotFound.into());
    }
    for mut record in records {
        let ends_it = || {
            let entry = history_chain::entry(&record.value).ok().flatten();
            matches!(entry.map(|entry| entry.event),
                Some(HistoryEvent::Ended { presentation, .. }) if presentation == *name)
        };
        if record.name == *name || ends_it() {
            history_chain::tombstone(&mut record.value);
            batch.update(&record)?;
        }
    }
    Ok(())
}

/// The presentations to this verifier (its full client identifier), oldest first.
#[must_use]
pub fn shared_before<'h>(history: &'h History, verifier: &str) -> Vec<&'h HistoryItem> {
    let is_to = |item: &&HistoryItem| matches!(&item.event, HistoryEvent::Presented { verifier: to, .. } if to == verifier);
    history.items.iter().filter(is_to).collect()
}
