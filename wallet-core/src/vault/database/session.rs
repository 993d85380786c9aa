//! One process's view of the database: the connection, the manifest in memory, and noticing what other processes do.

use super::anchoring::{self, Verdict};
use super::error::DatabaseError;
use super::integrity::IntegrityState;
use super::keys::EpochKeys;
use super::manifest::Manifest;
use super::rows;
use super::schema::{self, Layout};
use super::set_root::Meta;
use crate::random::Random;
use crate::vault::StoreId;
use crate::vault::anchor::AnchorStore;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What stays the same while a database is open.
pub(super) struct Context {
    pub(super) path: PathBuf,
    pub(super) store: StoreId,
    pub(super) anchor: Arc<dyn AnchorStore>,
    pub(super) random: Arc<dyn Random>,
    pub(super) layout: &'static Layout,
}

/// What was read and checked of the file.
pub(super) struct Loaded {
    pub(super) meta: Meta,
    /// As committed; or, where `mismatch` is set, made from the records that are there.
    pub(super) manifest: Manifest,
    /// The set of records is not the one committed: `(missing, extra)`.
    pub(super) mismatch: Option<(u64, u64)>,
    /// SQLite's data version the connection had then. `None` if that was another connection.
    seen: Option<i64>,
}

/// The changing part of a database, behind its mutex.
pub(super) struct Session {
    pub(super) context: Context,
    pub(super) busy: Duration,
    /// Ascending by epoch.
    pub(super) keys: Vec<EpochKeys>,
    pub(super) slots_sequence: u64,
    /// The slot files were older than the database when it was opened: the sequence it expected.
    pub(super) old_slots: Option<u64>,
    pub(super) integrity: IntegrityState,
    pub(super) loaded: Option<Loaded>,
    pub(super) conn: Option<Connection>,
}

/// Begins a transaction that excludes other writers, waiting for them at most the busy time.
pub(super) fn begin_immediate(conn: &Connection) -> Result<Transaction<'_>, DatabaseError> {
    Ok(Transaction::new_unchecked(
        conn,
        TransactionBehavior::Immediate,
    )?)
}

pub(super) fn begin_read(conn: &Connection) -> Result<Transaction<'_>, DatabaseError> {
    Ok(Transaction::new_unchecked(
        conn,
        TransactionBehavior::Deferred,
    )?)
}

impl Session {
    /// Lends the connection to `work`, opening it if it is closed. It does not survive an error that taints it.
    pub(super) fn with_connection<T>(
        &mut self,
        work: impl FnOnce(&mut Self, &Connection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.connect()?,
        };
        let result = work(self, &conn);
        if result.as_ref().is_err_and(DatabaseError::taints_connection) {
            self.forget();
        } else {
            self.conn = Some(conn);
        }
        result
    }

    fn connect(&mut self) -> Result<Connection, DatabaseError> {
        let (conn, version) = schema::open(&self.context.path, self.busy, self.context.layout)?;
        if version != self.context.layout.version {
            // Someone put an older file there after ours was opened (and migrated).
            return Err(DatabaseError::RolledBack);
        }
        if let Some(loaded) = &mut self.loaded {
            loaded.seen = None;
        }
        Ok(conn)
    }

    /// Forgets what was read: the next use reads the file again.
    pub(super) fn forget(&mut self) {
        self.loaded = None;
    }

    /// The keys of the epoch the file is at.
    pub(super) fn keys_of(&self, epoch: u32) -> Result<&EpochKeys, DatabaseError> {
        match self.keys.iter().find(|keys| keys.epoch == epoch) {
            Some(keys) => Ok(keys),
            None if self.keys.iter().all(|keys| keys.epoch > epoch) => {
                Err(DatabaseError::RolledBack)
            }
            None => Err(DatabaseError::KeyChanged),
        }
    }

    /// Runs `work` on the current state, again if another process committed meanwhile.
    pub(super) fn read<T>(
        &mut self,
        work: impl Fn(&Connection, &StoreId, &EpochKeys, &Loaded) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let deadline = Instant::now() + self.busy;
        loop {
            let result = self.with_connection(|session, conn| {
                if session.loaded.as_ref().is_none_or(|l| l.seen.is_none()) {
                    session.reload(conn)?;
                }
                let loaded = session.loaded.as_ref().ok_or(DatabaseError::Bug)?;
                let keys = session.keys_of(loaded.meta.point.key_epoch)?;
                let result = work(conn, &session.context.store, keys, loaded);
                // Had the file changed before `work`, the manifest would not be the one that belongs to it.
                if loaded.seen == Some(schema::data_version(conn)?) {
                    return result.map(Some);
                }
                session.reload(conn)?;
                Ok(None)
            })?;
            match result {
                Some(result) => return Ok(result),
                None if Instant::now() > deadline => return Err(DatabaseError::Busy),
                None => {}
            }
        }
    }

    /// Reads the state again and judges it. A bad judgement is made only where no other process can be in the middle of a
    /// commit: between its COMMIT and its anchor, or while we look at first one and then the other.
    fn reload(&mut self, conn: &Connection) -> Result<(), DatabaseError> {
        let transaction = begin_read(conn)?;
        self.load(&transaction)?;
        drop(transaction);
        if self.judge()? == IntegrityState::Ok {
            self.integrity = IntegrityState::Ok;
            return Ok(());
        }
        match begin_immediate(conn) {
            Ok(transaction) => {
                self.load_and_judge(&transaction)?;
                Ok(transaction.rollback()?)
            }
            // Nobody else can be writing then.
            Err(DatabaseError::ReadOnly) => {
                self.integrity = self.judge()?;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Inside an immediate transaction: makes sure that what is in memory is the current state, and judges it if it changed.
    pub(super) fn refresh(&mut self, transaction: &Transaction<'_>) -> Result<(), DatabaseError> {
        let seen = schema::data_version(transaction)?;
        if self.loaded.as_ref().and_then(|loaded| loaded.seen) == Some(seen) {
            return Ok(());
        }
        self.load_and_judge(transaction)
    }

    pub(super) fn load_and_judge(
        &mut self,
        transaction: &Transaction<'_>,
    ) -> Result<(), DatabaseError> {
        self.load(transaction)?;
        self.integrity = self.judge()?;
        Ok(())
    }

    /// Inside a transaction: reads meta and manifest, unless they are those in memory.
    fn load(&mut self, transaction: &Transaction<'_>) -> Result<(), DatabaseError> {
        let seen = Some(schema::data_version(transaction)?);
        let meta = Meta::read(transaction)?;
        if let Some(loaded) = &mut self.loaded
            && loaded.meta == meta
            && loaded.mismatch.is_none()
        {
            loaded.seen = seen;
            return Ok(());
        }
        self.loaded = None;
        let mut loaded = self.load_version(transaction, meta, self.context.layout.version)?;
        loaded.seen = seen;
        self.loaded = Some(loaded);
        Ok(())
    }

    /// Reads and checks the manifest that belongs to `meta`, in a file of layout `version`.
    pub(super) fn load_version(
        &self,
        conn: &Connection,
        meta: Meta,
        version: u32,
    ) -> Result<Loaded, DatabaseError> {
        if meta.store != self.context.store {
            return Err(DatabaseError::SetMismatch);
        }
        let keys = self.keys_of(meta.point.key_epoch)?;
        let stored = match rows::read_manifest(conn) {
            Err(DatabaseError::SetMismatch) => None,
            other => Some(other?),
        };
        if let Some(manifest) = &stored {
            let sealed = Meta::seal(
                version,
                self.context.store,
                keys,
                meta.point.sequence,
                meta.slots_sequence,
                manifest,
            )?;
            if sealed == meta && rows::compare_ids(conn, manifest)? == (0, 0) {
                return Ok(Loaded {
                    meta,
                    manifest: stored.unwrap_or_default(),
                    mismatch: None,
                    seen: None,
                });
            }
        }
        let (missing, extra) = rows::compare_ids(conn, &stored.unwrap_or_default())?;
        let manifest = rows::rebuild_manifest(conn)?;
        let found = u64::try_from(manifest.len()).unwrap_or(u64::MAX);
        Ok(Loaded {
            meta,
            manifest,
            mismatch: Some((
                missing.max(meta.count.saturating_sub(found)),
                extra.max(found.saturating_sub(meta.count)),
            )),
            seen: None,
        })
    }

    /// Judges what was loaded by the anchor and the slot files.
    pub(super) fn judge(&self) -> Result<IntegrityState, DatabaseError> {
        let loaded = self.loaded.as_ref().ok_or(DatabaseError::Bug)?;
        if let Some((missing, extra)) = loaded.mismatch {
            return Ok(IntegrityState::SetMismatch { missing, extra });
        }
        let point = &loaded.meta.point;
        Ok(match self.verdict(loaded)? {
            Verdict::RolledBack { expected } => IntegrityState::RolledBack {
                have: point.sequence,
                expected,
            },
            Verdict::Unknown => IntegrityState::AnchorMissing,
            Verdict::Final | Verdict::Pending => match self.old_slots {
                Some(expected) => IntegrityState::SlotsRolledBack {
                    have: self.slots_sequence,
                    expected,
                },
                None => IntegrityState::Ok,
            },
        })
    }

    pub(super) fn verdict(&self, loaded: &Loaded) -> Result<Verdict, DatabaseError> {
        let point = &loaded.meta.point;
        anchoring::judge(
            self.context.anchor.as_ref(),
            &self.context.store,
            self.keys_of(point.key_epoch)?,
            point,
        )
    }
}
