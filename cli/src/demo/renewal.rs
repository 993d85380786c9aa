//! The resident card lies in copies that are shown once each, so that verifiers who compare notes do not meet one key twice.
//! The morning uses them up: the issuer refills them, with fresh keys, and issues the card again when its holder has moved.

use crate::failure::Failure;
use crate::output::paths_text;
use serde_json::{Map, Value, json};
use wallet_core::clock::{Clock as _, SystemClock};
use wallet_core::wallet::{
    CardOverview, ClaimChange, DueWhat, KeepPolicy, ReceiveOptions, RecordName, RenewalKind,
    ReusePolicy, Wallet,
};
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::Parties;
use wallet_parties::issuer::CardOptions;

/// Where the holder moves to.
pub(super) const NEW_DISTRICT: &str = "새율도구";

/// In three copies: enough for a morning.
pub(super) fn shown_once() -> ReceiveOptions {
    ReceiveOptions {
        copies: 3,
        keep: KeepPolicy {
            reuse: ReusePolicy::OnceOnly,
            ..KeepPolicy::default()
        },
        ..ReceiveOptions::default()
    }
}

/// What came of a renewal.
pub(crate) struct Renewal {
    why: &'static str,
    kind: RenewalKind,
    /// Copies that could be shown, before and after.
    left: (usize, usize),
    changed: Vec<Value>,
    in_place: bool,
}

impl Renewal {
    pub(super) fn row(&self) -> Vec<String> {
        vec![
            self.why.to_owned(),
            format!("{} to {}", self.left.0, self.left.1),
            match self.changed.as_slice() {
                [] => "nothing".to_owned(),
                paths => paths_text(paths),
            },
            match (self.kind, self.in_place) {
                (RenewalKind::Refill, true) => "was refilled in its place",
                (_, true) => "was issued again in its place",
                _ => "lost its place: please report this",
            }
            .to_owned(),
        ]
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "why": self.why,
            "kind": self.kind.as_str(),
            "copies_before": self.left.0,
            "copies_after": self.left.1,
            "changed": self.changed,
            "in_place": self.in_place,
        })
    }
}

/// The refill that an app's scheduler would be told of. The issuer is asked for as many copies as are missing.
pub(super) async fn refill(wallet: &Wallet, card: &RecordName) -> Result<Renewal, Failure> {
    require_refill_due(wallet, card)?;
    renew(wallet, card, "all copies were shown").await
}

/// The card issued again, with another address.
pub(super) async fn move_away(
    wallet: &Wallet,
    parties: &Parties,
    card: &RecordName,
) -> Result<Renewal, Failure> {
    parties.issuer.change("resident_card", moved(parties));
    renew(wallet, card, "the holder moved").await
}

/// Asks nobody.
fn require_refill_due(wallet: &Wallet, card: &RecordName) -> Result<(), Failure> {
    let due = wallet.due(SystemClock::default().now()?)?;
    let is_refill =
        |what: &DueWhat| matches!(what, DueWhat::Refill { credential, .. } if credential == card);
    match due.iter().any(|due| is_refill(&due.what)) {
        true => Ok(()),
        false => Err(Failure::Other("no refill is due".to_owned())),
    }
}

/// The holder would be shown what changed before it is kept; here it is noted down.
async fn renew(wallet: &Wallet, card: &RecordName, why: &'static str) -> Result<Renewal, Failure> {
    let (place, before) = overview(wallet, card)?;
    let renewed = wallet.renew(card).await?;
    let changes = renewed.changes::<&str>(&[]);
    let kept = wallet
        .keep_renewed(renewed)
        .await
        .map_err(WalletError::from)?;
    let (place_after, after) = overview(wallet, &kept.id)?;
    Ok(Renewal {
        why,
        kind: kept.kind,
        left: (before.usable_copies, after.usable_copies),
        changed: changes
            .iter()
            .map(|it: &ClaimChange| it.path().to_json())
            .collect(),
        in_place: kept.id == *card && place_after == place,
    })
}

/// The card, and where it is in the holder's list.
fn overview(wallet: &Wallet, card: &RecordName) -> Result<(usize, CardOverview), Failure> {
    let cards = wallet.list::<&str>(&[])?.into_iter().enumerate();
    let found = cards.into_iter().find(|(_, one)| one.id == *card);
    Ok(found.ok_or(WalletError::new(ErrorCode::NotFound))?)
}

/// The card with another district in its address.
fn moved(parties: &Parties) -> CardOptions {
    let claims = parties.issuer.claims("resident_card");
    let mut address = claims.map_or(Value::Null, |claims| claims["address"].clone());
    address["locality"] = json!(NEW_DISTRICT);
    CardOptions {
        claims: Map::from_iter([("address".to_owned(), address)]),
        ..CardOptions::default()
    }
}
