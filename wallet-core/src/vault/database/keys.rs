//! The database's keys of one epoch, derived from the root key.

use crate::labels;
use crate::secret::Secret;
use crate::vault::keyring::Keyring;
use crate::vault::{StoreId, derive};

/// Keys derived from ROOT of one epoch: `HKDF-SHA256(ikm = ROOT, salt = store id, info = label ‖ epoch)`.
pub(super) struct EpochKeys {
    pub(super) epoch: u32,
    /// K_rec: the keys of records come from it.
    pub(super) records: Secret<32>,
    /// K_set: root of the set.
    pub(super) set: Secret<32>,
    /// MAC of the anchor cell.
    pub(super) anchor: Secret<32>,
}

impl EpochKeys {
    pub(super) fn derive(store: &StoreId, epoch: u32, root: &Secret<32>) -> Self {
        let expand = |label: &[u8]| {
            let info = [label, &epoch.to_be_bytes()];
            derive::hkdf(Some(store.as_bytes()), root.expose(), &info)
                .unwrap_or_else(|_| unreachable!("32 bytes are within HKDF's limit"))
        };
        Self {
            epoch,
            records: expand(labels::RECORDS_KEY),
            set: expand(labels::SET_KEY),
            anchor: expand(labels::ANCHOR_KEY),
        }
    }

    /// The keys of every epoch in the keyring, ascending.
    pub(super) fn derive_all(store: &StoreId, keyring: &Keyring) -> Vec<Self> {
        keyring
            .entries()
            .map(|(epoch, root)| Self::derive(store, *epoch, root))
            .collect()
    }
}
