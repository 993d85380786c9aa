//! "Anchor cell" and "Anchor cells of slots".

use crate::Store;
use crate::database::Database;
use crate::primitives::{Reader, hex, hkdf, hmac};
use crate::slots::SlotFile;

/// The cell knows the state of the database: as the last one, or as one side of a commit that was under way.
pub fn check(store: &Store, database: &Database, root: &[u8]) {
    let cell = store.read(&format!("anchor/{}.set", hex(&database.store)));
    assert_eq!(cell.len(), 153);
    assert_eq!(cell[0], 1);
    let (signed, macs) = cell.split_at(89);
    let mut fields = Reader(&signed[1..]);
    let points = [0, 1].map(|side| {
        let (epoch, sequence, root) = (fields.number(4), fields.number(8), fields.take(32));
        (epoch, sequence, root, &macs[side * 32..][..32])
    });
    let epoch = u32::try_from(database.key_epoch).unwrap().to_be_bytes();
    let key = hkdf(
        Some(&database.store),
        root,
        &[b"wallet/v1/anchor-key", &epoch],
    );
    let mac = hmac(&key, &[b"wallet/v1/anchor-cell", &database.store, signed]);
    let ours = (database.key_epoch, database.sequence, &database.root[..]);
    assert!(
        points
            .iter()
            .any(|(epoch, sequence, root, _)| (*epoch, *sequence, *root) == ours)
    );
    for (epoch, _, _, expected) in points {
        assert!(epoch != database.key_epoch || mac == *expected);
    }
}

/// Every counted slot has its counter. Returns how many.
pub fn check_attempts(store: &Store, slots: &SlotFile, key: Option<[u8; 32]>) -> usize {
    let counted = slots.slots.iter().filter(|slot| matches!(slot.kind, 1 | 3));
    let cells = counted.map(|slot| {
        let name = format!("anchor/{}.attempts.{}", hex(&slots.store), hex(&slot.id));
        let cell = store.read(&name);
        assert_eq!(cell.len(), 45);
        let (tries, mac) = cell.split_at(13);
        assert_eq!(tries[..5], [1, 0, 0, 0, 0]);
        let expected = match key {
            Some(key) => hmac(&key, &[&slots.store, &slot.id, tries]),
            None => [0; 32],
        };
        assert_eq!(mac, expected);
    });
    cells.count()
}
