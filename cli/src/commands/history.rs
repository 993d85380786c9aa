//! `wallet history`, `export`

use crate::args::Options;
use crate::failure::Failure;
use crate::output::{Output, copies_text, foreign, json_text, path_text, time_text};
use crate::session;
use serde_json::json;
use wallet_core::wallet::{ChainState, HistoryEvent, HistoryItem};

pub(crate) async fn run(options: &Options, output: &Output) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let history = wallet.history()?;
    if history.chain == ChainState::Broken {
        output.line("WARNING: something other than this wallet changed the history.");
    }
    let rows = history
        .items
        .iter()
        .map(|item| {
            let (what, details) = describe(item);
            vec![time_text(item.at.as_secs()), what, details]
        })
        .collect();
    output.table(&["when", "what", "details"], rows);
    output.document(&json!({
        "intact": history.chain == ChainState::Intact,
        "entries": history.items.iter().map(HistoryItem::to_json).collect::<Vec<_>>(),
    }));
    Ok(())
}

pub(crate) async fn export(options: &Options, output: &Output) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let auth = session::authenticate(&wallet, options, output).await?;
    output.stdout(json_text(&wallet.export(&auth)?).as_str());
    Ok(())
}

fn describe(item: &HistoryItem) -> (String, String) {
    match &item.event {
        HistoryEvent::Received {
            credential_type,
            issuer,
            copies,
            ..
        } => (
            "received".to_owned(),
            format!(
                "{} from {}, {}",
                foreign(credential_type),
                foreign(issuer),
                copies_text(*copies)
            ),
        ),
        HistoryEvent::Renewed {
            credential_type,
            issuer,
            copies,
            changed,
            ..
        } => (
            "renewed".to_owned(),
            format!(
                "{} from {}, {}{}",
                foreign(credential_type),
                foreign(issuer),
                copies_text(*copies),
                if *changed { ", changed" } else { "" }
            ),
        ),
        HistoryEvent::Presented {
            verifier, shown, ..
        } => {
            let outcome = item.outcome.map_or("unknown", |outcome| outcome.as_str());
            let claims: Vec<String> = shown
                .iter()
                .flat_map(|shown| shown.claims.iter().map(path_text))
                .collect();
            let proof = match shown.iter().any(|shown| shown.anchor_proof) {
                true => " with the proof of anchoring",
                false => "",
            };
            let services = shown
                .iter()
                .filter_map(|shown| shown.pseudonym_for.as_deref());
            let pseudonyms: String = services
                .map(|service| format!(" under a pseudonym for {}", foreign(service)))
                .collect();
            let claims = claims.join(", ");
            (
                format!("shown, {outcome}"),
                format!("{claims}{proof}{pseudonyms} to {}", foreign(verifier)),
            )
        }
        HistoryEvent::Declined { verifier, .. } => ("declined".to_owned(), foreign(verifier)),
        HistoryEvent::Deleted {
            credential_type,
            issuer,
        } => (
            "deleted".to_owned(),
            format!("{} from {}", foreign(credential_type), foreign(issuer)),
        ),
        HistoryEvent::IdentityMade { method, .. } => {
            ("identity made".to_owned(), format!("did:{method}"))
        }
        HistoryEvent::IdentitySigned {
            method, act, to, ..
        } => (
            "identity signed".to_owned(),
            format!("{} by did:{method} for {}", foreign(act), foreign(to)),
        ),
        HistoryEvent::IdentityDeleted { method, .. } => {
            ("identity deleted".to_owned(), format!("did:{method}"))
        }
        HistoryEvent::Exported => (
            "exported".to_owned(),
            "all claims and the history".to_owned(),
        ),
        HistoryEvent::Adopted => (
            "adopted".to_owned(),
            "the store as it was found; one-time copies burned".to_owned(),
        ),
        _ => ("?".to_owned(), "an entry of a newer version".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use wallet_core::clock::UnixTime;
    use wallet_core::wallet::{RecordName, ShownCredential};

    #[test]
    fn that_a_proof_of_anchoring_or_a_pseudonym_went_along_is_told() {
        let told = |anchor_proof, pseudonym_for: Option<&str>| {
            let name = || RecordName::parse(&"0".repeat(32)).unwrap();
            let shown = ShownCredential {
                query: "card".to_owned(),
                credential: name(),
                credential_type: "urn:card".to_owned(),
                claims: vec![json!(["age"])],
                anchor_proof,
                pseudonym_for: pseudonym_for.map(str::to_owned),
            };
            let event = HistoryEvent::Presented {
                verifier: "bar.example".to_owned(),
                verifier_name: None,
                proven_by: "x509".to_owned(),
                shown: vec![shown],
                transactions: 0,
            };
            let item = HistoryItem {
                name: name(),
                at: UnixTime::from_secs(0),
                event,
                outcome: None,
            };
            describe(&item).1
        };
        assert_eq!(told(false, None), "age to bar.example");
        assert_eq!(
            told(true, None),
            "age with the proof of anchoring to bar.example"
        );
        assert_eq!(
            told(false, Some("vote")),
            "age under a pseudonym for vote to bar.example"
        );
    }
}
