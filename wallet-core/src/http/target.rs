//! Which URLs may be called at all.

use super::error::UrlFault;
use url::{Host, Url};

/// Longest URL (RFC 9110 4.1 recommends at least 8000 octets for HTTP; no URL of these protocols needs half of that).
const MAX_URL_BYTES: usize = 4096;

/// Names that never lead to the public internet: RFC 6761, 6762, 8375 and ICANN's `.internal`.
const LOCAL_SUFFIXES: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "onion"];

/// A URL that may be called.
#[derive(Debug)]
pub(super) struct Target {
    url: Url,
    loopback: bool,
}

impl Target {
    /// Checks a URL: `https` with a public host name, no user information, no IP address in any spelling. With
    /// `allow_loopback` also `http` or `https` to this device, by name or address. A fragment is dropped.
    pub(super) fn parse(text: &str, allow_loopback: bool) -> Result<Self, UrlFault> {
        check_syntax(text)?;
        let mut url = Url::parse(text).map_err(|_| UrlFault::Syntax)?;
        if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
            return Err(UrlFault::UserInfo);
        }
        if url.port() == Some(0) {
            return Err(UrlFault::Port);
        }
        let loopback = is_loopback_host(&url) && allow_loopback;
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            _ => return Err(UrlFault::Scheme),
        }
        if !loopback {
            check_public_host(&url)?;
        }
        // No registered name needs it, and `%7b` would come out as a character that is refused above.
        if authority(text).contains('%') {
            return Err(UrlFault::Syntax);
        }
        url.set_fragment(None);
        Ok(Self { url, loopback })
    }

    /// The URL as it is sent.
    pub(super) fn into_url(self) -> Url {
        self.url
    }

    /// The text of the URL as it is sent.
    pub(super) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Whether it leads to this device (and that was allowed).
    pub(super) const fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Whether the client's final URL is this one.
    pub(super) fn is_same(&self, final_url: &str) -> bool {
        final_url == self.url.as_str()
            || Url::parse(final_url).is_ok_and(|mut other| {
                other.set_fragment(None);
                other == self.url
            })
    }
}

/// Refuses what a lenient URL parser would repair: `https:host`, back slashes, line breaks, characters outside ASCII.
fn check_syntax(text: &str) -> Result<(), UrlFault> {
    let is_uri_byte = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b);
    if text.len() > MAX_URL_BYTES || !text.bytes().all(is_uri_byte) {
        return Err(UrlFault::Syntax);
    }
    if authority(text).is_empty() {
        return Err(UrlFault::Syntax);
    }
    Ok(())
}

/// What stands between the `://` after the scheme and the next delimiter (RFC 3986 3.2). A later `://` is not it: of
/// `https:/a.example://b` a lenient parser makes a host `a.example`.
fn authority(text: &str) -> &str {
    let rest = text
        .split_once(':')
        .and_then(|(_, rest)| rest.strip_prefix("//"));
    rest.and_then(|rest| rest.split(['/', '?', '#']).next())
        .unwrap_or_default()
}

fn is_loopback_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn check_public_host(url: &Url) -> Result<(), UrlFault> {
    let name = match url.host() {
        // The parser has turned decimal, octal, hexadecimal and short spellings into addresses already.
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => return Err(UrlFault::IpLiteral),
        Some(Host::Domain(name)) => name,
        None => return Err(UrlFault::Syntax),
    };
    let is_local = |suffix: &&str| {
        name.strip_suffix(suffix)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    // A name without a dot is completed by the local resolver; a dot at the end would dodge the suffixes.
    if !name.contains('.') || name.ends_with('.') || LOCAL_SUFFIXES.iter().any(is_local) {
        return Err(UrlFault::LocalName);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<UrlFault> {
        Target::parse(text, false).err()
    }

    #[test]
    fn https_with_a_public_name_is_allowed() {
        for url in [
            "https://issuer.example.org",
            "https://issuer.example.org:8443/a/b?c=d",
            "HTTPS://Issuer.Example.org/",
            "https://xn--bcher-kva.example/",
            "https://example.org/@user?x=a@b",
        ] {
            assert_eq!(fault(url), None, "{url}");
        }
    }

    // shows: SDJWT 23
    #[test]
    fn every_other_scheme_is_refused() {
        for url in [
            "http://issuer.example.org/",
            "ftp://issuer.example.org/",
            "file:///etc/passwd",
            "ws://issuer.example.org/",
        ] {
            assert!(
                matches!(fault(url), Some(UrlFault::Scheme | UrlFault::Syntax)),
                "{url}"
            );
        }
        for url in [
            "data:text/plain,hi",
            "javascript:alert(1)",
            "about:blank",
            "openid4vp://x.example",
        ] {
            assert!(fault(url).is_some(), "{url}");
        }
    }

    #[test]
    fn a_percent_encoded_host_name_is_refused() {
        for url in [
            "https://ex%61mple.org/",
            "https://e%7bxample.org/",
            "https://example.org%2f.example.com/",
            "https://example.org:%34%34%33/",
        ] {
            assert_eq!(fault(url), Some(UrlFault::Syntax), "{url}");
        }
        assert_eq!(fault("https://example.org/%7b?%7b"), None);
    }

    // shows: HOSTILE 16
    #[test]
    fn user_information_is_refused() {
        for url in [
            "https://user@example.org/",
            "https://user:pw@example.org/",
            "https://@example.org/",
            "https://:@example.org/",
            "https://example.org%40evil.example@good.example/",
        ] {
            assert_eq!(fault(url), Some(UrlFault::UserInfo), "{url}");
        }
    }

    // shows: SDJWT 23, HOSTILE 16
    #[test]
    fn ip_addresses_are_refused_in_every_spelling() {
        for url in [
            "https://127.0.0.1/",
            "https://8.8.8.8/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://017700000001/",
            "https://127.1/",
            "https://127.0.0.1./",
            "https://%31%32%37.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[2606:4700::1111]/",
        ] {
            assert_eq!(fault(url), Some(UrlFault::IpLiteral), "{url}");
        }
    }

    #[test]
    fn names_of_local_networks_are_refused() {
        for url in [
            "https://localhost/",
            "https://LOCALHOST/",
            "https://localhost./",
            "https://app.localhost/",
            "https://printer.local/",
            "https://router/",
            "https://metadata.google.internal/",
            "https://nas.home.arpa/",
            "https://example.org./",
        ] {
            assert_eq!(fault(url), Some(UrlFault::LocalName), "{url}");
        }
        assert_eq!(fault("https://notlocalhost.example/"), None);
        assert_eq!(fault("https://local.example/"), None);
    }

    #[test]
    fn what_a_lenient_parser_would_repair_is_refused() {
        for url in [
            "",
            "https:",
            "https://",
            "https:issuer.example.org",
            "https:/issuer.example.org",
            "https:/issuer.example.org://issuer.example.com/",
            "https:issuer.example.org/?a=://issuer.example.com/",
            "https:///issuer.example.org",
            "https:\\\\issuer.example.org",
            "https://issuer.example.org\\@evil.example/",
            "https://issuer.exa\nmple.org/",
            " https://issuer.example.org/",
            "https://issuer.example.org/ ",
            "https://issuer.example.org/a b",
            "https://issuer.example.org/\u{0}",
            "https://b\u{FC}cher.example/",
            "https://ex\u{200B}ample.org/",
            "https://issuer.example.org:99999/",
            "https://issuer.example.org:80:80/",
            "https://[::1/",
            "//issuer.example.org/",
            "issuer.example.org",
        ] {
            assert_eq!(fault(url), Some(UrlFault::Syntax), "{url:?}");
        }
        assert_eq!(
            fault(&format!(
                "https://example.org/{}",
                "a".repeat(MAX_URL_BYTES)
            )),
            Some(UrlFault::Syntax)
        );
    }

    #[test]
    fn port_zero_is_refused() {
        assert_eq!(fault("https://example.org:0/"), Some(UrlFault::Port));
    }

    #[test]
    fn a_fragment_is_not_sent() {
        let target = Target::parse("https://example.org/a#secret", false);
        assert!(target.is_ok_and(|t| t.as_str() == "https://example.org/a"));
    }

    // shows: HOSTILE 17
    #[test]
    fn plain_http_reaches_this_device_only_and_only_by_the_switch() {
        for url in [
            "http://127.0.0.1:7001/x",
            "http://localhost:7001/",
            "http://verifier.localhost:7001/",
            "http://[::1]:7001/",
            "https://127.0.0.1/",
        ] {
            assert!(
                Target::parse(url, true).is_ok_and(|t| t.is_loopback()),
                "{url}"
            );
            assert!(Target::parse(url, false).is_err(), "{url}");
        }
        for url in [
            "http://example.org/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://192.168.1.1/",
            "http://[::ffff:10.0.0.1]/",
            "http://localhost.example.org/",
            "https://10.0.0.1/",
        ] {
            assert!(Target::parse(url, true).is_err(), "{url}");
        }
    }
}
