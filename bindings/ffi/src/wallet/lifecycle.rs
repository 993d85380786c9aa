//! Making, opening, unlocking, locking and erasing.

use super::{Enrolments, NativeWallet, VaultSettings};
use crate::error::WalletError;
use crate::guard::{caught, caught_async};
use crate::once::Single;
use crate::platform::{Observers, Platform, ProgressStep};
use crate::policy::Policy;
use crate::secrets::{FreshAuth, RecoveryCode, UnlockWith};
use std::path::Path;
use std::sync::Arc;
use wallet_core::vault;
use wallet_core::vault::database::IntegrityState as CoreIntegrity;
use wallet_core::wallet as core;

/// A wallet that was made.
#[derive(uniffi::Record)]
pub struct Created {
    /// The wallet, unlocked.
    pub wallet: Arc<NativeWallet>,
    /// The recovery code, where one was asked for; it is given once.
    pub recovery_code: Option<Arc<RecoveryCode>>,
}

/// A kind of thing a store can be opened with.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum SlotKind {
    /// A PIN with the hardware key.
    Pin,
    /// The operating system's authentication with the hardware key.
    OsAuth,
    /// A passphrase.
    Passphrase,
    /// The recovery code.
    RecoveryCode,
    /// One that came after these bindings were written.
    Other {
        /// Its stable text.
        code: String,
    },
}

impl SlotKind {
    pub(super) fn of(kind: vault::SlotKind) -> Self {
        match kind {
            vault::SlotKind::Pin => Self::Pin,
            vault::SlotKind::OsAuth => Self::OsAuth,
            vault::SlotKind::Passphrase => Self::Passphrase,
            vault::SlotKind::RecoveryCode => Self::RecoveryCode,
            other => Self::Other {
                code: other.as_str().to_owned(),
            },
        }
    }
}

/// What a store can be opened with.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct SlotOverview {
    /// What opens it.
    pub kind: SlotKind,
    /// Whether it survives the loss of the hardware key.
    pub is_durable: bool,
    /// Wrong tries after which it is destroyed.
    pub erase_after: Option<u8>,
}

/// Whether the records are all there, unchanged and the newest. In any state but `Sound` the wallet can be read and
/// rescued, not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum IntegrityState {
    /// They are.
    Sound,
    /// The anchor outside the files is gone: restored, or a new phone.
    AnchorMissing,
    /// The store is older than the last one seen on this device.
    RolledBack,
    /// Records are missing or were added outside the library.
    SetMismatch,
    /// Something else is wrong.
    Unsound,
}

impl IntegrityState {
    pub(super) fn of(state: &CoreIntegrity) -> Self {
        match state {
            CoreIntegrity::Ok => Self::Sound,
            CoreIntegrity::AnchorMissing => Self::AnchorMissing,
            CoreIntegrity::RolledBack { .. } | CoreIntegrity::SlotsRolledBack { .. } => {
                Self::RolledBack
            }
            CoreIntegrity::SetMismatch { .. } => Self::SetMismatch,
            _ => Self::Unsound,
        }
    }
}

/// How unlocking went.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct UnlockReport {
    /// What opened it.
    pub slot: SlotKind,
    /// Whether the store is as it was left.
    pub integrity: IntegrityState,
    /// Whether wrong tries are counted where restored files do not set them back.
    pub tries_are_rollback_safe: bool,
    /// What was noticed and mended, as stable words: docs/errors.md, "Advisories".
    pub advisories: Vec<String>,
}

impl UnlockReport {
    fn of(report: &vault::UnlockReport) -> Self {
        let advisories = report.advisories.iter();
        Self {
            slot: SlotKind::of(report.slot),
            integrity: IntegrityState::of(&report.integrity),
            tries_are_rollback_safe: match report.attempts {
                vault::AttemptProtection::Authenticated { rollback_safe }
                | vault::AttemptProtection::Unauthenticated { rollback_safe } => rollback_safe,
                _ => false,
            },
            advisories: advisories
                .map(|advisory| advisory.as_str().to_owned())
                .collect(),
        }
    }
}

/// How erasing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Erased {
    /// Everything is gone.
    Done,
    /// There was nothing.
    NothingThere,
}

/// A guess that is not made yet: the keys are derived, nothing is counted. To be finished once.
#[derive(uniffi::Object)]
pub struct UnlockAttempt(Single<vault::UnlockAttempt>);

/// Makes a store in the folder and unlocks it.
///
/// # Errors
/// `store_exists`, `unsafe_configuration`, those of the hardware key and of the file system
#[uniffi::export]
pub async fn create_wallet(
    dir: String,
    platform: Platform,
    policy: Policy,
    settings: VaultSettings,
    enrolments: Enrolments,
) -> Result<Created, WalletError> {
    caught_async(async move {
        let observers = Observers::of(&platform);
        observers.progress(ProgressStep::DerivingKey);
        let (wallet, code) = core::Wallet::create(
            dir,
            platform.to_core(&observers),
            policy.to_core()?,
            settings.to_core()?,
            enrolments.to_core()?,
        )
        .await?;
        Ok(Created {
            wallet: Arc::new(NativeWallet::over(wallet, observers)),
            recovery_code: code.map(RecoveryCode::of),
        })
    })
    .await
}

/// Opens the store in the folder, locked. Nothing is written.
///
/// # Errors
/// `store_missing`, `store_too_new`, `erase_pending`, `header_corrupt`, `read_only_medium`
#[uniffi::export]
pub fn open_wallet(
    dir: String,
    platform: Platform,
    policy: Policy,
    settings: VaultSettings,
) -> Result<Arc<NativeWallet>, WalletError> {
    caught(|| {
        let observers = Observers::of(&platform);
        let wallet = core::Wallet::open(
            dir,
            platform.to_core(&observers),
            policy.to_core()?,
            settings.to_core()?,
        )?;
        Ok(Arc::new(NativeWallet::over(wallet, observers)))
    })
}

/// Erases the store: hardware keys first, then the anchor, then the files. Can be called again if interrupted. Wallets that
/// are open on it must be closed before.
///
/// # Errors
/// Those of the hardware key, the anchor and the file system
#[uniffi::export]
pub async fn erase_wallet(dir: String, platform: Platform) -> Result<Erased, WalletError> {
    caught_async(async move {
        let platform = platform.to_core(&Observers::of(&platform));
        match core::Wallet::erase(Path::new(&dir), &platform).await? {
            vault::Erased::Done => Ok(Erased::Done),
            _ => Ok(Erased::NothingThere),
        }
    })
    .await
}

#[uniffi::export]
impl NativeWallet {
    /// First step of unlocking: derives keys. No guess is made or counted yet.
    ///
    /// # Errors
    /// `slot_missing`, `kdf_memory_unavailable`, those of the files
    pub fn begin_unlock(&self, with: UnlockWith) -> Result<Arc<UnlockAttempt>, WalletError> {
        self.call(|core| {
            self.observers.progress(ProgressStep::DerivingKey);
            let attempt = core.begin_unlock(with.to_core())?;
            Ok(Arc::new(UnlockAttempt(Single::new(attempt))))
        })
    }

    /// Second step: counts the try and asks the hardware key.
    ///
    /// # Errors
    /// `wrong_secret`, `locked_out`, `used_up`, those of the hardware key, the anchor and the store
    pub async fn finish_unlock(
        &self,
        attempt: Arc<UnlockAttempt>,
    ) -> Result<UnlockReport, WalletError> {
        self.call_async(async {
            let report = self.core.finish_unlock(attempt.0.take()?).await?;
            Ok(UnlockReport::of(&report))
        })
        .await
    }

    /// Checks the holder's secret again while the wallet is unlocked. Wrong ones count as tries. A wallet that has locked
    /// itself meanwhile is unlocked by it.
    ///
    /// # Errors
    /// As unlocking
    pub async fn authenticate(&self, with: UnlockWith) -> Result<Arc<FreshAuth>, WalletError> {
        self.call_async(async {
            self.observers.progress(ProgressStep::DerivingKey);
            let auth = self.core.authenticate(with.to_core()).await?;
            Ok(Arc::new(FreshAuth(auth)))
        })
        .await
    }

    /// Locks: keys are wiped, the database is closed. Call it when the app goes to the background.
    ///
    /// # Errors
    /// `bug`
    pub fn lock(&self) -> Result<(), WalletError> {
        self.call(|core| {
            core.lock();
            Ok(())
        })
    }

    /// Whether the wallet is unlocked, after auto-lock.
    ///
    /// # Errors
    /// `bug`
    pub fn is_unlocked(&self) -> Result<bool, WalletError> {
        self.call(|core| Ok(core.is_unlocked()))
    }

    /// Seconds until the wallet locks itself; none if it is locked.
    ///
    /// # Errors
    /// `bug`
    pub fn seconds_until_lock(&self) -> Result<Option<u64>, WalletError> {
        self.call(|core| Ok(core.seconds_until_lock()))
    }

    /// The holder did something: the idle time starts again.
    ///
    /// # Errors
    /// `locked`
    pub fn touch(&self) -> Result<(), WalletError> {
        self.call(|core| Ok(core.touch()?))
    }

    /// What the store can be opened with.
    ///
    /// # Errors
    /// `header_corrupt`, `store_too_new`
    pub fn slots(&self) -> Result<Vec<SlotOverview>, WalletError> {
        self.call(|core| {
            let slots = core.slots()?.into_iter();
            let overview = |slot: vault::SlotOverview| SlotOverview {
                kind: SlotKind::of(slot.kind),
                is_durable: slot.is_durable,
                erase_after: slot.erase_after,
            };
            Ok(slots.map(overview).collect())
        })
    }

    /// Whether the records are all there, unchanged and the newest.
    ///
    /// # Errors
    /// `locked`
    pub fn integrity(&self) -> Result<IntegrityState, WalletError> {
        self.call(|core| Ok(IntegrityState::of(&core.integrity()?)))
    }
}
