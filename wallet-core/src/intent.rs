//! What a scanned or clicked text wants of the wallet: decided from the text alone, before any network request.

use crate::error::{ErrorCode, WalletError};
use std::collections::HashSet;

/// How the text reached the wallet; it decides how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// A QR code: at most 4 KiB.
    Qr,
    /// A link or deep link: at most 64 KiB.
    Link,
}

impl Medium {
    /// Most bytes of text.
    #[must_use]
    pub const fn max_bytes(self) -> usize {
        match self {
            Self::Qr => 4 * 1024,
            Self::Link => 64 * 1024,
        }
    }
}

/// What the text is for. Nothing in it has been checked or trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Intent {
    /// A credential offer (OpenID4VCI 1.0 4.1).
    Offer,
    /// A presentation request (OpenID4VP 1.0 5).
    Presentation,
    /// A proximity engagement (ISO/IEC 18013-5 8.2.2.3).
    Proximity,
    /// Nothing this wallet knows.
    Unknown,
}

/// URI schemes of presentation requests (OpenID4VP 1.0 13.1.1, HAIP 1.0 5.1, ISO/IEC TS 18013-7 B).
pub(crate) const PRESENTATION_SCHEMES: [&str; 4] =
    ["openid4vp", "haip-vp", "eudi-openid4vp", "mdoc-openid4vp"];

/// URI schemes of credential offers (OpenID4VCI 1.0 4.1.2, HAIP 1.0 4.2).
pub(crate) const OFFER_SCHEMES: [&str; 2] = ["openid-credential-offer", "haip-vci"];

/// Classifies a text by its scheme, and an `https` link by the names of its parameters.
///
/// # Errors
/// `too_large` beyond the limit of the medium.
pub fn open(text: &str, medium: Medium) -> Result<Intent, WalletError> {
    if text.len() > medium.max_bytes() {
        return Err(WalletError::new(ErrorCode::TooLarge));
    }
    let Some((scheme, rest)) = text.trim().split_once(':') else {
        return Ok(Intent::Unknown);
    };
    let scheme = scheme.to_ascii_lowercase();
    Ok(match scheme.as_str() {
        "mdoc" => Intent::Proximity,
        "https" => of_link(rest),
        _ if PRESENTATION_SCHEMES.contains(&scheme.as_str()) => Intent::Presentation,
        _ if OFFER_SCHEMES.contains(&scheme.as_str()) => Intent::Offer,
        _ => Intent::Unknown,
    })
}

fn of_link(rest: &str) -> Intent {
    let address = rest.split('#').next().unwrap_or_default();
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let names: HashSet<_> = url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, _)| name)
        .collect();
    let has = |name: &str| names.contains(name);
    let offer = has("credential_offer") || has("credential_offer_uri");
    let request = has("client_id")
        && (has("request_uri") || has("request") || has("dcql_query") || has("response_type"));
    match (offer, request) {
        (true, false) => Intent::Offer,
        (false, true) => Intent::Presentation,
        _ => Intent::Unknown,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    // shows: HAIP 4
    #[test]
    fn a_text_is_classified_by_its_scheme() {
        for (text, intent) in [
            (
                "openid4vp://?client_id=a&request_uri=b",
                Intent::Presentation,
            ),
            ("haip-vp://?client_id=a", Intent::Presentation),
            (
                "eudi-openid4vp://authorize?client_id=a",
                Intent::Presentation,
            ),
            ("OPENID4VP:?client_id=a", Intent::Presentation),
            (
                "openid-credential-offer://?credential_offer=%7B%7D",
                Intent::Offer,
            ),
            ("haip-vci://?credential_offer_uri=x", Intent::Offer),
            ("mdoc:owBjMS4w", Intent::Proximity),
            (
                "https://wallet.example/?credential_offer_uri=x",
                Intent::Offer,
            ),
            (
                "https://wallet.example/?client_id=a&request_uri=b",
                Intent::Presentation,
            ),
            (" openid4vp://?client_id=a \n", Intent::Presentation),
        ] {
            assert_eq!(open(text, Medium::Qr).unwrap(), intent, "{text}");
        }
    }

    // shows: HOSTILE 27
    #[test]
    fn what_is_not_plainly_one_thing_is_unknown() {
        for text in [
            "",
            "hello",
            "tel:123",
            "javascript:alert(1)",
            "http://wallet.example/?credential_offer_uri=x",
            "https://wallet.example/",
            "https://wallet.example/?request_uri=b",
            "https://wallet.example/?client_id=a",
            "https://wallet.example/?client_id=a&request_uri=b&credential_offer=c",
            "https://wallet.example/#?credential_offer=c",
            "openid4vp",
        ] {
            assert_eq!(open(text, Medium::Link).unwrap(), Intent::Unknown, "{text}");
        }
    }

    // shows: HOSTILE 27
    #[test]
    fn a_text_over_the_limit_of_its_medium_is_refused() {
        let text = format!("openid4vp://?client_id={}", "a".repeat(5000));
        assert_eq!(
            open(&text, Medium::Qr).unwrap_err().code(),
            ErrorCode::TooLarge
        );
        assert_eq!(open(&text, Medium::Link).unwrap(), Intent::Presentation);
        let text = format!("openid4vp://?client_id={}", "a".repeat(70_000));
        assert_eq!(
            open(&text, Medium::Link).unwrap_err().code(),
            ErrorCode::TooLarge
        );
    }
}
