//! Sending the answer and reading what the verifier says to it (OpenID4VP 1.0 8.2).

use super::error::PresentationError;
use super::response::{Answer, Response};
use crate::clock::UnixTime;
use crate::http::{FORM, FetchFault, FetchSettings, Fetched, Fetcher, Purpose};
use crate::json::{self, Limits};
use url::Url;

/// Longest `redirect_uri`.
const MAX_REDIRECT: usize = 4096;

/// Schemes no app registers for itself: they would run something, open a file or start a call.
const FORBIDDEN_SCHEMES: [&str; 17] = [
    "http",
    "ws",
    "wss",
    "ftp",
    "file",
    "data",
    "blob",
    "javascript",
    "vbscript",
    "about",
    "intent",
    "content",
    "filesystem",
    "view-source",
    "tel",
    "sms",
    "mailto",
];

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The verifier took it.
    Accepted {
        /// Where the holder's browser or app should go on. It was checked, but never fetched.
        redirect_uri: Option<String>,
    },
    /// The verifier refused it.
    Refused,
    /// It is not known whether it arrived. The same answer may be sent again while the request is valid.
    Unknown,
}

impl Answer {
    /// Posts the answer. May be called again after [`Outcome::Unknown`].
    ///
    /// # Errors
    /// [`PresentationError::Expired`] after the request has ended; [`PresentationError::NotAPost`] for an answer that
    /// goes back to the caller; [`PresentationError::Fetch`] if the address may not be called.
    pub async fn send(
        &self,
        fetcher: &Fetcher<'_>,
        now: UnixTime,
    ) -> Result<Outcome, PresentationError> {
        if now > self.valid_until() {
            return Err(PresentationError::Expired);
        }
        let Response::Post { uri, body } = self.response() else {
            return Err(PresentationError::NotAPost);
        };
        match fetcher
            .post(Purpose::Response, uri, &[], FORM, body.clone())
            .await
        {
            Ok(fetched) => Ok(read(&fetched, fetcher.settings())),
            Err(error) => match error.fault() {
                FetchFault::Url(_) | FetchFault::Header => Err(error.into()),
                // A redirect is an error answer (8.2).
                FetchFault::Redirect => Ok(Outcome::Refused),
                _ => Ok(Outcome::Unknown),
            },
        }
    }
}

fn read(fetched: &Fetched, settings: FetchSettings) -> Outcome {
    match fetched.status() {
        200..300 => Outcome::Accepted {
            redirect_uri: redirect_uri(fetched, settings),
        },
        400..500 => Outcome::Refused,
        _ => Outcome::Unknown,
    }
}

/// `redirect_uri` of the answer, if there is one that may be opened. Unknown members are ignored.
fn redirect_uri(fetched: &Fetched, settings: FetchSettings) -> Option<String> {
    let answer = json::parse_object(fetched.body(), Limits::default()).ok()?;
    let uri = answer.get("redirect_uri")?.as_str()?;
    is_openable(uri, settings).then(|| uri.to_owned())
}

/// An `https` link, or the link of an app. `http` to this device only where the app allows that for tests.
fn is_openable(uri: &str, settings: FetchSettings) -> bool {
    if uri.len() > MAX_REDIRECT || !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let Ok(url) = Url::parse(uri) else {
        return false;
    };
    match url.scheme() {
        "https" => url.has_host() && url.username().is_empty() && url.password().is_none(),
        "http" => settings.check_url(uri).is_ok(),
        scheme => !FORBIDDEN_SCHEMES.contains(&scheme),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // shows: VP 33, HAIP 17, HOSTILE 4
    #[test]
    fn only_a_web_or_app_link_is_handed_back() {
        let strict = FetchSettings::default();
        for uri in [
            "https://client.example.org/cb#response_code=091535f699ea575c7937fa5f0f454aee",
            "https://client.example.org/?response_code=1",
            "org.example.app:/done?code=1",
            "exampleapp://done",
        ] {
            assert!(is_openable(uri, strict), "{uri}");
        }
        for uri in [
            "http://client.example.org/",
            "http://localhost:1234/done",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,hello",
            "file:///etc/passwd",
            "intent://scan/#Intent;scheme=x;end",
            "tel:112",
            "/relative",
            "client.example.org",
            "https://user:pass@client.example.org/",
            "https://client.example.org/\u{202e}",
            "https://client.example.org/a b",
            "",
        ] {
            assert!(!is_openable(uri, strict), "{uri}");
        }
        let loopback = FetchSettings {
            allow_loopback_http: true,
        };
        assert!(is_openable("http://localhost:1234/done", loopback));
        assert!(!is_openable("http://client.example.org/", loopback));
    }
}
