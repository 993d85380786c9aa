//! Sending an answer, writing down how that ended, and sending the same bytes again.

use super::Wallet;
use super::history;
use super::present::Presented;
use super::records::{HistoryEvent, Outcome, PendingRecord, RecordName, ResendRecord};
use super::store::{self, Batch, Stored, make_name};
use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::presentation::{self, Answer, Response};
use crate::vault::database::{Database, RecordKind};

impl Wallet {
    /// Sends the very bytes of a presentation again whose arrival is unknown, to the very same place. If the verifier
    /// refuses them the outcome stays unknown: it may have taken the first ones.
    ///
    /// # Errors
    /// `locked`, the integrity codes, `not_found` if there is nothing to send again, `request_expired` after the
    /// request has ended.
    pub async fn resend(&self, history: &RecordName) -> Result<Presented, WalletError> {
        self.require_sound()?;
        let (kept, shown) = self.with_store(|db| {
            let kept = kept_answers(db)?
                .into_iter()
                .find(|kept| kept.history == *history);
            let item = history::read(db)?
                .items
                .into_iter()
                .find(|item| item.name == *history);
            let shown = match item.map(|item| item.event) {
                Some(HistoryEvent::Presented { shown, .. }) => shown,
                _ => Vec::new(),
            };
            Ok((kept.ok_or(ErrorCode::NotFound)?, shown))
        })?;
        let KeptAnswer { name, answer, .. } = kept;
        if self.now()? > answer.valid_until() {
            return Err(ErrorCode::RequestExpired.into());
        }
        let (outcome, redirect_uri) = match self.send(&answer).await {
            (Outcome::Refused, _) => (Outcome::Unknown, None),
            sent => sent,
        };
        self.write_end(history, Some(&name), outcome);
        Ok(Presented {
            history: history.clone(),
            outcome,
            redirect_uri,
            shown,
            response: None,
        })
    }

    /// Sends, writes down how it ended, and removes the bytes kept under this name unless they may be sent again.
    pub(super) async fn deliver(
        &self,
        history: &RecordName,
        answer: &Answer,
        kept: Option<&RecordName>,
    ) -> (Outcome, Option<String>) {
        let (outcome, redirect_uri) = self.send(answer).await;
        self.write_end(history, kept, outcome);
        (outcome, redirect_uri)
    }

    /// A failure to write the end leaves it unknown.
    fn write_end(&self, history: &RecordName, kept: Option<&RecordName>, outcome: Outcome) {
        if outcome == Outcome::Unknown {
            return;
        }
        let _ = self.commit(|db, batch| {
            let event = HistoryEvent::Ended {
                presentation: history.clone(),
                outcome,
            };
            history::append(db, batch, self.now()?, event, self.random())?;
            kept.map_or(Ok(()), |kept| store::delete_if_there(db, batch, kept))
        });
    }

    pub(super) async fn send(&self, answer: &Answer) -> (Outcome, Option<String>) {
        if matches!(answer.response(), Response::ReturnToCaller { .. }) {
            return (Outcome::Returned, None);
        }
        let Ok(now) = self.now() else {
            return (Outcome::Unknown, None);
        };
        match answer.send(&self.fetcher(), now).await {
            Ok(presentation::Outcome::Accepted { redirect_uri }) => {
                (Outcome::Accepted, redirect_uri)
            }
            Ok(presentation::Outcome::Refused) => (Outcome::Refused, None),
            Ok(_) | Err(_) => (Outcome::Unknown, None),
        }
    }

    /// Keeps the bytes of an answer that is sent, in case they must be sent again: the name they have.
    pub(super) fn keep_answer(
        &self,
        batch: &mut Batch,
        history: &RecordName,
        answer: &Answer,
    ) -> Result<Option<RecordName>, WalletError> {
        let Response::Post { uri, body } = answer.response() else {
            return Ok(None);
        };
        let body = str::from_utf8(body).map_err(|_| WalletError::new(ErrorCode::Bug))?;
        let pending = ResendRecord {
            history,
            uri,
            expires_at: answer.valid_until().as_secs(),
        };
        let name = make_name(self.random())?;
        batch.insert_encoded(RecordKind::PENDING, &name, pending.with(body)?)?;
        Ok(Some(name))
    }
}

struct KeptAnswer {
    name: RecordName,
    history: RecordName,
    answer: Answer,
}

fn kept_answers(db: &Database) -> Result<Vec<KeptAnswer>, WalletError> {
    let pending: Vec<Stored<PendingRecord>> = store::list(db, RecordKind::PENDING)?;
    let kept = pending.into_iter().filter_map(|todo| match todo.value {
        PendingRecord::Resend {
            history,
            uri,
            body,
            expires_at,
            ..
        } => Some(KeptAnswer {
            name: todo.name,
            history,
            answer: Answer::again(uri, body.into_bytes(), UnixTime::from_secs(expires_at)),
        }),
        _ => None,
    });
    Ok(kept.collect())
}

/// Removes the kept bytes of these presentations: they hold claims.
pub(super) fn forget_answers(
    db: &Database,
    batch: &mut Batch,
    of: impl Fn(&RecordName) -> bool,
) -> Result<(), WalletError> {
    let kept = kept_answers(db)?;
    kept.iter()
        .filter(|kept| of(&kept.history))
        .try_for_each(|kept| batch.delete(&kept.name))
}
