//! Anchor cells as files: durable, but an older copy can be put back.

use super::{AnchorError, AnchorStore};
use crate::vault::files;
use std::path::{Path, PathBuf};

const MAX_CELL_BYTES: u64 = 4096;

/// Keeps each cell in a file of a folder. **Not rollback-safe**: whoever can restore the folder can restore the cells.
#[derive(Debug)]
pub struct FileAnchorStore {
    folder: PathBuf,
}

impl FileAnchorStore {
    /// Cells in `folder`, which is created at the first write.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    fn path(&self, name: &str) -> Result<PathBuf, AnchorError> {
        let allowed =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
        let is_name =
            (1..=100).contains(&name.len()) && name.bytes().all(allowed) && !name.starts_with('.');
        if is_name {
            Ok(self.folder.join(name))
        } else {
            Err(AnchorError::Failed)
        }
    }

    /// The folder the cells are in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl AnchorStore for FileAnchorStore {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, AnchorError> {
        files::read_limited(&self.path(name)?, MAX_CELL_BYTES).map_err(|_| AnchorError::Failed)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), AnchorError> {
        let path = self.path(name)?;
        files::make_private_folder(&self.folder).map_err(|_| AnchorError::Failed)?;
        files::replace(&path, bytes).map_err(|_| AnchorError::Failed)
    }

    fn delete(&self, name: &str) -> Result<(), AnchorError> {
        files::remove(&self.path(name)?).map_err(|_| AnchorError::Failed)
    }

    fn is_rollback_safe(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_cell_is_read_back_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let anchor = FileAnchorStore::new(folder.path().join("anchor"));
        assert_eq!(anchor.read("a.set"), Ok(None));
        anchor.write("a.set", b"one").unwrap();
        anchor.write("a.set", b"two").unwrap();
        assert_eq!(anchor.read("a.set"), Ok(Some(b"two".to_vec())));
        anchor.delete("a.set").unwrap();
        anchor.delete("a.set").unwrap();
        assert_eq!(anchor.read("a.set"), Ok(None));
    }

    #[test]
    fn a_name_that_could_leave_the_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let anchor = FileAnchorStore::new(folder.path());
        for name in [
            "",
            "..",
            "../x",
            "a/b",
            "A",
            ".hidden",
            "a\0",
            &"a".repeat(101),
        ] {
            assert_eq!(anchor.write(name, b""), Err(AnchorError::Failed), "{name}");
        }
    }

    #[test]
    fn a_cell_that_exists_but_cannot_be_read_is_an_error_and_not_absent() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("cell")).unwrap();
        let anchor = FileAnchorStore::new(folder.path());
        assert_eq!(anchor.read("cell"), Err(AnchorError::Failed));
    }
}
