//! Creating, opening, locking and erasing a wallet, and changing its secrets.

use super::Wallet;
use super::device_bound::DeviceBoundSeal;
use super::history;
use super::ports::{Platform, Policy};
use super::records::{Other, ProfileRecord};
use super::store::make_name;
use crate::clock::UnixTime;
use crate::error::{ErrorCode, WalletError};
use crate::vault::database::{IntegrityState, RecordKind};
use crate::vault::{
    Enrolments, Erased, RecoveryCode, SlotOverview, StoreId, UnlockAttempt, UnlockReport,
    UnlockWith, Vault, VaultSettings,
};
use std::path::PathBuf;
use std::time::Duration;

/// How long an authentication counts as fresh.
const FRESH: Duration = Duration::from_secs(60);

/// Evidence that the holder of this store authenticated just now. Only [`Wallet::authenticate`] makes it.
pub struct FreshAuth {
    store: StoreId,
    at: UnixTime,
    monotonic: Duration,
}

impl FreshAuth {
    /// When.
    #[must_use]
    pub fn at(&self) -> UnixTime {
        self.at
    }
}

impl Wallet {
    /// Makes a store and unlocks it. Derives keys: call it on a worker thread. The recovery code, where one was asked
    /// for, is given once and never again; it opens *this* store and is no backup.
    ///
    /// # Errors
    /// See [`Vault::create`].
    pub async fn create(
        dir: impl Into<PathBuf>,
        platform: Platform,
        policy: Policy,
        settings: VaultSettings,
        enrolments: Enrolments,
    ) -> Result<(Self, Option<RecoveryCode>), WalletError> {
        let created = Vault::create(dir, platform.vault_ports(), settings, enrolments).await?;
        let wallet = Self::over(created.vault, platform, policy);
        wallet.ensure_profile()?;
        Ok((wallet, created.recovery_code))
    }

    /// Opens the store in `dir`, locked. Nothing is written.
    ///
    /// # Errors
    /// See [`Vault::open`].
    pub fn open(
        dir: impl Into<PathBuf>,
        platform: Platform,
        policy: Policy,
        settings: VaultSettings,
    ) -> Result<Self, WalletError> {
        let vault = Vault::open(dir, platform.vault_ports(), settings)?;
        Ok(Self::over(vault, platform, policy))
    }

    /// First step of unlocking: derives keys on the caller's thread. No guess is made or counted yet.
    ///
    /// # Errors
    /// See [`Vault::begin_unlock`].
    pub fn begin_unlock(&self, with: UnlockWith<'_>) -> Result<UnlockAttempt, WalletError> {
        Ok(self.vault.begin_unlock(with)?)
    }

    /// Second step: counts the try and asks the hardware key.
    ///
    /// # Errors
    /// See [`UnlockAttempt::finish`].
    pub async fn finish_unlock(&self, attempt: UnlockAttempt) -> Result<UnlockReport, WalletError> {
        let report = attempt.finish(&self.vault).await?;
        if report.integrity == IntegrityState::Ok {
            // Creation may have been interrupted between the store and its first record.
            self.ensure_profile()?;
        }
        Ok(report)
    }

    /// Both steps.
    ///
    /// # Errors
    /// As the single steps.
    pub async fn unlock(&self, with: UnlockWith<'_>) -> Result<UnlockReport, WalletError> {
        let attempt = self.begin_unlock(with)?;
        self.finish_unlock(attempt).await
    }

    /// Checks the holder's secret again. Wrong ones count as tries. A wallet that locked itself meanwhile is unlocked.
    ///
    /// # Errors
    /// As unlocking.
    pub async fn authenticate(&self, with: UnlockWith<'_>) -> Result<FreshAuth, WalletError> {
        self.unlock(with).await?;
        Ok(FreshAuth {
            store: self.vault.store_id(),
            at: self.now()?,
            monotonic: self.platform.clock.monotonic()?,
        })
    }

    /// Locks: keys are wiped, the database is closed. Call it when the app goes to the background.
    pub fn lock(&self) {
        self.vault.lock();
    }

    /// Whether the wallet is unlocked, after auto-lock.
    #[must_use]
    pub fn is_unlocked(&self) -> bool {
        self.vault.is_unlocked()
    }

    /// Seconds until the wallet locks itself; `None` if it is locked.
    #[must_use]
    pub fn seconds_until_lock(&self) -> Option<u64> {
        self.vault.seconds_until_lock()
    }

    /// The holder did something: the idle time starts again.
    ///
    /// # Errors
    /// `locked`
    pub fn touch(&self) -> Result<(), WalletError> {
        Ok(self.vault.touch()?)
    }

    /// What the store can be opened with.
    ///
    /// # Errors
    /// `header_corrupt`, `store_too_new`
    pub fn slots(&self) -> Result<Vec<SlotOverview>, WalletError> {
        Ok(self.vault.slots()?)
    }

    /// Erases the store: hardware keys first, then the anchor, then the files. Can be called again if interrupted. The
    /// wallet need not be unlocked.
    ///
    /// Holder keys in the app's [`KeyStore`](crate::keys::KeyStore) are not known to a locked wallet: the app deletes
    /// those of [`Wallet::hardware_keys`] itself. Without their cards they are of no use.
    ///
    /// # Errors
    /// See [`Vault::erase`].
    pub async fn erase(dir: &std::path::Path, platform: &Platform) -> Result<Erased, WalletError> {
        Ok(Vault::erase(dir, &platform.vault_ports()).await?)
    }

    pub(super) fn require_unlocked(&self) -> Result<(), WalletError> {
        self.touch()
    }

    pub(super) fn require_fresh(&self, auth: &FreshAuth) -> Result<(), WalletError> {
        let now = self.platform.clock.monotonic()?;
        match now.checked_sub(auth.monotonic) {
            Some(age) if age <= FRESH && auth.store == self.vault.store_id() => {
                self.require_unlocked()
            }
            _ => Err(ErrorCode::UserAuthRequired.into()),
        }
    }

    /// The second seal of software keys; `None` in a store made without a hardware key.
    pub(super) fn device_bound_seal(&self) -> Result<Option<DeviceBoundSeal>, WalletError> {
        Ok(self.vault.device_bound_key()?.map(DeviceBoundSeal::new))
    }

    /// The holder's own profile and the beginning of the history: made with the store.
    fn ensure_profile(&self) -> Result<(), WalletError> {
        if self.with_store(|db| Ok(!db.ids(RecordKind::PROFILE)?.is_empty()))? {
            return Ok(());
        }
        self.commit(|_, batch| {
            let profile = ProfileRecord {
                label: String::new(),
                by_delegation: false,
                other: Other::new(),
            };
            batch.insert(RecordKind::PROFILE, &make_name(self.random())?, &profile)?;
            history::start(batch, None, None, self.random())
        })
    }
}
