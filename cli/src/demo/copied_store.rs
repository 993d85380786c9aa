//! What someone learns who copies the store: alone, and with the insecure software key too.

use super::PIN;
use crate::failure::Failure;
use crate::output::Output;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wallet_core::clock::SystemClock;
use wallet_core::random::OsRandom;
use wallet_core::vault::anchor::FileAnchorStore;
use wallet_core::vault::device_key::InsecureSoftwareDeviceKey;
use wallet_core::vault::{UnlockWith, VaultSettings};
use wallet_core::wallet::{NoNetwork, Platform, Policy, Wallet};
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::Parties;

/// Shortest text that is searched for: shorter ones turn up in random bytes.
const SHORTEST: usize = 5;
/// Guesses that are timed.
const GUESSES: u32 = 4;
/// PINs of six digits.
const PINS: f64 = 1e6;

/// What the files alone show.
pub(crate) struct CopiedStore {
    files: Vec<(String, u64)>,
    pub(crate) hits: usize,
    searched: usize,
}

impl CopiedStore {
    /// Searches every file of the store for every text that should be sealed.
    pub(crate) fn look(store: &Path, texts: &[String]) -> Result<Self, Failure> {
        let mut files = Vec::new();
        let mut hits = 0;
        for path in files_of(store)? {
            let bytes = fs::read(&path).map_err(unreadable)?;
            hits += texts
                .iter()
                .filter(|text| contains(&bytes, text.as_bytes()))
                .count();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            files.push((name, bytes.len() as u64));
        }
        Ok(Self {
            files,
            hits,
            searched: texts.len(),
        })
    }

    pub(crate) fn print(&self, output: &Output) {
        output.line("\nWhat someone learns who copies the store alone: kinds and counts of records, padded sizes.");
        let rows = self
            .files
            .iter()
            .map(|(name, size)| vec![name.clone(), format!("{size} bytes")]);
        output.table(&["file", "size"], rows.collect());
        output.line(format!(
            "{} texts of the cards (values, names, types, addresses) were searched for in every file: {} found.",
            self.searched, self.hits
        ));
    }
}

/// The PIN, for someone who also has the key that should have been in hardware.
pub(crate) struct PinFall {
    per_guess: Duration,
    opened: bool,
}

impl PinFall {
    pub(crate) fn print(&self, output: &Output) {
        let seconds = self.per_guess.as_secs_f64();
        output.line("\nWhat someone learns who copies the store AND the insecure software key file: everything.");
        output.line(format!(
            "One guess took {:.0} ms here, {:.1} guesses a second on one core; all six-digit PINs in {:.1} days,\n\
             far less on a graphics card. The right PIN {} the copy.",
            seconds * 1e3,
            1.0 / seconds,
            PINS * seconds / 86_400.0,
            if self.opened { "opened" } else { "did not open" }
        ));
        output.line("On a phone the key is in hardware that cannot be copied: each guess has to be made on that phone.");
    }
}

/// Guesses PINs against copies of everything, the attempt counter put back each time.
pub(crate) async fn guess_pin(
    store: &Path,
    key_file: &Path,
    anchor: &Path,
    folder: &Path,
) -> Result<PinFall, Failure> {
    let copy = folder.join("copied");
    let copied_key = folder.join("copied.key");
    fs::copy(key_file, &copied_key).map_err(unreadable)?;
    copy_folder(store, &copy)?;
    let mut took = Duration::ZERO;
    for guess in 0..GUESSES {
        let counter = folder.join(format!("guess-{guess}"));
        copy_folder(anchor, &counter)?;
        let start = Instant::now();
        let pin = format!("{:06}", 482_913 + guess);
        match open_copy(&copy, &copied_key, &counter, pin.as_bytes()).await {
            Err(error) if error.code() == ErrorCode::WrongSecret => took += start.elapsed(),
            Err(error) => return Err(error.into()),
            Ok(()) => return Err(WalletError::new(ErrorCode::Bug).into()),
        }
    }
    let counter = folder.join("right");
    copy_folder(anchor, &counter)?;
    let opened = open_copy(&copy, &copied_key, &counter, PIN).await.is_ok();
    Ok(PinFall {
        per_guess: took / GUESSES,
        opened,
    })
}

async fn open_copy(
    store: &Path,
    key_file: &Path,
    anchor: &Path,
    pin: &[u8],
) -> Result<(), WalletError> {
    let platform = Platform {
        http: Arc::new(NoNetwork),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom),
        anchor: Arc::new(FileAnchorStore::new(anchor)),
        device_key: Some(Arc::new(InsecureSoftwareDeviceKey::new(
            key_file,
            store,
            Arc::new(OsRandom),
        )?)),
        key_store: None,
        attestation: None,
    };
    let wallet = Wallet::open(store, platform, Policy::default(), VaultSettings::default())?;
    wallet.unlock(UnlockWith::Pin(pin)).await.map(drop)
}

/// Every text of the cards that must not be found in the store: values, names of claims, types, addresses.
pub(crate) fn fixture_strings(parties: &Parties) -> Vec<String> {
    let mut texts = vec![
        parties.issuer.identifier().to_owned(),
        "dc+sd-jwt".to_owned(),
        "eyJ".repeat(2),
    ];
    for configuration in parties.issuer.configurations() {
        texts.push(configuration.to_owned());
        texts.extend(parties.issuer.vct(configuration));
        if let Some(claims) = parties.issuer.claims(configuration) {
            collect(claims, &mut texts);
        }
    }
    texts.retain(|text| text.len() >= SHORTEST);
    texts.sort();
    texts.dedup();
    texts
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        // A picture's beginning is enough.
        Value::String(text) => texts.push(text.chars().take(64).collect()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            texts.push(name.clone());
            collect(value, texts);
        }),
        _ => {}
    }
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(unreadable)?;
    for file in files_of(from)? {
        if let Some(name) = file.file_name() {
            fs::copy(&file, to.join(name)).map_err(unreadable)?;
        }
    }
    Ok(())
}

fn unreadable(error: std::io::Error) -> Failure {
    Failure::Other(format!("cannot read or copy the store: {error}"))
}
