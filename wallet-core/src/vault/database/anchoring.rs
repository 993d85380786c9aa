//! The anchor cell: which state of the store is the last one, kept where restoring files does not reach.
//!
//! A commit writes `(prev, next)` before COMMIT and `(next, next)` after it. Opening accepts `prev` only while the cell is
//! pending, so a crash never looks like an attack and an older file never like a crash.

use super::error::DatabaseError;
use super::keys::EpochKeys;
use super::set_root::Point;
use crate::labels;
use crate::vault::anchor::AnchorStore;
use crate::vault::{StoreId, derive};

const VERSION: u8 = 1;
const POINT_BYTES: usize = 44;
const SIGNED_BYTES: usize = 1 + 2 * POINT_BYTES;
/// `version (1) ‖ prev (44) ‖ next (44) ‖ MAC under prev's epoch (32) ‖ MAC under next's epoch (32)`.
pub(super) const CELL_BYTES: usize = SIGNED_BYTES + 64;

/// What the anchor says about a state of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the last one.
    Final,
    /// A commit was under way and it is the state before or after it.
    Pending,
    /// The anchor does not know it: no cell, a damaged one, or one that is older than the store.
    Unknown,
    /// The anchor has seen a later one, or another one with the same number.
    RolledBack {
        /// The last commit the anchor has seen.
        expected: u64,
    },
}

/// The name of the cell.
pub(super) fn cell_name(store: &StoreId) -> String {
    format!("{store}.set")
}

/// Writes the cell. `prev == next` makes it final. While the root key is rotated the two are of different epochs, and
/// whoever holds the key of either can check the cell.
pub(super) fn write(
    anchor: &dyn AnchorStore,
    store: &StoreId,
    (prev_keys, prev): (&EpochKeys, &Point),
    (next_keys, next): (&EpochKeys, &Point),
) -> Result<(), DatabaseError> {
    let mut cell = Vec::with_capacity(CELL_BYTES);
    cell.push(VERSION);
    for point in [prev, next] {
        cell.extend_from_slice(&point.key_epoch.to_be_bytes());
        cell.extend_from_slice(&point.sequence.to_be_bytes());
        cell.extend_from_slice(&point.root);
    }
    let mac = |keys: &EpochKeys| derive::hmac(&keys.anchor, &signed_parts(store, &cell));
    let macs = [mac(prev_keys), mac(next_keys)];
    for mac in macs {
        cell.extend_from_slice(&mac.map_err(|_| DatabaseError::Bug)?);
    }
    anchor.write(&cell_name(store), &cell)?;
    Ok(())
}

/// Judges `current`, a state of the store whose root was checked under `keys`.
pub(super) fn judge(
    anchor: &dyn AnchorStore,
    store: &StoreId,
    keys: &EpochKeys,
    current: &Point,
) -> Result<Verdict, DatabaseError> {
    let Some(cell) = anchor.read(&cell_name(store))? else {
        return Ok(Verdict::Unknown);
    };
    let Ok(cell) = <[u8; CELL_BYTES]>::try_from(cell) else {
        return Ok(Verdict::Unknown);
    };
    let (signed, macs) = cell.split_at(SIGNED_BYTES);
    let (prev_mac, next_mac) = macs.split_at(32);
    let Some((VERSION, prev, next)) = parse(signed) else {
        return Ok(Verdict::Unknown);
    };
    let authentic = [(prev, prev_mac), (next, next_mac)]
        .iter()
        .filter(|(point, _)| point.key_epoch == keys.epoch)
        .any(|(_, expected)| {
            derive::hmac_matches(&keys.anchor, &signed_parts(store, signed), expected)
                .is_ok_and(|matches| matches)
        });
    Ok(if !authentic {
        if prev.key_epoch > keys.epoch {
            // A key we no longer have wrote this cell: the store and its slots are from before a rotation.
            Verdict::RolledBack {
                expected: next.sequence,
            }
        } else {
            Verdict::Unknown
        }
    } else if *current == next && prev == next {
        Verdict::Final
    } else if *current == next || *current == prev {
        Verdict::Pending
    } else if current.sequence > next.sequence {
        Verdict::Unknown
    } else {
        Verdict::RolledBack {
            expected: next.sequence,
        }
    })
}

fn signed_parts<'a>(store: &'a StoreId, signed: &'a [u8]) -> [&'a [u8]; 3] {
    [labels::ANCHOR_CELL, store.as_bytes(), signed]
}

fn parse(signed: &[u8]) -> Option<(u8, Point, Point)> {
    let (version, rest) = signed.split_first()?;
    let (prev, next) = rest.split_at_checked(POINT_BYTES)?;
    Some((*version, parse_point(prev)?, parse_point(next)?))
}

fn parse_point(bytes: &[u8]) -> Option<Point> {
    let (epoch, rest) = bytes.split_first_chunk()?;
    let (sequence, root) = rest.split_first_chunk()?;
    Some(Point {
        key_epoch: u32::from_be_bytes(*epoch),
        sequence: u64::from_be_bytes(*sequence),
        root: root.try_into().ok()?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::secret::Secret;
    use crate::vault::anchor::InMemoryAnchorStore;

    const STORE: StoreId = StoreId::from_bytes([7; 16]);

    fn keys(epoch: u32) -> EpochKeys {
        EpochKeys::derive(
            &STORE,
            epoch,
            &Secret::take(&mut [epoch.to_be_bytes()[3]; 32]),
        )
    }

    fn point(sequence: u64) -> Point {
        Point {
            key_epoch: 1,
            sequence,
            root: [sequence.to_be_bytes()[7]; 32],
        }
    }

    fn cell(prev: u64, next: u64) -> InMemoryAnchorStore {
        let anchor = InMemoryAnchorStore::default();
        write(
            &anchor,
            &STORE,
            (&keys(1), &point(prev)),
            (&keys(1), &point(next)),
        )
        .unwrap();
        anchor
    }

    #[test]
    fn the_state_before_a_commit_is_accepted_only_while_the_anchor_is_pending() {
        let judge =
            |anchor: &_, sequence| judge(anchor, &STORE, &keys(1), &point(sequence)).unwrap();
        let pending = cell(4, 5);
        assert_eq!(judge(&pending, 4), Verdict::Pending);
        assert_eq!(judge(&pending, 5), Verdict::Pending);
        assert_eq!(judge(&pending, 3), Verdict::RolledBack { expected: 5 });
        assert_eq!(judge(&pending, 6), Verdict::Unknown);
        let settled = cell(5, 5);
        assert_eq!(judge(&settled, 4), Verdict::RolledBack { expected: 5 });
        assert_eq!(judge(&settled, 5), Verdict::Final);
    }

    #[test]
    fn another_state_with_the_same_number_is_a_rollback() {
        let fork = Point {
            root: [0xee; 32],
            ..point(5)
        };
        assert_eq!(
            judge(&cell(5, 5), &STORE, &keys(1), &fork).unwrap(),
            Verdict::RolledBack { expected: 5 }
        );
    }

    #[test]
    fn a_cell_with_a_changed_bit_of_another_store_or_of_another_key_is_not_believed() {
        let anchor = cell(5, 5);
        let name = cell_name(&STORE);
        let bytes = anchor.read(&name).unwrap().unwrap();
        for at in 0..SIGNED_BYTES {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            anchor.write(&name, &changed).unwrap();
            assert_ne!(
                judge(&anchor, &STORE, &keys(1), &point(5)).unwrap(),
                Verdict::Final,
                "{at}"
            );
        }
        for len in 0..bytes.len() {
            anchor.write(&name, &bytes[..len]).unwrap();
            assert_eq!(
                judge(&anchor, &STORE, &keys(1), &point(5)).unwrap(),
                Verdict::Unknown
            );
        }
        let other = StoreId::from_bytes([8; 16]);
        anchor.write(&cell_name(&other), &bytes).unwrap();
        assert_eq!(
            judge(&anchor, &other, &keys(1), &point(5)).unwrap(),
            Verdict::Unknown
        );
    }

    #[test]
    fn during_a_rotation_either_key_reads_the_cell_and_afterwards_the_old_store_is_rolled_back() {
        let anchor = InMemoryAnchorStore::default();
        let rotated = Point {
            key_epoch: 2,
            ..point(6)
        };
        write(&anchor, &STORE, (&keys(1), &point(5)), (&keys(2), &rotated)).unwrap();
        let judge_with = |keys: &_, point: &_| judge(&anchor, &STORE, keys, point).unwrap();
        assert_eq!(judge_with(&keys(1), &point(5)), Verdict::Pending);
        assert_eq!(judge_with(&keys(2), &rotated), Verdict::Pending);
        write(&anchor, &STORE, (&keys(2), &rotated), (&keys(2), &rotated)).unwrap();
        let judge_with = |keys: &_, point: &_| judge(&anchor, &STORE, keys, point).unwrap();
        assert_eq!(
            judge_with(&keys(1), &point(5)),
            Verdict::RolledBack { expected: 6 }
        );
        assert_eq!(judge_with(&keys(2), &rotated), Verdict::Final);
    }
}
