//! The one way to the network: every URL the core calls goes through [`Fetcher`].

use super::address::{is_global, is_loopback};
use super::error::{FetchError, FetchFault, UrlFault};
use super::target::Target;
use super::{HttpClient, HttpRequest, HttpResponse, Method, Policy, Purpose};
use crate::json::{self, Limits};
use serde_json::{Map, Value};
use url::Url;

/// Seconds for one request, everything included.
const TOTAL_SECONDS: u32 = 10;

/// The same for every wallet and every phone.
const USER_AGENT: &str = "wallet";

const JSON: &str = "application/json";

/// Headers a caller in this library may set. Nothing here names the holder or the phone.
const ALLOWED_HEADERS: [&str; 5] = [
    "accept",
    "authorization",
    "dpop",
    "oauth-client-attestation",
    "oauth-client-attestation-pop",
];

/// Answer headers that are kept. Cookies are not.
const KEPT_HEADERS: [&str; 5] = [
    "cache-control",
    "dpop-nonce",
    "oauth-client-attestation-challenge",
    "retry-after",
    "www-authenticate",
];

/// Longest kept answer header.
const MAX_HEADER_BYTES: usize = 4096;

/// What the app decided about fetching.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FetchSettings {
    /// For tests and demos: also call this device itself, and that with plain `http`. Never in a released app.
    pub allow_loopback_http: bool,
}

impl FetchSettings {
    /// Checks a URL that will be called later, or handed on, by the rules every fetch follows. Sends nothing.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_url(self, text: &str) -> Result<Url, UrlFault> {
        Target::parse(text, self.allow_loopback_http).map(Target::into_url)
    }
}

/// Most bytes of body an answer may have, by purpose.
#[must_use]
pub const fn max_bytes(purpose: Purpose) -> usize {
    const KIB: usize = 1024;
    match purpose {
        Purpose::Offer | Purpose::RequestUri | Purpose::Response | Purpose::Token => 64 * KIB,
        Purpose::Metadata | Purpose::Did => 256 * KIB,
        Purpose::Display => 512 * KIB,
        Purpose::Status => 2048 * KIB,
        // All receipts of a full block.
        Purpose::Rpc => 4096 * KIB,
        // One credential of 5 MB, encrypted too (4/3).
        Purpose::Credential => 8192 * KIB,
    }
}

/// Fetches within the limits every URL has: see the crate's security notes.
///
/// `https` to public names only (plus this device by [`FetchSettings`]), no redirect followed, sizes and time bounded,
/// a constant set of headers, and what the client reports about the answer is checked again: body size, final URL and
/// the address connected to.
pub struct Fetcher<'a> {
    client: &'a dyn HttpClient,
    settings: FetchSettings,
}

impl<'a> Fetcher<'a> {
    /// A fetcher over the app's client.
    #[must_use]
    pub const fn new(client: &'a dyn HttpClient, settings: FetchSettings) -> Self {
        Self { client, settings }
    }

    /// What the app decided.
    #[must_use]
    pub const fn settings(&self) -> FetchSettings {
        self.settings
    }

    /// Gets `url`, which must answer 200 with one of the content types in `accept` (a comma-separated list).
    ///
    /// # Errors
    /// [`FetchError`]; the body of an error status is never looked at.
    pub async fn get(
        &self,
        purpose: Purpose,
        url: &str,
        accept: &str,
    ) -> Result<Fetched, FetchError> {
        let headers = [("accept", accept)];
        let fetched = self
            .send(purpose, Method::Get, url, &headers, None, Vec::new())
            .await?;
        if fetched.status != 200 {
            return Err(FetchError::new(purpose, FetchFault::Status(fetched.status)));
        }
        fetched.require_content_type(accept)
    }

    /// Posts `body` to `url`. Unlike [`Self::get`], any status but a redirect is an answer (RFC 6749 5.2 errors are JSON
    /// with status 400): see [`Fetched::is_success`] and [`Fetched::json_object`]. `Accept` is `application/json`
    /// unless `headers` say otherwise.
    ///
    /// # Errors
    /// [`FetchError`]; ask it whether the request [may have been sent](FetchError::may_have_been_sent).
    pub async fn post(
        &self,
        purpose: Purpose,
        url: &str,
        headers: &[(&str, &str)],
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Fetched, FetchError> {
        self.send(
            purpose,
            Method::Post,
            url,
            headers,
            Some(content_type),
            body,
        )
        .await
    }

    async fn send(
        &self,
        purpose: Purpose,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        content_type: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Fetched, FetchError> {
        let fail = |fault| FetchError::new(purpose, fault);
        let target = Target::parse(url, self.settings.allow_loopback_http)
            .map_err(|fault| fail(FetchFault::Url(fault)))?;
        let request = HttpRequest {
            purpose,
            method,
            url: target.as_str().to_owned(),
            headers: request_headers(headers, content_type).map_err(fail)?,
            body,
            policy: Policy {
                max_bytes: max_bytes(purpose),
                total_seconds: TOTAL_SECONDS,
                allow_private_addresses: target.is_loopback(),
            },
        };
        let response = self
            .client
            .send(request)
            .await
            .map_err(|error| fail(error.into()))?;
        check(&target, purpose, response).map_err(fail)
    }
}

/// The headers of every request: always the same ones in the same order, plus what the protocol needs.
fn request_headers(
    given: &[(&str, &str)],
    content_type: Option<&str>,
) -> Result<Vec<(String, String)>, FetchFault> {
    let mut headers = vec![
        ("user-agent".to_owned(), USER_AGENT.to_owned()),
        // A compressed body would slip under the size limit.
        ("accept-encoding".to_owned(), "identity".to_owned()),
    ];
    let is_given = |wanted: &str| given.iter().any(|(name, _)| *name == wanted);
    if !is_given("accept") {
        headers.push(("accept".to_owned(), JSON.to_owned()));
    }
    for (name, value) in given
        .iter()
        .copied()
        .chain(content_type.map(|t| ("content-type", t)))
    {
        let is_text = value.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
        let is_allowed = ALLOWED_HEADERS.contains(&name) || name == "content-type";
        if !is_text || !is_allowed || headers.iter().any(|(seen, _)| seen == name) {
            return Err(FetchFault::Header);
        }
        headers.push((name.to_owned(), value.to_owned()));
    }
    Ok(headers)
}

/// Checks what the client can be seen to have held to.
fn check(target: &Target, purpose: Purpose, response: HttpResponse) -> Result<Fetched, FetchFault> {
    match response.peer_address {
        Some(address) if target.is_loopback() && !is_loopback(address) => {
            return Err(FetchFault::Address);
        }
        Some(address) if !target.is_loopback() && !is_global(address) => {
            return Err(FetchFault::Address);
        }
        _ => {}
    }
    if (300..400).contains(&response.status) || !target.is_same(&response.final_url) {
        return Err(FetchFault::Redirect);
    }
    if response.body.len() > max_bytes(purpose) {
        return Err(FetchFault::TooLarge);
    }
    let content_type = find(&response.headers, "content-type")
        .and_then(|value| value.split(';').next())
        .map(|essence| essence.trim().to_ascii_lowercase());
    let headers = response
        .headers
        .into_iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .filter(|(name, value)| {
            KEPT_HEADERS.contains(&name.as_str()) && value.len() <= MAX_HEADER_BYTES
        })
        .collect();
    Ok(Fetched {
        purpose,
        status: response.status,
        content_type,
        headers,
        body: response.body,
        address_checked: response.peer_address.is_some(),
    })
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

/// An answer within the limits. Its content is untrusted.
pub struct Fetched {
    purpose: Purpose,
    status: u16,
    content_type: Option<String>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    address_checked: bool,
}

impl Fetched {
    /// The status code; never a redirect.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is of the 2xx class.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The media type in lower case without parameters, if the server named one.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// One of the answer headers that are kept: `cache-control`, `dpop-nonce`, `oauth-client-attestation-challenge`,
    /// `retry-after`, `www-authenticate`. The first, where the server sent several.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// All answer headers of this name, in lower case, that are kept.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.headers.iter().filter(move |(key, _)| key == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, for keeping.
    #[must_use]
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// Whether the address connected to was known and found to be allowed. `false` where the platform does not tell:
    /// then only the name was checked, and a name may lead anywhere.
    #[must_use]
    pub const fn address_checked(&self) -> bool {
        self.address_checked
    }

    /// This answer, if it is of the 2xx class.
    ///
    /// # Errors
    /// [`FetchFault::Status`].
    pub fn require_success(self) -> Result<Self, FetchError> {
        if self.is_success() {
            Ok(self)
        } else {
            Err(FetchError::new(
                self.purpose,
                FetchFault::Status(self.status),
            ))
        }
    }

    /// This answer, if it has this status.
    ///
    /// # Errors
    /// [`FetchFault::Status`].
    pub fn require_status(self, status: u16) -> Result<Self, FetchError> {
        if self.status == status {
            Ok(self)
        } else {
            Err(FetchError::new(
                self.purpose,
                FetchFault::Status(self.status),
            ))
        }
    }

    /// This answer, if its content type is one of a comma-separated list.
    ///
    /// # Errors
    /// [`FetchFault::ContentType`].
    pub fn require_content_type(self, accepted: &str) -> Result<Self, FetchError> {
        let is_accepted = self.content_type.as_deref().is_some_and(|essence| {
            accepted
                .split(',')
                .any(|one| one.trim().eq_ignore_ascii_case(essence))
        });
        if is_accepted {
            Ok(self)
        } else {
            Err(FetchError::new(self.purpose, FetchFault::ContentType))
        }
    }

    /// The body as a strict JSON object, whatever the status; the content type must be `application/json`.
    ///
    /// # Errors
    /// [`FetchFault::ContentType`] and [`FetchFault::Json`].
    pub fn json_object(&self) -> Result<Map<String, Value>, FetchError> {
        self.json_by(json::parse_object)
    }

    /// The body as strict JSON of any type, whatever the status; the content type must be `application/json`.
    ///
    /// # Errors
    /// [`FetchFault::ContentType`] and [`FetchFault::Json`].
    pub fn json(&self) -> Result<Value, FetchError> {
        self.json_by(json::parse)
    }

    fn json_by<T>(
        &self,
        parse: fn(&[u8], Limits) -> Result<T, json::JsonError>,
    ) -> Result<T, FetchError> {
        let fail = |fault| FetchError::new(self.purpose, fault);
        if self.content_type.as_deref() != Some(JSON) {
            return Err(fail(FetchFault::ContentType));
        }
        parse(&self.body, Limits::bytes(max_bytes(self.purpose)))
            .map_err(|error| fail(FetchFault::Json(error)))
    }
}

#[cfg(test)]
mod tests;
