//! Small, seeded mutations of corpus entries, for test runs on a stable compiler. libFuzzer (`cargo xtask fuzz`) is far
//! better at it; this finds what breaks easily.

/// Longest mutated input.
const MAX_BYTES: usize = 32 * 1024;

/// Words of the formats, one a line in libFuzzer's form.
const DICTIONARY: &str = include_str!("../../fuzz/wallet.dict");

/// Bytes that parsers stumble over.
const BYTES: [u8; 12] = [
    0x00, 0x01, 0x0A, 0x20, 0x22, 0x2E, 0x30, 0x7E, 0x7F, 0x80, 0xC0, 0xFF,
];

/// Makes inputs of inputs. The same seed makes the same inputs.
pub struct Mutator {
    state: u64,
    words: Vec<Vec<u8>>,
}

impl Mutator {
    /// A mutator that starts from this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            state: seed,
            words: DICTIONARY.lines().filter_map(word).collect(),
        }
    }

    /// A number below `bound` (SplitMix64).
    pub fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let number = (z ^ (z >> 31)) % (bound.max(1) as u64);
        usize::try_from(number).unwrap_or_default()
    }

    /// `input` with one to six changes; some take bytes from `other`.
    pub fn mutate(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = input.to_vec();
        for _ in 0..=self.below(6) {
            self.change(&mut bytes, other);
        }
        bytes.truncate(MAX_BYTES);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len() + 1);
        match self.below(8) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = BYTES[self.below(BYTES.len())];
                }
            }
            2 => {
                let end = (at + 1 + self.below(16)).min(bytes.len());
                bytes.drain(at.min(end)..end);
            }
            3 => {
                let end = (at + 1 + self.below(64)).min(bytes.len());
                let piece = bytes[at.min(end)..end].to_vec();
                self.insert(bytes, at, &piece);
            }
            4 => {
                let word = self.below(self.words.len());
                let word = self.words.get(word).cloned().unwrap_or_default();
                self.insert(bytes, at, &word);
            }
            5 => {
                let word = self.below(self.words.len());
                let word = self.words.get(word).cloned().unwrap_or_default();
                let end = (at + word.len()).min(bytes.len());
                bytes.splice(at..end, word);
            }
            6 => {
                let from = self.below(other.len() + 1);
                let to = (from + 1 + self.below(64)).min(other.len());
                let piece = other[from.min(to)..to].to_vec();
                self.insert(bytes, at, &piece);
            }
            _ => bytes.truncate(at),
        }
    }

    fn insert(&mut self, bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
        // Now and then many times, for limits on counts and depth.
        let times = if self.below(32) == 0 {
            1 + self.below(300)
        } else {
            1
        };
        if bytes.len() + piece.len() * times <= MAX_BYTES {
            bytes.splice(at..at, piece.repeat(times));
        }
    }
}

/// The bytes of a line `"…"` with the escapes `\"`, `\\` and `\xHH`; `None` for comments.
fn word(line: &str) -> Option<Vec<u8>> {
    let inner = line.strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::new();
    let mut rest = inner.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match (byte, byte == b'\\') {
            (byte, false) => byte,
            _ => match rest.next()? {
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(core::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                escaped => escaped,
            },
        });
    }
    Some(bytes)
}
