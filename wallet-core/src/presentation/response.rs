//! The answer to a verifier (OpenID4VP 1.0 8).

use super::verifier::VerifiedRequest;
use url::form_urlencoded::Serializer;

/// What is to be sent, as finished bytes: sending it again sends the very same.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Response {
    /// Post `body` to `uri` as `application/x-www-form-urlencoded` (8.2).
    Post {
        /// The verifier's response URI.
        uri: String,
        /// The form.
        body: Vec<u8>,
    },
    /// Hand the bytes to the caller, who brought the request.
    ReturnToCaller {
        /// The answer.
        bytes: Vec<u8>,
    },
}

impl Response {
    /// The holder declined, or nothing fits: the two cannot be told apart (8.5, 15.9). Never encrypted: it says nothing
    /// about the holder, and so its bytes are the same every time.
    pub(super) fn access_denied(request: &VerifiedRequest) -> Self {
        Self::error(request.response_uri(), request.state(), "access_denied")
    }

    fn error(uri: &str, state: Option<&str>, code: &str) -> Self {
        Self::form(uri, &[("error", Some(code)), ("state", state)])
    }

    pub(super) fn form(uri: &str, members: &[(&str, Option<&str>)]) -> Self {
        let mut form = Serializer::new(String::new());
        for (name, value) in members {
            if let Some(value) = value {
                form.append_pair(name, value);
            }
        }
        Self::Post {
            uri: uri.to_owned(),
            body: form.finish().into_bytes(),
        }
    }
}

impl core::fmt::Debug for Response {
    /// The bytes are the holder's.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Post { .. } => "Response::Post",
            Self::ReturnToCaller { .. } => "Response::ReturnToCaller",
        })
    }
}
