//! Saving what can be saved of a damaged store, into a new one. The damaged files are only read.

mod carve;
mod image;
mod survey;

use super::changes::Changes;
use super::error::DatabaseError;
use super::keys::EpochKeys;
use super::manifest::Entry;
use super::record::{Record, RecordId};
use super::schema::FILE_NAME;
use super::{Database, Keyring};
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::order;
use crate::vault::{StoreId, files};
use image::{Frames, Image};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use survey::Survey;

/// Why a record could not be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LossReason {
    /// No trace of it but its line in the manifest.
    Missing,
    /// It is there and does not decrypt.
    Damaged,
    /// Only a version older than the one expected is there, which must not come back to life.
    OlderVersion,
}

impl LossReason {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Damaged => "damaged",
            Self::OlderVersion => "older_version",
        }
    }
}

/// What a salvage brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SalvageReport {
    /// Records in the new store.
    pub recovered: u64,
    /// Of these, records that the damaged store's manifest did not list; a deleted one may be among them.
    pub unlisted: u64,
    /// Records that are gone.
    pub lost: Vec<(RecordId, LossReason)>,
    /// Whether the list of what should be there could itself be checked. If not, records may be gone that no one knows of.
    pub list_verified: bool,
}

/// Reads every record of the store in `from` that decrypts, and inserts it into `to`, a new and empty store, in batches.
/// Ids, kinds and schemas stay; versions start at 1 again. One-time copies must be marked used by the caller.
///
/// # Errors
/// `store_missing`, `io_failed` for reading; those of [`Database::commit`] for writing.
pub fn salvage(
    from: &Path,
    store: StoreId,
    keys: &Keyring,
    to: &Database,
) -> Result<SalvageReport, WalletError> {
    let keys = EpochKeys::derive_all(&store, keys);
    let path = from.join(FILE_NAME);
    let committed = Image::open(&path, Frames::Committed)?;
    let all = Image::open(&path, Frames::All)?;
    let same = committed.shows_the_same_as(&all);
    let mut surveys = vec![Survey::make(committed, &store, &keys)?];
    if !same {
        surveys.push(Survey::make(all, &store, &keys)?);
    }
    let wanted = Wanted::from_surveys(&surveys);
    let mut report = SalvageReport {
        list_verified: wanted.verified,
        ..SalvageReport::default()
    };
    let mut batch = Batch::new(to);
    for (id, expected) in &wanted.expected {
        let mut saved = None;
        for survey in &mut surveys {
            if saved.is_none() {
                saved = survey.read(&store, &keys, id, expected)?;
            }
        }
        match saved {
            Some(record) => {
                report.recovered += 1;
                report.unlisted += u64::from(expected.is_none());
                batch.add(record)?;
            }
            None => report.lost.push((*id, loss(&surveys, id))),
        }
    }
    batch.write()?;
    Ok(report)
}

/// Copies the database, its WAL and its index beside the store into a folder named after the time, for later
/// investigation. An earlier quarantine is never overwritten.
///
/// # Errors
/// `store_exists` if there is one of the same second, `store_missing`, `disk_full`, `read_only_medium`, `io_failed`.
pub fn quarantine(dir: &Path, now: UnixTime) -> Result<PathBuf, WalletError> {
    let copy = || -> Result<PathBuf, DatabaseError> {
        let to = dir.join(format!("quarantine-{}", now.as_secs()));
        let database = dir.join(FILE_NAME);
        if !database.try_exists()? {
            return Err(DatabaseError::Missing);
        }
        match std::fs::create_dir(&to) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(DatabaseError::Exists);
            }
            other => other?,
        }
        for suffix in ["", "-wal", "-shm"] {
            let name = format!("{FILE_NAME}{suffix}");
            match std::fs::File::open(dir.join(&name)) {
                Ok(mut source) => {
                    let mut target = files::private()
                        .write(true)
                        .create_new(true)
                        .open(to.join(&name))?;
                    std::io::copy(&mut source, &mut target)?;
                    target.sync_all()?;
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        files::sync_folder_of(&to.join(FILE_NAME))?;
        files::sync_folder_of(&to)?;
        Ok(to)
    };
    Ok(copy()?)
}

enum Expected {
    /// By a manifest whose root was checked.
    Exactly(Entry),
    /// By a manifest that may itself be damaged.
    AtLeast(u64),
}

/// Which records to look for.
struct Wanted {
    /// `None`: not listed.
    expected: BTreeMap<RecordId, Option<Expected>>,
    verified: bool,
}

impl Wanted {
    fn from_surveys(surveys: &[Survey]) -> Self {
        let newest = surveys.iter().map(|survey| survey.sequence).max();
        let checked = surveys
            .iter()
            .find(|survey| survey.verified && Some(survey.sequence) == newest);
        if let Some(survey) = checked {
            let expected = |line: &Entry| (line.id, Some(Expected::Exactly(*line)));
            return Self {
                expected: order::map(survey.live.iter().map(expected)),
                verified: true,
            };
        }
        let mut expected: BTreeMap<RecordId, Option<Expected>> = BTreeMap::new();
        for survey in surveys {
            for id in survey.records.keys() {
                expected.entry(*id).or_default();
            }
            for line in &survey.lines {
                let slot = expected.entry(line.id).or_default();
                let version = match slot {
                    Some(Expected::AtLeast(version)) => line.version.max(*version),
                    _ => line.version,
                };
                *slot = Some(Expected::AtLeast(version));
            }
        }
        Self {
            expected,
            verified: false,
        }
    }
}

fn loss(surveys: &[Survey], id: &RecordId) -> LossReason {
    if surveys.iter().any(|survey| survey.damaged.contains(id)) {
        LossReason::Damaged
    } else if surveys.iter().any(|survey| survey.records.contains_key(id)) {
        LossReason::OlderVersion
    } else {
        LossReason::Missing
    }
}

/// Collects records and writes some megabytes at a time.
struct Batch<'a> {
    to: &'a Database,
    changes: Changes,
    bytes: usize,
}

impl<'a> Batch<'a> {
    const BYTES: usize = 4 * 1024 * 1024;

    fn new(to: &'a Database) -> Self {
        Self {
            to,
            changes: Changes::new(),
            bytes: 0,
        }
    }

    fn add(&mut self, record: Record) -> Result<(), WalletError> {
        self.bytes += record.body.len();
        self.changes
            .insert(record.id, record.kind, record.schema, record.body);
        if self.bytes > Self::BYTES || self.changes.len() >= 1000 {
            self.write()?;
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), WalletError> {
        self.bytes = 0;
        let changes = core::mem::take(&mut self.changes);
        if changes.is_empty() {
            return Ok(());
        }
        self.to.commit(changes)
    }
}
