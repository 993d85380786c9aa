//! Base64 (RFC 4648), canonical only: white space, impossible lengths and trailing bits that are not zero are refused.
//!
//! Credentials are megabytes of it, encoded twice over: eight characters are worked on at once, as the bytes of one `u64`.
//! (Vector instructions are not made of loops here: what ships is optimised as a whole, for size.) There is no branch and no
//! table by what is in the text, so its content does not tell by time.

use crate::Refused;

/// The last two characters of an alphabet; all begin with letters and digits.
type Ending = [u8; 2];

/// The alphabet of section 4.
const STANDARD: Ending = *b"+/";
/// The alphabet of section 5.
const URL: Ending = *b"-_";

/// The text in the alphabet of section 5, without padding.
#[must_use]
#[inline(never)]
pub fn encode_url(bytes: &[u8]) -> String {
    write(bytes, URL)
}

/// Appends the text in the alphabet of section 5, without padding.
#[inline(never)]
pub fn encode_url_onto(text: &mut Vec<u8>, bytes: &[u8]) {
    let start = text.len();
    text.resize(start + length(bytes), 0);
    if let Some(place) = text.get_mut(start..) {
        write_into(place, bytes, URL);
    }
}

/// The bytes of a text in the alphabet of section 5, without padding.
///
/// # Errors
/// [`Refused`] for every other text.
#[inline(never)]
pub fn decode_url(text: &str) -> Result<Vec<u8>, Refused> {
    read(text, URL)
}

/// The text in the alphabet of section 4, with padding.
#[must_use]
#[inline(never)]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = write(bytes, STANDARD);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// The bytes of a text in the alphabet of section 4, with padding.
///
/// # Errors
/// [`Refused`] for every other text.
#[inline(never)]
pub fn decode(text: &str) -> Result<Vec<u8>, Refused> {
    if !text.len().is_multiple_of(4) {
        return Err(Refused);
    }
    let short = text.strip_suffix('=').unwrap_or(text);
    read(short.strip_suffix('=').unwrap_or(short), STANDARD)
}

/// The bytes of a text in the alphabet of section 4, without padding.
///
/// # Errors
/// [`Refused`] for every other text.
#[inline(never)]
pub fn decode_unpadded(text: &str) -> Result<Vec<u8>, Refused> {
    read(text, STANDARD)
}

/// This in each of eight bytes.
pub(crate) const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The highest bit of each byte that is `least` or more; all must be below 128.
#[inline(always)]
fn flags(eight: u64, least: u8) -> u64 {
    eight.wrapping_add(each(128 - least)) & each(128)
}

/// All ones in each byte whose highest bit is set.
#[inline(always)]
fn spread(flags: u64) -> u64 {
    flags | (flags - (flags >> 7))
}

/// All ones in each byte that is `least` or more; all must be below 128.
#[inline(always)]
fn from(eight: u64, least: u8) -> u64 {
    spread(flags(eight, least))
}

/// All ones in each byte of the range; all must be below 128.
#[inline(always)]
fn within(eight: u64, first: u8, last: u8) -> u64 {
    spread(flags(eight, first) ^ flags(eight, last + 1))
}

/// The bits that eight characters stand for, 48 of them, and not zero where one is of another alphabet.
#[inline(always)]
fn bits(characters: [u8; 8], [c62, c63]: Ending) -> (u64, u64) {
    let eight = u64::from_be_bytes(characters);
    let beyond_ascii = eight & each(128);
    let eight = eight & each(127);
    let upper = within(eight, b'A', b'Z');
    let lower = within(eight, b'a', b'z');
    let digit = within(eight, b'0', b'9');
    let is62 = within(eight, c62, c62);
    let is63 = within(eight, c63, c63);
    let above = upper & each(b'A') | lower & each(b'a' - 26) | is63 & each(c63.saturating_sub(63));
    let below =
        digit & each(52 - b'0') | is62 & each(62 - c62) | is63 & each(63u8.saturating_sub(c63));
    // No byte overflows into its neighbour, unless one is of another alphabet: all is refused then.
    let numbers = eight.wrapping_add(below).wrapping_sub(above);
    let twelve = numbers & 0x003f_003f_003f_003f | (numbers & 0x3f00_3f00_3f00_3f00) >> 2;
    let twenty_four = twelve & 0x0000_0fff_0000_0fff | (twelve & 0x0fff_0000_0fff_0000) >> 4;
    let all = twenty_four & 0x00ff_ffff | (twenty_four & 0x00ff_ffff_0000_0000) >> 8;
    (all, beyond_ascii | !(upper | lower | digit | is62 | is63))
}

/// The eight characters that stand for 48 bits.
#[inline(always)]
fn characters(bits: u64, [c62, c63]: Ending) -> [u8; 8] {
    let twenty_four = bits & 0x00ff_ffff | (bits & 0xffff_ff00_0000) << 8;
    let twelve = twenty_four & 0x0000_0fff_0000_0fff | (twenty_four & 0x00ff_f000_00ff_f000) << 4;
    let numbers = twelve & 0x003f_003f_003f_003f | (twelve & 0x0fc0_0fc0_0fc0_0fc0) << 2;
    let (is62, is63) = (within(numbers, 62, 62), within(numbers, 63, 63));
    let eight = numbers
        .wrapping_add(each(b'A'))
        .wrapping_add(from(numbers, 26) & each(b'a' - 26 - b'A'))
        .wrapping_sub(from(numbers, 52) & each(b'a' + 26 - b'0'));
    let eight = eight & !(is62 | is63) | is62 & each(c62) | is63 & each(c63);
    eight.to_be_bytes()
}

fn read(text: &str, ending: Ending) -> Result<Vec<u8>, Refused> {
    let (eights, rest) = text.as_bytes().as_chunks();
    // Six bits are no byte.
    if rest.len() % 4 == 1 {
        return Err(Refused);
    }
    let mut bytes = vec![0; eights.len() * 6 + rest.len() * 6 / 8];
    let (sixes, last) = bytes.as_chunks_mut();
    let mut wrong = 0;
    for (eight, six) in eights.iter().zip(sixes) {
        let (bits, not_ours) = bits(*eight, ending);
        let [_, _, six_bytes @ ..] = bits.to_be_bytes();
        *six = six_bytes;
        wrong |= not_ours;
    }
    // Filled up with what stands for zero: bits beyond the last byte are not zero only if they are in the text.
    let mut eight = [b'A'; 8];
    for (place, character) in eight.iter_mut().zip(rest) {
        *place = *character;
    }
    let (bits, not_ours) = bits(eight, ending);
    let [_, _, six @ ..] = bits.to_be_bytes();
    let (end, surplus) = six.split_at(last.len());
    last.copy_from_slice(end);
    match wrong | not_ours == 0 && surplus.iter().all(|byte| *byte == 0) {
        true => Ok(bytes),
        false => Err(Refused),
    }
}

/// How many characters stand for these bytes, without padding.
fn length(bytes: &[u8]) -> usize {
    bytes.len() / 6 * 8 + (bytes.len() % 6 * 8).div_ceil(6)
}

fn write(bytes: &[u8], ending: Ending) -> String {
    let mut text = vec![0; length(bytes)];
    write_into(&mut text, bytes, ending);
    // All of it is ASCII.
    String::from_utf8(text).unwrap_or_default()
}

/// Fills a place of this [`length`].
#[inline(always)]
fn write_into(text: &mut [u8], bytes: &[u8], ending: Ending) {
    let (sixes, rest) = bytes.as_chunks();
    let (eights, last) = text.as_chunks_mut();
    for ([a, b, c, d, e, f], eight) in sixes.iter().zip(eights) {
        let bits = u64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *f]);
        *eight = characters(bits, ending);
    }
    let mut bits = [0; 8];
    for (place, byte) in bits.iter_mut().skip(2).zip(rest) {
        *place = *byte;
    }
    let end = characters(u64::from_be_bytes(bits), ending);
    for (place, character) in last.iter_mut().zip(end) {
        *place = character;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding as _};

    #[test]
    fn each_alphabet_is_written_and_read_and_the_others_are_refused() {
        let bytes = [0xfb, 0xff];
        assert_eq!(
            (encode(&bytes), encode_url(&bytes)),
            ("+/8=".into(), "-_8".into())
        );
        assert_eq!(decode("+/8="), Ok(bytes.to_vec()));
        assert_eq!(decode_unpadded("+/8"), Ok(bytes.to_vec()));
        assert_eq!(decode_url("-_8"), Ok(bytes.to_vec()));
        for wrong in [
            "-_8", "+/8", "+/9=", " +/8=", "+/8==", "+/8A=", "====", "A===",
        ] {
            assert_eq!(decode(wrong), Err(Refused), "{wrong}");
        }
        for wrong in ["-_8=", "+/8", "-_9", "-_8\n", "A", "AAAAA", "AB"] {
            assert_eq!(decode_url(wrong), Err(Refused), "{wrong}");
        }
        for wrong in ["-_8", "+/8=", "+/9"] {
            assert_eq!(decode_unpadded(wrong), Err(Refused), "{wrong}");
        }
    }

    /// Bytes of many values, in every length up to some.
    fn samples() -> impl Iterator<Item = Vec<u8>> {
        (0..300).map(|length: u16| {
            let mut state = u32::from(length);
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            };
            (0..length).map(|_| next()).collect()
        })
    }

    #[test]
    fn it_writes_and_reads_what_another_implementation_does() {
        for bytes in samples() {
            let (padded, url) = (encode(&bytes), encode_url(&bytes));
            assert_eq!(padded, Base64::encode_string(&bytes));
            assert_eq!(url, Base64UrlUnpadded::encode_string(&bytes));
            assert_eq!(decode(&padded).as_ref(), Ok(&bytes));
            assert_eq!(decode_url(&url).as_ref(), Ok(&bytes));
            assert_eq!(decode_unpadded(padded.trim_end_matches('=')), Ok(bytes));
        }
    }

    #[test]
    fn it_refuses_what_another_implementation_does_wherever_one_character_is_another() {
        for bytes in samples().take(14) {
            let text = encode(&bytes).into_bytes();
            for place in 0..text.len() {
                for other in 0..128 {
                    let mut text = text.clone();
                    text[place] = other;
                    let text = String::from_utf8(text).unwrap_or_default();
                    let refused = |_| Refused;
                    assert_eq!(decode(&text), Base64::decode_vec(&text).map_err(refused));
                    let expected = Base64Unpadded::decode_vec(&text).map_err(refused);
                    assert_eq!(decode_unpadded(&text), expected);
                    let expected = Base64UrlUnpadded::decode_vec(&text).map_err(refused);
                    assert_eq!(decode_url(&text), expected);
                }
            }
        }
    }
}
