//! Inflating what foreigners deflated, within bounds: nothing is allocated before it was earned, and nothing beyond.

use super::MAX_LIST_BYTES;
use super::error::StatusError;
use flate2::{Decompress, FlushDecompress, Status};

/// DEFLATE cannot make more than about 1032 bytes of one.
const MAX_RATIO: usize = 1100;

/// How much is inflated at a time.
const STEP: usize = 32 * 1024;

/// One whole zlib stream (RFC 1950): header and Adler-32 required, no preset dictionary, nothing behind it.
pub(super) fn zlib(compressed: &[u8]) -> Result<Vec<u8>, StatusError> {
    inflate(Decompress::new(true), compressed, 0)
}

/// One whole gzip member (RFC 1952) with nothing behind it; its CRC and length are checked.
pub(super) fn gzip(compressed: &[u8]) -> Result<Vec<u8>, StatusError> {
    const TRAILER: usize = 8;
    let body = compressed
        .get(gzip_header_len(compressed)?..)
        .ok_or(StatusError::Compression)?;
    let bytes = inflate(Decompress::new(false), body, TRAILER)?;
    let mut crc = flate2::Crc::new();
    crc.update(&bytes);
    let trailer = [crc.sum().to_le_bytes(), crc.amount().to_le_bytes()].concat();
    if body.ends_with(&trailer) {
        Ok(bytes)
    } else {
        Err(StatusError::Compression)
    }
}

/// Inflates the stream at the start of `compressed`, which `trailer` bytes must follow, no more and no fewer.
fn inflate(
    mut stream: Decompress,
    compressed: &[u8],
    trailer: usize,
) -> Result<Vec<u8>, StatusError> {
    let most = MAX_LIST_BYTES.min(compressed.len().saturating_mul(MAX_RATIO));
    let mut bytes = Vec::new();
    let mut step = vec![0; STEP];
    loop {
        let (read, written) = (stream.total_in(), stream.total_out());
        let rest = usize::try_from(read)
            .ok()
            .and_then(|at| compressed.get(at..));
        let rest = rest.ok_or(StatusError::Compression)?;
        let status = stream
            .decompress(rest, &mut step, FlushDecompress::None)
            .map_err(|_| StatusError::Compression)?;
        let made = usize::try_from(stream.total_out() - written).unwrap_or(usize::MAX);
        let made = step.get(..made).ok_or(StatusError::Compression)?;
        if bytes.len() + made.len() > most {
            return Err(StatusError::Bomb);
        }
        bytes.extend_from_slice(made);
        if status == Status::StreamEnd {
            break;
        }
        if made.is_empty() && stream.total_in() == read {
            // The end is missing.
            return Err(StatusError::Compression);
        }
    }
    let left = compressed.len() as u64 - stream.total_in();
    match left.cmp(&(trailer as u64)) {
        core::cmp::Ordering::Equal => Ok(bytes),
        core::cmp::Ordering::Less => Err(StatusError::Compression),
        core::cmp::Ordering::Greater => Err(StatusError::TrailingData),
    }
}

/// RFC 1952 2.3. Extra fields, names and comments are passed over.
fn gzip_header_len(bytes: &[u8]) -> Result<usize, StatusError> {
    const FHCRC: u8 = 2;
    const FEXTRA: u8 = 4;
    const FNAME: u8 = 8;
    const FCOMMENT: u8 = 16;
    let at = |place: usize| bytes.get(place).copied().ok_or(StatusError::Compression);
    let flags = at(3)?;
    if (at(0)?, at(1)?, at(2)?) != (0x1F, 0x8B, 8) || flags & 0xE0 != 0 {
        return Err(StatusError::Compression);
    }
    let mut end = 10;
    if flags & FEXTRA != 0 {
        end += 2 + usize::from(u16::from_le_bytes([at(end)?, at(end + 1)?]));
    }
    for text in [FNAME, FCOMMENT] {
        if flags & text != 0 {
            let rest = bytes.get(end..).ok_or(StatusError::Compression)?;
            let zero = rest.iter().position(|byte| *byte == 0);
            end += zero.ok_or(StatusError::Compression)? + 1;
        }
    }
    if flags & FHCRC != 0 {
        end += 2;
    }
    Ok(end)
}
