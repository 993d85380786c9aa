//! `wallet deferred`

use super::ordering::{deferred_json, keep, keep_policy, kept_json, say_kept};
use crate::args::{Options, Reuse};
use crate::failure::Failure;
use crate::output::{Output, foreign, time_text};
use crate::progress::Progress;
use crate::session;
use serde_json::json;
use wallet_core::wallet::{DeferredPoll, RecordName};

/// What to do about a card that comes later.
pub(crate) struct Ask {
    pub(crate) id: String,
    pub(crate) forget: bool,
    pub(crate) reuse: Reuse,
    pub(crate) auth_each_showing: bool,
}

pub(crate) async fn list(options: &Options, output: &Output) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let promised = wallet.deferred()?;
    let rows = promised
        .iter()
        .map(|card| {
            vec![
                card.id.as_str().to_owned(),
                foreign(&card.credential_type),
                foreign(&card.issuer),
                time_text(card.retry_at.as_secs()),
            ]
        })
        .collect();
    output.table(&["id", "type", "issuer", "ask after"], rows);
    output.document(&json!({ "deferred": promised.iter().map(deferred_json).collect::<Vec<_>>() }));
    Ok(())
}

pub(crate) async fn ask(options: &Options, output: &Output, ask: Ask) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let id = RecordName::parse(&ask.id)?;
    if ask.forget {
        wallet.forget_deferred(&id).await?;
        output.line("Forgotten. The issuer was not told.");
        output.document(&json!({ "forgotten": id.as_str() }));
        return Ok(());
    }
    let polled = {
        let _progress = Progress::start(output.is_json(), "asking the issuer");
        wallet.poll_deferred(&id).await?
    };
    match polled {
        DeferredPoll::NotYet { retry_at } => {
            let again = time_text(retry_at.as_secs());
            output.line(format!("Not yet. Ask again after {again}."));
            let retry_at = retry_at.as_secs();
            output.document(&json!({ "credentials": [], "retry_at": retry_at }));
        }
        DeferredPoll::Ready(card) => {
            let policy = keep_policy(ask.reuse, ask.auth_each_showing);
            let kept = keep(&wallet, *card, policy).await?;
            say_kept(output, &kept);
            output.document(&json!({ "credentials": [kept_json(&kept)] }));
        }
    }
    Ok(())
}
