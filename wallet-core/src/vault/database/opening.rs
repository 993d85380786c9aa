//! Making, opening and closing the files.

use super::keys::EpochKeys;
use super::manifest::Manifest;
use super::schema::{self, FILE_NAME, Layout};
use super::session::{Context, Session, begin_immediate};
use super::set_root::Meta;
use super::{DEFAULT_BUSY, Database, DatabaseError, IntegrityState, anchoring};
use crate::random::Random;
use crate::vault::anchor::AnchorStore;
use crate::vault::keyring::Keyring;
use crate::vault::{StoreId, files};
use std::path::Path;
use std::sync::Arc;

pub(super) fn session(
    dir: &Path,
    store: StoreId,
    keys: &Keyring,
    slots_sequence: u64,
    anchor: Arc<dyn AnchorStore>,
    random: Arc<dyn Random>,
    layout: &'static Layout,
) -> Session {
    Session {
        context: Context {
            path: dir.join(FILE_NAME),
            store,
            anchor,
            random,
            layout,
        },
        busy: DEFAULT_BUSY,
        keys: EpochKeys::derive_all(&store, keys),
        slots_sequence,
        old_slots: None,
        integrity: IntegrityState::Ok,
        loaded: None,
        conn: None,
    }
}

/// Built beside and renamed: a crash leaves no half-made store. The anchor comes before the rename, so that a store that
/// is there has one.
pub(super) fn create(session: Session, keys: &Keyring) -> Result<Database, DatabaseError> {
    let context = &session.context;
    let path = &context.path;
    if path.try_exists()? {
        return Err(DatabaseError::Exists);
    }
    let new = path.with_extension("db.new");
    for leftover in ["db.new", "db.new-wal", "db.new-shm"] {
        match std::fs::remove_file(path.with_extension(leftover)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    // SQLite gives its -wal and -shm the same permissions.
    files::private().write(true).create_new(true).open(&new)?;
    let conn = schema::create(&new, session.busy, context.layout)?;
    let keys = session.keys_of(keys.current().0)?;
    let meta = Meta::seal(
        context.layout.version,
        context.store,
        keys,
        1,
        session.slots_sequence,
        &Manifest::default(),
    )?;
    let transaction = begin_immediate(&conn)?;
    meta.write(&transaction)?;
    transaction.commit()?;
    close(conn)?;
    let point = &meta.point;
    anchoring::write(
        context.anchor.as_ref(),
        &context.store,
        (keys, point),
        (keys, point),
    )?;
    std::fs::rename(&new, path)?;
    files::sync_folder_of(path)?;
    open(session)
}

pub(super) fn open(mut session: Session) -> Result<Database, DatabaseError> {
    session.connect_and_migrate()?;
    match session.read(|_, _, _, loaded| Ok(loaded.meta.slots_sequence)) {
        // The slots hold only older keys than the file: they were rolled back.
        Err(DatabaseError::KeyChanged) => return Err(DatabaseError::RolledBack),
        Err(error) => return Err(error),
        Ok(expected) if session.slots_sequence < expected => {
            session.old_slots = Some(expected);
            session.integrity = session.judge()?;
        }
        Ok(known) => {
            let slots = session.slots_sequence;
            session.settle_after_open((slots > known).then_some(slots))?;
        }
    }
    Ok(session.into())
}

/// Nothing depends on the checkpoint: where there is no room for it, everything stays in the WAL until the next one.
pub(super) fn close(conn: rusqlite::Connection) -> Result<(), DatabaseError> {
    match schema::checkpoint(&conn) {
        Err(DatabaseError::DiskFull | DatabaseError::Busy | DatabaseError::ReadOnly) => {}
        other => other?,
    }
    conn.close().map_err(|(_, error)| error.into())
}
