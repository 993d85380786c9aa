//! As much CBOR (RFC 8949) as it takes to write a CWT, and to read and write the proof values of Data Integrity.

use crate::refused::{OrRefuse, Refused, Result, ensure};

/// One encoded item.
#[derive(Clone)]
pub(crate) struct Item(Vec<u8>);

impl Item {
    pub(crate) fn integer(value: i64) -> Self {
        Self(match u64::try_from(value) {
            Ok(value) => head(0, value),
            Err(_) => head(1, value.unsigned_abs() - 1),
        })
    }

    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        Self([head(2, bytes.len() as u64), bytes.to_vec()].concat())
    }

    pub(crate) fn text(text: &str) -> Self {
        Self([head(3, text.len() as u64), text.as_bytes().to_vec()].concat())
    }

    pub(crate) fn array(items: &[Self]) -> Self {
        let mut array = head(4, items.len() as u64);
        items.iter().for_each(|item| array.extend(&item.0));
        Self(array)
    }

    pub(crate) fn map(members: &[(Self, Self)]) -> Self {
        let mut map = head(5, members.len() as u64);
        for (key, value) in members {
            map.extend(&key.0);
            map.extend(&value.0);
        }
        Self(map)
    }

    pub(crate) fn tagged(tag: u64, item: &Self) -> Self {
        Self([head(6, tag), item.0.clone()].concat())
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Major type and argument, in the fewest bytes.
fn head(major: u8, argument: u64) -> Vec<u8> {
    let first = |low: u8| major << 5 | low;
    let bytes = argument.to_be_bytes();
    match argument {
        0..=23 => vec![first(bytes[7])],
        24..=0xFF => vec![first(24), bytes[7]],
        0x100..=0xFFFF => [&[first(25)], &bytes[6..]].concat(),
        0x1_0000..=0xFFFF_FFFF => [&[first(26)], &bytes[4..]].concat(),
        _ => [&[first(27)], &bytes[..]].concat(),
    }
}

const MAX_DEPTH: usize = 4;

/// A decoded item: no negative numbers, no tags, no floats, definite lengths only.
pub(crate) enum Data {
    Integer(u64),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Self>),
    Map(Vec<(Self, Self)>),
}

impl Data {
    /// The one item that `bytes` are.
    pub(crate) fn read(mut bytes: &[u8]) -> Result<Self> {
        let item = Self::take(&mut bytes, 0)?;
        ensure(bytes.is_empty(), "something follows the CBOR")?;
        Ok(item)
    }

    fn take(input: &mut &[u8], depth: usize) -> Result<Self> {
        ensure(depth < MAX_DEPTH, "CBOR too deep")?;
        let before = *input;
        let (first, rest) = input.split_first().or_refuse("CBOR ends early")?;
        *input = rest;
        let (major, low) = (first >> 5, first & 31);
        let length = match low {
            0..=23 => 0,
            24..=27 => 1 << (low - 24),
            _ => return Err(Refused::because("a length of CBOR")),
        };
        let mut argument = if length == 0 { u64::from(low) } else { 0 };
        for byte in split(input, length)? {
            argument = argument << 8 | u64::from(*byte);
        }
        let shortest = head(major, argument);
        ensure(
            before.starts_with(&shortest) && shortest.len() == 1 + length,
            "CBOR not in the fewest bytes",
        )?;
        let count = usize::try_from(argument).or_refuse("a length of CBOR")?;
        match major {
            0 => Ok(Self::Integer(argument)),
            2 => Ok(Self::Bytes(split(input, count)?.to_vec())),
            3 => String::from_utf8(split(input, count)?.to_vec())
                .or_refuse("text of CBOR")
                .map(Self::Text),
            // No room is made in advance: the count is the sender's word.
            4 => (0..count)
                .map(|_| Self::take(input, depth + 1))
                .collect::<Result<_>>()
                .map(Self::Array),
            5 => (0..count)
                .map(|_| Ok((Self::take(input, depth + 1)?, Self::take(input, depth + 1)?)))
                .collect::<Result<_>>()
                .map(Self::Map),
            _ => Err(Refused::because("a kind of CBOR that has no place here")),
        }
    }

    pub(crate) fn integer(self) -> Result<u64> {
        match self {
            Self::Integer(value) => Ok(value),
            _ => Err(Refused::because("not a number in CBOR")),
        }
    }

    pub(crate) fn text(self) -> Result<String> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(Refused::because("not text")),
        }
    }

    pub(crate) fn bytes(self) -> Result<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(Refused::because("not bytes in CBOR")),
        }
    }

    pub(crate) fn array(self) -> Result<Vec<Self>> {
        match self {
            Self::Array(items) => Ok(items),
            _ => Err(Refused::because("not an array in CBOR")),
        }
    }

    pub(crate) fn map(self) -> Result<Vec<(Self, Self)>> {
        match self {
            Self::Map(members) => Ok(members),
            _ => Err(Refused::because("not a map in CBOR")),
        }
    }
}

fn split<'a>(input: &mut &'a [u8], count: usize) -> Result<&'a [u8]> {
    let (taken, rest) = input.split_at_checked(count).or_refuse("CBOR ends early")?;
    *input = rest;
    Ok(taken)
}
