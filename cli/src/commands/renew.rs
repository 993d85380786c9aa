//! `wallet renew ID`: receives the card again, shows what changed, asks, stores.

use super::cards;
use super::present::agrees;
use crate::args::Options;
use crate::failure::Failure;
use crate::output::{Output, copies_text, foreign, path_text, value_text};
use crate::progress::Progress;
use crate::session;
use serde_json::{Value, json};
use wallet_core::issuance::Notified;
use wallet_core::wallet::{
    ClaimChange, ReceivedCard, RecordName, RenewalKind, Renewed, RenewedCard, Wallet,
};
use wallet_core::{ErrorCode, WalletError};

/// What to renew, and how.
pub(crate) struct Renewal {
    pub(crate) id: String,
    pub(crate) yes: bool,
    pub(crate) offer: Option<String>,
    pub(crate) tx_code: Option<String>,
}

pub(crate) async fn run(
    options: &Options,
    output: &Output,
    renewal: Renewal,
) -> Result<(), Failure> {
    let asking = output.for_asking();
    let output = if renewal.yes { output } else { &asking };
    let wallet = session::unlocked(options, output).await?;
    let id = cards::find(&wallet, &renewal.id)?;
    let renewed = {
        let _progress = Progress::start(output.is_json(), "asking the issuer");
        match &renewal.offer {
            None => wallet.renew(&id).await?,
            Some(offer) => by_offer(&wallet, &id, offer, renewal.tx_code.as_deref()).await?,
        }
    };
    let changes = renewed.changes(&options.locale);
    print_changes(output, &renewed, &changes);
    if renewed.is_changed() && !renewal.yes && !agrees(&output.ask("Keep it? [y/N] ")?) {
        let _ = wallet.decline(renewed.into_card()).await;
        return Err(Failure::Declined);
    }
    let is_changed = renewed.is_changed();
    let kept = match wallet.keep_renewed(renewed).await {
        Ok(kept) => kept,
        Err(not) => {
            let _ = wallet.give_up(not.card.into_card()).await;
            return Err(not.error.into());
        }
    };
    report(output, &kept, is_changed, &changes);
    Ok(())
}

/// The same card from a new offer, in as many copies as the old one has.
async fn by_offer(
    wallet: &Wallet,
    id: &RecordName,
    offer: &str,
    tx_code: Option<&str>,
) -> Result<RenewedCard, Failure> {
    let old = wallet.detail::<&str>(id, &[])?.overview;
    let copies = u16::try_from(old.copies).unwrap_or(u16::MAX);
    let offered = wallet.offer(offer).await?;
    let authorized = wallet.accept(&offered, tx_code).await?;
    let mut orders = authorized.orders().iter();
    let same = orders.find(|order| order.configuration().credential_type() == old.credential_type);
    let order = same.ok_or(WalletError::new(ErrorCode::RenewalMismatch).about("type"))?;
    let card: ReceivedCard = wallet.order(&authorized, order, copies).await?.received()?;
    match wallet.replacing(id, card) {
        Ok(renewed) => Ok(renewed),
        Err(refused) => {
            let _ = wallet.give_up(*refused.card).await;
            Err(refused.error.into())
        }
    }
}

fn print_changes(output: &Output, renewed: &RenewedCard, changes: &[ClaimChange]) {
    if let Some(before) = renewed.signed_by_before() {
        let now = renewed.card().signed_by().unwrap_or_default();
        output.line(format!(
            "Signed by {}, before by {}",
            foreign(&now),
            foreign(before)
        ));
    }
    if changes.is_empty() {
        output.line("It says what it said.");
        return;
    }
    let rows = changes.iter().map(|change| {
        let text = |value: Option<&Value>| value.map_or_else(|| "-".to_owned(), value_text);
        vec![
            path_text(&change.path().to_json()),
            change.label().unwrap_or_default().to_owned(),
            text(change.before()),
            match change {
                ClaimChange::NoLongerWithheld { .. } => "shown to everybody".to_owned(),
                _ => text(change.after()),
            },
        ]
    });
    output.table(&["claim", "label", "before", "now"], rows.collect());
}

fn report(output: &Output, kept: &Renewed, is_changed: bool, changes: &[ClaimChange]) {
    output.line(match kept.kind {
        RenewalKind::Refill => format!("Refilled with {}.", copies_text(kept.copies)),
        _ => format!("Issued again in {}.", copies_text(kept.copies)),
    });
    let changes = changes.iter().map(|change| {
        json!({
            "path": change.path().to_json(),
            "label": change.label(),
            "old": change.before(),
            "new": change.after(),
            "no_longer_withheld": matches!(change, ClaimChange::NoLongerWithheld { .. }),
        })
    });
    output.document(&json!({
        "id": kept.id.as_str(),
        "kind": kept.kind.as_str(),
        "copies": kept.copies,
        "changed": is_changed,
        "changes": changes.collect::<Vec<_>>(),
        "issuer_notified": kept.notified.map(|notified| notified == Notified::Sent),
    }));
}
