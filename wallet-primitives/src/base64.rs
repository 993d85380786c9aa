//! Base64 (RFC 4648), canonical only: white space, impossible lengths and trailing bits that are not zero are refused.

use crate::Refused;
use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding as _};

/// The text in the alphabet of section 5, without padding.
#[must_use]
pub fn encode_url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The bytes of a text in the alphabet of section 5, without padding.
///
/// # Errors
/// [`Refused`] for every other text.
pub fn decode_url(text: &str) -> Result<Vec<u8>, Refused> {
    Base64UrlUnpadded::decode_vec(text).map_err(|_| Refused)
}

/// The text in the alphabet of section 4, with padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// The bytes of a text in the alphabet of section 4, with padding.
///
/// # Errors
/// [`Refused`] for every other text.
pub fn decode(text: &str) -> Result<Vec<u8>, Refused> {
    Base64::decode_vec(text).map_err(|_| Refused)
}

/// The bytes of a text in the alphabet of section 4, without padding.
///
/// # Errors
/// [`Refused`] for every other text.
pub fn decode_unpadded(text: &str) -> Result<Vec<u8>, Refused> {
    Base64Unpadded::decode_vec(text).map_err(|_| Refused)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for wrong in ["-_8", "+/8", "+/9=", " +/8=", "+/8=="] {
            assert_eq!(decode(wrong), Err(Refused), "{wrong}");
        }
        for wrong in ["-_8=", "+/8", "-_9", "-_8\n"] {
            assert_eq!(decode_url(wrong), Err(Refused), "{wrong}");
        }
        for wrong in ["-_8", "+/8=", "+/9"] {
            assert_eq!(decode_unpadded(wrong), Err(Refused), "{wrong}");
        }
    }
}
