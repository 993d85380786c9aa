//! Ordering the cards of an offer, keeping those that come and saying so, by whatever way they were authorized.

use crate::args::{Keeping, Options, Reuse};
use crate::failure::Failure;
use crate::output::{Output, copies_text, foreign, time_text};
use serde_json::{Value, json};
use wallet_core::issuance::{AuthorizedIssuance, Notified, OfferedIssuance, lookup};
use wallet_core::wallet::{
    DeferredCard, KeepPolicy, KeptCard, Ordered, ReceivedCard, ReusePolicy, UserAuthPolicy, Wallet,
};

/// What came of an order: cards, and promises of cards.
pub(crate) struct Outcome {
    kept: Vec<KeptCard>,
    promised: Vec<DeferredCard>,
}

pub(crate) fn print_issuer(options: &Options, output: &Output, offered: &OfferedIssuance) {
    let issuer = issuer_text(offered, &options.locale);
    output.line(format!("Issuer: {issuer}"));
}

pub(crate) fn print_outcome(output: &Output, outcome: &Outcome) {
    let Outcome { kept, promised } = outcome;
    kept.iter().for_each(|card| say_kept(output, card));
    for card in promised {
        output.line(format!(
            "{} comes later: ask with `wallet deferred {}` after {}",
            foreign(&card.credential_type),
            card.id.as_str(),
            time_text(card.retry_at.as_secs())
        ));
    }
    output.document(&json!({
        "credentials": kept.iter().map(kept_json).collect::<Vec<_>>(),
        "deferred": promised.iter().map(deferred_json).collect::<Vec<_>>(),
    }));
}

pub(crate) fn say_kept(output: &Output, card: &KeptCard) {
    output.line(format!(
        "Received {} ({}): {}",
        foreign(&card.credential_type),
        copies_text(card.copies),
        card.id.as_str()
    ));
}

/// Orders everything that was authorized, and keeps what comes.
pub(crate) async fn order_all(
    wallet: &Wallet,
    authorized: &AuthorizedIssuance,
    keeping: &Keeping,
) -> Result<Outcome, Failure> {
    let (mut kept, mut promised) = (Vec::new(), Vec::new());
    for ordered in authorized.orders() {
        match wallet.order(authorized, ordered, keeping.count).await? {
            Ordered::Received(card) => {
                let policy = keep_policy(keeping.reuse, keeping.auth_each_showing);
                kept.push(keep(wallet, *card, policy).await?);
            }
            Ordered::Deferred(card) => promised.push(card),
        }
    }
    Ok(Outcome { kept, promised })
}

/// How the command line says a card is to be kept.
pub(crate) fn keep_policy(reuse: Reuse, auth_each_showing: bool) -> KeepPolicy {
    KeepPolicy {
        reuse: match reuse {
            Reuse::Once => ReusePolicy::OnceOnly,
            Reuse::Limited(times) => ReusePolicy::Limited { times },
            Reuse::Rotating => ReusePolicy::Rotating,
        },
        user_auth: if auth_each_showing {
            UserAuthPolicy::EachShowing
        } else {
            UserAuthPolicy::Unlocked
        },
    }
}

/// Stores a card, or tells the issuer that it could not be stored.
pub(crate) async fn keep(
    wallet: &Wallet,
    card: ReceivedCard,
    policy: KeepPolicy,
) -> Result<KeptCard, Failure> {
    match wallet.keep(card, policy).await {
        Ok(kept) => Ok(kept),
        Err(not_kept) => {
            let _ = wallet.give_up(*not_kept.card).await;
            Err(not_kept.error.into())
        }
    }
}

fn issuer_text(offered: &OfferedIssuance, locales: &[String]) -> String {
    let identifier = offered.issuer().as_str();
    match lookup(offered.issuer_display(), locales).and_then(|display| display.name.as_deref()) {
        Some(name) => format!("{name} ({identifier})"),
        None => identifier.to_owned(),
    }
}

pub(crate) fn kept_json(card: &KeptCard) -> Value {
    json!({
        "id": card.id.as_str(),
        "type": card.credential_type,
        "copies": card.copies,
        "issuer_notified": card.notified.map(|notified| notified == Notified::Sent),
    })
}

pub(crate) fn deferred_json(card: &DeferredCard) -> Value {
    json!({
        "id": card.id.as_str(),
        "issuer": card.issuer,
        "type": card.credential_type,
        "since": card.since.as_secs(),
        "retry_at": card.retry_at.as_secs(),
    })
}
