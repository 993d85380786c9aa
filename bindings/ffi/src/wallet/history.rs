//! What the wallet did for its holder: who was shown what kind of thing, never the values.

use super::presentation::{Outcome, ShownCard};
use super::{NativeWallet, name};
use crate::bytes::Bytes;
use crate::error::WalletError;
use crate::redacted::redacted;
use crate::secrets::FreshAuth;
use crate::time::system_time;
use std::sync::Arc;
use std::time::SystemTime;
use wallet_core::text::display_text;
use wallet_core::wallet as core;

redacted!(History, HistoryItem, HistoryEvent);

/// Longest text of an identifier or a name, in characters.
const MAX_TEXT_CHARS: usize = 500;

/// The history.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct History {
    /// Whether every entry is as this wallet wrote it. If not, something else changed, added or took away entries.
    pub is_intact: bool,
    /// The entries, oldest first; deleted ones are not among them.
    pub items: Vec<HistoryItem>,
}

/// One line of the history.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct HistoryItem {
    /// Its name, to delete it by.
    pub id: String,
    /// When.
    pub at: SystemTime,
    /// What happened.
    pub event: HistoryEvent,
}

/// What happened. All text is safe to show.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum HistoryEvent {
    /// A card was received.
    Received {
        /// The card.
        card: String,
        /// Its type.
        credential_type: String,
        /// The issuer's identifier.
        issuer: String,
        /// How many copies.
        copies: u32,
    },
    /// A card was issued again and took its own place.
    Renewed {
        /// The card.
        card: String,
        /// Its type.
        credential_type: String,
        /// The issuer's identifier.
        issuer: String,
        /// How many copies came.
        copies: u32,
        /// Whether it says something else than before.
        changed: bool,
    },
    /// Something was shown to a verifier.
    Presented {
        /// The verifier's full client identifier.
        verifier: String,
        /// The name it gave itself; not verified.
        verifier_name: Option<String>,
        /// How the verifier was authenticated, as a stable word.
        proven_by: String,
        /// What was shown.
        shown: Vec<ShownCard>,
        /// How many transactions the holder authorised with it. What they said is not kept.
        transactions: u32,
        /// How it ended.
        outcome: Outcome,
    },
    /// The holder declined a request.
    Declined {
        /// The verifier's full client identifier.
        verifier: String,
        /// How the verifier was authenticated, as a stable word.
        proven_by: String,
    },
    /// The holder deleted a card.
    Deleted {
        /// Its type.
        credential_type: String,
        /// The issuer's identifier.
        issuer: String,
    },
    /// A DID of the holder's own was made.
    IdentityMade {
        /// The identity.
        identity: String,
        /// Its method.
        method: String,
        /// Its network; none for methods without a ledger.
        network: Option<String>,
    },
    /// An identity signed something, or was about to.
    IdentitySigned {
        /// The identity.
        identity: String,
        /// Its method.
        method: String,
        /// Its network; none for methods without a ledger.
        network: Option<String>,
        /// `proof`, or the name of the contract's function.
        act: String,
        /// The audience of a proof, the account of a contract.
        to: String,
    },
    /// An identity was deleted with its key.
    IdentityDeleted {
        /// Its method.
        method: String,
        /// Its network; none for methods without a ledger.
        network: Option<String>,
    },
    /// Claims and history were exported.
    Exported,
    /// The store was found changed and the holder took it as it was: all one-time copies were burned.
    Adopted,
    /// Something that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

impl HistoryItem {
    fn of(item: core::HistoryItem) -> Self {
        Self {
            id: item.name.as_str().to_owned(),
            at: system_time(item.at),
            event: HistoryEvent::of(item.event, item.outcome),
        }
    }
}

impl HistoryEvent {
    fn of(event: core::HistoryEvent, outcome: Option<core::Outcome>) -> Self {
        use core::HistoryEvent as Core;
        match event {
            Core::Received {
                credential,
                credential_type,
                issuer,
                copies,
            } => Self::Received {
                card: credential.as_str().to_owned(),
                credential_type: safe(&credential_type),
                issuer: safe(&issuer),
                copies,
            },
            Core::Renewed {
                credential,
                credential_type,
                issuer,
                copies,
                changed,
            } => Self::Renewed {
                card: credential.as_str().to_owned(),
                credential_type: safe(&credential_type),
                issuer: safe(&issuer),
                copies,
                changed,
            },
            Core::Presented {
                verifier,
                verifier_name,
                proven_by,
                shown,
                transactions,
            } => Self::Presented {
                verifier: safe(&verifier),
                verifier_name: verifier_name.as_deref().map(safe),
                proven_by,
                shown: shown.iter().map(ShownCard::of).collect(),
                transactions: u32::try_from(transactions).unwrap_or(u32::MAX),
                outcome: Outcome::of(outcome.unwrap_or(core::Outcome::Unknown)),
            },
            Core::Declined {
                verifier,
                proven_by,
            } => Self::Declined {
                verifier: safe(&verifier),
                proven_by,
            },
            Core::Deleted {
                credential_type,
                issuer,
            } => Self::Deleted {
                credential_type: safe(&credential_type),
                issuer: safe(&issuer),
            },
            Core::IdentityMade {
                identity,
                method,
                network,
            } => Self::IdentityMade {
                identity: identity.as_str().to_owned(),
                method,
                network,
            },
            Core::IdentitySigned {
                identity,
                method,
                network,
                act,
                to,
            } => Self::IdentitySigned {
                identity: identity.as_str().to_owned(),
                method,
                network,
                act,
                to: safe(&to),
            },
            Core::IdentityDeleted { method, network } => Self::IdentityDeleted { method, network },
            Core::Exported => Self::Exported,
            Core::Adopted => Self::Adopted,
            _ => Self::Other {
                code: "unknown".to_owned(),
            },
        }
    }
}

fn safe(text: &str) -> String {
    display_text(text, MAX_TEXT_CHARS)
}

#[uniffi::export]
impl NativeWallet {
    /// What was received, shown, declined, deleted and exported.
    ///
    /// # Errors
    /// `locked` and those of the store
    pub fn history(&self) -> Result<History, WalletError> {
        self.call(|core| {
            let history = core.history()?;
            Ok(History {
                is_intact: history.chain == core::ChainState::Intact,
                items: history.items.into_iter().map(HistoryItem::of).collect(),
            })
        })
    }

    /// Deletes what an entry of the history says. That there was one stays visible. A presentation whose arrival is unknown
    /// cannot be sent again afterwards.
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store
    pub fn delete_history(&self, entry: String) -> Result<(), WalletError> {
        self.call(|core| Ok(core.delete_history(&name(&entry)?)?))
    }

    /// All claims and the history as JSON (UTF-8), everything in clear: wipe the bytes when they are where the holder wants
    /// them. Keys are not in it: it is no backup.
    ///
    /// # Errors
    /// `user_auth_required`, `locked` and those of the store
    pub fn export(&self, auth: Arc<FreshAuth>) -> Result<Bytes, WalletError> {
        self.call(|core| Ok(core.export(&auth.0)?.as_bytes().to_vec().into()))
    }
}
