//! The pages of a database file with its WAL laid over, read without SQLite and without changing anything.
//!
//! Formats: <https://sqlite.org/fileformat2.html>, sections 1.2 and 4.

use super::super::error::DatabaseError;
use super::super::schema::PAGE_SIZE;
use crate::order;
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

pub(super) const PAGE: usize = PAGE_SIZE as usize;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Which frames of the WAL count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frames {
    /// Those SQLite would use: an unbroken chain of checksums to the last commit.
    Committed,
    /// All of the current generation, also behind a damaged one.
    All,
}

/// A file, its WAL, and where the newest copy of each page is.
pub(super) struct Image {
    db: File,
    wal: Option<File>,
    /// Page number to its place in the WAL.
    overlay: HashMap<u32, u64>,
    /// Pages of the file itself.
    in_file: u32,
}

impl Image {
    pub(super) fn open(path: &Path, frames: Frames) -> Result<Self, DatabaseError> {
        let db = File::open(path)?;
        let len = db.metadata()?.len();
        let mut wal_path = path.as_os_str().to_owned();
        wal_path.push("-wal");
        let mut wal = match File::open(PathBuf::from(wal_path)) {
            Ok(wal) => Some(wal),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        let overlay = match &mut wal {
            Some(wal) => read_wal(wal, frames)?,
            None => HashMap::new(),
        };
        let page = u64::from(PAGE_SIZE);
        let in_file = u32::try_from(len.div_ceil(page)).map_err(|_| DatabaseError::Corrupt)?;
        Ok(Self {
            db,
            wal,
            overlay,
            in_file,
        })
    }

    /// Whether the frames of the WAL that count are the same ones.
    pub(super) fn shows_the_same_as(&self, other: &Self) -> bool {
        self.overlay == other.overlay
    }

    /// The numbers of the pages there are, counted from 1, ascending. A damaged frame may name any page up to 2³²: the
    /// gap before it is not walked through.
    pub(super) fn page_numbers(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = (1..=self.in_file).collect();
        let in_wal = self.overlay.keys().copied();
        numbers.extend(in_wal.filter(|number| *number > self.in_file));
        order::sort(&mut numbers);
        numbers
    }

    /// Whether there is a page of this number.
    pub(super) fn has_page(&self, number: u32) -> bool {
        (1..=self.in_file).contains(&number) || self.overlay.contains_key(&number)
    }

    /// A page, filled up with zeros where the file ends early or cannot be read.
    pub(super) fn page(&mut self, number: u32) -> Box<[u8; PAGE]> {
        let mut page = Box::new([0; PAGE]);
        let (file, at) = match (self.overlay.get(&number), &mut self.wal) {
            (Some(at), Some(wal)) => (wal, *at),
            _ => (
                &mut self.db,
                u64::from(number.saturating_sub(1)) * u64::from(PAGE_SIZE),
            ),
        };
        if file.seek(SeekFrom::Start(at)).is_ok() {
            fill(file, page.as_mut_slice());
        }
        page
    }
}

/// Reads as much as there is.
fn fill(file: &mut File, buffer: &mut [u8]) -> usize {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..)
        && !rest.is_empty()
    {
        match file.read(rest) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    done
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |chunk| u32::from_be_bytes(*chunk))
}

/// The running checksum of section 4.2; its words are big- or little-endian as the magic number says.
fn checksum(big_endian: bool, bytes: &[u8], (mut s0, mut s1): (u32, u32)) -> (u32, u32) {
    let (pairs, _) = bytes.as_chunks::<8>();
    for &[a, b, c, d, e, f, g, h] in pairs {
        let word = |bytes| match big_endian {
            true => u32::from_be_bytes(bytes),
            false => u32::from_le_bytes(bytes),
        };
        s0 = s0.wrapping_add(word([a, b, c, d])).wrapping_add(s1);
        s1 = s1.wrapping_add(word([e, f, g, h])).wrapping_add(s0);
    }
    (s0, s1)
}

fn read_wal(wal: &mut File, frames: Frames) -> Result<HashMap<u32, u64>, DatabaseError> {
    let mut header = [0; WAL_HEADER];
    wal.seek(SeekFrom::Start(0))?;
    fill(wal, &mut header);
    let big_endian = header[3] & 1 == 1;
    let mut sum = checksum(big_endian, &header[..24], (0, 0));
    let mut chained = be32(&header, 0) | 1 == 0x377f_0683
        && be32(&header, 8) == PAGE_SIZE
        && sum == (be32(&header, 24), be32(&header, 28));
    let mut salts = chained.then(|| (be32(&header, 16), be32(&header, 20)));
    let mut committed = HashMap::new();
    let mut all = HashMap::new();
    let mut pending = Vec::new();
    let mut frame = vec![0; FRAME_HEADER + PAGE];
    let mut at = WAL_HEADER as u64;
    while fill(wal, &mut frame) == frame.len() {
        let number = be32(&frame, 0);
        let found = (be32(&frame, 8), be32(&frame, 12));
        let place = at + FRAME_HEADER as u64;
        at += frame.len() as u64;
        // A damaged header says nothing about salts: then the first frame does.
        let current = *salts.get_or_insert(found) == found;
        if current && number != 0 {
            all.insert(number, place);
        }
        let (head, page) = frame.split_at(FRAME_HEADER);
        sum = checksum(big_endian, page, checksum(big_endian, &head[..8], sum));
        chained &= current && sum == (be32(head, 16), be32(head, 20));
        if chained {
            pending.push((number, place));
            if be32(head, 4) != 0 {
                committed.extend(pending.drain(..));
            }
        }
    }
    Ok(match frames {
        Frames::Committed => committed,
        Frames::All => all,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// SQLite itself is the oracle: after it has checkpointed, the file must hold what the overlay showed before.
    #[test]
    fn the_overlay_shows_what_sqlite_checkpoints() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let conn = rusqlite::Connection::open(&path).unwrap();
        conn.execute_batch(
            "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; \
             CREATE TABLE t (b BLOB);",
        )
        .unwrap();
        for n in 0..60 {
            conn.execute("INSERT INTO t VALUES (randomblob(?1))", [n * 500])
                .unwrap();
        }
        conn.execute("DELETE FROM t WHERE rowid % 3 = 0", [])
            .unwrap();
        let read = |frames| {
            let mut image = Image::open(&path, frames).unwrap();
            let numbers = image.page_numbers();
            numbers
                .into_iter()
                .map(|n| image.page(n))
                .collect::<Vec<_>>()
        };
        let (committed, all) = (read(Frames::Committed), read(Frames::All));
        assert!(committed.len() > 20);
        assert_eq!(committed, all);
        conn.close().unwrap();
        let file = std::fs::read(&path).unwrap();
        let (pages, rest) = file.as_chunks::<PAGE>();
        assert!(rest.is_empty());
        assert!(pages.iter().eq(committed.iter().map(AsRef::as_ref)));
    }

    #[test]
    fn a_damaged_frame_that_names_a_far_page_costs_one_page() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        std::fs::write(&path, [0; 2 * PAGE]).unwrap();
        let mut wal = vec![0; WAL_HEADER + FRAME_HEADER + PAGE];
        wal[WAL_HEADER..WAL_HEADER + 4].copy_from_slice(&u32::MAX.to_be_bytes());
        wal[WAL_HEADER + FRAME_HEADER] = 7;
        std::fs::write(dir.path().join("a.db-wal"), wal).unwrap();
        let mut image = Image::open(&path, Frames::All).unwrap();
        assert_eq!(image.page_numbers(), [1, 2, u32::MAX]);
        assert_eq!(image.page(u32::MAX)[0], 7);
        assert!(image.has_page(u32::MAX) && !image.has_page(3) && !image.has_page(0));
    }
}
