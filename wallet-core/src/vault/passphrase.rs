//! Passphrases: NFC-normalised (Unicode TR 15), never trimmed, and strong enough to stand alone.
//!
//! Strength is estimated on the low side; see [`Passphrase::new`]. The estimate must reach 60 bits.

use super::error::VaultError;
use crate::error::{ErrorCode, WalletError};
use crate::secret::SecretBytes;
use crate::text::nfc;
use zeroize::{Zeroize as _, Zeroizing};

const MAX_BYTES: usize = 1024;
const FLOOR_BITS: f32 = 60.0;

/// Why a passphrase is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PassphraseWeakness {
    /// Too easy to guess. Six unrelated words are enough.
    Guessable,
    /// More than 1024 bytes.
    TooLong,
}

impl PassphraseWeakness {
    /// The stable reason word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guessable => "guessable",
            Self::TooLong => "too_long",
        }
    }
}

/// A passphrase fit for a new slot.
pub struct Passphrase(SecretBytes);

impl Passphrase {
    /// Checks a passphrase the holder chose (UTF-8).
    ///
    /// The estimate: the text is cut into runs of letters, of digits and single other characters. A run of letters
    /// counts 4.7 bits a letter (a Hangul syllable or Han character 5.5) but at most 11 bits (one word of a list of 2048) and 1 bit for every letter after the
    /// eighth; digits count 3.3 bits each, a year 6; another character 5. What follows from what came before (a repeated
    /// run or character, the next letter of the alphabet or of the keyboard row) and the commonest words count
    /// (next to) nothing. So six different words suffice, and so do 16 random letters, digits and signs.
    ///
    /// # Errors
    /// `weak_passphrase`, `invalid_utf8`
    pub fn new(text: &[u8]) -> Result<Self, VaultError> {
        let passphrase = Self::entered(text)?;
        let text = core::str::from_utf8(&passphrase.0).map_err(|_| invalid_utf8())?;
        if estimate_bits(text) < FLOOR_BITS {
            return Err(VaultError::WeakPassphrase(PassphraseWeakness::Guessable));
        }
        Ok(passphrase)
    }

    /// A passphrase entered to unlock.
    pub(crate) fn entered(text: &[u8]) -> Result<Self, VaultError> {
        if text.len() > MAX_BYTES {
            return Err(VaultError::WeakPassphrase(PassphraseWeakness::TooLong));
        }
        let text = core::str::from_utf8(text).map_err(|_| invalid_utf8())?;
        // Room for the longest growth under NFC (threefold), so that no copy is left behind by growing.
        let mut normal = Zeroizing::new(String::with_capacity(text.len() * 3));
        normal.extend(nfc(text.chars()));
        Ok(Self(SecretBytes::new(
            core::mem::take(&mut *normal).into_bytes(),
        )))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

fn invalid_utf8() -> VaultError {
    VaultError::Wallet(WalletError::new(ErrorCode::InvalidUtf8))
}

/// The words that lists of leaked passwords begin with, as they read once digits and signs stand for letters again.
const COMMON: [&str; 24] = [
    "password",
    "passwort",
    "passphrase",
    "qwerty",
    "azerty",
    "asdfgh",
    "zxcvbn",
    "letmein",
    "welcome",
    "iloveyou",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "sunshine",
    "princess",
    "admin",
    "login",
    "master",
    "secret",
    "wallet",
    "abcdef",
    "hunter",
    "shadow",
];
/// From here on (CJK, Hangul) a letter is a syllable or a word.
const SYLLABLES: char = '\u{2e80}';
const KEYBOARD_ROWS: [&str; 4] = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Other,
}

fn kind_of(c: char) -> Kind {
    if c.is_alphabetic() {
        Kind::Letter
    } else if c.is_numeric() {
        Kind::Digit
    } else {
        Kind::Other
    }
}

fn estimate_bits(text: &str) -> f32 {
    let (text, common) = without_common_words(text);
    let mut bits = common;
    let mut seen: Vec<Zeroizing<String>> = Vec::new();
    let mut before = None;
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let kind = kind_of(first);
        let end = match kind {
            Kind::Other => first.len_utf8(),
            _ => rest.find(|c| kind_of(c) != kind).unwrap_or(rest.len()),
        };
        let (run, after) = rest.split_at(end);
        rest = after;
        let lower = Zeroizing::new(run.to_lowercase());
        bits += match (seen.contains(&lower), kind) {
            (false, _) => run_bits(kind, run, before),
            (true, Kind::Other) => 0.0,
            (true, _) => 1.0,
        };
        seen.push(lower);
        if kind != Kind::Other {
            before = run.chars().last();
        }
    }
    bits
}

fn run_bits(kind: Kind, run: &str, mut before: Option<char>) -> f32 {
    let (mut fresh, mut letter_bits) = (0.0_f32, 0.0_f32);
    for c in run.chars() {
        if !before.is_some_and(|before| follows(before, c)) {
            fresh += 1.0;
            letter_bits += if c >= SYLLABLES { 5.5 } else { 4.7 };
        }
        before = Some(c);
    }
    match kind {
        Kind::Letter => letter_bits.min(11.0 + (fresh - 8.0).max(0.0)),
        Kind::Digit if run.len() == 4 && (run.starts_with("19") || run.starts_with("20")) => 6.0,
        Kind::Digit => fresh * 3.3,
        Kind::Other if run == " " => 0.0,
        Kind::Other => 5.0,
    }
}

/// Whether `c` is what one types after `before` without thinking.
fn follows(before: char, c: char) -> bool {
    let (a, b) = (before.to_ascii_lowercase(), c.to_ascii_lowercase());
    let is_next = u32::from(a).abs_diff(u32::from(b)) <= 1;
    let is_neighbour = KEYBOARD_ROWS.iter().any(|row| {
        row.find(a)
            .zip(row.find(b))
            .is_some_and(|(a, b)| a.abs_diff(b) <= 1)
    });
    is_next || is_neighbour
}

/// The text without the commonest words, and a bit for each of them.
fn without_common_words(text: &str) -> (Zeroizing<String>, f32) {
    let mut chars: Vec<char> = text.chars().collect();
    let mut plain: Vec<char> = chars.iter().map(|c| unleet(*c)).collect();
    let mut bits = 0.0;
    for word in COMMON {
        let word: Vec<char> = word.chars().collect();
        while let Some(at) = plain.windows(word.len()).position(|window| window == word) {
            plain.drain(at..at + word.len());
            chars.drain(at..at + word.len());
            bits += 1.0;
        }
    }
    let left = Zeroizing::new(chars.iter().collect());
    chars.zeroize();
    plain.zeroize();
    (left, bits)
}

fn unleet(c: char) -> char {
    match c.to_ascii_lowercase() {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn is_taken(text: &str) -> bool {
        match Passphrase::new(text.as_bytes()) {
            Ok(_) => true,
            Err(VaultError::WeakPassphrase(_)) => false,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn six_unrelated_words_or_sixteen_random_characters_are_taken() {
        for strong in [
            "staple orbit velvet canyon mustard fiddle",
            "correct-horse-battery-staple-orbit-velvet",
            "나무 구름 바다 연필 고래 우산",
            "Vq3#nB8xT!e6Zh5s",
            "9f$Kw!2xQz7&Lp@4",
        ] {
            assert!(is_taken(strong), "{strong}");
        }
    }

    #[test]
    fn what_people_use_elsewhere_is_refused() {
        for weak in [
            "",
            " ",
            "hunter2",
            "correct horse battery staple",
            "P@ssw0rd!2024",
            "passwordpasswordpasswordpassword",
            "orbit orbit orbit orbit orbit orbit orbit",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "a b c d e f g h i j k l m n o p q r s t u v",
            "qwertyuiopasdfghjklzxcvbnm1234567890",
            "12345678901234567890",
            "1987 1988 1989 1990 1991 1992",
            "!!!!!!!!!!!!!!!!!!!!!!!!!!",
            "Tr0ub4dor&3",
        ] {
            assert!(!is_taken(weak), "{weak}");
        }
    }

    #[test]
    fn composed_and_decomposed_spellings_are_one_passphrase() {
        let composed = Passphrase::entered("é 나무".as_bytes()).ok().unwrap();
        let decomposed =
            Passphrase::entered("e\u{301} \u{1102}\u{1161}\u{1106}\u{116e}".as_bytes())
                .ok()
                .unwrap();
        assert_eq!(composed.expose(), decomposed.expose());
    }

    #[test]
    fn blanks_at_the_ends_belong_to_the_passphrase() {
        let with = Passphrase::entered(b" x ").ok().unwrap();
        assert_eq!(with.expose(), b" x ");
    }

    #[test]
    fn bytes_that_are_no_text_and_texts_without_end_are_refused() {
        assert_eq!(Passphrase::new(&[0xff]).err(), Some(invalid_utf8()));
        let long = "staple orbit velvet canyon mustard fiddle ".repeat(30);
        let refused = Passphrase::new(long.as_bytes()).err();
        assert_eq!(
            refused,
            Some(VaultError::WeakPassphrase(PassphraseWeakness::TooLong))
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_normalising_never_outgrows_the_buffer(text in "\\PC{0,200}") {
            let _ = Passphrase::new(text.as_bytes());
            let normal: usize = nfc(text.chars()).map(char::len_utf8).sum();
            prop_assert!(normal <= text.len() * 3);
        }
    }
}
