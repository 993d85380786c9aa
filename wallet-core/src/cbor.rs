//! Strict CBOR (RFC 8949): definite lengths, depth and size bounded, map keys integers or texts and none twice, nothing
//! after the item. Checked once over the whole text, so that whoever reads it afterwards meets no surprise.

use crate::error::{ErrorCode, WalletError};
use minicbor::data::{Int, Type};
use minicbor::decode::{Decoder, Error};
use std::collections::BTreeSet;

/// Most arrays, maps and tags inside one another.
pub const MAX_DEPTH: usize = 16;

/// Why a CBOR text was refused. Holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CborError {
    /// More bytes than allowed.
    #[error("CBOR is too large")]
    TooLarge,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("CBOR is nested too deeply")]
    TooDeep,
    /// A string, array or map of indefinite length (RFC 8949 3.2).
    #[error("CBOR has an item of indefinite length")]
    Indefinite,
    /// A map names a member twice (RFC 8949 5.6).
    #[error("CBOR map names a member twice")]
    DuplicateKey,
    /// A map key is neither an integer nor a text.
    #[error("CBOR map key of another kind")]
    KeyKind,
    /// Something follows the item.
    #[error("CBOR is followed by other data")]
    TrailingData,
    /// Not well-formed, or a text that is not UTF-8 (RFC 8949 appendix C).
    #[error("CBOR is malformed")]
    Malformed,
}

impl From<CborError> for WalletError {
    fn from(error: CborError) -> Self {
        use ErrorCode as Code;
        match error {
            CborError::TooLarge => Self::new(Code::TooLarge),
            CborError::TooDeep => Self::new(Code::TooDeep),
            CborError::Indefinite => Self::new(Code::NotCanonical)
                .about("indefinite")
                .rule("RFC 8949 3.2"),
            CborError::DuplicateKey => Self::new(Code::DuplicateKey).rule("RFC 8949 5.6"),
            CborError::KeyKind => Self::new(Code::Malformed).about("map_key"),
            CborError::TrailingData => Self::new(Code::TrailingData).rule("RFC 8949 5.1"),
            CborError::Malformed => Self::new(Code::Malformed)
                .about("cbor")
                .rule("RFC 8949 5.3.1"),
        }
    }
}

impl From<Error> for CborError {
    fn from(_: Error) -> Self {
        Self::Malformed
    }
}

/// Checks that `bytes` are one strict CBOR item of at most `max_bytes`.
///
/// # Errors
/// [`CborError`].
pub fn check(bytes: &[u8], max_bytes: usize) -> Result<(), CborError> {
    if bytes.len() > max_bytes {
        return Err(CborError::TooLarge);
    }
    let mut decoder = Decoder::new(bytes);
    check_item(&mut decoder, MAX_DEPTH)?;
    if decoder.position() == bytes.len() {
        Ok(())
    } else {
        Err(CborError::TrailingData)
    }
}

/// A map key, compared by what it means and not by how it is written.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'b> {
    Int(Int),
    Text(&'b str),
}

fn check_item(decoder: &mut Decoder<'_>, depth_left: usize) -> Result<(), CborError> {
    let deeper = || depth_left.checked_sub(1).ok_or(CborError::TooDeep);
    match decoder.datatype()? {
        Type::Array => {
            let inner = deeper()?;
            for _ in 0..decoder.array()?.ok_or(CborError::Indefinite)? {
                check_item(decoder, inner)?;
            }
        }
        Type::Map => {
            let inner = deeper()?;
            let mut keys = BTreeSet::new();
            for _ in 0..decoder.map()?.ok_or(CborError::Indefinite)? {
                if !keys.insert(key(decoder)?) {
                    return Err(CborError::DuplicateKey);
                }
                check_item(decoder, inner)?;
            }
        }
        Type::Tag => {
            let inner = deeper()?;
            decoder.tag()?;
            check_item(decoder, inner)?;
        }
        Type::BytesIndef | Type::StringIndef | Type::ArrayIndef | Type::MapIndef => {
            return Err(CborError::Indefinite);
        }
        Type::Break | Type::Unknown(_) => return Err(CborError::Malformed),
        Type::String => {
            decoder.str()?;
        }
        Type::Simple => {
            // Values below 32 in two bytes are not well-formed (RFC 8949 3.3), which minicbor lets pass.
            let start = decoder.position();
            let value = decoder.simple()?;
            if decoder.position() - start == 2 && value < 32 {
                return Err(CborError::Malformed);
            }
        }
        _ => decoder.skip()?,
    }
    Ok(())
}

fn key<'b>(decoder: &mut Decoder<'b>) -> Result<Key<'b>, CborError> {
    match decoder.datatype()? {
        Type::String => Ok(Key::Text(decoder.str()?)),
        Type::StringIndef => Err(CborError::Indefinite),
        Type::U8
        | Type::U16
        | Type::U32
        | Type::U64
        | Type::I8
        | Type::I16
        | Type::I32
        | Type::I64
        | Type::Int => Ok(Key::Int(decoder.int()?)),
        _ => Err(CborError::KeyKind),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        let pair = |pair: &[u8]| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16);
        digits.chunks(2).map(|two| pair(two).unwrap()).collect()
    }

    /// RFC 8949 appendix A, those of definite length whose map keys are integers or texts.
    // shows: HOSTILE 19 (vector)
    #[test]
    fn the_examples_of_rfc_8949_are_strict() {
        for text in [
            "00",
            "1bffffffffffffffff",
            "c249010000000000000000",
            "3903e7",
            "f90000",
            "fb3ff199999999999a",
            "f4",
            "f6",
            "f7",
            "f0",
            "f8ff",
            "c074323031332d30332d32315432303a30343a30305a",
            "d74401020304",
            "4401020304",
            "6449455446",
            "64f0908591",
            "80",
            "8301820203820405",
            "a201020304",
            "a26161016162820203",
            "a0",
        ] {
            assert_eq!(check(&hex(text), 1024), Ok(()), "{text}");
        }
    }

    // shows: HOSTILE 19
    #[test]
    fn what_is_not_strict_is_refused_with_its_reason() {
        for (text, error) in [
            ("", CborError::Malformed),
            ("0000", CborError::TrailingData),
            ("a0a0", CborError::TrailingData),
            ("5f42010243030405ff", CborError::Indefinite),
            ("7f657374726561646d696e67ff", CborError::Indefinite),
            ("9fff", CborError::Indefinite),
            ("bfff", CborError::Indefinite),
            ("82019fff", CborError::Indefinite),
            ("a201020103", CborError::DuplicateKey),
            ("a2616101616102", CborError::DuplicateKey),
            // The same key in one and in two bytes.
            ("a201021801 03", CborError::DuplicateKey),
            ("a1f501", CborError::KeyKind),
            ("a18001", CborError::KeyKind),
            ("a1410101", CborError::KeyKind),
            ("82", CborError::Malformed),
            ("8201", CborError::Malformed),
            ("a101", CborError::Malformed),
            ("4401", CborError::Malformed),
            ("62ff00", CborError::Malformed),
            ("1c", CborError::Malformed),
            ("f800", CborError::Malformed),
            ("f818", CborError::Malformed),
            ("f81f", CborError::Malformed),
            ("ff", CborError::Malformed),
            ("d2", CborError::Malformed),
            // Announced lengths that nothing follows cost nothing.
            ("5bffffffffffffffff", CborError::Malformed),
            ("9bffffffffffffffff", CborError::Malformed),
            ("bbffffffffffffffff", CborError::Malformed),
        ] {
            assert_eq!(check(&hex(text), 1024), Err(error), "{text}");
        }
    }

    // shows: HOSTILE 19
    #[test]
    fn depth_and_size_are_bounded() {
        let nested = |depth: usize, with: u8| [vec![with; depth], vec![0]].concat();
        for with in [0x81, 0xd2] {
            assert_eq!(check(&nested(MAX_DEPTH, with), 1024), Ok(()));
            assert_eq!(
                check(&nested(MAX_DEPTH + 1, with), 1024),
                Err(CborError::TooDeep)
            );
            assert_eq!(
                check(&nested(1 << 20, with), 1 << 21),
                Err(CborError::TooDeep)
            );
        }
        assert_eq!(check(&[0x41, 0], 1), Err(CborError::TooLarge));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = check(&bytes, 64);
        }
    }
}
