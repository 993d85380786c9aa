//! Identifiers and addresses of issuers: which texts may be one, and where their metadata is.

use super::error::IssuanceError;
use crate::http;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Longest identifier or endpoint address looked at.
const MAX_URL_BYTES: usize = 2048;

/// Whether `http` to this machine counts as an address. For tests and demonstrations only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllowLoopbackHttp(pub bool);

/// A Credential Issuer Identifier (OpenID4VCI 1.0 12.2.1) or an authorization server's issuer identifier (RFC 8414 2),
/// byte for byte as received: https, no user info, no query, no fragment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IssuerIdentifier(String);

impl IssuerIdentifier {
    /// Checks `text`; `None` if it cannot be an identifier.
    #[must_use]
    pub fn parse(text: &str, loopback: AllowLoopbackHttp) -> Option<Self> {
        let url = address(text, loopback)?;
        (url.query().is_none() && !text.contains('?')).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where its metadata is; see [`http::well_known`].
    pub(super) fn well_known(&self, name: &str) -> String {
        // An identifier is a URL without query and fragment, so it has one.
        http::well_known(&self.0, name).unwrap_or_default()
    }

    /// The host, with a port that is not the default: what a person can compare.
    #[must_use]
    pub fn host(&self) -> String {
        Url::parse(&self.0)
            .ok()
            .and_then(|url| {
                let host = url.host_str()?.to_owned();
                Some(
                    url.port()
                        .map_or(host.clone(), |port| format!("{host}:{port}")),
                )
            })
            .unwrap_or_default()
    }
}

/// An endpoint address out of metadata: as an identifier, but a query is allowed.
pub(super) fn endpoint(
    text: &str,
    loopback: AllowLoopbackHttp,
    reason: &'static str,
    rule: &'static str,
) -> Result<String, IssuanceError> {
    match address(text, loopback) {
        Some(_) => Ok(text.to_owned()),
        None => Err(IssuanceError::Metadata { reason, rule }),
    }
}

/// The URL, if it is https (or http to this machine where allowed) without user info and fragment, written in
/// printable ASCII with lower-case scheme: no form that a lenient parser would repair.
pub(super) fn address(text: &str, loopback: AllowLoopbackHttp) -> Option<Url> {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.len() > MAX_URL_BYTES || !printable || text.contains(['#', '\\']) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
        return None;
    }
    let host = url.host()?;
    if text.starts_with("https://")
        || (text.starts_with("http://") && loopback.0 && is_loopback(&host))
    {
        return Some(url);
    }
    None
}

fn authority(text: &str) -> &str {
    let after_scheme = text.split_once("://").map_or("", |(_, rest)| rest);
    after_scheme.split(['/', '?']).next().unwrap_or_default()
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parse(text: &str) -> Option<IssuerIdentifier> {
        IssuerIdentifier::parse(text, AllowLoopbackHttp(false))
    }

    // shows: VCI 7
    #[test]
    fn the_well_known_part_goes_between_host_and_path() {
        // OpenID4VCI 1.0 12.2.2 and RFC 8414 3.1 give these very cases.
        for (identifier, expected) in [
            (
                "https://issuer.example.com",
                "https://issuer.example.com/.well-known/openid-credential-issuer",
            ),
            (
                "https://issuer.example.com/tenant",
                "https://issuer.example.com/.well-known/openid-credential-issuer/tenant",
            ),
            (
                "https://issuer.example.com:8443/a/b/",
                "https://issuer.example.com:8443/.well-known/openid-credential-issuer/a/b",
            ),
            (
                "https://issuer.example.com/",
                "https://issuer.example.com/.well-known/openid-credential-issuer",
            ),
        ] {
            let identifier = parse(identifier).unwrap();
            assert_eq!(identifier.well_known("openid-credential-issuer"), expected);
        }
    }

    // shows: VCI 9
    #[test]
    fn an_identifier_is_https_without_query_fragment_and_user_info() {
        for text in [
            "",
            "issuer.example",
            "http://issuer.example",
            "HTTPS://issuer.example",
            "https:/issuer.example",
            "https:issuer.example",
            "https://",
            "https://issuer.example?",
            "https://issuer.example?a=b",
            "https://issuer.example#",
            "https://issuer.example/#part",
            "https://user@issuer.example",
            "https://user:password@issuer.example",
            "https://@issuer.example",
            "https://issuer.example\\@evil.example",
            "https://issuer.example/a b",
            "https://issuer.example/\n",
            " https://issuer.example",
            "https://issuer.example/\u{202e}",
            "https://[::1",
            "ftp://issuer.example",
            "did:web:issuer.example",
            "http://localhost:7001",
            "http://127.0.0.1",
        ] {
            assert!(parse(text).is_none(), "{text:?} was accepted");
        }
        assert!(parse(&format!("https://issuer.example/{}", "a".repeat(2048))).is_none());
        assert!(parse("https://issuer.example:8443/tenant/1").is_some());
    }

    // shows: VCI 9
    #[test]
    fn plain_http_is_for_this_machine_and_by_setting_only() {
        let allowed = |text| IssuerIdentifier::parse(text, AllowLoopbackHttp(true)).is_some();
        assert!(allowed("http://localhost:7001"));
        assert!(allowed("http://127.0.0.1:7001/tenant"));
        assert!(allowed("http://[::1]:7001"));
        assert!(!allowed("http://issuer.example"));
        assert!(!allowed("http://192.168.0.1"));
        assert!(!allowed("http://localhost.evil.example"));
    }

    #[test]
    fn what_a_person_compares_is_the_host() {
        assert_eq!(
            parse("https://issuer.example/tenant").unwrap().host(),
            "issuer.example"
        );
        assert_eq!(
            parse("https://issuer.example:8443").unwrap().host(),
            "issuer.example:8443"
        );
    }
}
