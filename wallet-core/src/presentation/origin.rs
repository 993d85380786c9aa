//! The origin of whoever called the Digital Credentials API, as the platform gives it (OpenID4VP 1.0 appendix A.2,
//! A.4).

use super::error::PresentationError;
use crate::http::FetchSettings;
use crate::jose::base64url;
use url::Url;

/// Longest origin.
const MAX_BYTES: usize = 512;

/// Before the SHA-256 of the certificate an Android app is signed with.
const ANDROID_APP: &str = "android:apk-key-hash:";

/// A web origin (`https://verifier.example`) or an Android app (`android:apk-key-hash:…`). It must come from the
/// platform: nothing a verifier says about its own origin is ever taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// Checks what the platform gave. It is compared and answered as it is: nothing is normalised (A.2).
    ///
    /// # Errors
    /// [`PresentationError::IllegalOrigin`]: no origin in its one serialised form (RFC 6454 6.2), another scheme, or
    /// plain `http` where the app does not allow that to this device.
    pub fn from_platform(text: &str, settings: FetchSettings) -> Result<Self, PresentationError> {
        let is_legal = text.len() <= MAX_BYTES
            && match text.strip_prefix(ANDROID_APP) {
                Some(hash) => base64url::decode(hash).is_ok_and(|hash| hash.len() == 32),
                None => is_web_origin(text, settings),
            };
        if is_legal {
            Ok(Self(text.to_owned()))
        } else {
            Err(PresentationError::IllegalOrigin)
        }
    }

    /// The origin.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether it is its own serialisation: no path, no default port, lower case, host in ASCII.
fn is_web_origin(text: &str, settings: FetchSettings) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let may_be = match url.scheme() {
        "https" => true,
        "http" => settings.check_url(text).is_ok(),
        _ => false,
    };
    may_be && url.origin().is_tuple() && url.origin().ascii_serialization() == text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn is_legal(text: &str) -> bool {
        Origin::from_platform(text, FetchSettings::default()).is_ok()
    }

    // shows: VP 44
    #[test]
    fn an_origin_is_a_web_origin_or_an_android_app() {
        for origin in [
            "https://verifier.example",
            "https://verifier.example:8443",
            "https://xn--bcher-kva.example",
            "https://192.0.2.1",
            "android:apk-key-hash:LTHlBmrN6Wc9oE3TxFZp47fET6iFBQIiwMJiu3BLcqw",
        ] {
            assert!(is_legal(origin), "{origin}");
        }
    }

    #[test]
    fn anything_but_an_origin_in_its_one_form_is_refused() {
        for text in [
            "",
            "null",
            "verifier.example",
            "https://verifier.example/",
            "https://verifier.example/path",
            "https://verifier.example?a",
            "https://verifier.example#a",
            "https://verifier.example:443",
            "https://user@verifier.example",
            "https://Verifier.example",
            "HTTPS://verifier.example",
            "https://bücher.example",
            "https://verifier.example ",
            " https://verifier.example",
            "http://verifier.example",
            "http://localhost:3000",
            "ftp://verifier.example",
            "ws://verifier.example",
            "javascript:alert(1)",
            "data:text/html,a",
            "file:///etc/passwd",
            "origin:https://verifier.example",
            "android:apk-key-hash:",
            "android:apk-key-hash:abc",
            "android:apk-key-hash:LTHlBmrN6Wc9oE3TxFZp47fET6iFBQIiwMJiu3BLcqw=",
            "android:package:com.example",
        ] {
            assert!(!is_legal(text), "{text}");
        }
        assert!(!is_legal(&format!("https://{}.example", "a.".repeat(300))));
    }

    #[test]
    fn plain_http_only_to_this_device_and_only_where_the_app_allows_it() {
        let settings = FetchSettings {
            allow_loopback_http: true,
        };
        let parse = |text| Origin::from_platform(text, settings);
        assert!(parse("http://localhost:3000").is_ok());
        assert_eq!(
            parse("http://verifier.example"),
            Err(PresentationError::IllegalOrigin)
        );
    }
}
