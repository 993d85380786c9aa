//! Erasing a store: hardware keys first, which ends every copy of the files at once, then the anchor, then the files.
//! It can be interrupted anywhere and called again; a marker keeps what is still to do.

use super::create_lock::CreateLock;
use super::database::Database;
use super::enrol::{alias_prefix, is_alias};
use super::error::{UnsafeReason, VaultError};
use super::files;
use super::ports::Ports;
use super::slot_lock::SlotLock;
use super::slots::codec::{self, MAGIC};
use super::slots::pair;
use super::store_id::StoreId;
use super::{Vault, attempts, create, slot_lock};
use crate::order;
use std::path::Path;

const MARKER: &str = "erase.pending";
const MAX_MARKER_BYTES: u64 = 64 * 1024;
const MARKER_HEADER: &str = "wallet erase 1";

/// What there was to erase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// The store is gone.
    Done,
    /// There was no store.
    NothingThere,
}

/// # Errors
/// `erase_pending` while an erasing is not finished.
pub(crate) fn check_not_pending(dir: &Path) -> Result<(), VaultError> {
    if dir.join(MARKER).try_exists()? {
        return Err(VaultError::ErasePending);
    }
    Ok(())
}

/// What has to go besides the files.
#[derive(Default)]
struct ToDo {
    aliases: Vec<String>,
    cells: Vec<String>,
}

impl Vault {
    /// Erases the store in `dir`: locked, damaged or half erased. Idempotent; after an interruption call it again. A call on
    /// a locked vault that is under way (unlocking) ends with `store_missing` or `erase_pending` and writes nothing any more.
    /// Lock vaults that are open on it before.
    ///
    /// # Errors
    /// `unsafe_configuration` if the store has hardware keys and `ports` has none; `device_key_*`, `anchor_failed`,
    /// `io_failed`: then nothing, or not everything, was erased; `store_busy` while another call makes or erases it.
    pub async fn erase(dir: impl AsRef<Path>, ports: &Ports) -> Result<Erased, VaultError> {
        let dir = dir.as_ref();
        let marker = dir.join(MARKER);
        if !marker.try_exists()? && !has_files(dir)? {
            return Ok(Erased::NothingThere);
        }
        let creating = CreateLock::acquire(dir)?;
        let todo = match files::read_limited(&marker, MAX_MARKER_BYTES)? {
            Some(bytes) => parse_marker(&bytes).ok_or(VaultError::ErasePending)?,
            None => {
                let todo = find(dir, ports).await?;
                files::replace(&marker, &encode_marker(&todo))?;
                todo
            }
        };
        if let Some(device_key) = &ports.device_key {
            for alias in &todo.aliases {
                device_key.delete(alias).await?;
            }
        }
        // Calls that were begun before find nothing, or are waited for here.
        let _lock = SlotLock::acquire_for_erasing(dir)?;
        for cell in &todo.cells {
            ports.anchor.delete(cell)?;
        }
        for path in pair::paths(dir) {
            files::overwrite(&path, &[0; codec::MAX_BYTES])?;
        }
        remove_files(dir)?;
        // Until the marker is gone nobody makes one here.
        creating.remove();
        files::remove(&marker)?;
        Ok(Erased::Done)
    }
}

/// Removes every file of a store but the marker of erasing.
pub(crate) fn remove_files(dir: &Path) -> Result<(), VaultError> {
    for path in pair::paths(dir) {
        files::remove(&path)?;
    }
    for name in Database::file_names() {
        files::remove(&dir.join(name))?;
    }
    files::remove(&dir.join(create::MARKER))?;
    files::remove(&dir.join(slot_lock::FILE))?;
    Ok(())
}

fn has_files(dir: &Path) -> Result<bool, VaultError> {
    let markers = [dir.join(create::MARKER)];
    for path in pair::paths(dir).iter().chain(&markers) {
        if path.try_exists()? {
            return Ok(true);
        }
    }
    Ok(Database::exists(dir))
}

/// Collects what the slot files and the hardware know. The slot files may be damaged.
async fn find(dir: &Path, ports: &Ports) -> Result<ToDo, VaultError> {
    let mut todo = ToDo::default();
    let mut stores: Vec<StoreId> = Vec::new();
    let limit = u64::try_from(codec::MAX_BYTES).unwrap_or(u64::MAX);
    for path in pair::paths(dir) {
        let Ok(Some(bytes)) = files::read_limited(&path, limit) else {
            continue;
        };
        stores.extend(store_id_in(&bytes));
        if let Ok(sealed) = codec::parse(&bytes) {
            todo.aliases.extend(sealed.table.aliases());
            let counters = sealed.table.slots().map(|slot| slot.header.id);
            todo.cells
                .extend(counters.map(|slot| attempts::cell_name(&sealed.table.store, &slot)));
        }
    }
    let unfinished = files::read_limited(&dir.join(create::MARKER), 16)
        .ok()
        .flatten();
    stores.extend(unfinished.and_then(|bytes| Some(StoreId::from_bytes(bytes.try_into().ok()?))));
    stores.dedup();
    let prefixes: Vec<String> = stores.iter().map(alias_prefix).collect();
    if let Some(device_key) = &ports.device_key {
        todo.aliases.extend(device_key.list().await?);
    }
    // Files anyone may have written name keys: those of other stores, or of the app, are left alone.
    todo.aliases
        .retain(|alias| prefixes.iter().any(|prefix| alias.starts_with(prefix)));
    match &ports.device_key {
        Some(_) => {}
        None if todo.aliases.is_empty() => {}
        None => {
            return Err(VaultError::UnsafeConfiguration(
                UnsafeReason::EraseWithoutDeviceKey,
            ));
        }
    }
    todo.cells.extend(stores.iter().map(Database::anchor_cell));
    for list in [&mut todo.aliases, &mut todo.cells] {
        order::sort(list);
        list.dedup();
    }
    Ok(todo)
}

/// The store id at its fixed place, also in a damaged file or one of a later version.
fn store_id_in(bytes: &[u8]) -> Option<StoreId> {
    let id = bytes.strip_prefix(MAGIC)?.get(4..20)?;
    Some(StoreId::from_bytes(id.try_into().ok()?))
}

fn encode_marker(todo: &ToDo) -> Vec<u8> {
    let lines = [
        vec![MARKER_HEADER.to_owned()],
        todo.aliases
            .iter()
            .map(|alias| format!("key {alias}"))
            .collect(),
        todo.cells
            .iter()
            .map(|cell| format!("cell {cell}"))
            .collect(),
    ];
    lines
        .concat()
        .iter()
        .flat_map(|line| [line.as_bytes(), b"\n"])
        .collect::<Vec<_>>()
        .concat()
}

fn parse_marker(bytes: &[u8]) -> Option<ToDo> {
    let mut lines = core::str::from_utf8(bytes).ok()?.lines();
    if lines.next()? != MARKER_HEADER {
        return None;
    }
    let mut todo = ToDo::default();
    for line in lines {
        match line.split_once(' ')? {
            ("key", alias) if is_alias(alias) => todo.aliases.push(alias.to_owned()),
            ("key", _) => {}
            ("cell", cell) => todo.cells.push(cell.to_owned()),
            _ => return None,
        }
    }
    Some(todo)
}
