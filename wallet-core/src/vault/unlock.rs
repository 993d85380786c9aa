//! Unlocking in two steps: [`Vault::begin_unlock`] works on the caller's thread, [`UnlockAttempt::finish`] asks the
//! hardware.

use super::anchor::AnchorStore;
use super::attempts::Guard;
use super::auto_lock::SessionClock;
use super::database::{Database, IntegrityState};
use super::error::VaultError;
use super::guess::{Guess, Opened, UnlockWith};
use super::ports::device_bound_key;
use super::settle::settle;
use super::slot_lock::SlotLock;
use super::slots::SlotKind;
use super::slots::pair::{self, Pair};
use super::{Session, Vault};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A secret that was stretched and is to be tried. Dropping it makes no guess.
pub struct UnlockAttempt {
    pub(super) guess: Guess,
    /// How often the vault had been locked when the attempt was begun.
    locks: u64,
}

/// What unlocking found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnlockReport {
    /// The slot that opened.
    pub slot: SlotKind,
    /// Whether the records are all there, unchanged and the newest.
    pub integrity: IntegrityState,
    /// What protects the count of wrong tries of this slot.
    pub attempts: AttemptProtection,
    /// What the app should know, possibly nothing.
    pub advisories: Vec<Advisory>,
}

/// What protects the count of wrong tries, so that nobody promises more than is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptProtection {
    /// Wrong tries of this kind of slot are not counted (recovery code, operating system).
    NotCounted,
    /// Counted without authentication: whoever can write the anchor can reset the count.
    Unauthenticated {
        /// Whether the anchor survives restoring an older copy of the files.
        rollback_safe: bool,
    },
    /// Authenticated under the hardware key.
    Authenticated {
        /// Whether the anchor survives restoring an older copy of the files.
        rollback_safe: bool,
    },
}

impl AttemptProtection {
    fn of(kind: SlotKind, guard: &Guard, anchor: &dyn AnchorStore) -> Self {
        let rollback_safe = anchor.is_rollback_safe();
        match guard {
            _ if !kind.counts_attempts() => Self::NotCounted,
            Guard::Hardware(_) => Self::Authenticated { rollback_safe },
            Guard::None => Self::Unauthenticated { rollback_safe },
        }
    }
}

/// Something that happened to the store and was put right, or that the app should act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advisory {
    /// One slot file was damaged or missing and was written again from the other.
    HeaderRepaired,
    /// An interrupted PIN change was decided for the PIN that was just used.
    PinChangeSettled,
    /// An interrupted change of the root key was finished. A recovery code made by it may never have been seen: make a
    /// new one.
    RotationFinished,
    /// An interrupted change of the root key was undone: the old secrets are valid.
    RotationUndone,
    /// A hardware key that is no longer used could not be deleted yet.
    RetirementPending,
    /// The hardware key gave no answer: device-bound keys cannot be used in this session.
    DeviceKeyUnavailable,
}

impl Advisory {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HeaderRepaired => "header_repaired",
            Self::PinChangeSettled => "pin_change_settled",
            Self::RotationFinished => "rotation_finished",
            Self::RotationUndone => "rotation_undone",
            Self::RetirementPending => "retirement_pending",
            Self::DeviceKeyUnavailable => "device_key_unavailable",
        }
    }
}

impl Vault {
    /// Stretches the secret with Argon2id on the caller's thread (about 350 ms): call it on a worker thread. The try is
    /// counted when the attempt is finished.
    ///
    /// # Errors
    /// `slot_missing`, `locked_out`, `wrong_secret` (not of the form of a PIN), `recovery_code_malformed`,
    /// `erase_pending`, `header_corrupt`, `store_too_new`, `kdf_params_out_of_range`, `kdf_memory_unavailable`
    pub fn begin_unlock(&self, with: UnlockWith<'_>) -> Result<UnlockAttempt, VaultError> {
        super::erase::check_not_pending(&self.place.dir)?;
        let locks = self.locks.load(Ordering::Relaxed);
        let guess = Guess::begin(&self.place, with)?;
        Ok(UnlockAttempt { guess, locks })
    }

    /// Both steps at once, for command lines and tests.
    ///
    /// # Errors
    /// As [`Self::begin_unlock`] and [`UnlockAttempt::finish`].
    pub async fn unlock(&self, with: UnlockWith<'_>) -> Result<UnlockReport, VaultError> {
        self.begin_unlock(with)?.finish(self).await
    }

    /// Takes an opened slot's keys into use.
    fn enter(&self, opened: &Opened, locks: u64) -> Result<UnlockReport, VaultError> {
        let place = &self.place;
        let ports = &place.ports;
        let _lock = SlotLock::acquire(&place.dir)?;
        let verified = Pair::load(&place.dir)?.verify(&opened.keyring)?;
        let is_current = verified.table.slots().any(|slot| *slot == opened.slot);
        let epoch = Database::peek_epoch(&place.dir)?;
        if !is_current || epoch > opened.keyring.current().0 {
            // The slot was replaced meanwhile, or before a crash that left it in the files.
            return Err(opened.wrong());
        }
        if opened.keyring.get(epoch).is_none() {
            return Err(VaultError::RolledBack);
        }
        let database = Database::open(
            &place.dir,
            place.store,
            opened.keyring.clone(),
            verified.table.sequence,
            Arc::clone(&ports.anchor),
            Arc::clone(&ports.random),
        )?;
        let mut advisories = Vec::new();
        if verified.is_damaged {
            advisories.push(Advisory::HeaderRepaired);
        }
        if verified.is_uneven {
            pair::save(&place.dir, &verified.table, &opened.keyring)?;
        }
        let mut keyring = opened.keyring.clone();
        if database.integrity() == IntegrityState::Ok {
            let settled = settle(place, verified.table, opened, &database)?;
            keyring = settled.keyring;
            advisories.extend(settled.advisory);
        }
        let device_bound = match &opened.store_answer {
            Some(Ok(answer)) => Some(Ok(Arc::new(device_bound_key(&place.store, answer)?))),
            Some(Err(error)) => {
                advisories.push(Advisory::DeviceKeyUnavailable);
                Some(Err(*error))
            }
            None => None,
        };
        let report = UnlockReport {
            slot: opened.slot.header.kind(),
            integrity: database.integrity(),
            attempts: AttemptProtection::of(
                opened.slot.header.kind(),
                &opened.guard,
                &*ports.anchor,
            ),
            advisories,
        };
        let clock = SessionClock::start(self.settings.auto_lock, &*ports.clock)?;
        let session = Session {
            keyring,
            database,
            clock,
            device_bound,
        };
        let mut slot = self.session_slot();
        let is_wanted = self.locks.load(Ordering::Relaxed) == locks;
        // Whoever locked meanwhile wants it to be locked.
        let over = match is_wanted {
            true => slot.replace(session),
            false => Some(session),
        };
        drop(slot);
        Session::end(over);
        if !is_wanted {
            return Err(VaultError::Locked);
        }
        Ok(report)
    }
}

impl UnlockAttempt {
    /// Counts the try, asks the hardware key (which may prompt), and unlocks the vault.
    ///
    /// # Errors
    /// `wrong_secret`, `locked_out`, `device_key_*`, `user_cancelled`, `slot_tampered`, `header_corrupt`,
    /// `rolled_back`, `anchor_failed`, and those of opening the database; `locked` if the vault was locked since the
    /// attempt was begun. Only the first counts as a wrong try.
    pub async fn finish(self, vault: &Vault) -> Result<UnlockReport, VaultError> {
        let opened = self.guess.run(&vault.place).await?;
        let entered = vault.enter(&opened, self.locks);
        if !matches!(entered, Err(VaultError::WrongSecret { .. })) {
            // The secret was right, whatever else is wrong with the store.
            opened.forgive(&vault.place)?;
        }
        let mut report = entered?;
        if !matches!(vault.retire_keys().await, Ok(true)) {
            report.advisories.push(Advisory::RetirementPending);
        }
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::Advisory;

    #[test]
    fn every_advisory_is_explained_where_the_errors_are() {
        let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md"));
        let (_, explained) = page.split_once("## Advisories").unwrap_or_default();
        let words = [
            Advisory::HeaderRepaired,
            Advisory::PinChangeSettled,
            Advisory::RotationFinished,
            Advisory::RotationUndone,
            Advisory::RetirementPending,
            Advisory::DeviceKeyUnavailable,
        ]
        .map(|advisory| format!("- `{}`: ", advisory.as_str()));
        let lines = explained.lines().filter(|line| line.starts_with("- "));
        let starts_with_word = |(line, word): (&str, &String)| line.starts_with(word.as_str());
        assert_eq!(lines.clone().count(), words.len());
        assert!(lines.zip(&words).all(starts_with_word), "{explained}");
    }
}
