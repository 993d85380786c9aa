//! The recovery code: 128 random bits the holder writes down. It opens *this* store and is no backup of it.
//!
//! Text: the data part of a Bech32m string (BIP 350) with the human-readable part `wallet`, which is left out, in eight
//! groups of four: 26 symbols of data (128 bits and two zero bits) and 6 of checksum. Up to three wrong symbols are
//! always noticed, others but for one in 2³⁰.

use super::error::VaultError;
use crate::error::WalletError;
use crate::random::Random;
use crate::secret::{Secret, SecretBytes};
use zeroize::{Zeroize as _, Zeroizing};

const PREFIX: &[u8] = b"wallet";
const ALPHABET: &[u8; 32] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
const DATA_SYMBOLS: usize = 26;
const SYMBOLS: usize = 32;
const BECH32M: u32 = 0x2bc8_30a3;

/// A recovery code. It is shown once, when it is made.
pub struct RecoveryCode(Secret<16>);

impl RecoveryCode {
    pub(crate) fn make(random: &dyn Random) -> Result<Self, WalletError> {
        Secret::make(random).map(Self)
    }

    /// The code as ASCII text, `XXXX-XXXX-…` in eight groups.
    #[must_use]
    pub fn to_text(&self) -> SecretBytes {
        let symbols = self.symbols();
        let mut text = SecretBytes::new(Vec::with_capacity(SYMBOLS + 7));
        for (i, symbol) in symbols.iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                text.push(b'-');
            }
            text.push(ALPHABET.get(usize::from(*symbol)).copied().unwrap_or(b'?'));
        }
        text
    }

    /// Reads a typed code. Case, blanks and hyphens do not matter.
    ///
    /// # Errors
    /// `recovery_code_malformed` for any typing error.
    pub fn parse(text: &[u8]) -> Result<Self, VaultError> {
        let mut symbols = Zeroizing::new([0_u8; SYMBOLS]);
        let mut typed = text
            .iter()
            .filter(|b| !matches!(b, b' ' | b'-' | b'\r' | b'\n' | b'\t'));
        for symbol in symbols.iter_mut() {
            let letter = typed
                .next()
                .ok_or(VaultError::RecoveryCodeMalformed)?
                .to_ascii_uppercase();
            let value = ALPHABET.iter().position(|known| *known == letter);
            *symbol = value
                .and_then(|value| u8::try_from(value).ok())
                .ok_or(VaultError::RecoveryCodeMalformed)?;
        }
        if typed.next().is_some() || polymod(&symbols[..]) != BECH32M {
            return Err(VaultError::RecoveryCodeMalformed);
        }
        let secret = Secret::try_with(|bytes: &mut [u8; 16]| {
            let (mut bits, mut have, mut at) = (0_u32, 0, 0);
            for symbol in symbols.iter().take(DATA_SYMBOLS) {
                bits = (bits << 5) | u32::from(*symbol);
                have += 5;
                if have >= 8 {
                    have -= 8;
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = (bits >> have) as u8;
                    }
                    bits &= (1 << have) - 1;
                    at += 1;
                }
            }
            let padding_is_zero = bits == 0;
            bits.zeroize();
            padding_is_zero
                .then_some(())
                .ok_or(VaultError::RecoveryCodeMalformed)
        })?;
        Ok(Self(secret))
    }

    pub(crate) fn expose(&self) -> &[u8; 16] {
        self.0.expose()
    }

    fn symbols(&self) -> Zeroizing<[u8; SYMBOLS]> {
        let mut symbols = Zeroizing::new([0; SYMBOLS]);
        let number = Zeroizing::new(u128::from_be_bytes(*self.0.expose()));
        for (i, symbol) in symbols.iter_mut().take(DATA_SYMBOLS).enumerate() {
            // 130 bits: the number and two zero bits below.
            let below = 125 - 5 * i;
            let shifted = if below >= 2 {
                *number >> (below - 2)
            } else {
                *number << 2
            };
            *symbol = (shifted & 31) as u8;
        }
        let checksum = polymod(&symbols[..]) ^ BECH32M;
        for (i, symbol) in symbols.iter_mut().skip(DATA_SYMBOLS).enumerate() {
            *symbol = ((checksum >> (5 * (5 - i))) & 31) as u8;
        }
        symbols
    }
}

/// BIP 173's checksum polynomial over the expanded prefix and the symbols.
fn polymod(symbols: &[u8]) -> u32 {
    polymod_with(PREFIX, symbols)
}

fn polymod_with(prefix: &[u8], symbols: &[u8]) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let high = prefix.iter().map(|b| b >> 5);
    let low = prefix.iter().map(|b| b & 31);
    high.chain([0])
        .chain(low)
        .chain(symbols.iter().copied())
        .fold(1, |sum: u32, symbol| {
            let top = sum >> 25;
            let next = ((sum & 0x01ff_ffff) << 5) ^ u32::from(symbol);
            (0..).zip(GENERATOR).fold(next, |next, (bit, term)| {
                if (top >> bit) & 1 == 1 {
                    next ^ term
                } else {
                    next
                }
            })
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn code(bytes: [u8; 16]) -> RecoveryCode {
        RecoveryCode(Secret::take(&mut { bytes }))
    }

    /// The valid strings of BIP 350 check the polynomial, the alphabet and the constant.
    #[test]
    fn the_checksum_is_bech32m() {
        for text in [
            "A1LQFN3A",
            "a1lqfn3a",
            "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
            "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
            "?1v759aa",
        ] {
            let text = text.to_ascii_lowercase();
            let (prefix, data) = text.rsplit_once('1').unwrap();
            let symbols: Vec<u8> = data
                .to_ascii_uppercase()
                .bytes()
                .map(|b| ALPHABET.iter().position(|a| *a == b).unwrap() as u8)
                .collect();
            assert_eq!(polymod_with(prefix.as_bytes(), &symbols), BECH32M, "{text}");
        }
    }

    #[test]
    fn padding_bits_must_be_zero() {
        let mut symbols = *code([0x5a; 16]).symbols();
        symbols[25] |= 1;
        let checksum = polymod(&[&symbols[..26], &[0; 6]].concat()) ^ BECH32M;
        let text: Vec<u8> = symbols[..26]
            .iter()
            .copied()
            .chain((0..6).map(|i| ((checksum >> (5 * (5 - i))) & 31) as u8))
            .map(|symbol| ALPHABET[usize::from(symbol)])
            .collect();
        assert!(matches!(
            RecoveryCode::parse(&text),
            Err(VaultError::RecoveryCodeMalformed)
        ));
    }

    #[test]
    fn too_short_too_long_and_foreign_letters_are_refused() {
        let text = code([9; 16]).to_text();
        let longer = [&text[..], b"Q"].concat();
        let foreign = [b"B", &text[1..]].concat();
        for wrong in [&text[1..], &longer, &foreign, b"", "ü".as_bytes()] {
            assert!(matches!(
                RecoveryCode::parse(wrong),
                Err(VaultError::RecoveryCodeMalformed)
            ));
        }
    }

    proptest! {
        #[test]
        fn a_code_is_read_back_in_any_case_and_grouping(bytes: [u8; 16]) {
            let text = code(bytes).to_text();
            prop_assert_eq!(text.len(), 39);
            let typed = String::from_utf8(text.to_ascii_lowercase()).unwrap().replace('-', " ");
            let read = RecoveryCode::parse(typed.as_bytes()).unwrap();
            prop_assert_eq!(read.expose(), &bytes);
        }

        #[test]
        fn one_two_or_three_wrong_symbols_are_always_noticed(
            bytes: [u8; 16],
            wrong in proptest::collection::btree_map(0..32_usize, 1..32_u8, 1..=3),
        ) {
            let mut symbols = *code(bytes).symbols();
            for (at, change) in wrong {
                symbols[at] ^= change;
            }
            let text: Vec<u8> = symbols.iter().map(|s| ALPHABET[usize::from(*s)]).collect();
            prop_assert!(RecoveryCode::parse(&text).is_err());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = RecoveryCode::parse(&bytes);
        }
    }
}
