//! Pictures of foreign origin, told by how they begin. They are never decoded here.

use wallet_primitives::base64;

/// Largest picture in a claim, in bytes.
pub const MAX_CLAIM_PICTURE_BYTES: usize = 4 * 1024 * 1024;
/// As text: four characters for three bytes, and what stands before them.
const MAX_CLAIM_PICTURE_CHARS: usize = MAX_CLAIM_PICTURE_BYTES / 3 * 4 + 64;
/// What a claim may show. No SVG: it may hold scripts and references.
const OF_CLAIMS: [&str; 3] = ["image/png", "image/jpeg", "image/webp"];

/// Whether the bytes begin as pictures of this media type do.
pub(crate) fn begins_as(media_type: &str, bytes: &[u8]) -> bool {
    match media_type {
        "image/png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "image/jpeg" => bytes.starts_with(b"\xff\xd8\xff"),
        "image/webp" => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        "image/svg+xml" => core::str::from_utf8(bytes).is_ok_and(|text| text.contains("<svg")),
        _ => false,
    }
}

/// A picture that is the value of a claim, such as a portrait. It is personal data: neither printed nor compared.
pub struct ClaimPicture {
    media_type: &'static str,
    bytes: Vec<u8>,
}

impl ClaimPicture {
    /// Reads a `data:` URI (RFC 2397) of one of the media types `image/png`, `image/jpeg` and `image/webp`, without
    /// parameters, in base64 with padding. `None` for any other text, and where the bytes are of another kind or too
    /// many: such a claim is text.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_CLAIM_PICTURE_CHARS {
            return None;
        }
        let (head, body) = text.split_once(',')?;
        let is_head_of = |media_type: &&&str| {
            let expected = ["data:", **media_type, ";base64"].concat();
            head.eq_ignore_ascii_case(&expected)
        };
        let media_type = OF_CLAIMS.iter().find(is_head_of)?;
        let bytes = base64::decode(body).ok()?;
        let is_picture = bytes.len() <= MAX_CLAIM_PICTURE_BYTES && begins_as(media_type, &bytes);
        is_picture.then_some(Self { media_type, bytes })
    }

    /// `image/png`, `image/jpeg` or `image/webp`; the bytes begin like it.
    #[must_use]
    pub const fn media_type(&self) -> &'static str {
        self.media_type
    }

    /// The bytes, for the platform's decoder.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrests";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0rest";
    const WEBP: &[u8] = b"RIFF\0\0\0\0WEBPrest";

    fn uri(media_type: &str, bytes: &[u8]) -> String {
        format!("data:{media_type};base64,{}", base64::encode(bytes))
    }

    fn is_read(text: &str) -> bool {
        ClaimPicture::read(text).is_some()
    }

    #[test]
    fn a_portrait_in_a_data_uri_is_its_media_type_and_its_bytes() {
        for (media_type, bytes) in [
            ("image/png", PNG),
            ("image/jpeg", JPEG),
            ("image/webp", WEBP),
        ] {
            let picture = ClaimPicture::read(&uri(media_type, bytes)).unwrap();
            assert_eq!(picture.media_type(), media_type);
            assert_eq!(picture.into_bytes(), bytes);
        }
        let shouted = uri("IMAGE/PNG", PNG).replacen("data", "DATA", 1);
        assert_eq!(
            ClaimPicture::read(&shouted).unwrap().media_type(),
            "image/png"
        );
    }

    #[test]
    fn bytes_that_begin_otherwise_than_their_media_type_are_no_picture() {
        assert!(!is_read(&uri("image/png", JPEG)));
        assert!(!is_read(&uri("image/jpeg", b"\xff\xd8")));
        assert!(!is_read(&uri("image/webp", b"RIFF\0\0\0\0WAVE")));
        assert!(!is_read(&uri("image/png", b"")));
        assert!(!is_read(&uri("image/jpeg", b"<html>")));
    }

    #[test]
    fn what_may_hold_scripts_or_is_unknown_is_no_picture() {
        assert!(!is_read(&uri("image/svg+xml", b"<svg/>")));
        assert!(!is_read(&uri("text/html", PNG)));
        assert!(!is_read(&uri("image/gif", b"GIF89a")));
    }

    #[test]
    fn a_data_uri_written_in_any_other_way_is_text() {
        let good = uri("image/png", PNG);
        assert!(is_read(&good));
        for bad in [
            good.replacen("data:", " data:", 1),
            good.replacen("data:", "data://", 1),
            good.replacen(";base64", "", 1),
            good.replacen(";base64", ";charset=utf-8;base64", 1),
            good.replacen(";base64", "; base64", 1),
            good.replacen("image/png", "image/png ", 1),
            good.replace(',', ""),
            good.trim_end_matches('=').to_owned(),
            format!("{good}\n"),
            format!("{good} "),
            good.replacen("iVBO", "%69VBO", 1),
            good.replace('=', "%3D"),
        ] {
            assert!(!is_read(&bad), "{bad}");
        }
        assert!(!is_read("data:image/png;base64"));
        assert!(!is_read("https://issuer.example/portrait.png"));
        assert!(!is_read(""));
    }

    #[test]
    fn a_picture_may_have_so_many_bytes_and_not_one_more() {
        let mut bytes = PNG.to_vec();
        bytes.resize(MAX_CLAIM_PICTURE_BYTES, 0);
        assert!(is_read(&uri("image/png", &bytes)));
        bytes.push(0);
        assert!(!is_read(&uri("image/png", &bytes)));
    }
}
