//! Deciding interrupted changes at unlocking, for the secret that opened.

use super::Place;
use super::database::Database;
use super::error::VaultError;
use super::guess::Opened;
use super::keyring::Keyring;
use super::slots::{Entry, SlotTable};
use super::unlock::Advisory;

/// The keys to go on with, and what was decided.
pub(crate) struct Settled {
    pub(crate) keyring: Keyring,
    pub(crate) advisory: Option<Advisory>,
}

/// - Rotation, records still under the old root key: an old secret undoes it, a new one finishes it.
/// - Rotation, records already under the new root key: it is finished (old secrets no longer come here).
/// - PIN change: the PIN that was used stays, the other goes.
pub(crate) fn settle(
    place: &Place,
    mut table: SlotTable,
    opened: &Opened,
    database: &Database,
) -> Result<Settled, VaultError> {
    let (newest, _) = opened.keyring.current();
    if database.current_epoch()? < newest {
        database.rotate(&opened.keyring)?;
    }
    let epoch = database.current_epoch()?;
    let keyring = opened.keyring.only(epoch).ok_or(VaultError::RolledBack)?;
    let mut advisory = None;

    if table.slots().any(|slot| slot.header.epoch > epoch) {
        table.remove(|header| header.epoch > epoch);
        advisory = Some(Advisory::RotationUndone);
    } else if table.mac_epoch != epoch {
        finish_rotation(&mut table, epoch);
        advisory = Some(Advisory::RotationFinished);
    }
    let used = &opened.slot.header;
    let is_other_version = |id, version| id == used.id && version != used.version;
    if table
        .slots()
        .any(|slot| is_other_version(slot.header.id, slot.header.version))
    {
        table.remove(|header| is_other_version(header.id, header.version));
        advisory = advisory.or(Some(Advisory::PinChangeSettled));
    }
    if advisory.is_some() {
        // This slot need not keep the old root key; the others lose it when their secret is next changed.
        for entry in &mut table.entries {
            if let Entry::Known(slot) = entry
                && slot.header == *used
            {
                *slot =
                    opened
                        .key
                        .seal(&place.store, used.clone(), &keyring, &*place.ports.random)?;
            }
        }
        place.save(&mut table, &keyring, database)?;
    }
    Ok(Settled { keyring, advisory })
}

/// Drops the slots of older root keys, and those of unknown kinds, which cannot be made again here.
pub(crate) fn finish_rotation(table: &mut SlotTable, epoch: u32) {
    table.remove(|header| header.epoch < epoch);
    table
        .entries
        .retain(|entry| matches!(entry, Entry::Known(_)));
    table.mac_epoch = epoch;
}
