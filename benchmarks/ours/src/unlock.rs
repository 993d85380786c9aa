//! Unlocking a whole vault by PIN, apart from the key derivation: counting the try, the slot, the device key, the set of
//! records, the anchor, and the list an app shows first.

use crate::PEER;
use crate::store::id;
use crate::workload::*;
use pollster::block_on;
use std::path::Path;
use std::sync::Arc;
use wallet_core::clock::SystemClock;
use wallet_core::random::OsRandom;
use wallet_core::secret::SecretBytes;
use wallet_core::vault::anchor::FileAnchorStore;
use wallet_core::vault::database::{Changes, RecordKind};
use wallet_core::vault::device_key::InsecureSoftwareDeviceKey;
use wallet_core::vault::{
    Enrolments, KdfParams, KdfProfile, Pin, Ports, UnlockWith, Vault, VaultError, VaultSettings,
};

/// The records of one credential, and about how long each is.
const KINDS: [(RecordKind, usize); 6] = [
    (RecordKind::CREDENTIAL, 600),
    (RecordKind::COPY, 400),
    (RecordKind::BODY, 2048),
    (RecordKind::ISSUANCE_CONTEXT, 900),
    (RecordKind::DISPLAY_SNAPSHOT, 4000),
    (RecordKind::KEY, 200),
];

const PIN: &[u8] = b"271828";

/// Makes a locked vault; `fill` adds its records.
fn locked_vault(folder: &Path, fill: impl FnOnce(&Vault)) -> Vault {
    let random = Arc::new(OsRandom);
    let store = folder.join("store");
    std::fs::create_dir(&store).expect("folder");
    let device_key =
        InsecureSoftwareDeviceKey::new(folder.join("device-key"), &store, random.clone())
            .expect("device key");
    let ports = Ports {
        device_key: Some(Arc::new(device_key)),
        anchor: Arc::new(FileAnchorStore::new(folder.join("anchor"))),
        clock: Arc::new(SystemClock::default()),
        random,
    };
    // The least work allowed: it is not part of the figure.
    let settings = VaultSettings {
        kdf: KdfProfile::fixed(KdfParams::new(19 * 1024, 3).expect("parameters")),
        ..VaultSettings::default()
    };
    let enrolments = Enrolments {
        pin: Some(Pin::new(PIN).expect("pin")),
        recovery_code: true,
        ..Enrolments::default()
    };
    let vault = block_on(Vault::create(store, ports, settings, enrolments))
        .expect("vault")
        .vault;
    fill(&vault);
    vault.lock();
    vault
}

fn commit(vault: &Vault, changes: Changes) {
    vault
        .with_database(|database| database.commit(changes).map_err(VaultError::from))
        .expect("commit");
}

fn unlock(vault: &Vault, work: &str, shown: RecordKind, expected: usize) {
    let attempt = vault.begin_unlock(UnlockWith::Pin(PIN)).expect("attempt");
    timed(PEER, work, || {
        block_on(attempt.finish(vault)).expect("unlocked");
        let list = vault
            .with_database(|database| database.list(shown).map_err(VaultError::from))
            .expect("list");
        assert_eq!(list.len(), expected);
    });
    vault.lock();
}

pub fn run() {
    let folder = tempfile::tempdir().expect("folder");
    let vault = locked_vault(folder.path(), |vault| {
        let mut changes = Changes::new();
        for credential in 0..50 {
            for (at, (kind, size)) in KINDS.into_iter().enumerate() {
                changes.insert(
                    id(credential * KINDS.len() + at),
                    kind,
                    1,
                    SecretBytes::new(vec![7; size]),
                );
            }
        }
        commit(vault, changes);
    });
    unlock(&vault, "unlock_50", RecordKind::CREDENTIAL, 50);

    let folder = tempfile::tempdir().expect("folder");
    let vault = locked_vault(folder.path(), |vault| {
        for first in (0..100_000).step_by(10_000) {
            let mut changes = Changes::new();
            for number in first..first + 10_000 {
                changes.insert(
                    id(number),
                    RecordKind::BODY,
                    1,
                    SecretBytes::new(vec![7; 200]),
                );
            }
            commit(vault, changes);
        }
    });
    unlock(&vault, "unlock_100000", RecordKind::CREDENTIAL, 0);
}
