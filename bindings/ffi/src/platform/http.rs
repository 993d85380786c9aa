//! The app's HTTP client.

use super::observer::{Observers, ProgressStep};
use crate::bytes::Bytes;
use crate::redacted::redacted;
use async_trait::async_trait;
use std::sync::Arc;
use wallet_core::http as core;

redacted!(HttpHeader, HttpRequest, HttpResponse);

/// Why a request is made.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum HttpPurpose {
    /// A credential offer by reference.
    Offer,
    /// Metadata of an issuer or a server.
    Metadata,
    /// The authorization server.
    Token,
    /// The credential endpoints.
    Credential,
    /// A status list.
    Status,
    /// A request object by reference.
    RequestUri,
    /// The answer to a verifier.
    Response,
    /// A DID document.
    Did,
    /// A ledger node.
    Rpc,
    /// A picture of a card.
    Display,
    /// One that came after these bindings were written.
    Other {
        /// Its name.
        code: String,
    },
}

impl HttpPurpose {
    fn of(purpose: core::Purpose) -> Self {
        match purpose {
            core::Purpose::Offer => Self::Offer,
            core::Purpose::Metadata => Self::Metadata,
            core::Purpose::Token => Self::Token,
            core::Purpose::Credential => Self::Credential,
            core::Purpose::Status => Self::Status,
            core::Purpose::RequestUri => Self::RequestUri,
            core::Purpose::Response => Self::Response,
            core::Purpose::Did => Self::Did,
            core::Purpose::Rpc => Self::Rpc,
            core::Purpose::Display => Self::Display,
            other => Self::Other {
                code: format!("{other:?}"),
            },
        }
    }
}

/// The HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum HttpMethod {
    /// GET
    Get,
    /// POST
    Post,
}

/// One header. Names are in lower case.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct HttpHeader {
    /// The name, in lower case.
    pub name: String,
    /// The value.
    pub value: String,
}

/// What the client must hold to. The core checks again what it can see.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct HttpPolicy {
    /// Most bytes of body to read: stop there and throw `TooLarge`.
    pub max_bytes: u64,
    /// Seconds for everything: name look-up, connection, body.
    pub total_seconds: u32,
    /// Whether addresses that are not global may be connected to. Checked on the address, not on the name.
    pub allow_private_addresses: bool,
}

/// One request. Never follow redirects, keep no cookies and no cache, and add no header that tells about the holder or the
/// phone (no Accept-Language, a constant User-Agent, no Referer).
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct HttpRequest {
    /// Why.
    pub purpose: HttpPurpose,
    /// The method.
    pub method: HttpMethod,
    /// The absolute URL, already checked by the core.
    pub url: String,
    /// The headers.
    pub headers: Vec<HttpHeader>,
    /// The body of a POST.
    pub body: Bytes,
    /// The limits.
    pub policy: HttpPolicy,
}

/// The answer, whatever its status code.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Display)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: Vec<HttpHeader>,
    /// The body, at most [`HttpPolicy::max_bytes`].
    pub body: Bytes,
    /// The URL that answered.
    pub final_url: String,
    /// The IP address connected to, where the platform tells.
    #[uniffi(default = None)]
    pub peer_address: Option<String>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum HttpError {
    /// No connection, or it broke before the request was sent.
    #[error("not sent")]
    NotSent,
    /// The request may have been sent; the answer is unknown.
    #[error("sent or unknown")]
    SentOrUnknown,
    /// The time was up. The request may have been sent.
    #[error("timeout")]
    Timeout,
    /// TLS could not be set up, or the certificate was refused.
    #[error("TLS")]
    Tls,
    /// The address is private and that was not allowed.
    #[error("address not allowed")]
    AddressNotAllowed,
    /// The body is larger than allowed.
    #[error("too large")]
    TooLarge,
    /// The app cancelled.
    #[error("cancelled")]
    Cancelled,
    /// Anything else the client throws.
    #[error("the HTTP client failed")]
    HostFailed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for HttpError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::HostFailed
    }
}

impl From<HttpError> for core::HttpError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::NotSent => Self::NotSent,
            HttpError::SentOrUnknown => Self::SentOrUnknown,
            HttpError::Timeout => Self::Timeout,
            HttpError::Tls => Self::Tls,
            HttpError::AddressNotAllowed => Self::AddressNotAllowed,
            HttpError::TooLarge => Self::TooLarge,
            HttpError::Cancelled => Self::Cancelled,
            HttpError::HostFailed => Self::HostFailed,
        }
    }
}

/// Whether an IP address (as text, without a zone) is a globally reachable one: for HTTP clients, which must not connect to
/// another unless [`HttpPolicy::allow_private_addresses`] says so.
#[uniffi::export]
#[must_use]
pub fn is_global_address(address: String) -> bool {
    address.parse().is_ok_and(core::is_global)
}

/// The app's HTTP client. `android` and `jvm` libraries bring one.
#[uniffi::export(foreign)]
#[async_trait]
pub trait HttpClient: Send + Sync {
    /// Sends one request and returns its answer. May be cancelled.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;
}

/// The app's client as the core knows it.
pub(crate) struct Client {
    app: Arc<dyn HttpClient>,
    observers: Observers,
}

impl Client {
    pub(crate) fn new(app: Arc<dyn HttpClient>, observers: Observers) -> Self {
        Self { app, observers }
    }
}

#[async_trait]
impl core::HttpClient for Client {
    async fn send(
        &self,
        request: core::HttpRequest,
    ) -> Result<core::HttpResponse, core::HttpError> {
        let purpose = HttpPurpose::of(request.purpose);
        self.observers.progress(ProgressStep::Network {
            purpose: purpose.clone(),
        });
        let request = HttpRequest {
            purpose,
            method: match request.method {
                core::Method::Get => HttpMethod::Get,
                core::Method::Post => HttpMethod::Post,
            },
            url: request.url,
            headers: to_app(request.headers),
            body: request.body.into(),
            policy: HttpPolicy {
                max_bytes: u64::try_from(request.policy.max_bytes).unwrap_or(u64::MAX),
                total_seconds: request.policy.total_seconds,
                allow_private_addresses: request.policy.allow_private_addresses,
            },
        };
        let response = self.app.send(request).await?;
        let peer_address = match response.peer_address.as_deref().map(str::parse) {
            // A client that names an address nobody can read does not tell.
            Some(Err(_)) | None => None,
            Some(Ok(address)) => Some(address),
        };
        Ok(core::HttpResponse {
            status: response.status,
            headers: to_core(response.headers),
            body: response.body.into(),
            final_url: response.final_url,
            peer_address,
        })
    }
}

fn to_app(headers: Vec<(String, String)>) -> Vec<HttpHeader> {
    let headers = headers.into_iter();
    headers
        .map(|(name, value)| HttpHeader { name, value })
        .collect()
}

fn to_core(headers: Vec<HttpHeader>) -> Vec<(String, String)> {
    headers
        .into_iter()
        .map(|header| (header.name, header.value))
        .collect()
}
