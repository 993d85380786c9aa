//! Short texts: links, labels, codes typed by people.

use super::fixture::text;
use base64ct::{Base64, Encoding as _};
use wallet_core::intent::{Intent, Medium, open};
use wallet_core::issuance::OfferLink;
use wallet_core::picture::{ClaimPicture, MAX_CLAIM_PICTURE_BYTES};
use wallet_core::presentation::AuthorizationRequest;
use wallet_core::text::display_text as shown;
use wallet_core::vault::RecoveryCode;

/// A text is for one thing at most: what is read as an offer or as a request was announced as such.
pub(super) fn intent(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let Ok(intent) = open(text, Medium::Link) else {
        assert!(text.len() > Medium::Link.max_bytes());
        return;
    };
    match open(text, Medium::Qr) {
        Ok(same) => assert_eq!(same, intent),
        Err(_) => assert!(text.len() > Medium::Qr.max_bytes()),
    }
    let is_offer = OfferLink::parse(text).is_ok();
    let is_request = AuthorizationRequest::parse(text).is_ok();
    match intent {
        // An offer may hold parameters from which a request could be pieced together; it is not asked whether it is one.
        Intent::Offer => assert!(OfferLink::recognises(text)),
        Intent::Presentation => assert!(!is_offer),
        Intent::Proximity => assert!(!is_offer && !is_request),
        _ => assert!(!is_offer || text.contains("client_id")),
    }
}

/// What is shown is one short line without control, bidirectional and other invisible characters; showing it again changes
/// nothing.
pub(super) fn display_text(input: &[u8]) {
    let raw = String::from_utf8_lossy(input);
    for max_chars in [0, 1, 2, 40, 200] {
        let line = shown(&raw, max_chars);
        assert!(line.chars().count() <= max_chars);
        assert_is_safe(&line);
        assert_eq!(shown(&line, max_chars), line, "not stable: {line:?}");
    }
}

/// A text is a picture only as written in one way, and begins as its kind does.
pub(super) fn claim_picture(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let Some(picture) = ClaimPicture::read(text) else {
        return;
    };
    let (media_type, bytes) = (picture.media_type(), picture.into_bytes());
    assert!(bytes.len() <= MAX_CLAIM_PICTURE_BYTES);
    assert!(match media_type {
        "image/png" => bytes.starts_with(b"\x89PNG\r\n\x1A\n"),
        "image/jpeg" => bytes.starts_with(b"\xFF\xD8\xFF"),
        "image/webp" => bytes.starts_with(b"RIFF") && bytes[8..].starts_with(b"WEBP"),
        _ => false,
    });
    let (head, body) = text.split_once(',').unwrap();
    let expected = format!("data:{media_type};base64");
    assert_eq!(head.to_ascii_lowercase(), expected);
    assert_eq!(Base64::encode_string(&bytes), body);
}

/// Panics if people should not be shown this text.
pub(super) fn assert_is_safe(line: &str) {
    for c in line.chars() {
        assert!(!c.is_control(), "control character {c:?}");
        assert!(!is_bidi_control(c), "bidirectional control {c:?}");
        assert!(c == ' ' || !c.is_whitespace(), "white space {c:?}");
        assert!(
            !matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
        );
    }
    assert_eq!(line.trim(), line);
    assert!(!line.contains("  "));
}

/// The property `Bidi_Control` of Unicode (UAX 9).
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A code that is taken is written in one way, and that way is taken. The input is also read as the data of a code: with
/// the checksum of BIP 350 it is taken, with one wrong symbol it is not.
pub(super) fn recovery_code(input: &[u8]) {
    if let Ok(code) = RecoveryCode::parse(input) {
        let written = code.to_text();
        let again = RecoveryCode::parse(&written).unwrap();
        assert_eq!(again.to_text(), written);
        let typed: Vec<u8> = input.to_ascii_uppercase();
        let is_symbol = |byte: &&u8| byte.is_ascii_alphanumeric();
        assert!(
            typed
                .iter()
                .filter(is_symbol)
                .eq(written.iter().filter(is_symbol))
        );
    }
    let mut data: Vec<u8> = input.iter().take(26).map(|byte| byte % 32).collect();
    data.resize(26, 0);
    let is_padded = data[25] & 0b11 == 0;
    data.extend(checksum(&data));
    let written = |data: &[u8]| -> Vec<u8> {
        data.iter()
            .map(|symbol| SYMBOLS[usize::from(*symbol)])
            .collect()
    };
    assert_eq!(RecoveryCode::parse(&written(&data)).is_ok(), is_padded);
    let at = usize::from(input.first().copied().unwrap_or_default()) % data.len();
    data[at] ^= 1 + input.last().copied().unwrap_or_default() % 31;
    assert!(RecoveryCode::parse(&written(&data)).is_err());
}

/// The alphabet of BIP 173.
const SYMBOLS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The six symbols of BIP 350 after the human-readable part `wallet`.
fn checksum(data: &[u8]) -> [u8; 6] {
    let prefix = b"wallet";
    let high = prefix.iter().map(|byte| byte >> 5);
    let low = prefix.iter().map(|byte| byte & 31);
    let values = high
        .chain([0])
        .chain(low)
        .chain(data.iter().copied())
        .chain([0; 6]);
    let mut remainder: u32 = 1;
    for value in values {
        let top = remainder >> 25;
        remainder = (remainder & 0x01FF_FFFF) << 5 ^ u32::from(value);
        let generator = [
            0x3B6A_57B2,
            0x2650_8E6D,
            0x1EA1_19FA,
            0x3D42_33DD,
            0x2A14_62B3,
        ];
        for (bit, polynomial) in (0..).zip(generator) {
            if top >> bit & 1 == 1 {
                remainder ^= polynomial;
            }
        }
    }
    remainder ^= 0x2BC8_30A3;
    core::array::from_fn(|at| u8::try_from(remainder >> (5 * (5 - at)) & 31).unwrap())
}
