//! The vault's files, changed by someone without its keys.

use super::fixture::{Counting, FixedClock};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use wallet_core::WalletError;
use wallet_core::secret::SecretBytes;
use wallet_core::vault::anchor::{AnchorError, AnchorStore};
use wallet_core::vault::database::{Changes, IntegrityState, RecordId, RecordKind};
use wallet_core::vault::{
    Enrolments, KdfParams, KdfProfile, Passphrase, Ports, UnlockWith, Vault, VaultSettings,
};

const DATABASE: &str = "vault.db";
const WAL: &str = "vault.db-wal";
const SLOTS: [&str; 2] = ["slots.a", "slots.b"];

type Cells = BTreeMap<String, Vec<u8>>;
type Records = BTreeMap<RecordId, (RecordKind, Vec<u8>)>;

/// A store as it lies on the phone while it is locked, and what opens it.
struct Store {
    files: BTreeMap<String, Vec<u8>>,
    anchor: Cells,
    recovery_code: Vec<u8>,
    records: Records,
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
        let recovery_code = created.recovery_code.unwrap().to_text().to_vec();
        let vault = created.vault;
        let mut records = BTreeMap::new();
        insert(&vault, &mut records, 0..8);
        // Locking moves everything into the database file; what comes after stays in the write-ahead log.
        vault.lock();
        let unlocked = vault.unlock(UnlockWith::RecoveryCode(&recovery_code));
        pollster::block_on(unlocked).unwrap();
        insert(&vault, &mut records, 8..12);
        let files = read_files(dir.path());
        assert!(files.contains_key(WAL));
        Self {
            files,
            anchor: anchor.cells(),
            recovery_code,
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

/// Adds records to a store, some larger than a page.
fn insert(vault: &Vault, records: &mut Records, numbers: core::ops::Range<u8>) {
    let kinds = [RecordKind::CREDENTIAL, RecordKind::BODY, RecordKind::KEY];
    let mut changes = Changes::new();
    for number in numbers {
        let kind = kinds[usize::from(number) % kinds.len()];
        let id = RecordId::from_bytes([number; 16]);
        let body = vec![number; usize::from(number) * 1500];
        changes.insert(id, kind, 1, SecretBytes::new(body.clone()));
        records.insert(id, (kind, body));
    }
    commit(vault, changes).unwrap();
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

/// The same changes, and then everything is saved into a new store: nothing that was not written, and all of it if nothing
/// happened to the files.
pub(super) fn salvage(input: &[u8]) {
    let store = &*STORE;
    let mut files = store.files.clone();
    for change in input.chunks_exact(5).take(64) {
        damage(&mut files, change);
    }
    let (dir, anchor) = store.lay_out(&files);
    let Ok(vault) = Vault::open(dir.path(), ports(&anchor), settings()) else {
        return;
    };
    let code = UnlockWith::RecoveryCode(&store.recovery_code);
    let Ok(attempt) = vault.begin_unlock(code) else {
        return;
    };
    let new = tempfile::tempdir().unwrap();
    let enrolments = Enrolments {
        recovery_code: true,
        ..Enrolments::default()
    };
    let created = Vault::create(new.path(), ports(&Arc::default()), settings(), enrolments);
    let to = pollster::block_on(created).unwrap().vault;
    let Ok(report) = pollster::block_on(attempt.salvage(&vault, &to)) else {
        assert_ne!(files, store.files, "nothing happened to it");
        return;
    };
    let found = read_all(&to, store).unwrap();
    assert_eq!(report.recovered, found.len() as u64);
    assert!(report.lost.iter().all(|(id, _)| !found.contains(id)));
    if report.list_verified && report.lost.is_empty() && report.unlisted == 0 {
        // The list may be the one before the last commit, whose records are in the log alone.
        assert!(found.len() >= 8, "records are gone that no one knows of");
    }
    if files == store.files {
        assert!(report.lost.is_empty() && found.iter().eq(store.records.keys()));
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
        2 | 3 => WAL,
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
    let read = read_all(vault, store);
    if let (true, Ok(found)) = (whole, &read) {
        assert!(
            found.iter().eq(store.records.keys()),
            "a record is missing or too many"
        );
    }
    whole && read.is_ok()
}

/// The ids of all records, having compared with what was written those that can be read.
fn read_all(vault: &Vault, store: &Store) -> Result<BTreeSet<RecordId>, WalletError> {
    let kinds: BTreeSet<_> = store.records.values().map(|(kind, _)| *kind).collect();
    vault.with_database(|database| {
        let mut found = BTreeSet::new();
        for kind in kinds {
            found.extend(database.ids(kind)?);
        }
        for id in &found {
            if let Ok(record) = database.get(id) {
                let (kind, body) = &store.records[id];
                assert_eq!((record.kind, record.version), (*kind, 1));
                assert!(
                    record.body.as_slice() == body.as_slice(),
                    "other bytes than written"
                );
            }
        }
        Ok(found)
    })
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
