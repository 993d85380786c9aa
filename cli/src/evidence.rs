//! What shows that a document is a DID's, for people and for programs.

use crate::output::{as_of_text, foreign, time_text};
use serde_json::{Value, json};
use wallet_core::did::{DatedEvidence, Evidence};

/// What shows that a key is a DID's, in words.
pub(crate) fn dated_evidence_text(dated: &DatedEvidence) -> String {
    let evidence = evidence_text(&dated.evidence);
    format!("{evidence}, as of {}", as_of_text(dated.as_of))
}

/// The same without the time.
pub(crate) fn evidence_text(evidence: &Evidence) -> String {
    let mut text = evidence.as_str().to_owned();
    if let Some(block) = evidence.block() {
        let hash = hex(&block.hash);
        text += &format!(
            ", block {} ({hash}) of chain {}",
            block.number, block.chain_id
        );
    }
    if let Some(anchor) = evidence.anchor() {
        let (count, of) = anchor.count();
        text += &format!(", believed by {count} of {of} {}", anchor.as_str());
    }
    if let Some(host) = evidence.host() {
        text += &format!(", by the word of {}", foreign(host));
    }
    if let Evidence::Unverified { why } = evidence {
        text += &format!(": {}", why.as_str());
    }
    text
}

/// The same as a document.
pub(crate) fn dated_evidence_json(dated: &DatedEvidence) -> Value {
    let mut document = evidence_json(&dated.evidence);
    let as_of = dated.as_of.map(|time| time_text(time.as_secs()));
    document["as_of"] = as_of.into();
    document
}

/// The same without the time.
pub(crate) fn evidence_json(evidence: &Evidence) -> Value {
    let block = evidence.block().map(|block| {
        json!({"chain_id": block.chain_id, "number": block.number, "hash": hex(&block.hash)})
    });
    let anchor = evidence.anchor().map(|anchor| {
        let (count, of) = anchor.count();
        json!({"kind": anchor.as_str(), "count": count, "of": of})
    });
    let why = match evidence {
        Evidence::Unverified { why } => Some(why.as_str()),
        _ => None,
    };
    json!({
        "kind": evidence.as_str(),
        "block": block,
        "anchor": anchor,
        "host": evidence.host(),
        "why": why,
    })
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}
