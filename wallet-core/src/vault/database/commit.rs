//! Writing: one transaction, the anchor before and after it, and only then an answer.

use super::anchoring::{self, Verdict};
use super::changes::{Change, Changes};
use super::error::DatabaseError;
use super::integrity::IntegrityState;
use super::keys::EpochKeys;
use super::manifest::{self, Entry};
use super::record::RecordId;
use super::rows;
use super::seal::{self, Header};
use super::session::{Context, Loaded, Session, begin_immediate};
use super::set_root::{Meta, Point};
use crate::vault::anchor::AnchorError;
use rusqlite::{Connection, Transaction};

/// How a transaction moves the anchor.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AnchorRule {
    /// `(prev, next)` before COMMIT, `(next, next)` after: either state is good if the process dies.
    Both,
    /// `(next, next)` after COMMIT only: the state before is not accepted and must not become so by dying half-way.
    NextOnly,
    /// The anchor stays as it is.
    Untouched,
}

/// What a transaction changed in the manifest.
#[derive(Default)]
pub(super) struct Delta {
    new: Vec<Entry>,
    changed: Vec<Entry>,
    gone: Vec<RecordId>,
}

impl Session {
    /// Commits `changes`, and with `slots` also the sequence of new slot files.
    pub(super) fn commit(
        &mut self,
        changes: &Changes,
        slots: Option<u64>,
    ) -> Result<(), DatabaseError> {
        changes.check()?;
        self.with_connection(|session, conn| {
            let transaction = begin_immediate(conn)?;
            session.refresh(&transaction)?;
            session.integrity.refusal()?;
            session.apply(conn, transaction, changes, slots, AnchorRule::Both)
        })
    }

    /// Commits the sequence of new slot files.
    pub(super) fn tell_slots(&mut self, sequence: u64) -> Result<(), DatabaseError> {
        self.commit(&Changes::new(), Some(sequence))?;
        self.slots_sequence = sequence;
        Ok(())
    }

    /// After opening in good state: finishes what an interrupted commit left pending, or an interrupted change of slots.
    /// Where that cannot be done (a full or read-only medium), opening still works and the next commit does it.
    pub(super) fn settle_after_open(&mut self, slots: Option<u64>) -> Result<(), DatabaseError> {
        if self.integrity != IntegrityState::Ok {
            return Ok(());
        }
        let settled = match slots {
            Some(sequence) => self.commit(&Changes::new(), Some(sequence)),
            None => self.settle_pending(),
        };
        match settled {
            Err(
                DatabaseError::AnchorFailed(_)
                | DatabaseError::Busy
                | DatabaseError::DiskFull
                | DatabaseError::ReadOnly,
            ) => Ok(()),
            other => other,
        }
    }

    fn settle_pending(&mut self) -> Result<(), DatabaseError> {
        let loaded = self.loaded.as_ref().ok_or(DatabaseError::Bug)?;
        if self.verdict(loaded)? != Verdict::Pending {
            return Ok(());
        }
        let point = loaded.meta.point;
        self.with_connection(|session, conn| {
            let keys = session.keys_of(point.key_epoch)?;
            settle(conn, &session.context, keys, &point)
        })
    }

    /// Takes the state found as the good one: writes a manifest of what is there, `changes` and a new anchor.
    pub(super) fn adopt(&mut self, changes: &Changes) -> Result<(), DatabaseError> {
        changes.check()?;
        self.with_connection(|session, conn| {
            let transaction = begin_immediate(conn)?;
            session.load_and_judge(&transaction)?;
            let slots = Some(session.slots_sequence);
            let rule = if session.integrity == IntegrityState::Ok {
                AnchorRule::Both
            } else {
                AnchorRule::NextOnly
            };
            if let Some(loaded) = &session.loaded
                && loaded.mismatch.is_some()
            {
                rows::replace_manifest(&transaction, &loaded.manifest)?;
            }
            session.apply(conn, transaction, changes, slots, rule)?;
            session.old_slots = None;
            session.integrity = IntegrityState::Ok;
            Ok(())
        })
    }

    fn apply(
        &mut self,
        conn: &Connection,
        transaction: Transaction<'_>,
        changes: &Changes,
        slots: Option<u64>,
        rule: AnchorRule,
    ) -> Result<(), DatabaseError> {
        let loaded = self.loaded.as_ref().ok_or(DatabaseError::Bug)?;
        check_expectations(loaded, changes)?;
        let keys = self.keys_of(loaded.meta.point.key_epoch)?;
        let delta = write_rows(&transaction, &self.context, keys, loaded, changes)?;
        self.finish(conn, transaction, delta, slots, None, rule)
    }

    /// Seals the new state and commits it. Afterwards `self.loaded` is that state; after an error it is read again.
    pub(super) fn finish(
        &mut self,
        conn: &Connection,
        transaction: Transaction<'_>,
        delta: Delta,
        slots: Option<u64>,
        next_epoch: Option<u32>,
        rule: AnchorRule,
    ) -> Result<(), DatabaseError> {
        let mut loaded = self.loaded.take().ok_or(DatabaseError::Bug)?;
        let prev = loaded.meta.point;
        let prev_keys = self.keys_of(prev.key_epoch)?;
        let keys = self.keys_of(next_epoch.unwrap_or(prev.key_epoch))?;
        let context = &self.context;
        loaded
            .manifest
            .apply(delta.new, &delta.changed, &delta.gone);
        loaded.mismatch = None;
        loaded.meta = Meta::seal(
            context.layout.version,
            context.store,
            keys,
            self.next_sequence(&prev)?,
            slots.unwrap_or(loaded.meta.slots_sequence),
            &loaded.manifest,
        )?;
        loaded.meta.write(&transaction)?;
        let next = loaded.meta.point;
        if rule == AnchorRule::Both {
            let anchor = context.anchor.as_ref();
            anchoring::write(anchor, &context.store, (prev_keys, &prev), (keys, &next))?;
        }
        transaction.commit()?;
        if rule != AnchorRule::Untouched {
            settle(conn, context, keys, &next).map_err(|error| match error {
                DatabaseError::AnchorFailed(why) => why,
                _ => AnchorError::Failed,
            })?;
        }
        self.loaded = Some(loaded);
        Ok(())
    }

    /// One more than any number seen, so that an adopted state is newer than the one it replaces.
    fn next_sequence(&self, prev: &Point) -> Result<u64, DatabaseError> {
        let seen = match self.integrity {
            IntegrityState::RolledBack { expected, .. } => expected.max(prev.sequence),
            _ => prev.sequence,
        };
        // SQLite's integers end at 2^63.
        i64::try_from(seen)
            .ok()
            .and_then(|seen| seen.checked_add(1))
            .and_then(|next| u64::try_from(next).ok())
            .ok_or(DatabaseError::Quota)
    }
}

/// Makes the anchor final, unless another process has committed since and moved it on: then it covers ours too. Writers
/// are kept out meanwhile, so that a newer anchor is never overwritten by an older one.
pub(super) fn settle(
    conn: &Connection,
    context: &Context,
    keys: &EpochKeys,
    point: &Point,
) -> Result<(), DatabaseError> {
    let transaction = begin_immediate(conn)?;
    if Meta::read(&transaction)?.point == *point {
        let anchor = context.anchor.as_ref();
        anchoring::write(anchor, &context.store, (keys, point), (keys, point))?;
    }
    Ok(transaction.rollback()?)
}

fn check_expectations(loaded: &Loaded, changes: &Changes) -> Result<(), DatabaseError> {
    let (mut new, mut gone) = (0, 0);
    for change in &changes.list {
        match change {
            Change::Insert { id, .. } => {
                new += 1;
                if loaded.manifest.get(id).is_some() {
                    return Err(DatabaseError::Conflict(*id));
                }
            }
            Change::Update {
                id,
                expected_version,
                ..
            } => {
                let entry = loaded
                    .manifest
                    .get(id)
                    .ok_or(DatabaseError::NotFound(*id))?;
                if entry.version != *expected_version {
                    return Err(DatabaseError::Conflict(*id));
                }
            }
            Change::Delete { id } => {
                gone += 1;
                loaded
                    .manifest
                    .get(id)
                    .ok_or(DatabaseError::NotFound(*id))?;
            }
        }
    }
    manifest::check_count(loaded.manifest.len(), new, gone)
}

fn write_rows(
    transaction: &Transaction<'_>,
    context: &Context,
    keys: &EpochKeys,
    loaded: &Loaded,
    changes: &Changes,
) -> Result<Delta, DatabaseError> {
    let mut delta = Delta::default();
    let random = context.random.as_ref();
    for change in &changes.list {
        match change {
            Change::Insert {
                id,
                kind,
                schema,
                body,
            } => {
                let header = Header {
                    id: *id,
                    kind: *kind,
                    schema: *schema,
                    version: 1,
                    key_epoch: keys.epoch,
                };
                let blob = seal::seal(&context.store, keys, &header, body, random)?;
                delta.new.push(rows::insert(transaction, &header, &blob)?);
            }
            Change::Update {
                id, schema, body, ..
            } => {
                let entry = loaded.manifest.get(id).ok_or(DatabaseError::Bug)?;
                let header = Header {
                    id: *id,
                    kind: entry.kind,
                    schema: *schema,
                    version: entry.version.checked_add(1).ok_or(DatabaseError::Quota)?,
                    key_epoch: keys.epoch,
                };
                let blob = seal::seal(&context.store, keys, &header, body, random)?;
                delta
                    .changed
                    .push(rows::update(transaction, &header, &blob)?);
            }
            Change::Delete { id } => {
                rows::delete(transaction, id)?;
                delta.gone.push(*id);
            }
        }
    }
    Ok(delta)
}

impl Delta {
    /// Entries of records that were sealed again.
    pub(super) fn resealed(changed: Vec<Entry>) -> Self {
        Self {
            changed,
            ..Self::default()
        }
    }
}
