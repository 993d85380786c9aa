//! did:web: the identifier is the address of the document. Its host is believed, nothing else.

use super::{Did, DidDocument, DidError, Evidence, ResolvedDid, Resolving};
use crate::http::Purpose;

/// Media types of DID documents (DID Core 1.0 6, DID 1.1), and those plain web servers have for JSON.
const ACCEPT: &str = "application/did, application/did+json, application/did+ld+json, application/ld+json, \
     application/json";

/// Longest host name (RFC 1035 2.3.4).
const MAX_HOST: usize = 253;

/// Where the document is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The host in lower case, with its port where one is given.
    pub(super) host: String,
    /// The path with the slash at its beginning.
    path: String,
}

impl Address {
    /// Reads the identifier (did:web 2.1, 2.5.2). The only escape it may hold is that of the colon before a port.
    pub(super) fn of(did: &Did) -> Result<Self, DidError> {
        let mut segments = did.method_specific_id().split(':');
        let host = segments.next().unwrap_or_default();
        let (name, port) = match host.split_once('%') {
            None => (host, None),
            Some((name, rest)) => {
                let port = rest.strip_prefix("3A").or_else(|| rest.strip_prefix("3a"));
                (name, Some(port.ok_or(DidError::Address)?))
            }
        };
        let is_name = name.len() <= MAX_HOST
            && name
                .split('.')
                .all(|label| is_made_of(label, b"-") && !label.starts_with('-'));
        // One port has one spelling.
        let is_port = port.is_none_or(|port| {
            !port.starts_with('0')
                && port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok()
        });
        if !is_name || !is_port {
            return Err(DidError::Address);
        }
        let mut path = String::new();
        for segment in segments {
            if !is_made_of(segment, b"-._") || segment.bytes().all(|byte| byte == b'.') {
                return Err(DidError::Address);
            }
            path.push('/');
            path.push_str(segment);
        }
        if path.is_empty() {
            path.push_str("/.well-known");
        }
        path.push_str("/did.json");
        let mut host = name.to_ascii_lowercase();
        if let Some(port) = port {
            host.push(':');
            host.push_str(port);
        }
        Ok(Self { host, path })
    }

    /// The URL; without TLS only to this device itself, where the app allows that.
    fn url(&self, allow_loopback_http: bool) -> String {
        let name = self.host.split(':').next().unwrap_or_default();
        let scheme = match allow_loopback_http && matches!(name, "localhost" | "127.0.0.1") {
            true => "http",
            false => "https",
        };
        format!("{scheme}://{}{}", self.host, self.path)
    }
}

fn is_made_of(text: &str, marks: &[u8]) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || marks.contains(&byte);
    !text.is_empty() && text.bytes().all(is_legal)
}

/// Fetches the document.
pub(super) async fn resolve(did: &Did, with: &Resolving<'_>) -> Result<ResolvedDid, DidError> {
    let address = Address::of(did)?;
    let url = address.url(with.fetcher.settings().allow_loopback_http);
    let fetched = with.fetcher.get(Purpose::Did, &url, ACCEPT).await?;
    let document = DidDocument::parse(did, fetched.body())?;
    let checked = fetched.address_checked();
    let evidence = Evidence::TransportOnly { host: address.host };
    let resolved = ResolvedDid::new(did, document, evidence, with.now)?;
    Ok(resolved
        .step("did:web: the host of the identifier sent the document over TLS")
        .step(match checked {
            true => "the address connected to is a public one",
            false => "the address connected to is not known",
        }))
}

#[cfg(test)]
mod tests;
