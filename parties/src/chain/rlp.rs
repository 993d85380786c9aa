//! Recursive length prefixes (yellow paper, appendix B), written only.

/// A byte string.
pub(super) fn bytes(content: &[u8]) -> Vec<u8> {
    match content {
        [single] if *single < 0x80 => vec![*single],
        _ => prefixed(0x80, content),
    }
}

/// A number without leading zeros.
pub(super) fn number(big_endian: &[u8]) -> Vec<u8> {
    let zeros = big_endian.iter().take_while(|byte| **byte == 0).count();
    bytes(big_endian.get(zeros..).unwrap_or_default())
}

/// A list of items that are written already.
pub(super) fn list(items: &[Vec<u8>]) -> Vec<u8> {
    prefixed(0xc0, &items.concat())
}

fn prefixed(base: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut written = match u8::try_from(length) {
        Ok(short) if short <= 55 => vec![base + short],
        _ => {
            let wide = length.to_be_bytes();
            let zeros = wide.iter().take_while(|byte| **byte == 0).count();
            let length = wide.get(zeros..).unwrap_or_default();
            // At most eight bytes.
            let count = u8::try_from(length.len()).unwrap_or(8);
            [&[base + 55 + count], length].concat()
        }
    };
    written.extend_from_slice(content);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of ethereum.org's page on RLP.
    #[test]
    fn the_published_examples_hold() {
        assert_eq!(bytes(b"dog"), b"\x83dog");
        assert_eq!(list(&[bytes(b"cat"), bytes(b"dog")]), b"\xc8\x83cat\x83dog");
        assert_eq!(bytes(b""), [0x80]);
        assert_eq!(list(&[]), [0xc0]);
        assert_eq!(number(&[0]), [0x80]);
        assert_eq!(bytes(&[0]), [0]);
        assert_eq!(number(&[0, 15]), [15]);
        assert_eq!(number(&1024_u64.to_be_bytes()), [0x82, 4, 0]);
        let long = b"Lorem ipsum dolor sit amet, consectetur adipisicing elit";
        assert_eq!(bytes(long)[..2], [0xb8, 0x38]);
        let longer = [7; 300];
        assert_eq!(bytes(&longer)[..3], [0xb9, 1, 44]);
    }
}
