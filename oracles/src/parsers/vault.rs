//! The vault's files, changed by someone without its keys.

use super::fixture::{Counting, NOW};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use wallet_core::WalletError;
use wallet_core::clock::{Clock, UnixTime};
use wallet_core::secret::SecretBytes;
use wallet_core::vault::anchor::{AnchorError, AnchorStore};
use wallet_core::vault::database::{Changes, IntegrityState, RecordId, RecordKind};
use wallet_core::vault::{
    Enrolments, KdfParams, KdfProfile, Passphrase, Ports, UnlockWith, Vault, VaultSettings,
};

const DATABASE: &str = "vault.db";
const SLOTS: [&str; 2] = ["slots.a", "slots.b"];

type Cells = BTreeMap<String, Vec<u8>>;

/// A store as it lies on the phone while it is locked, and what opens it.
struct Store {
    files: BTreeMap<String, Vec<u8>>,
    anchor: Cells,
    recovery_code: Vec<u8>,
    records: BTreeMap<RecordId, (RecordKind, Vec<u8>)>,
}

static STORE: LazyLock<Store> = LazyLock::new(Store::make);

impl Store {
    fn make() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let anchor = Arc::new(Anchor::default());
        let enrolments = Enrolments {
            passphrase: Some(Passphrase::new(b"kelp-oboe-19-tundra-violet-cabin-Zx").unwrap()),
            recovery_code: true,
            ..Enrolments::default()
        };
        let created = Vault::create(dir.path(), ports(&anchor), settings(), enrolments);
        let created = pollster::block_on(created).unwrap();
        let kinds = [RecordKind::CREDENTIAL, RecordKind::BODY, RecordKind::KEY];
        let mut records = BTreeMap::new();
        let mut changes = Changes::new();
        for (number, kind) in (0_u8..).zip(kinds.into_iter().cycle().take(12)) {
            let id = RecordId::from_bytes([number; 16]);
            let body = vec![number; usize::from(number) * 700];
            changes.insert(id, kind, 1, SecretBytes::new(body.clone()));
            records.insert(id, (kind, body));
        }
        commit(&created.vault, changes).unwrap();
        created.vault.lock();
        Self {
            files: read_files(dir.path()),
            anchor: anchor.cells(),
            recovery_code: created.recovery_code.unwrap().to_text().to_vec(),
            records,
        }
    }

    /// The store in a folder of its own, with `files` in place of its own.
    fn lay_out(&self, files: &BTreeMap<String, Vec<u8>>) -> (tempfile::TempDir, Arc<Anchor>) {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        (dir, Arc::new(Anchor(Mutex::new(self.anchor.clone()))))
    }
}

fn read_files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(dir).unwrap().map(|file| {
        let file = file.unwrap();
        let name = file.file_name().to_string_lossy().into_owned();
        (name, std::fs::read(file.path()).unwrap())
    });
    files.collect()
}

fn ports(anchor: &Arc<Anchor>) -> Ports {
    Ports {
        device_key: None,
        anchor: Arc::clone(anchor) as Arc<dyn AnchorStore>,
        clock: Arc::new(FixedClock),
        random: Arc::new(Counting::default()),
    }
}

fn settings() -> VaultSettings {
    VaultSettings {
        kdf: KdfProfile::fixed(KdfParams::new(19 * 1024, 3).unwrap()),
        ..VaultSettings::default()
    }
}

fn commit(vault: &Vault, changes: Changes) -> Result<(), WalletError> {
    vault.with_database(|database| database.commit(changes))
}

/// A slot file of these bytes and their checksum: only the one the vault wrote opens anything.
pub(super) fn slot_file(input: &[u8]) {
    let store = &*STORE;
    let file = [input, &Sha256::digest(input)].concat();
    let mut files = store.files.clone();
    for name in SLOTS {
        files.insert(name.to_owned(), file.clone());
    }
    let is_unchanged = SLOTS.iter().all(|name| store.files[*name] == file);
    let (dir, anchor) = store.lay_out(&files);
    let Ok(vault) = Vault::open(dir.path(), ports(&anchor), settings()) else {
        assert!(!is_unchanged);
        return;
    };
    assert!(vault.slots().is_ok());
    let opened = pollster::block_on(vault.unlock(UnlockWith::RecoveryCode(&store.recovery_code)));
    assert_eq!(
        opened.is_ok(),
        is_unchanged,
        "opened with a foreign slot file"
    );
}

/// Changes to the files, five bytes each: which file, where (three bytes), and what to turn. Whatever can be read of the
/// records is what was written; a store that says it is whole is whole; and what is committed then is there afterwards.
pub(super) fn damaged_files(input: &[u8]) {
    let store = &*STORE;
    let mut files = store.files.clone();
    for change in input.chunks_exact(5).take(64) {
        damage(&mut files, change);
    }
    let (dir, anchor) = store.lay_out(&files);
    let Some(vault) = open(dir.path(), &anchor) else {
        assert_ne!(files, store.files, "a store that nothing happened to");
        return;
    };
    let is_whole = check(&vault, store);
    assert!(is_whole || files != store.files);
    let id = RecordId::from_bytes([0xEE; 16]);
    let mut changes = Changes::new();
    changes.insert(
        id,
        RecordKind::PENDING,
        1,
        SecretBytes::new(b"new".to_vec()),
    );
    let is_committed = commit(&vault, changes).is_ok();
    drop(vault);
    if is_committed {
        let vault = open(dir.path(), &anchor).expect("what was committed opens");
        let found = vault.with_database(|database| database.get(&id));
        let found: Result<_, WalletError> = found;
        assert_eq!(
            found.expect("what was committed is there").body.as_slice(),
            b"new"
        );
    }
}

fn open(dir: &Path, anchor: &Arc<Anchor>) -> Option<Vault> {
    let vault = Vault::open(dir, ports(anchor), settings()).ok()?;
    let code = UnlockWith::RecoveryCode(&STORE.recovery_code);
    pollster::block_on(vault.unlock(code)).ok()?;
    Some(vault)
}

fn damage(files: &mut BTreeMap<String, Vec<u8>>, change: &[u8]) {
    let name = match change[0] % 8 {
        0 => SLOTS[0],
        1 => SLOTS[1],
        _ => DATABASE,
    };
    let Some(bytes) = files.get_mut(name) else {
        return;
    };
    let at = u32::from_be_bytes([0, change[1], change[2], change[3]]) as usize;
    match change[0] {
        0xFF => bytes.truncate(at % (bytes.len() + 1)),
        0xFE => drop(files.remove(name)),
        _ => {
            let length = bytes.len();
            if let Some(byte) = bytes.get_mut(at % length.max(1)) {
                *byte ^= change[4];
            }
        }
    }
}

/// Whether the vault says that it is whole, having checked that this is true.
fn check(vault: &Vault, store: &Store) -> bool {
    let whole = vault.integrity().unwrap() == IntegrityState::Ok;
    let kinds: BTreeSet<_> = store.records.values().map(|(kind, _)| *kind).collect();
    let read = vault.with_database(|database| -> Result<(), WalletError> {
        let mut found = BTreeSet::new();
        for kind in kinds {
            found.extend(database.ids(kind)?);
        }
        if whole {
            assert!(
                found.iter().eq(store.records.keys()),
                "a record is missing or too many"
            );
        }
        for id in found {
            if let Ok(record) = database.get(&id) {
                let (kind, body) = &store.records[&id];
                assert_eq!((record.kind, record.version), (*kind, 1));
                assert!(
                    record.body.as_slice() == body.as_slice(),
                    "other bytes than written"
                );
            }
        }
        Ok(())
    });
    read.is_ok() && whole
}

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Result<UnixTime, WalletError> {
        Ok(NOW)
    }

    fn monotonic(&self) -> Result<Duration, WalletError> {
        Ok(Duration::ZERO)
    }
}

#[derive(Default)]
struct Anchor(Mutex<Cells>);

impl Anchor {
    fn cells(&self) -> Cells {
        self.0.lock().unwrap().clone()
    }
}

impl AnchorStore for Anchor {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, AnchorError> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), AnchorError> {
        self.0
            .lock()
            .unwrap()
            .insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<(), AnchorError> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }

    fn is_rollback_safe(&self) -> bool {
        true
    }
}
