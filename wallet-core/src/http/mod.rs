//! What the core asks of the app's HTTP client, and the one [`Fetcher`] through which the core uses it.
//! The core opens no socket itself.

mod address;
#[cfg(any(test, feature = "test-doubles"))]
pub mod conformance;
mod error;
mod fetcher;
mod target;
mod well_known;

pub use address::is_global;
pub use error::{FetchError, FetchFault, UrlFault};
pub use fetcher::{FetchSettings, Fetched, Fetcher, max_bytes};
pub use well_known::well_known;

use async_trait::async_trait;
use std::net::IpAddr;

/// The media type of forms (WHATWG URL 5).
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Why a request is made, so that a client can route, count or refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// A credential offer by reference (OpenID4VCI 1.0 4.1.3).
    Offer,
    /// Issuer, authorization server, JWT VC issuer or type metadata.
    Metadata,
    /// The authorization server: pushed requests, tokens, challenges.
    Token,
    /// The nonce, credential, deferred and notification endpoints.
    Credential,
    /// A status list.
    Status,
    /// A request object by reference (OpenID4VP 1.0 5.10).
    RequestUri,
    /// The answer to a verifier.
    Response,
    /// A DID document.
    Did,
    /// A ledger node.
    Rpc,
    /// A picture of a display snapshot.
    Display,
}

/// The HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET
    Get,
    /// POST
    Post,
}

/// What the client must hold to. The core checks again what it can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Most bytes of body the client may read; it stops there and answers [`HttpError::TooLarge`].
    pub max_bytes: usize,
    /// Seconds for everything: name lookup, connection, body.
    pub total_seconds: u32,
    /// Whether addresses that are not global may be connected to (private, loopback, link-local, carrier NAT).
    /// Checked on the address connected to, not on the name.
    pub allow_private_addresses: bool,
}

/// One request. Redirects are never followed by the client, cookies and caches are off, and no header is added that
/// tells about the holder or the phone (no Accept-Language, a constant User-Agent, no Referer).
#[derive(Clone)]
pub struct HttpRequest {
    /// Why.
    pub purpose: Purpose,
    /// The method.
    pub method: Method,
    /// The absolute URL, already checked by the core.
    pub url: String,
    /// Header names in lower case, with values.
    pub headers: Vec<(String, String)>,
    /// The body of a POST.
    pub body: Vec<u8>,
    /// The limits.
    pub policy: Policy,
}

/// The answer.
#[derive(Clone)]
pub struct HttpResponse {
    /// The status code; the client does not turn error codes into errors.
    pub status: u16,
    /// Header names in lower case, with values.
    pub headers: Vec<(String, String)>,
    /// The body, at most [`Policy::max_bytes`].
    pub body: Vec<u8>,
    /// The URL that answered.
    pub final_url: String,
    /// The address connected to, where the platform tells.
    pub peer_address: Option<IpAddr>,
}

/// Why there is no answer. No text on purpose: it could hold a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpError {
    /// No connection, or it broke before the request was sent.
    NotSent,
    /// The request may have been sent; the answer is unknown.
    SentOrUnknown,
    /// The time was up. The request may have been sent.
    Timeout,
    /// TLS could not be set up or the certificate was refused.
    Tls,
    /// The address is private and that was not allowed.
    AddressNotAllowed,
    /// The body is larger than allowed.
    TooLarge,
    /// The app cancelled.
    Cancelled,
    /// The app's client failed in a way it did not declare. The request may have been sent.
    HostFailed,
}

/// The app's HTTP client.
#[async_trait]
pub trait HttpClient: Send + Sync {
    /// Sends one request and returns its answer.
    ///
    /// # Errors
    /// Any [`HttpError`].
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;
}
