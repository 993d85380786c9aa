//! base64url without padding (RFC 7515 2, RFC 4648 5): one text per byte string.

use super::JoseError;
use wallet_primitives::{Refused, base64};

/// The text of `bytes`.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    base64::encode_url(bytes)
}

/// Appends the text of `bytes`.
pub(super) fn encode_onto(text: &mut Vec<u8>, bytes: &[u8]) {
    base64::encode_url_onto(text, bytes);
}

/// The bytes of `text`. Padding, white space, the `+/` alphabet, impossible lengths and non-zero trailing bits are refused.
///
/// # Errors
/// [`JoseError::NotBase64Url`].
pub fn decode(text: &str) -> Result<Vec<u8>, JoseError> {
    base64::decode_url(text).map_err(|Refused| JoseError::NotBase64Url)
}

/// The `N` bytes of `text`.
///
/// # Errors
/// [`JoseError::NotBase64Url`], or [`JoseError::MalformedKey`] for another length.
pub(super) fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], JoseError> {
    decode(text)?
        .try_into()
        .map_err(|_| JoseError::MalformedKey)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// RFC 4648 10, without the padding.
    const KNOWN: [(&str, &str); 7] = [
        ("", ""),
        ("f", "Zg"),
        ("fo", "Zm8"),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ];

    #[test]
    fn the_vectors_of_rfc_4648_hold() {
        for (plain, text) in KNOWN {
            assert_eq!(encode(plain.as_bytes()), text);
            let mut appended = b"a".to_vec();
            encode_onto(&mut appended, plain.as_bytes());
            assert_eq!(appended, format!("a{text}").into_bytes());
            assert_eq!(decode(text).unwrap(), plain.as_bytes());
        }
    }

    #[test]
    fn the_vector_of_rfc_7515_appendix_c_holds() {
        assert_eq!(encode(&[3, 236, 255, 224, 193]), "A-z_4ME");
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for text in [
            "Zg==",
            "Zm8=",
            "Zm9v=",
            "Zm9v\n",
            " Zm9v",
            "Zm 9v",
            "A+z/4ME",
            "A",
            "Zm9vY",
            "Zh",
            "Zm9",
            "Zm9vYh",
            "Zm9v.",
            "Zm9v\u{0}",
            "Zm9vé",
            "_",
            "-",
        ] {
            assert_eq!(decode(text), Err(JoseError::NotBase64Url), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_decoded_is_encoded_to_the_same_text(text in "[A-Za-z0-9_-]{0,24}") {
            if let Ok(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
