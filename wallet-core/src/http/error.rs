//! Why a fetch failed. No error holds a URL, a header or a body.

use super::{HttpError, Purpose};
use crate::error::{Category, ErrorCode, WalletError};
use crate::json::JsonError;
use thiserror::Error;

/// What is wrong with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UrlFault {
    /// Not an absolute URI of RFC 3986 in ASCII, or longer than 4 KiB.
    Syntax,
    /// Not `https` (or `http` to this device where that is switched on).
    Scheme,
    /// It names a user or a password.
    UserInfo,
    /// The host is an IP address, in whatever spelling.
    IpLiteral,
    /// The host is a name of a local network or of this device.
    LocalName,
    /// Port 0.
    Port,
}

impl UrlFault {
    /// The stable reason word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Scheme => "scheme",
            Self::UserInfo => "user_info",
            Self::IpLiteral => "ip_literal",
            Self::LocalName => "local_name",
            Self::Port => "port",
        }
    }
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FetchFault {
    /// The URL may not be called. Nothing was sent.
    #[error("the url is not allowed: {}", .0.as_str())]
    Url(UrlFault),
    /// The client connected to an address that is not global, or not to this device where only that was allowed.
    #[error("the address is not allowed")]
    Address,
    /// A redirect status, or an answer from another URL than the one asked.
    #[error("a redirect was refused")]
    Redirect,
    /// No connection, or it broke before the request was sent.
    #[error("the request was not sent")]
    NotSent,
    /// TLS could not be set up; nothing was sent.
    #[error("tls failed")]
    Tls,
    /// The request may have been sent; the answer is unknown.
    #[error("the connection broke")]
    SentOrUnknown,
    /// No answer in time; the request may have been sent.
    #[error("no answer in time")]
    Timeout,
    /// The app cancelled; the request may have been sent.
    #[error("cancelled")]
    Cancelled,
    /// The app's client failed in a way it did not declare; the request may have been sent.
    #[error("the app's client failed")]
    HostFailed,
    /// The answer is larger than its purpose allows.
    #[error("the answer is too large")]
    TooLarge,
    /// An error status.
    #[error("status {0}")]
    Status(u16),
    /// Not the content type that was asked for.
    #[error("the content type is not allowed")]
    ContentType,
    /// Not strict JSON.
    #[error("the answer is not strict json")]
    Json(JsonError),
    /// A caller in this library set a header that is not on the list.
    #[error("a header is not allowed")]
    Header,
}

/// A failed fetch, and what it was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{fault}")]
pub struct FetchError {
    purpose: Purpose,
    fault: FetchFault,
}

impl FetchError {
    pub(super) const fn new(purpose: Purpose, fault: FetchFault) -> Self {
        Self { purpose, fault }
    }

    /// What the request was for.
    #[must_use]
    pub const fn purpose(self) -> Purpose {
        self.purpose
    }

    /// What went wrong.
    #[must_use]
    pub const fn fault(self) -> FetchFault {
        self.fault
    }

    /// The status code, if the server answered with an error status.
    #[must_use]
    pub const fn status(self) -> Option<u16> {
        match self.fault {
            FetchFault::Status(status) => Some(status),
            _ => None,
        }
    }

    /// Whether the other side may have received the request: true for everything but a certain "no".
    #[must_use]
    pub const fn may_have_been_sent(self) -> bool {
        !matches!(
            self.fault,
            FetchFault::Url(_) | FetchFault::Header | FetchFault::NotSent | FetchFault::Tls
        )
    }

    /// The party that gave the URL and runs the server.
    const fn party(self) -> Option<Category> {
        match self.purpose {
            Purpose::Offer
            | Purpose::Metadata
            | Purpose::Token
            | Purpose::Credential
            | Purpose::Status
            | Purpose::Display => Some(Category::Issuer),
            Purpose::RequestUri | Purpose::Response => Some(Category::Verifier),
            Purpose::Did | Purpose::Rpc => None,
        }
    }

    /// The section by which the request is made, and its answer refused.
    const fn rule(self) -> Option<&'static str> {
        match self.purpose {
            Purpose::Offer => Some("OpenID4VCI 1.0 4.1.3"),
            Purpose::Metadata => Some("OpenID4VCI 1.0 12.2"),
            Purpose::Token => Some("RFC 6749 3.2"),
            Purpose::Credential => Some("OpenID4VCI 1.0 8"),
            Purpose::Display => Some("OpenID4VCI 1.0 12.2.4"),
            Purpose::RequestUri => Some("OpenID4VP 1.0 5.10"),
            Purpose::Response => Some("OpenID4VP 1.0 8.2"),
            Purpose::Status => Some("Token Status List 8.1"),
            Purpose::Did => Some("DID Core 7.1"),
            Purpose::Rpc => None,
        }
    }
}

impl From<HttpError> for FetchFault {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::NotSent => Self::NotSent,
            HttpError::SentOrUnknown => Self::SentOrUnknown,
            HttpError::Timeout => Self::Timeout,
            HttpError::Tls => Self::Tls,
            HttpError::AddressNotAllowed => Self::Address,
            HttpError::TooLarge => Self::TooLarge,
            HttpError::Cancelled => Self::Cancelled,
            HttpError::HostFailed => Self::HostFailed,
        }
    }
}

impl From<FetchError> for WalletError {
    fn from(error: FetchError) -> Self {
        let (mut wallet_error, theirs) = match error.fault {
            FetchFault::Url(fault) => (
                Self::new(ErrorCode::UrlNotAllowed).about(fault.as_str()),
                true,
            ),
            FetchFault::Address => (Self::new(ErrorCode::UrlNotAllowed).about("address"), true),
            FetchFault::Redirect => (Self::new(ErrorCode::RedirectRefused), true),
            FetchFault::NotSent | FetchFault::SentOrUnknown => {
                (Self::new(ErrorCode::NetworkFailed), false)
            }
            FetchFault::Tls => (Self::new(ErrorCode::NetworkFailed).about("tls"), false),
            FetchFault::Timeout => (Self::new(ErrorCode::NetworkTimeout), false),
            FetchFault::Cancelled => (Self::new(ErrorCode::UserCancelled), false),
            FetchFault::HostFailed => {
                (Self::new(ErrorCode::HostFailed).about("http_client"), false)
            }
            FetchFault::TooLarge => (Self::new(ErrorCode::TooLarge), true),
            FetchFault::Status(status) => (
                Self::new(ErrorCode::HttpStatus).about(status.to_string()),
                true,
            ),
            FetchFault::ContentType => (Self::new(ErrorCode::ContentTypeNotAllowed), true),
            FetchFault::Json(json) => (Self::from(json), true),
            FetchFault::Header => (Self::new(ErrorCode::Bug).about("header"), false),
        };
        if theirs && let Some(party) = error.party() {
            wallet_error = wallet_error.by(party);
        }
        if theirs
            && wallet_error.failed_rule().is_none()
            && let Some(rule) = error.rule()
        {
            wallet_error = wallet_error.rule(rule);
        }
        wallet_error
    }
}
