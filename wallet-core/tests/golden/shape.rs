//! What a store holds, as JSON: written beside a golden store when it is made, and compared whenever it is opened.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use wallet_core::WalletError;
use wallet_core::vault::Vault;
use wallet_core::vault::database::RecordKind;
use wallet_core::wallet::{ChainState, HistoryItem, Wallet};

/// A kind of record that no version knows yet.
pub const LATER_KIND: RecordKind = RecordKind(4711);

/// Cards with their claims, and the history.
pub fn shape(wallet: &Wallet) -> Result<Value, WalletError> {
    let locales = ["en"];
    let mut cards = Vec::new();
    for overview in wallet.list(&locales)? {
        let detail = wallet.detail(&overview.id, &locales)?;
        let claims = detail.claims.iter().map(|claim| {
            json!({
                "path": claim.path.to_json(),
                "value": claim.value,
                "label": claim.label,
                "disclosable": claim.is_disclosable,
            })
        });
        cards.push(json!({
            "id": overview.id.as_str(),
            "name": overview.name,
            "issuer": overview.issuer,
            "issuer_name": overview.issuer_name,
            "type": overview.credential_type,
            "format": overview.format,
            "received_at": overview.received_at.as_secs(),
            "copies": overview.copies,
            "usable_copies": overview.usable_copies,
            "claims": claims.collect::<Vec<_>>(),
        }));
    }
    let history = wallet.history()?;
    Ok(json!({
        "cards": cards,
        "history": {
            "intact": history.chain == ChainState::Intact,
            "entries": history.items.iter().map(HistoryItem::to_json).collect::<Vec<_>>(),
        },
    }))
}

/// Every record: id, kind, layout, version, and the SHA-256 of what is in it.
pub fn records(vault: &Vault) -> Result<Value, WalletError> {
    vault.with_database(|db| {
        let mut all = Vec::new();
        for kind in (1..=11).map(RecordKind).chain([LATER_KIND]) {
            for record in db.list(kind)? {
                all.push(json!({
                    "id": record.id.to_string(),
                    "kind": record.kind.0,
                    "schema": record.schema,
                    "version": record.version,
                    "sha256": hex(&Sha256::digest(&record.body)),
                }));
            }
        }
        Ok(Value::Array(all))
    })
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
