//! What a list may be compressed to, and what not (Token Status List 4.1, 11.1).

use super::{refusal, zlib};
use crate::trust::status::{MAX_LIST_BYTES, StatusArray, StatusError, StatusValue};
use proptest::prelude::*;

fn inflated(compressed: &[u8]) -> Result<StatusArray, StatusError> {
    StatusArray::inflate(8, compressed)
}

// shows: SDJWT 28, HOSTILE 20, SDJWT 29
#[test]
fn the_largest_list_is_read_and_one_byte_more_is_not() {
    let list = inflated(&zlib(&vec![0; MAX_LIST_BYTES])).unwrap();
    assert_eq!(list.entries(), MAX_LIST_BYTES as u64);
    assert_eq!(list.get(MAX_LIST_BYTES as u64 - 1), Ok(StatusValue::Valid));
    let bomb = zlib(&vec![0; MAX_LIST_BYTES + 1]);
    assert!(bomb.len() < 20_000);
    assert_eq!(refusal(inflated(&bomb)), StatusError::Bomb);
}

#[test]
fn a_bomb_of_many_blocks_is_refused() {
    // An empty list, then ten times the allowed size of it: nothing but the header, one block again and again, no end.
    let block = zlib(&vec![0; MAX_LIST_BYTES]);
    let endless = [&block[..block.len() - 8], &block[2..]].concat();
    assert!(inflated(&endless).is_err());
}

// shows: HOSTILE 20
#[test]
fn anything_but_one_whole_zlib_stream_is_refused() {
    let whole = zlib(b"a list of some length, long enough to be cut");
    for end in 0..whole.len() {
        assert_eq!(
            refusal(inflated(&whole[..end])),
            StatusError::Compression,
            "cut at {end}"
        );
    }
    let with_more = |more: &[u8]| [whole.as_slice(), more].concat();
    for more in [&[0][..], &[0; 100], &whole] {
        assert_eq!(
            refusal(inflated(&with_more(more))),
            StatusError::TrailingData
        );
    }
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 0x10;
        // Padding inside the stream means nothing.
        assert!(
            inflated(&changed).is_err() || inflated(&changed) == inflated(&whole),
            "changed at {place}"
        );
    }
    // Raw DEFLATE without header and checksum, and gzip.
    assert!(inflated(&whole[2..whole.len() - 4]).is_err());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut gzip, b"list").unwrap();
    assert_eq!(
        refusal(inflated(&gzip.finish().unwrap())),
        StatusError::Compression
    );
}

// shows: HOSTILE 20
#[test]
fn a_preset_dictionary_is_refused() {
    // RFC 1950 2.2: FDICT, with the check bits set right, then the dictionary's Adler-32.
    let plain = zlib(b"list");
    let mut with = vec![0x78, 0xBB, 0, 0, 0, 1];
    assert_eq!((u16::from(with[0]) * 256 + u16::from(with[1])) % 31, 0);
    with.extend_from_slice(&plain[2..]);
    assert_eq!(refusal(inflated(&with)), StatusError::Compression);
}

/// The entry at `index`, bit by bit.
fn naive(bytes: &[u8], bits: u64, index: u64) -> Option<u8> {
    let mut value = 0;
    for place in 0..bits {
        let bit = index * bits + place;
        let byte = bytes.get(usize::try_from(bit / 8).unwrap())?;
        if byte & (1 << (bit % 8)) != 0 {
            value |= 1 << place;
        }
    }
    Some(value)
}

proptest! {
    // shows: SDJWT 28
    #[test]
    fn every_entry_is_what_its_bits_say(
        bytes in proptest::collection::vec(any::<u8>(), 1..40),
        bits in prop_oneof![Just(1u64), Just(2), Just(4), Just(8)],
    ) {
        let list = StatusArray::inflate(bits, &zlib(&bytes)).unwrap();
        prop_assert_eq!(list.entries(), bytes.len() as u64 * 8 / bits);
        for index in 0..list.entries() {
            let expected = StatusValue::from(naive(&bytes, bits, index).unwrap());
            prop_assert_eq!(list.get(index), Ok(expected));
        }
        for index in [list.entries(), list.entries() + 1, u64::from(u32::MAX), u64::MAX] {
            prop_assert_eq!(list.get(index), Err(StatusError::OutOfRange));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = inflated(&bytes);
        let _ = inflated(&[&[0x78, 0xDA], bytes.as_slice()].concat());
    }
}
