//! A new root key: every record sealed again in one transaction, after which the old key opens nothing.

use super::commit::{AnchorRule, Delta};
use super::error::DatabaseError;
use super::keys::EpochKeys;
use super::record::RecordId;
use super::rows;
use super::schema;
use super::seal::{self, Header};
use super::session::{Session, begin_immediate};
use crate::vault::keyring::Keyring;

impl Session {
    /// Seals every record under the newest key of `next`. Done already: nothing happens. Returns the records that could not
    /// be read: they are kept as they are.
    pub(super) fn rotate(&mut self, next: &Keyring) -> Result<Vec<RecordId>, DatabaseError> {
        let (epoch, root) = next.current();
        if self.keys.iter().all(|keys| keys.epoch != epoch) {
            let keys = EpochKeys::derive(&self.context.store, epoch, root);
            self.keys.push(keys);
        }
        let damaged = self.with_connection(|session, conn| {
            let transaction = begin_immediate(conn)?;
            session.refresh(&transaction)?;
            session.integrity.refusal()?;
            let loaded = session.loaded.as_ref().ok_or(DatabaseError::Bug)?;
            let from = loaded.meta.point.key_epoch;
            if from == epoch {
                return Ok(Vec::new());
            }
            if from > epoch {
                return Err(DatabaseError::KeyChanged);
            }
            let (old, new) = (session.keys_of(from)?, session.keys_of(epoch)?);
            let context = &session.context;
            let mut resealed = Vec::with_capacity(loaded.manifest.len());
            let mut damaged = Vec::new();
            for entry in loaded.manifest.iter() {
                let read = rows::read(&transaction, &context.store, old, &loaded.manifest, &entry);
                let Some(record) = unless_damaged(read)? else {
                    damaged.push(entry.id);
                    continue;
                };
                let header = Header {
                    id: record.id,
                    kind: record.kind,
                    schema: record.schema,
                    version: record.version,
                    key_epoch: epoch,
                };
                let random = context.random.as_ref();
                let blob = seal::seal(&context.store, new, &header, &record.body, random)?;
                resealed.push(rows::update(&transaction, &header, &blob)?);
            }
            let delta = Delta::resealed(resealed);
            session.finish(
                conn,
                transaction,
                delta,
                None,
                Some(epoch),
                AnchorRule::Both,
            )?;
            // What was sealed under the old key must not stay in the WAL. Where there is no room now, the next closing does it.
            match schema::checkpoint(conn) {
                Err(DatabaseError::DiskFull | DatabaseError::Busy) => {}
                other => other?,
            }
            Ok(damaged)
        })?;
        self.keys.retain(|keys| keys.epoch == epoch);
        Ok(damaged)
    }
}

/// Tells damage to one record, which is carried along, from everything else.
pub(super) fn unless_damaged<T>(
    result: Result<T, DatabaseError>,
) -> Result<Option<T>, DatabaseError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(
            DatabaseError::RecordCorrupt(_)
            | DatabaseError::RecordMisplaced(_)
            | DatabaseError::RecordMissing(_),
        ) => Ok(None),
        Err(error) => Err(error),
    }
}
