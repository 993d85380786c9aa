//! The refresh token of a card: sealed, used by one renewal at a time, and replaced before anything else is done.

use super::Wallet;
use super::cards;
use super::device_bound::{DeviceBoundSeal, Sealed};
use super::holder_keys::is_lost;
use super::records::{
    ContextRecord, Other, PendingRecord, RecordName, RenewalRecord, decode, encode,
};
use super::store::{self, Batch, Stored};
use crate::error::{ErrorCode, WalletError};
use crate::issuance::{AuthorizedIssuance, IssuanceError, RefreshGrant};
use crate::jose::base64url;
use crate::random::Random;
use crate::secret::{SecretBytes, SecretText};
use crate::vault::database::{Database, RecordKind};
use core::cell::Cell;
use core::sync::atomic::{AtomicBool, Ordering};

/// One refresh at a time: a server that replaces the token may take a second use of the old one for theft and end both
/// (RFC 9700 4.14.2).
pub(super) struct Refreshing<'a>(&'a AtomicBool);

impl<'a> Refreshing<'a> {
    pub(super) fn begin(flag: &'a AtomicBool) -> Result<Self, WalletError> {
        match flag.swap(true, Ordering::SeqCst) {
            false => Ok(Self(flag)),
            true => Err(WalletError::new(ErrorCode::Conflict).about("renewal")),
        }
    }
}

impl Drop for Refreshing<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl RenewalRecord {
    /// A grant as it is kept in the context of this name: sealed once more under the device's key, where there is one, so
    /// that the files with a recovery code cannot be used to get the card on another device.
    pub(super) fn seal(
        grant: &RefreshGrant,
        context: &RecordName,
        seal: Option<&DeviceBoundSeal>,
        random: &dyn Random,
    ) -> Result<Self, WalletError> {
        let clear = encode(grant)?;
        let bytes = match seal {
            Some(seal) => seal.seal(Sealed::RefreshGrant, &context.id()?, &clear, random)?,
            None => clear,
        };
        Ok(Self {
            grant: SecretText::new(base64url::encode(&bytes)),
            device_bound: seal.is_some(),
            is_refused: false,
            other: Other::new(),
        })
    }

    /// Whether it can be read with these seals, and the server may still take it.
    pub(super) fn is_alive(&self, seal: &Result<Option<DeviceBoundSeal>, WalletError>) -> bool {
        let is_readable = match seal {
            _ if !self.device_bound => true,
            Ok(seal) => seal.is_some(),
            Err(error) => !is_lost(error),
        };
        is_readable && !self.is_refused
    }

    pub(super) fn open(
        &self,
        context: &RecordName,
        seal: &Result<Option<DeviceBoundSeal>, WalletError>,
    ) -> Result<RefreshGrant, WalletError> {
        let bytes = self.bytes(context)?;
        if !self.device_bound {
            return decode(&bytes);
        }
        let opened = match seal {
            Ok(Some(seal)) => seal.open(Sealed::RefreshGrant, &context.id()?, &bytes),
            Ok(None) => Err(needs_holder()),
            Err(error) if is_lost(error) => Err(needs_holder()),
            Err(error) => Err(error.clone()),
        };
        match opened {
            Ok(clear) => decode(&clear),
            Err(error) if error.code() == ErrorCode::NeedsReissue => Err(needs_holder()),
            Err(error) => Err(error),
        }
    }

    /// Moves a grant from the one device-bound key to the other; one that does not open stays as it is.
    pub(super) fn reseal(
        &mut self,
        context: &RecordName,
        old: &DeviceBoundSeal,
        new: &DeviceBoundSeal,
        random: &dyn Random,
    ) -> Result<(), WalletError> {
        let id = context.id()?;
        if let Ok(clear) = old.open(Sealed::RefreshGrant, &id, &self.bytes(context)?) {
            let sealed = new.seal(Sealed::RefreshGrant, &id, &clear, random)?;
            self.grant = SecretText::new(base64url::encode(&sealed));
        }
        Ok(())
    }

    fn bytes(&self, context: &RecordName) -> Result<SecretBytes, WalletError> {
        let damaged = |_| WalletError::new(ErrorCode::RecordCorrupt).about(context.as_str());
        let bytes = base64url::decode(self.grant.expose());
        bytes.map(SecretBytes::new).map_err(damaged)
    }
}

pub(super) fn needs_holder() -> WalletError {
    WalletError::new(ErrorCode::RenewalNeedsHolder).rule("RFC 6749 6")
}

impl Wallet {
    /// Access by the refresh token of this context. Whatever the server answered is stored when this returns.
    pub(super) async fn refresh(
        &self,
        context: &RecordName,
    ) -> Result<AuthorizedIssuance, WalletError> {
        let settings = self.issuance_settings();
        let ports = self.issuance_ports(&settings);
        // What the token was opened with seals the next one, whatever becomes of the device's key meanwhile.
        let seal = self.device_bound_seal();
        let mut grant = self.grant(context, &seal)?;
        if let Err(error) = &seal {
            return Err(error.clone());
        }
        loop {
            match grant.refresh(&ports).await {
                Ok(refreshed) => {
                    self.replace_grant(&grant, Some(&refreshed.grant), &seal)?;
                    return Ok(refreshed.authorized?);
                }
                Err(IssuanceError::GrantRefused { .. }) => {
                    let stored = self.grant(context, &seal)?;
                    if stored.is_same(&grant) {
                        self.replace_grant(&grant, None, &seal)?;
                        return Err(needs_holder());
                    }
                    // Another process was quicker, and what it was given is there.
                    grant = stored;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn grant(
        &self,
        name: &RecordName,
        seal: &Result<Option<DeviceBoundSeal>, WalletError>,
    ) -> Result<RefreshGrant, WalletError> {
        self.with_store(|db| {
            let context: Option<Stored<ContextRecord>> = cards::readable(store::get(db, name))?;
            let renewal = context.and_then(|context| context.value.renewal);
            renewal.ok_or_else(needs_holder)?.open(name, seal)
        })
    }

    /// In every card that was received with `old`: they share it. Without a new one the old is marked as refused; it is
    /// kept, since a server may have been wrong.
    ///
    /// # Errors
    /// `conflict` if no card has `old` any more; those of the store. The new one is lost then, and the old one may be used
    /// up: the server says so at the next try.
    fn replace_grant(
        &self,
        old: &RefreshGrant,
        new: Option<&RefreshGrant>,
        seal: &Result<Option<DeviceBoundSeal>, WalletError>,
    ) -> Result<(), WalletError> {
        let found = Cell::new(false);
        self.commit(|db, batch| {
            change_grants(db, batch, |name, kept| {
                let opened = kept.open(name, seal);
                if !opened.is_ok_and(|kept| kept.is_same(old)) {
                    return Ok(false);
                }
                found.set(true);
                match new {
                    Some(new) => {
                        let seal = seal.as_ref().map_err(Clone::clone)?.as_ref();
                        *kept = RenewalRecord::seal(new, name, seal, self.random())?;
                    }
                    None => kept.is_refused = true,
                }
                Ok(true)
            })?;
            match found.get() {
                true => Ok(()),
                false => Err(WalletError::new(ErrorCode::Conflict).about("refresh_token")),
            }
        })
    }
}

/// Goes through every refresh token there is, of cards and of cards to come, with the name of its record. Those that
/// `change` changed are written back.
pub(super) fn change_grants(
    db: &Database,
    batch: &mut Batch,
    change: impl Fn(&RecordName, &mut RenewalRecord) -> Result<bool, WalletError>,
) -> Result<(), WalletError> {
    let contexts: Vec<Stored<ContextRecord>> =
        store::list_readable(db, RecordKind::ISSUANCE_CONTEXT)?;
    for mut context in contexts {
        if let Some(kept) = &mut context.value.renewal
            && change(&context.name, kept)?
        {
            batch.update(&context)?;
        }
    }
    let pending: Vec<Stored<PendingRecord>> = store::list_readable(db, RecordKind::PENDING)?;
    for mut todo in pending {
        if let PendingRecord::Deferred(promise) = &mut todo.value
            && let Some(kept) = &mut promise.renewal
            && change(&todo.name, kept)?
        {
            batch.update(&todo)?;
        }
    }
    Ok(())
}
