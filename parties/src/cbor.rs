//! As much CBOR (RFC 8949) as it takes to write a CWT.

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
