//! Changing what the store can be opened with. What does not ask for the old secret itself asks for fresh
//! authentication: an unlocked phone in other hands must not get a door of its own.

use super::{FreshAuth, Wallet};
use crate::error::WalletError;
use crate::vault::{Keep, Passphrase, Pin, Retirement, Rotated, SlotKind};

impl Wallet {
    /// Changes the PIN. Derives keys: call it on a worker thread.
    ///
    /// # Errors
    /// See [`crate::vault::Vault::change_pin`].
    pub async fn change_pin(&self, old: &[u8], new: &Pin) -> Result<Retirement, WalletError> {
        Ok(self.vault.change_pin(old, new).await?)
    }

    /// Changes the passphrase. The root key is changed with it: every other secret that is to stay must be given in
    /// `keep`, and a recovery code is made anew. Derives keys: call it on a worker thread.
    ///
    /// # Errors
    /// See [`crate::vault::Vault::change_passphrase`].
    pub async fn change_passphrase(
        &self,
        old: &[u8],
        new: &Passphrase,
        keep: Keep<'_>,
    ) -> Result<Rotated, WalletError> {
        Ok(self.vault.change_passphrase(old, new, keep).await?)
    }

    /// Makes a new recovery code; the old one is void. The root key is changed with it: see
    /// [`Wallet::change_passphrase`] for `keep`. Derives keys: call it on a worker thread.
    ///
    /// # Errors
    /// `user_auth_required`; see [`crate::vault::Vault::renew_recovery_code`].
    pub async fn renew_recovery_code(
        &self,
        auth: &FreshAuth,
        keep: Keep<'_>,
    ) -> Result<Rotated, WalletError> {
        self.require_fresh(auth)?;
        Ok(self.vault.renew_recovery_code(keep).await?)
    }

    /// Adds a PIN; needs a hardware key. `erase_after` wrong ones destroy it, if given. Derives keys: call it on a
    /// worker thread.
    ///
    /// # Errors
    /// `user_auth_required`; see [`crate::vault::Vault::add_pin`].
    pub async fn add_pin(
        &self,
        auth: &FreshAuth,
        pin: &Pin,
        erase_after: Option<u8>,
    ) -> Result<(), WalletError> {
        self.require_fresh(auth)?;
        Ok(self.vault.add_pin(pin, erase_after).await?)
    }

    /// Adds unlocking by the operating system (biometrics, device code); needs a hardware key that can ask.
    ///
    /// # Errors
    /// `user_auth_required`; see [`crate::vault::Vault::add_os_auth`].
    pub async fn add_os_auth(&self, auth: &FreshAuth) -> Result<(), WalletError> {
        self.require_fresh(auth)?;
        Ok(self.vault.add_os_auth().await?)
    }

    /// Adds a passphrase. Derives keys: call it on a worker thread.
    ///
    /// # Errors
    /// `user_auth_required`; see [`crate::vault::Vault::add_passphrase`].
    pub async fn add_passphrase(
        &self,
        auth: &FreshAuth,
        passphrase: &Passphrase,
    ) -> Result<(), WalletError> {
        self.require_fresh(auth)?;
        Ok(self.vault.add_passphrase(passphrase).await?)
    }

    /// Removes a PIN or the operating system's unlocking, as long as another durable way in remains.
    ///
    /// # Errors
    /// `user_auth_required`; see [`crate::vault::Vault::remove_slot`].
    pub async fn remove_slot(
        &self,
        auth: &FreshAuth,
        kind: SlotKind,
    ) -> Result<Retirement, WalletError> {
        self.require_fresh(auth)?;
        Ok(self.vault.remove_slot(kind).await?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::clock::SystemClock;
    use crate::error::ErrorCode;
    use crate::random::OsRandom;
    use crate::vault::anchor::InMemoryAnchorStore;
    use crate::vault::device_key::InMemoryDeviceKey;
    use crate::vault::{Enrolments, KdfProfile, RecoveryCode, UnlockWith, VaultSettings};
    use crate::wallet::{NoNetwork, Platform, Policy};
    use pollster::block_on;
    use std::sync::Arc;

    const PIN: &[u8] = b"730194";
    const PASSPHRASE: &[u8] = b"quiet otters fold seven paper boats";

    fn wallet(dir: &std::path::Path) -> (Wallet, RecoveryCode) {
        let platform = Platform {
            http: Arc::new(NoNetwork),
            clock: Arc::new(SystemClock::default()),
            random: Arc::new(OsRandom),
            anchor: Arc::new(InMemoryAnchorStore::default()),
            device_key: Some(Arc::new(InMemoryDeviceKey::default())),
            key_store: None,
            attestation: None,
        };
        let settings = VaultSettings {
            kdf: KdfProfile::fast_for_tests(),
            ..VaultSettings::default()
        };
        let enrolments = Enrolments {
            passphrase: Some(Passphrase::new(PASSPHRASE).unwrap()),
            recovery_code: true,
            ..Enrolments::default()
        };
        let created = block_on(Wallet::create(
            dir,
            platform,
            Policy::default(),
            settings,
            enrolments,
        ))
        .unwrap();
        (created.0, created.1.unwrap())
    }

    #[test]
    fn a_pin_is_added_and_removed_only_after_fresh_authentication() {
        let folder = tempfile::tempdir().unwrap();
        let (wallet, _) = wallet(&folder.path().join("store"));
        let pin = Pin::new(PIN).unwrap();
        let auth = block_on(wallet.authenticate(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
        block_on(wallet.add_pin(&auth, &pin, None)).unwrap();
        block_on(wallet.unlock(UnlockWith::Pin(PIN))).unwrap();
        block_on(wallet.remove_slot(&auth, SlotKind::Pin)).unwrap();
        let gone = block_on(wallet.unlock(UnlockWith::Pin(PIN))).err().unwrap();
        assert_eq!(gone.code(), ErrorCode::SlotMissing);
    }

    #[test]
    fn the_authentication_for_one_store_adds_nothing_to_another() {
        let folder = tempfile::tempdir().unwrap();
        let (mine, _) = wallet(&folder.path().join("mine"));
        let (yours, _) = wallet(&folder.path().join("yours"));
        let auth = block_on(yours.authenticate(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
        let refused = block_on(mine.add_pin(&auth, &Pin::new(PIN).unwrap(), None)).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::UserAuthRequired);
    }

    #[test]
    fn a_new_recovery_code_voids_the_old_one_and_keeps_the_passphrase_that_was_given() {
        let folder = tempfile::tempdir().unwrap();
        let (wallet, old) = wallet(&folder.path().join("store"));
        let auth = block_on(wallet.authenticate(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
        let keep = Keep {
            passphrase: Some(PASSPHRASE),
            ..Keep::default()
        };
        let rotated = block_on(wallet.renew_recovery_code(&auth, keep)).unwrap();
        assert!(rotated.dropped.is_empty());
        let void = block_on(wallet.unlock(UnlockWith::RecoveryCode(&old.to_text())))
            .err()
            .unwrap();
        assert_eq!(void.code(), ErrorCode::WrongSecret);
        let code = rotated.recovery_code.to_text();
        block_on(wallet.unlock(UnlockWith::RecoveryCode(&code))).unwrap();
        block_on(wallet.unlock(UnlockWith::Passphrase(PASSPHRASE))).unwrap();
    }

    #[test]
    fn a_wrong_secret_tells_the_app_how_many_tries_are_left() {
        let folder = tempfile::tempdir().unwrap();
        let (wallet, _) = wallet(&folder.path().join("store"));
        let wrong = UnlockWith::Passphrase(b"loud otters fold seven paper boats");
        let error = block_on(wallet.unlock(wrong)).err().unwrap();
        assert_eq!(error.code(), ErrorCode::WrongSecret);
        assert_eq!(error.tries_left(), Some(4));
        assert_eq!(error.retry_after(), None);
    }
}
