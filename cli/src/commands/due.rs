//! `wallet due`

use crate::args::Options;
use crate::failure::Failure;
use crate::output::{Output, time_text};
use crate::session;
use serde_json::{Value, json};
use wallet_core::clock::{Clock as _, SystemClock, UnixTime};
use wallet_core::wallet::{CardOverview, Due, DueWhat, RecordName, Urgency};

pub(crate) async fn run(options: &Options, output: &Output) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let now = SystemClock::default().now()?;
    let (due, next) = (wallet.due(now)?, wallet.next_due(now)?);
    let cards = wallet.list(&options.locale)?;
    if due.is_empty() {
        output.line("Nothing is due.");
    } else {
        output.table(
            &["card", "what", "urgency", "until", "needs"],
            due.iter().map(|due| row(due, &cards)).collect(),
        );
    }
    if let Some(next) = next {
        output.line(format!("Ask again at {}.", time_text(next.as_secs())));
    }
    output.document(&json!({
        "due": due.iter().map(due_json).collect::<Vec<_>>(),
        "next": next.map(UnixTime::as_secs),
    }));
    Ok(())
}

fn row(due: &Due, cards: &[CardOverview]) -> Vec<String> {
    let card = cards
        .iter()
        .find(|card| Some(&card.id) == due.what.credential());
    let card = card.map(|card| {
        let short: String = card.id.as_str().chars().take(8).collect();
        format!("{short} {}", card.name)
    });
    vec![
        card.unwrap_or_else(|| "-".to_owned()),
        match &due.what {
            DueWhat::Refill { left, .. } => format!("refill, {left} left"),
            other => other.as_str().to_owned(),
        },
        urgency(due.urgency),
        due.until
            .map_or_else(|| "-".to_owned(), |until| time_text(until.as_secs())),
        needs(due).join(", "),
    ]
}

fn urgency(urgency: Urgency) -> String {
    urgency.as_str().to_owned()
}

fn needs(due: &Due) -> Vec<&'static str> {
    let all = [(due.needs.network, "network"), (due.needs.holder, "holder")];
    all.into_iter()
        .filter_map(|(is_needed, what)| is_needed.then_some(what))
        .collect()
}

fn due_json(due: &Due) -> Value {
    let mut document = json!({
        "what": due.what.as_str(),
        "credential": due.what.credential().map(RecordName::as_str),
        "at": due.at.as_secs(),
        "until": due.until.map(UnixTime::as_secs),
        "urgency": due.urgency.as_str(),
        "needs": needs(due),
    });
    if let (
        DueWhat::Refill {
            left, threshold, ..
        },
        Some(members),
    ) = (&due.what, document.as_object_mut())
    {
        members.insert("left".to_owned(), json!(left));
        members.insert("threshold".to_owned(), json!(threshold));
    }
    document
}
