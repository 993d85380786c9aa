//! The two copies of the slot table, `slots.a` and `slots.b`. B is written first, so B is never older than A.

use super::SlotTable;
use super::codec::{self, MAX_BYTES, SealedTable, Unreadable};
use crate::order;
use crate::vault::error::VaultError;
use crate::vault::files;
use crate::vault::keyring::Keyring;
use std::path::{Path, PathBuf};

pub(crate) const FILE_A: &str = "slots.a";
pub(crate) const FILE_B: &str = "slots.b";

/// What was found of one copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Copy {
    Missing,
    Damaged,
    Sound(SealedTable),
}

/// Both copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    a: Copy,
    b: Copy,
}

/// A table whose MAC was checked.
pub(crate) struct Verified {
    pub(crate) table: SlotTable,
    /// A copy is missing, damaged or was tampered with. Being one write behind is not damage.
    pub(crate) is_damaged: bool,
    /// The two copies are not the same and have to be written again.
    pub(crate) is_uneven: bool,
}

impl Pair {
    /// Reads both copies. Nothing is written.
    ///
    /// # Errors
    /// `store_too_new` if either copy was written by a later version.
    pub(crate) fn load(dir: &Path) -> Result<Self, VaultError> {
        let [a, b] = [FILE_A, FILE_B].map(|name| load(&dir.join(name)));
        Ok(Self { a: a?, b: b? })
    }

    pub(crate) fn is_missing(&self) -> bool {
        self.a == Copy::Missing && self.b == Copy::Missing
    }

    /// The sound copies, the newest first.
    fn sound(&self) -> Vec<&SealedTable> {
        let mut sound: Vec<_> = [&self.b, &self.a]
            .into_iter()
            .filter_map(|copy| match copy {
                Copy::Sound(table) => Some(table),
                Copy::Missing | Copy::Damaged => None,
            })
            .collect();
        order::sort_by_key(&mut sound, |sealed| {
            core::cmp::Reverse(sealed.table.sequence)
        });
        sound
    }

    /// The newest table, not yet authenticated.
    ///
    /// # Errors
    /// `header_corrupt`
    pub(crate) fn newest(&self) -> Result<&SlotTable, VaultError> {
        let sound = self.sound();
        sound
            .first()
            .map(|sealed| &sealed.table)
            .ok_or(VaultError::HeaderCorrupt)
    }

    /// The newest table that was written by someone with a root key of the keyring.
    ///
    /// # Errors
    /// `header_corrupt`, `slot_tampered`
    pub(crate) fn verify(&self, keyring: &Keyring) -> Result<Verified, VaultError> {
        let sound = self.sound();
        let mut is_damaged = sound.len() < 2;
        let mut verified = None;
        for sealed in &sound {
            if sealed.is_authentic(keyring)? {
                verified.get_or_insert(sealed);
            } else if verified.is_none() {
                // A newer copy that is not authentic; an older one may be of an earlier root key.
                is_damaged = true;
            }
        }
        match verified {
            Some(sealed) => Ok(Verified {
                table: sealed.table.clone(),
                is_damaged,
                is_uneven: sound.len() < 2 || sound.iter().any(|other| other.bytes != sealed.bytes),
            }),
            None if sound.is_empty() => Err(VaultError::HeaderCorrupt),
            None => Err(VaultError::SlotTampered),
        }
    }
}

fn load(path: &Path) -> Result<Copy, VaultError> {
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    match files::read_limited(path, limit) {
        Ok(None) => Ok(Copy::Missing),
        Ok(Some(bytes)) => match codec::parse(&bytes) {
            Ok(table) => Ok(Copy::Sound(table)),
            Err(Unreadable::Damaged) => Ok(Copy::Damaged),
            Err(Unreadable::TooNew) => Err(VaultError::StoreTooNew),
        },
        // A sector that cannot be read is damage; the other copy may do. A permission that is missing is not.
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Err(error.into()),
        Err(_) => Ok(Copy::Damaged),
    }
}

/// Writes both copies, B first, each durably.
pub(crate) fn save(dir: &Path, table: &SlotTable, keyring: &Keyring) -> Result<(), VaultError> {
    let bytes = codec::encode(table, keyring)?;
    for path in paths(dir).iter().rev() {
        files::replace(path, &bytes)?;
    }
    Ok(())
}

/// `slots.a` and `slots.b`.
pub(crate) fn paths(dir: &Path) -> [PathBuf; 2] {
    [dir.join(FILE_A), dir.join(FILE_B)]
}
