//! Calls of contracts (Solidity ABI), as far as they are needed here.

use super::keccak;

/// One argument.
pub(super) enum Argument {
    /// A word: a number, an address, 32 bytes.
    Word([u8; 32]),
    /// Bytes of any length.
    Bytes(Vec<u8>),
    /// A list of words.
    Words(Vec<[u8; 32]>),
}

/// A number as a word.
pub(super) fn number(value: u64) -> Argument {
    Argument::Word(word(&value.to_be_bytes()))
}

/// An address as a word.
pub(super) fn address(value: &[u8; 20]) -> Argument {
    Argument::Word(word(value))
}

/// At the right end of a word.
pub(super) fn word(value: &[u8]) -> [u8; 32] {
    let mut word = [0; 32];
    let start = word.len().saturating_sub(value.len());
    word[start..].copy_from_slice(value.get(..32.min(value.len())).unwrap_or_default());
    word
}

/// A call of the function with this signature, e.g. `anchor(bytes32,uint64,bytes32)`.
pub(super) fn call(signature: &str, arguments: &[Argument]) -> Vec<u8> {
    [&keccak(signature.as_bytes())[..4], &encode(arguments)].concat()
}

/// Arguments: words in place, the rest behind them.
pub(super) fn encode(arguments: &[Argument]) -> Vec<u8> {
    let mut head = Vec::new();
    let mut tail = Vec::new();
    let mut dynamic = |head: &mut Vec<u8>, content: Vec<u8>| {
        let offset = (32 * arguments.len() + tail.len()) as u64;
        head.extend(word(&offset.to_be_bytes()));
        tail.extend(content);
    };
    for argument in arguments {
        match argument {
            Argument::Word(word) => head.extend(word),
            Argument::Bytes(bytes) => {
                let mut content = word(&(bytes.len() as u64).to_be_bytes()).to_vec();
                content.extend(bytes);
                content.resize(32 + bytes.len().div_ceil(32) * 32, 0);
                dynamic(&mut head, content);
            }
            Argument::Words(words) => {
                let mut content = word(&(words.len() as u64).to_be_bytes()).to_vec();
                content.extend(words.iter().flatten());
                dynamic(&mut head, content);
            }
        }
    }
    [head, tail].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the Solidity manual, "Contract ABI Specification".
    #[test]
    fn the_manuals_examples_hold() {
        let called = call("baz(uint32,bool)", &[number(69), number(1)]);
        assert_eq!(called[..4], [0xcd, 0xcd, 0x77, 0xc0]);
        assert_eq!((called[35], called[67], called.len()), (69, 1, 68));

        let sam = call(
            "sam(bytes,bool,uint256[])",
            &[
                Argument::Bytes(b"dave".to_vec()),
                number(1),
                Argument::Words(vec![word(&[1]), word(&[2]), word(&[3])]),
            ],
        );
        assert_eq!(sam[..4], [0xa5, 0x64, 0x3b, 0xf2]);
        let words: Vec<&[u8]> = sam[4..].chunks(32).collect();
        assert_eq!((words[0][31], words[1][31], words[2][31]), (0x60, 1, 0xa0));
        assert_eq!((words[3][31], &words[4][..5]), (4, &b"dave\0"[..]));
        assert_eq!((words[5][31], words[6][31], words[8][31]), (3, 1, 3));
    }
}
