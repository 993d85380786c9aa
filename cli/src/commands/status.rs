//! `wallet status [ID]`

use super::cards;
use crate::args::Options;
use crate::failure::Failure;
use crate::output::{Output, foreign, time_text};
use crate::progress::Progress;
use crate::session;
use serde_json::{Value, json};
use wallet_core::clock::UnixTime;
use wallet_core::trust::status::CardStatus;
use wallet_core::wallet::{ListRefresh, RecordName, StatusReport, Wallet};

/// Asks the issuers' lists, unless `offline`, and prints what is known.
pub(crate) async fn run(
    options: &Options,
    output: &Output,
    id: Option<&str>,
    offline: bool,
) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let id = id.map(|id| cards::find(&wallet, id)).transpose()?;
    let report = if offline {
        StatusReport { lists: Vec::new() }
    } else {
        let _progress = Progress::start(output.is_json(), "asking the status lists");
        let ids: Vec<RecordName> = id.iter().cloned().collect();
        wallet.refresh_status(&ids).await?
    };
    print_cards(&wallet, options, output, id.as_ref(), &report)?;
    let failed = report.lists.into_iter().find_map(|list| list.outcome.err());
    failed.map_or(Ok(()), |error| Err(error.into()))
}

fn print_cards(
    wallet: &Wallet,
    options: &Options,
    output: &Output,
    id: Option<&RecordName>,
    report: &StatusReport,
) -> Result<(), Failure> {
    let mut cards = wallet.list(&options.locale)?;
    if let Some(id) = id {
        // A name that was given in full may be of no card.
        wallet.detail(id, &options.locale)?;
        cards.retain(|card| card.id == *id);
    }
    let row = |card: &wallet_core::wallet::CardOverview| {
        vec![
            card.id.as_str().chars().take(8).collect(),
            card.name.clone(),
            text(card.status),
        ]
    };
    output.table(&["id", "card", "status"], cards.iter().map(row).collect());
    for list in &report.lists {
        output.line(match &list.outcome {
            Ok(until) => format!(
                "asked {}, good until {}",
                foreign(&list.uri),
                time_text(until.as_secs())
            ),
            Err(error) => format!("asked {} in vain: {error}", foreign(&list.uri)),
        });
        if list.is_tracking {
            output.line("  This address can tell holders apart: its keeper may learn whose status is asked for.");
        }
    }
    let card = |card: &wallet_core::wallet::CardOverview| json!({ "id": card.id.as_str(), "name": card.name, "status": to_json(card.status) });
    output.document(&json!({
        "credentials": cards.iter().map(card).collect::<Vec<_>>(),
        "lists": report.lists.iter().map(list_json).collect::<Vec<_>>(),
    }));
    Ok(())
}

fn list_json(list: &ListRefresh) -> Value {
    json!({
        "uri": list.uri,
        "credentials": list.cards.iter().map(RecordName::as_str).collect::<Vec<_>>(),
        "tracking": list.is_tracking,
        "fresh_until": list.outcome.as_ref().ok().map(|until| UnixTime::as_secs(*until)),
        "error": list.outcome.as_ref().err().map(|error| error.code().as_str()),
    })
}

/// For people.
pub(crate) fn text(status: CardStatus) -> String {
    let last = status
        .last_seen()
        .map(|last| CardStatus::fresh(last).as_str());
    match status {
        CardStatus::NotTracked => "-".to_owned(),
        CardStatus::Other(value) => format!("other ({value})"),
        CardStatus::Unknown(why) => format!("unknown ({})", why.as_str().replace('_', " ")),
        CardStatus::Stale { seen_at, .. } => format!(
            "was {} at {}",
            last.unwrap_or_default(),
            time_text(seen_at.as_secs())
        ),
        _ => status.as_str().to_owned(),
    }
}

/// For programs.
pub(crate) fn to_json(status: CardStatus) -> Value {
    let last = status.last_seen().map(CardStatus::fresh);
    let why = match status {
        CardStatus::Unknown(why) => Some(why.as_str()),
        _ => None,
    };
    json!({ "state": status.as_str(), "last_seen": last.map(CardStatus::as_str), "why": why })
}
