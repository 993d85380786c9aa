//! A store in a folder, and this test binary run again as another process.
#![allow(dead_code, reason = "each test file uses a part")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use wallet_core::WalletError;
use wallet_core::random::{OsRandom, Random};
use wallet_core::secret::{Secret, SecretBytes};
use wallet_core::vault::anchor::FileAnchorStore;
use wallet_core::vault::database::{Database, RecordId};
use wallet_core::vault::{Keyring, StoreId};

pub(crate) const STORE: StoreId = StoreId::from_bytes([0x51; 16]);
const FOLDER: &str = "WALLET_TEST_FOLDER";

pub(crate) fn anchor_folder(dir: &Path) -> PathBuf {
    dir.join("anchor")
}

fn anchor(dir: &Path) -> Arc<FileAnchorStore> {
    Arc::new(FileAnchorStore::new(anchor_folder(dir)))
}

pub(crate) fn root(epoch: u32) -> Secret<32> {
    Secret::take(&mut [epoch.to_be_bytes()[3] ^ 0x5a; 32])
}

/// The keys the slot files would hold: the epoch in use and, as during a rotation, the next one.
pub(crate) fn keyring(epoch: u32) -> Keyring {
    Keyring::new(epoch, root(epoch))
        .with_next(root(epoch + 1))
        .unwrap()
}

pub(crate) fn create(dir: &Path) -> Result<Database, WalletError> {
    let keys = Keyring::new(1, root(1));
    Database::create(dir, STORE, keys, 1, anchor(dir), Arc::new(OsRandom))
}

/// A folder in memory where there is one: what a killed process wrote is in the page cache either way.
pub(crate) fn fast_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// Opens with the sequence the slot files have.
pub(crate) fn open(dir: &Path) -> Result<Database, WalletError> {
    open_with(dir, slots(dir))
}

pub(crate) fn open_with(dir: &Path, slots: u64) -> Result<Database, WalletError> {
    let keys = keyring(Database::peek_epoch(dir)?);
    Database::open(dir, STORE, keys, slots, anchor(dir), Arc::new(OsRandom))
}

/// A file that stands for the slot files: it holds their sequence.
pub(crate) fn slots(dir: &Path) -> u64 {
    std::fs::read_to_string(dir.join("slots")).map_or(1, |text| text.parse().unwrap())
}

pub(crate) fn write_slots(dir: &Path, sequence: u64) {
    std::fs::write(dir.join("slots.new"), sequence.to_string()).unwrap();
    std::fs::rename(dir.join("slots.new"), dir.join("slots")).unwrap();
}

pub(crate) fn id(n: u64) -> RecordId {
    let mut bytes = [0x3c; 16];
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    RecordId::from_bytes(bytes)
}

pub(crate) fn body(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes().to_vec())
}

pub(crate) fn text(body: &SecretBytes) -> String {
    String::from_utf8(body.to_vec()).unwrap()
}

pub(crate) fn random_below(limit: u64) -> u64 {
    let mut bytes = [0; 8];
    OsRandom.fill(&mut bytes).unwrap();
    u64::from_be_bytes(bytes) % limit
}

/// How many kills the tests make together; `WALLET_KILLS` sets it.
pub(crate) fn kills() -> u64 {
    std::env::var("WALLET_KILLS").map_or(330, |n| n.parse().unwrap())
}

/// The folder this process was started for by [`child`], if it was.
pub(crate) fn folder_of_child() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// This test binary again, running only the test `name`, with its standard output piped.
pub(crate) fn child(name: &str, dir: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .stdin(Stdio::null());
    command
}
