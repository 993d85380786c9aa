//! Older layouts become the current one: in one transaction, so that an interrupted migration has not happened.

use super::anchoring::Verdict;
use super::commit::{AnchorRule, Delta};
use super::error::DatabaseError;
use super::record::Record;
use super::rotation::unless_damaged;
use super::rows;
use super::schema;
use super::seal::{self, Header};
use super::session::{Session, begin_immediate};
use super::set_root::Meta;
use crate::secret::SecretBytes;

/// One step to the next version of the layout.
pub(super) struct Migration {
    /// The version it starts from.
    pub(super) from: u32,
    /// Changes to tables. `manifest` and `meta` keep their columns; a step that changes those needs more than this frame.
    pub(super) sql: &'static str,
    /// The new schema number and body of a record, or `None` to leave it alone.
    pub(super) rewrite: fn(&Record) -> Option<(u16, SecretBytes)>,
}

impl Session {
    /// Opens the file for the first time, bringing it to the current layout.
    pub(super) fn connect_and_migrate(&mut self) -> Result<(), DatabaseError> {
        let layout = self.context.layout;
        let (conn, found) = schema::open(&self.context.path, self.busy, layout)?;
        if found < layout.version {
            let steps = layout.migrations.iter().position(|step| step.from == found);
            let steps = steps.and_then(|first| layout.migrations.get(first..));
            self.migrate(&conn, found, steps.ok_or(DatabaseError::TooOld)?)?;
        }
        self.conn = Some(conn);
        Ok(())
    }

    fn migrate(
        &mut self,
        conn: &rusqlite::Connection,
        found: u32,
        steps: &[Migration],
    ) -> Result<(), DatabaseError> {
        let layout = self.context.layout;
        let transaction = begin_immediate(conn)?;
        let now: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if now != found {
            // Another process was faster.
            return Ok(());
        }
        let loaded = self.load_version(&transaction, Meta::read(&transaction)?, found)?;
        if loaded.mismatch.is_some() {
            return Err(DatabaseError::SetMismatch);
        }
        // A store that was rolled back stays recognisable as such.
        let rule = match self.verdict(&loaded)? {
            Verdict::Final | Verdict::Pending => AnchorRule::Both,
            Verdict::Unknown | Verdict::RolledBack { .. } => AnchorRule::Untouched,
        };
        for step in steps {
            transaction.execute_batch(step.sql)?;
        }
        let keys = self.keys_of(loaded.meta.point.key_epoch)?;
        let store = &self.context.store;
        let mut resealed = Vec::new();
        for entry in loaded.manifest.iter() {
            let read = rows::read(&transaction, store, keys, &loaded.manifest, &entry);
            let Some(mut record) = unless_damaged(read)? else {
                continue;
            };
            let mut changed = false;
            for step in steps {
                if let Some((schema, body)) = (step.rewrite)(&record) {
                    (record.schema, record.body) = (schema, body);
                    changed = true;
                }
            }
            if changed {
                let header = Header {
                    id: record.id,
                    kind: record.kind,
                    schema: record.schema,
                    version: record.version.checked_add(1).ok_or(DatabaseError::Quota)?,
                    key_epoch: keys.epoch,
                };
                let random = self.context.random.as_ref();
                let blob = seal::seal(store, keys, &header, &record.body, random)?;
                resealed.push(rows::update(&transaction, &header, &blob)?);
            }
        }
        transaction.pragma_update(None, "user_version", layout.version)?;
        schema::check_objects(&transaction, layout)?;
        self.loaded = Some(loaded);
        self.finish(
            conn,
            transaction,
            Delta::resealed(resealed),
            None,
            None,
            rule,
        )
    }
}
