//! Small files that are replaced as a whole and durably: write beside, flush, rename, flush the folder.
//!
//! Each step passes [`step`], so that tests can end the process's luck after any of them.

use crate::error::{ErrorCode, WalletError};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The file's bytes, `None` if there is no such file, an error if it is larger than `max_bytes`.
pub(crate) fn read_limited(path: &Path, max_bytes: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(max_bytes.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len <= max_bytes) {
        Ok(Some(bytes))
    } else {
        Err(ErrorKind::FileTooLarge.into())
    }
}

/// Replaces the file as a whole: after a crash at any point the old or the new bytes are there, never a mixture.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    step("open")?;
    let mut file = private()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&beside)?;
    let (first, second) = bytes.split_at(bytes.len() / 2);
    file.write_all(first)?;
    step("write half")?;
    file.write_all(second)?;
    step("write")?;
    file.sync_all()?;
    drop(file);
    step("rename")?;
    fs::rename(&beside, path)?;
    step("flush folder")?;
    sync_folder_of(path)
}

/// Overwrites the file in place with `bytes`, for wiping. Flash may keep the old cells.
pub(crate) fn overwrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    step("overwrite")?;
    let mut file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    file.write_all(bytes)?;
    file.sync_all()
}

/// Removes the file and what an interrupted [`replace`] left beside it. An absent file is no error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    for path in [&beside(path), path] {
        step("remove")?;
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    sync_folder_of(path)
}

/// Makes renames and removals in the file's folder durable.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    // Windows cannot open a folder as a file; nothing ships there.
    match path.parent() {
        Some(folder) if cfg!(unix) && !folder.as_os_str().is_empty() => {
            File::open(folder)?.sync_all()
        }
        _ => Ok(()),
    }
}

/// Options for a file only its owner may read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Opens the empty file that stands for a lock, and makes it if needed.
pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    private()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

/// Makes a folder that only its owner may look into: the names, sizes and times of its files tell things too. A folder
/// that is there stays as it is, and so do those above.
pub(crate) fn make_private_folder(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// Which error of the facade a failed file operation is.
pub(crate) fn wallet_error(error: &io::Error) -> WalletError {
    WalletError::new(match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ErrorCode::DiskFull,
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => ErrorCode::ReadOnlyMedium,
        _ => ErrorCode::IoFailed,
    })
}

/// A point at which a test can let the process "crash": this and all later steps fail. Free outside tests.
#[cfg(not(test))]
#[inline]
pub(crate) fn step(_name: &str) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(crate) use faults::step;

/// Crashes on demand, per test thread.
#[cfg(test)]
pub(crate) mod faults {
    use std::cell::Cell;
    use std::io;

    thread_local! {
        static STEPS_LEFT: Cell<Option<u32>> = const { Cell::new(None) };
    }

    /// From now on `steps` more steps work, then every step fails. `None`: all work.
    pub(crate) fn crash_after(steps: Option<u32>) {
        STEPS_LEFT.set(steps);
    }

    pub(crate) fn step(_name: &str) -> io::Result<()> {
        match STEPS_LEFT.get() {
            None => Ok(()),
            Some(0) => Err(io::Error::other("the test lets the process crash here")),
            Some(left) => {
                STEPS_LEFT.set(Some(left - 1));
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_crash_at_any_step_leaves_the_old_or_the_new_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cell");
        let mut outcomes = Vec::new();
        for steps in 0..8 {
            replace(&path, b"old bytes").unwrap();
            faults::crash_after(Some(steps));
            let replaced = replace(&path, b"new bytes");
            faults::crash_after(None);
            let found = read_limited(&path, 100).unwrap().unwrap();
            assert!(found == b"old bytes" || found == b"new bytes");
            assert!(replaced.is_err() || found == b"new bytes");
            outcomes.push(found == b"new bytes");
        }
        assert!(outcomes.contains(&true) && outcomes.contains(&false));
    }

    #[test]
    fn a_file_over_the_limit_is_refused_without_reading_it_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cell");
        fs::write(&path, [0; 11]).unwrap();
        assert!(read_limited(&path, 10).is_err());
        assert_eq!(read_limited(&path, 11).unwrap().unwrap().len(), 11);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cell");
        replace(&path, b"x").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_made_is_open_to_its_owner_only_and_one_that_is_there_stays_as_it_is() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let folder = tempfile::tempdir().unwrap();
        let (above, made) = (folder.path().join("a"), folder.path().join("a/b"));
        fs::create_dir(&above).unwrap();
        let before = mode(&above);
        make_private_folder(&made).unwrap();
        make_private_folder(&above).unwrap();
        assert_eq!((mode(&made), mode(&above)), (0o700, before));
    }

    #[test]
    fn a_full_disk_a_read_only_medium_and_a_failure_are_told_apart() {
        let code = |kind: ErrorKind| wallet_error(&kind.into()).code();
        assert_eq!(code(ErrorKind::StorageFull), ErrorCode::DiskFull);
        assert_eq!(
            code(ErrorKind::ReadOnlyFilesystem),
            ErrorCode::ReadOnlyMedium
        );
        assert_eq!(code(ErrorKind::PermissionDenied), ErrorCode::ReadOnlyMedium);
        assert_eq!(code(ErrorKind::Other), ErrorCode::IoFailed);
    }
}
