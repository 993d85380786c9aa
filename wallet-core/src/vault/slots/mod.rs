//! Key slots: each wraps the store's root key under what one secret, with or without the hardware key, gives.

pub(crate) mod codec;
pub(crate) mod pair;
pub(crate) mod wrap;

use super::error::VaultError;
use super::kdf::KdfParams;
use super::store_id::StoreId;
use crate::error::WalletError;
use crate::order;
use crate::random::{Random, make_bytes};

/// Most slots of a store.
pub(crate) const MAX_SLOTS: usize = 16;

/// What opens a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SlotKind {
    /// A PIN and the hardware key: each guess costs one hardware operation.
    Pin,
    /// The operating system's authentication of the user (biometry, screen lock) through the hardware key.
    OsAuth,
    /// A passphrase alone.
    Passphrase,
    /// The recovery code alone.
    RecoveryCode,
}

impl SlotKind {
    /// Whether the slot survives the loss of the hardware key.
    #[must_use]
    pub const fn is_durable(self) -> bool {
        matches!(self, Self::Passphrase | Self::RecoveryCode)
    }

    /// Whether wrong tries are counted: where a person chose the secret.
    pub(crate) const fn counts_attempts(self) -> bool {
        matches!(self, Self::Pin | Self::Passphrase)
    }

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::OsAuth => "os_auth",
            Self::Passphrase => "passphrase",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

/// Key-derivation work as a slot states it: checked against the bounds before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StatedKdf {
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
}

impl StatedKdf {
    pub(crate) fn check(self) -> Result<KdfParams, VaultError> {
        KdfParams::new(self.memory_kib, self.passes)
    }
}

impl From<KdfParams> for StatedKdf {
    fn from(params: KdfParams) -> Self {
        Self {
            memory_kib: params.memory_kib(),
            passes: params.passes(),
        }
    }
}

/// How the slot's key is derived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Pin {
        kdf: StatedKdf,
        /// Wrong tries after which the hardware key is deleted; 0 = never.
        erase_after: u8,
        alias: String,
    },
    OsAuth {
        alias: String,
    },
    Passphrase {
        kdf: StatedKdf,
    },
    RecoveryCode,
}

impl Method {
    pub(crate) const fn kind(&self) -> SlotKind {
        match self {
            Self::Pin { .. } => SlotKind::Pin,
            Self::OsAuth { .. } => SlotKind::OsAuth,
            Self::Passphrase { .. } => SlotKind::Passphrase,
            Self::RecoveryCode => SlotKind::RecoveryCode,
        }
    }
}

/// Random name of a slot. It stays when the slot's secret changes; its version does not.
pub(crate) type SlotId = [u8; 16];

/// The clear part of a slot. All of it goes into the slot's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SlotHeader {
    pub(crate) id: SlotId,
    /// Counts the changes of the slot's secret.
    pub(crate) version: u32,
    /// The newest root key it wraps.
    pub(crate) epoch: u32,
    pub(crate) salt: [u8; 32],
    pub(crate) method: Method,
}

impl SlotHeader {
    /// Header of a slot of a new kind.
    pub(crate) fn make(
        epoch: u32,
        method: Method,
        random: &dyn Random,
    ) -> Result<Self, WalletError> {
        Ok(Self {
            id: make_bytes(random)?,
            version: 1,
            epoch,
            salt: make_bytes(random)?,
            method,
        })
    }

    /// Header of the slot that is to take this one's place. `None` after 2³² changes.
    pub(crate) fn successor(
        &self,
        epoch: u32,
        method: Method,
        random: &dyn Random,
    ) -> Result<Option<Self>, WalletError> {
        let Some(version) = self.version.checked_add(1) else {
            return Ok(None);
        };
        Ok(Some(Self {
            id: self.id,
            version,
            epoch,
            salt: make_bytes(random)?,
            method,
        }))
    }

    pub(crate) const fn kind(&self) -> SlotKind {
        self.method.kind()
    }

    /// The hardware key the slot needs.
    pub(crate) fn alias(&self) -> Option<&str> {
        match &self.method {
            Method::Pin { alias, .. } | Method::OsAuth { alias } => Some(alias),
            Method::Passphrase { .. } | Method::RecoveryCode => None,
        }
    }
}

/// A slot: header, commitment to its key, wrapped root key or keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) header: SlotHeader,
    pub(crate) commitment: [u8; 32],
    pub(crate) nonce: [u8; 24],
    pub(crate) wrapped: Vec<u8>,
}

/// A slot of the file: one we know, or one of a later version, which is kept as it is and ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Known(Slot),
    Unknown(Vec<u8>),
}

/// What a slot file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SlotTable {
    pub(crate) store: StoreId,
    /// Counts the writes; the anchor covers it.
    pub(crate) sequence: u64,
    /// Epoch of the root key under which the file is MACed.
    pub(crate) mac_epoch: u32,
    /// Hardware key of the store as a whole: attempt counters and device-bound keys depend on it.
    pub(crate) store_alias: Option<String>,
    pub(crate) entries: Vec<Entry>,
    /// Hardware keys that no slot uses any more and that are still to be deleted.
    pub(crate) retired: Vec<String>,
}

impl SlotTable {
    /// The slots we know.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Known(slot) => Some(slot),
            Entry::Unknown(_) => None,
        })
    }

    /// The slots of a kind, newest version first. More than one only while a change is under way.
    pub(crate) fn of_kind(&self, kind: SlotKind) -> Vec<&Slot> {
        let mut found: Vec<_> = self
            .slots()
            .filter(|slot| slot.header.kind() == kind)
            .collect();
        order::sort_by_key(&mut found, |slot| core::cmp::Reverse(slot.header.version));
        found
    }

    /// Adds a slot.
    pub(crate) fn add(&mut self, slot: Slot) -> Result<(), VaultError> {
        if self.entries.len() >= MAX_SLOTS {
            return Err(VaultError::TooManySlots);
        }
        self.entries.push(Entry::Known(slot));
        Ok(())
    }

    /// Removes the known slots for which `goes` holds; their hardware keys are noted for deletion.
    pub(crate) fn remove(&mut self, goes: impl Fn(&SlotHeader) -> bool) {
        let (gone, kept) = core::mem::take(&mut self.entries)
            .into_iter()
            .partition(|entry| matches!(entry, Entry::Known(slot) if goes(&slot.header)));
        self.entries = kept;
        for entry in gone {
            if let Entry::Known(Slot { header, .. }) = entry
                && let Some(alias) = header.alias()
                && !self.retired.iter().any(|retired| retired == alias)
            {
                self.retired.push(alias.to_owned());
            }
        }
    }

    /// Every hardware key the file names.
    pub(crate) fn aliases(&self) -> Vec<String> {
        let of_slots = self.slots().filter_map(|slot| slot.header.alias());
        of_slots
            .chain(self.store_alias.as_deref())
            .chain(self.retired.iter().map(String::as_str))
            .map(str::to_owned)
            .collect()
    }
}
