//! The holder's copy of everything the wallet knows about them.

use super::cards;
use super::history::{self, HistoryItem};
use super::history_chain::ChainState;
use super::records::{HistoryEvent, RecordName};
use super::{FreshAuth, Wallet};
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::vault::database::{IntegrityState, RecordKind};
use serde_json::{Value, json};
use zeroize::Zeroizing;

impl Wallet {
    /// All claims and the history as JSON text, behind fresh authentication. Keys are not in it: it is no backup.
    /// A damaged card is named as such.
    ///
    /// # Errors
    /// `user_auth_required` if the authentication is too old, `locked` and those of the store.
    pub fn export(&self, auth: &FreshAuth) -> Result<Zeroizing<String>, WalletError> {
        self.require_fresh(auth)?;
        let now = self.now()?;
        let document = self.with_store(|db| {
            let mut out = Vec::new();
            for id in db.ids(RecordKind::CREDENTIAL)? {
                let name = RecordName::of(&id);
                let card = match cards::detail::<&str>(db, &name, now, &[]) {
                    Ok(card) => card,
                    Err(error) if cards::is_damage(&error) => {
                        out.push(json!({ "id": name.as_str(), "damaged": true }));
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                let claims: Vec<Value> = card
                    .claims
                    .iter()
                    .map(|claim| json!({ "path": claim.path.to_json(), "value": claim.value }))
                    .collect();
                out.push(json!({
                    "id": name.as_str(),
                    "issuer": card.overview.issuer,
                    "type": card.overview.credential_type,
                    "format": card.overview.format,
                    "received_at": card.overview.received_at.as_secs(),
                    "expires_at": card.overview.expires_at.map(UnixTime::as_secs),
                    "copies": card.overview.copies,
                    "claims": claims,
                }));
            }
            let history = history::read(db)?;
            let document = json!({
                "credentials": out,
                "history": {
                    "intact": history.chain == ChainState::Intact,
                    "entries": history.items.iter().map(HistoryItem::to_json).collect::<Vec<_>>(),
                },
            });
            Ok(Zeroizing::new(document.to_string()))
        })?;
        // A store that is not sound takes no entry; its holder gets what is theirs all the same.
        if self.integrity()? == IntegrityState::Ok {
            self.commit(|db, batch| {
                history::append(db, batch, now, HistoryEvent::Exported, self.random())
            })?;
        }
        Ok(document)
    }
}

impl HistoryItem {
    /// The line as JSON: the event with its name, time and outcome.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut value = serde_json::to_value(&self.event).unwrap_or_default();
        if let Some(members) = value.as_object_mut() {
            members.insert("id".to_owned(), self.name.as_str().into());
            members.insert("at".to_owned(), self.at.as_secs().into());
            if let Some(outcome) = self.outcome {
                members.insert("outcome".to_owned(), outcome.as_str().into());
            }
        }
        value
    }
}
