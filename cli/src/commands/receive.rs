//! `wallet receive OFFER`

use crate::args::{Options, Reuse};
use crate::failure::Failure;
use crate::output::{Output, foreign};
use crate::progress::Progress;
use crate::session;
use serde_json::json;
use wallet_core::issuance::{Notified, OfferedIssuance, lookup};
use wallet_core::wallet::{KeepPolicy, KeptCard, ReusePolicy, UserAuthPolicy, Wallet};

/// What to receive, and how to keep it.
pub(crate) struct Order {
    pub(crate) offer: String,
    pub(crate) tx_code: Option<String>,
    pub(crate) count: u16,
    pub(crate) reuse: Reuse,
    pub(crate) auth_each_showing: bool,
}

pub(crate) async fn run(options: &Options, output: &Output, order: Order) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let offered = {
        let _progress = Progress::start(output.is_json(), "asking the issuer");
        wallet.offer(&order.offer).await?
    };
    output.line(format!(
        "Issuer: {}",
        issuer_text(&offered, &options.locale)
    ));
    let kept = {
        let _progress = Progress::start(output.is_json(), "receiving");
        receive(&wallet, &offered, &order).await?
    };
    for card in &kept {
        output.line(format!(
            "Received {} ({} copies): {}",
            foreign(&card.credential_type),
            card.copies,
            card.id.as_str()
        ));
    }
    output.document(&json!({ "credentials": kept.iter().map(kept_json).collect::<Vec<_>>() }));
    Ok(())
}

async fn receive(
    wallet: &Wallet,
    offered: &OfferedIssuance,
    order: &Order,
) -> Result<Vec<KeptCard>, Failure> {
    let keep = KeepPolicy {
        reuse: match order.reuse {
            Reuse::Once => ReusePolicy::OnceOnly,
            Reuse::Limited(times) => ReusePolicy::Limited { times },
            Reuse::Rotating => ReusePolicy::Rotating,
        },
        user_auth: if order.auth_each_showing {
            UserAuthPolicy::EachShowing
        } else {
            UserAuthPolicy::Unlocked
        },
    };
    let authorized = wallet.accept(offered, order.tx_code.as_deref()).await?;
    let mut kept = Vec::new();
    for ordered in authorized.orders() {
        let card = wallet.order(&authorized, ordered, order.count).await?;
        match wallet.keep(card, keep).await {
            Ok(card) => kept.push(card),
            Err(not_kept) => {
                let _ = wallet.give_up(*not_kept.card).await;
                return Err(not_kept.error.into());
            }
        }
    }
    Ok(kept)
}

fn issuer_text(offered: &OfferedIssuance, locales: &[String]) -> String {
    let identifier = offered.issuer().as_str();
    match lookup(offered.issuer_display(), locales).and_then(|display| display.name.as_deref()) {
        Some(name) => format!("{name} ({identifier})"),
        None => identifier.to_owned(),
    }
}

fn kept_json(card: &KeptCard) -> serde_json::Value {
    json!({
        "id": card.id.as_str(),
        "type": card.credential_type,
        "copies": card.copies,
        "issuer_notified": card.notified.map(|notified| notified == Notified::Sent),
    })
}
