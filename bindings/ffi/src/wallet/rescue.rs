//! A store that is not what was last committed on this device, or is damaged.

use super::{Enrolments, NativeWallet, VaultSettings, count};
use crate::error::WalletError;
use crate::platform::ProgressStep;
use crate::secrets::{FreshAuth, RecoveryCode, UnlockWith};
use std::sync::Arc;
use wallet_core::vault::database::{LossReason, RecordId};
use wallet_core::wallet as core;
use wallet_core::wallet::RecordName;

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DamagedRecord {
    /// Its name in this wallet.
    pub id: String,
    /// What is wrong with it.
    pub error: WalletError,
}

/// What was saved.
#[derive(uniffi::Record)]
pub struct Rescued {
    /// The new wallet's recovery code, where one was asked for; it is given once.
    pub recovery_code: Option<Arc<RecoveryCode>>,
    /// What came along and what is lost.
    pub report: RescueReport,
}

/// What a rescue brought and what it did not.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RescueReport {
    /// Records in the new wallet.
    pub recovered: u64,
    /// Of these, records that the damaged wallet did not list; a deleted one may be among them.
    pub unlisted: u64,
    /// Records that are gone.
    pub lost: Vec<LostRecord>,
    /// Whether the list of what should be there could itself be checked. If not, records may be gone that no one knows of.
    pub is_list_verified: bool,
    /// Cards in the new wallet of which something is lost: a copy, its key, how it looks.
    pub incomplete: Vec<String>,
}

/// A record that could not be saved.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct LostRecord {
    /// Its name.
    pub id: String,
    /// Why, as a stable word: `missing`, `damaged`, `older_version`.
    pub reason: String,
}

impl LostRecord {
    fn of((id, reason): &(RecordId, LossReason)) -> Self {
        Self {
            id: RecordName::of(id).as_str().to_owned(),
            reason: reason.as_str().to_owned(),
        }
    }
}

impl RescueReport {
    fn of(report: &core::RescueReport) -> Self {
        let incomplete = report.incomplete.iter();
        Self {
            recovered: report.records.recovered,
            unlisted: report.records.unlisted,
            lost: report.records.lost.iter().map(LostRecord::of).collect(),
            is_list_verified: report.records.list_verified,
            incomplete: incomplete.map(|card| card.as_str().to_owned()).collect(),
        }
    }
}

#[uniffi::export]
impl NativeWallet {
    /// The holder takes the store as it is, after authenticating afresh: every copy that may be shown a limited number of
    /// times counts as used. Does nothing in a store that is sound.
    ///
    /// # Errors
    /// `user_auth_required`, `locked` and those of the store
    pub fn adopt(&self, auth: Arc<FreshAuth>) -> Result<(), WalletError> {
        self.call(|core| Ok(core.adopt(&auth.0)?))
    }

    /// Reads every record and names those that are damaged. Nothing is deleted because of it.
    ///
    /// # Errors
    /// `locked` and those of the store
    pub fn damaged(&self) -> Result<Vec<DamagedRecord>, WalletError> {
        self.call(|core| {
            let damaged = core.damaged()?.into_iter();
            let record = |(id, error): (RecordName, wallet_core::WalletError)| DamagedRecord {
                id: id.as_str().to_owned(),
                error: error.into(),
            };
            Ok(damaged.map(record).collect())
        })
    }

    /// Gives up what is damaged of the blocks seen of ledgers, for `record_corrupt` about `ledger_memory`. From then on an older
    /// answer about now is believed of that ledger, until a newer one comes. Says how many records went.
    ///
    /// # Errors
    /// `locked` and those of the store
    pub fn forget_damaged_ledgers(&self) -> Result<u32, WalletError> {
        self.call(|core| Ok(count(core.forget_damaged_ledgers()?)))
    }

    /// Copies the database beside the store, into a folder named after the time, for later investigation. Returns where.
    ///
    /// # Errors
    /// `store_exists` if there is one of the same second, `store_missing`, `disk_full`, `read_only_medium`, `io_failed`
    pub fn quarantine(&self) -> Result<String, WalletError> {
        self.call(|core| Ok(core.quarantine()?.display().to_string()))
    }

    /// Makes a new wallet in `dir` from what can be read of this one, for `store_corrupt` or when records are refused. This
    /// one need not be unlocked and is not changed. The new one is closed again: open it as any other. Copies that may be shown a limited number of times count as used.
    ///
    /// # Errors
    /// As unlocking for the secret of this wallet, and as creating for the new one
    pub async fn rescue(
        &self,
        with: UnlockWith,
        dir: String,
        settings: VaultSettings,
        enrolments: Enrolments,
    ) -> Result<Rescued, WalletError> {
        self.observers.progress(ProgressStep::DerivingKey);
        self.call_async(async {
            let (settings, enrolments) = (settings.to_core()?, enrolments.to_core()?);
            let rescue = self.core.rescue(with.to_core(), dir, settings, enrolments);
            let rescued = rescue.await?;
            Ok(Rescued {
                recovery_code: rescued.recovery_code.map(RecoveryCode::of),
                report: RescueReport::of(&rescued.report),
            })
        })
        .await
    }
}
