//! `wallet list`, `show`, `delete`

use super::status;
use crate::args::Options;
use crate::evidence::{dated_evidence_json, dated_evidence_text};
use crate::failure::Failure;
use crate::output::{Output, foreign, path_text, time_text, value_text};
use crate::session;
use serde_json::{Value, json};
use wallet_core::clock::UnixTime;
use wallet_core::wallet::{CardClaim, CardOverview, RecordName, Wallet};
use wallet_core::{ErrorCode, WalletError};

/// Shortest beginning of an id that names a card.
const MIN_PREFIX: usize = 4;

pub(crate) async fn list(options: &Options, output: &Output) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let cards = wallet.list(&options.locale)?;
    let rows = cards
        .iter()
        .map(|card| {
            vec![
                card.id.as_str().chars().take(8).collect(),
                card.name.clone(),
                card.issuer_name.clone(),
                card.validity.as_str().to_owned(),
                status::text(card.status),
                card.expires_at
                    .map_or_else(|| "-".to_owned(), |at| time_text(at.as_secs())),
                format!("{}/{}", card.usable_copies, card.copies),
            ]
        })
        .collect();
    output.table(
        &[
            "id",
            "card",
            "issuer",
            "state",
            "status",
            "expires",
            "copies left",
        ],
        rows,
    );
    output.document(&json!({
        "integrity": session::integrity_text(wallet.integrity()?),
        "credentials": cards.iter().map(card_json).collect::<Vec<_>>(),
    }));
    Ok(())
}

pub(crate) async fn show(options: &Options, output: &Output, id: &str) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let card = wallet.detail(&find(&wallet, id)?, &options.locale)?;
    let overview = &card.overview;
    output.line(format!(
        "{} from {} ({})",
        overview.name, overview.issuer_name, overview.issuer
    ));
    if let Some(signer) = &overview.signed_by {
        output.line(format!("signed by {}", foreign(signer)));
    }
    if let Some(evidence) = &card.issuer_did {
        output.line(format!("its key: {}", dated_evidence_text(evidence)));
    }
    output.line(format!(
        "type {}, {}, id {}",
        foreign(&overview.credential_type),
        overview.validity.as_str(),
        overview.id.as_str()
    ));
    output.table(
        &["claim", "label", "value", "may be withheld"],
        card.claims.iter().map(claim_row).collect(),
    );
    let mut document = card_json(overview);
    if let Some(members) = document.as_object_mut() {
        let evidence = card.issuer_did.as_ref().map(dated_evidence_json);
        members.insert("issuer_did".to_owned(), evidence.into());
        members.insert(
            "claims".to_owned(),
            card.claims.iter().map(claim_json).collect(),
        );
    }
    output.document(&document);
    Ok(())
}

pub(crate) async fn delete(options: &Options, output: &Output, id: &str) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let id = find(&wallet, id)?;
    wallet.delete(&id).await?;
    output.line(format!("Deleted {}. The issuer was not told.", id.as_str()));
    output.document(&json!({ "deleted": id.as_str() }));
    Ok(())
}

/// The one card whose id is, or begins with, `text`.
pub(crate) fn find(wallet: &Wallet, text: &str) -> Result<RecordName, Failure> {
    if let Ok(name) = RecordName::parse(text) {
        return Ok(name);
    }
    let cards = wallet.list::<&str>(&[])?;
    let mut found = cards
        .into_iter()
        .map(|card| card.id)
        .filter(|id| id.as_str().starts_with(text));
    if text.len() < MIN_PREFIX {
        return Err(Failure::Usage(format!(
            "say at least {MIN_PREFIX} characters of the id"
        )));
    }
    match (found.next(), found.next()) {
        (Some(id), None) => Ok(id),
        (Some(_), Some(_)) => Err(Failure::Usage(
            "that beginning names several cards".to_owned(),
        )),
        _ => Err(WalletError::new(ErrorCode::NotFound).into()),
    }
}

pub(crate) fn claim_row(claim: &CardClaim) -> Vec<String> {
    vec![
        path_text(&claim.path.to_json()),
        claim.label.clone().unwrap_or_default(),
        value_text(&claim.value),
        if claim.is_disclosable { "yes" } else { "no" }.to_owned(),
    ]
}

pub(crate) fn claim_json(claim: &CardClaim) -> Value {
    json!({
        "path": claim.path.to_json(),
        "label": claim.label,
        "value": claim.value,
        "disclosable": claim.is_disclosable,
    })
}

fn card_json(card: &CardOverview) -> Value {
    json!({
        "id": card.id.as_str(),
        "name": card.name,
        "issuer": card.issuer,
        "issuer_name": card.issuer_name,
        "format": card.format,
        "type": card.credential_type,
        "received_at": card.received_at.as_secs(),
        "expires_at": card.expires_at.map(UnixTime::as_secs),
        "validity": card.validity.as_str(),
        "status": status::to_json(card.status),
        "copies": card.copies,
        "usable_copies": card.usable_copies,
    })
}
