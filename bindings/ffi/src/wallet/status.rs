//! Asking issuers' status lists, when the app says so.

use super::{NativeWallet, name};
use crate::error::WalletError;
use crate::redacted::redacted;
use crate::time::system_time;
use std::time::SystemTime;
use wallet_core::text::display_text;
use wallet_core::wallet as core;
use wallet_core::wallet::RecordName;

redacted!(StatusListPlan, StatusListRefresh);

/// Longest address that is shown, in characters.
const MAX_URI_CHARS: usize = 500;

/// A status list that would be asked.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct StatusListPlan {
    /// Its address, safe to show.
    pub uri: String,
    /// The cards that name it.
    pub cards: Vec<String>,
    /// Whether the address can tell holders apart: it has a query, or each copy of a card has a list of its own. Whoever keeps
    /// such a list learns whose status is asked for.
    pub is_tracking: bool,
}

/// A status list that was asked.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct StatusListRefresh {
    /// What was planned.
    pub plan: StatusListPlan,
    /// What came of it.
    pub outcome: StatusListOutcome,
}

/// What came of asking a status list.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum StatusListOutcome {
    /// It is gone by.
    Kept {
        /// Until when.
        fresh_until: SystemTime,
    },
    /// It could not be had or was not believed: what was known before still stands.
    NotBelieved {
        /// Why.
        error: WalletError,
    },
}

impl StatusListPlan {
    fn of(uri: &str, cards: &[RecordName], is_tracking: bool) -> Self {
        let cards = cards.iter().map(|card| card.as_str().to_owned());
        Self {
            uri: display_text(uri, MAX_URI_CHARS),
            cards: cards.collect(),
            is_tracking,
        }
    }
}

impl StatusListRefresh {
    fn of(list: core::ListRefresh) -> Self {
        Self {
            plan: StatusListPlan::of(&list.uri, &list.cards, list.is_tracking),
            outcome: match list.outcome {
                Ok(fresh_until) => StatusListOutcome::Kept {
                    fresh_until: system_time(fresh_until),
                },
                Err(error) => StatusListOutcome::NotBelieved {
                    error: error.into(),
                },
            },
        }
    }
}

fn names(cards: &[String]) -> Result<Vec<RecordName>, WalletError> {
    cards.iter().map(|card| name(card)).collect()
}

#[uniffi::export]
impl NativeWallet {
    /// The status lists that [`Self::refresh_status`] would ask for these cards (all, where none is named), without asking
    /// any.
    ///
    /// # Errors
    /// `not_found`, `locked`, the integrity codes and those of the store
    pub fn status_plan(&self, cards: Vec<String>) -> Result<Vec<StatusListPlan>, WalletError> {
        self.call(|core| {
            let plans = core.status_plan(&names(&cards)?)?.into_iter();
            let plan =
                |plan: core::ListPlan| StatusListPlan::of(&plan.uri, &plan.cards, plan.is_tracking);
            Ok(plans.map(plan).collect())
        })
    }

    /// Asks the status lists of these cards (all, where none is named) and keeps what they say: see
    /// [`super::CardOverview::status`]. The list's keeper learns that a wallet on this network holds some card of the list.
    /// Call it on a schedule or when the holder asks, never because a verifier asked for something.
    ///
    /// # Errors
    /// `not_found`, `locked`, the integrity codes and those of the store. What is wrong with one list is in its outcome.
    pub async fn refresh_status(
        &self,
        cards: Vec<String>,
    ) -> Result<Vec<StatusListRefresh>, WalletError> {
        self.call_async(async {
            let report = self.core.refresh_status(&names(&cards)?).await?;
            Ok(report
                .lists
                .into_iter()
                .map(StatusListRefresh::of)
                .collect())
        })
        .await
    }
}
