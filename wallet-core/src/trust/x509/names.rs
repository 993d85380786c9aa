//! Alternative names and the constraints on them (RFC 5280 4.2.1.6 and 4.2.1.10).

use super::error::RejectReason;
use url::{Host, Url};
use x509_cert::ext::pkix;
use x509_cert::ext::pkix::constraints::name::GeneralSubtrees;
use x509_cert::ext::pkix::name::GeneralName;

/// Longest DNS name (RFC 1035 2.3.4).
const MAX_DNS_NAME: usize = 253;

/// The subject alternative names a wallet uses. Other kinds are not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AlternativeNames {
    /// In lower case, `*.` possible.
    dns: Vec<String>,
    uris: Vec<String>,
}

impl AlternativeNames {
    pub(super) fn read(names: &[GeneralName]) -> Result<Self, RejectReason> {
        let mut read = Self::default();
        for name in names {
            match name {
                GeneralName::DnsName(text) => read.dns.push(dns_name(text.as_str())?),
                GeneralName::UniformResourceIdentifier(text) => {
                    read.uris.push(text.as_str().to_owned());
                }
                _ => {}
            }
        }
        Ok(read)
    }

    /// The DNS names that name one host each: a wildcard identifies nobody.
    pub(super) fn hosts(&self) -> Vec<String> {
        self.dns
            .iter()
            .filter(|name| !name.starts_with('*'))
            .cloned()
            .collect()
    }

    pub(super) fn uris(&self) -> &[String] {
        &self.uris
    }
}

/// A host name, perhaps with `*` as its first label, in lower case.
fn dns_name(text: &str) -> Result<String, RejectReason> {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let host = text.strip_prefix("*.").unwrap_or(text);
    if text.len() > MAX_DNS_NAME || !host.split('.').all(is_label) {
        return Err(RejectReason::Malformed);
    }
    Ok(text.to_ascii_lowercase())
}

/// The constraints a CA puts on names below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NameConstraints {
    permitted: Subtrees,
    excluded: Subtrees,
}

/// Bases in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Subtrees {
    dns: Vec<String>,
    uri: Vec<String>,
}

impl NameConstraints {
    /// Reads constraints on DNS names and URIs.
    ///
    /// Any other kind is refused even where no such name occurs: every certificate has a subject, so a constraint on
    /// directory names always matters, and a rule that is easy to state beats a rule that accepts a little more.
    pub(super) fn read(constraints: pkix::NameConstraints) -> Result<Self, RejectReason> {
        if constraints.permitted_subtrees.is_none() && constraints.excluded_subtrees.is_none() {
            return Err(RejectReason::Malformed);
        }
        Ok(Self {
            permitted: Subtrees::read(constraints.permitted_subtrees)?,
            excluded: Subtrees::read(constraints.excluded_subtrees)?,
        })
    }

    /// Checks all names of a certificate.
    pub(super) fn check(&self, names: &AlternativeNames) -> Result<(), RejectReason> {
        let dns_fits = names.dns.iter().all(|name| {
            let permitted = &self.permitted.dns;
            (permitted.is_empty() || permitted.iter().any(|base| is_within(name, base)))
                && !self.excluded.dns.iter().any(|base| touches(name, base))
        });
        if !dns_fits || !self.check_uris(names.uris()) {
            return Err(RejectReason::NameConstraint);
        }
        Ok(())
    }

    fn check_uris(&self, uris: &[String]) -> bool {
        let (permitted, excluded) = (&self.permitted.uri, &self.excluded.uri);
        if permitted.is_empty() && excluded.is_empty() {
            return true;
        }
        uris.iter().all(|uri| {
            // A URI without a host name cannot be judged: RFC 5280 says to reject.
            uri_host(uri).is_some_and(|host| {
                (permitted.is_empty() || permitted.iter().any(|base| is_uri_host(&host, base)))
                    && !excluded.iter().any(|base| is_uri_host(&host, base))
            })
        })
    }
}

impl Subtrees {
    fn read(subtrees: Option<GeneralSubtrees>) -> Result<Self, RejectReason> {
        let Some(list) = subtrees else {
            return Ok(Self::default());
        };
        if list.is_empty() {
            return Err(RejectReason::Malformed);
        }
        let mut read = Self::default();
        for subtree in list {
            // RFC 5280 4.2.1.10: minimum must be zero and maximum absent.
            if subtree.minimum != 0 || subtree.maximum.is_some() {
                return Err(RejectReason::NameConstraint);
            }
            match subtree.base {
                GeneralName::DnsName(base) => read.dns.push(constraint_base(base.as_str())?),
                GeneralName::UniformResourceIdentifier(base) => {
                    read.uri.push(constraint_base(base.as_str())?);
                }
                _ => return Err(RejectReason::NameConstraint),
            }
        }
        Ok(read)
    }
}

/// A host name, a domain with a dot in front, or (for everything) nothing.
fn constraint_base(text: &str) -> Result<String, RejectReason> {
    let host = text.strip_prefix('.').unwrap_or(text);
    if text.is_empty() {
        return Ok(String::new());
    }
    if host.starts_with('*') {
        return Err(RejectReason::Malformed);
    }
    dns_name(host)?;
    Ok(text.to_ascii_lowercase())
}

/// Whether a DNS name is the base or lies below it. A base with a dot in front (not in RFC 5280, but in use) means
/// names below only.
fn is_within(name: &str, base: &str) -> bool {
    if base.is_empty() {
        return true;
    }
    match name.strip_suffix(base) {
        Some("") => !base.starts_with('.'),
        Some(rest) => base.starts_with('.') || rest.ends_with('.'),
        None => false,
    }
}

/// Whether a DNS name lies within an excluded base, or is a wildcard that covers a name within it.
fn touches(name: &str, base: &str) -> bool {
    is_within(name, base)
        || name.strip_prefix("*.").is_some_and(|parent| {
            let base = base.strip_prefix('.').unwrap_or(base);
            base.split_once('.')
                .is_some_and(|(_, above)| above == parent)
        })
}

/// RFC 5280 4.2.1.10 for URIs: a base names one host; with a dot in front, the hosts below it.
fn is_uri_host(host: &str, base: &str) -> bool {
    if base.starts_with('.') {
        is_within(host, base)
    } else {
        base.is_empty() || host == base
    }
}

fn uri_host(uri: &str) -> Option<String> {
    match Url::parse(uri).ok()?.host()? {
        Host::Domain(name) => Some(name.to_ascii_lowercase()),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dns_base_covers_itself_and_what_is_below() {
        assert!(is_within("host.example.com", "host.example.com"));
        assert!(is_within("my.host.example.com", "host.example.com"));
        assert!(!is_within("bighost.example.com", "host.example.com"));
        assert!(!is_within("example.com", "host.example.com"));
        assert!(is_within("anything.example", ""));
        assert!(is_within("a.example.com", ".example.com"));
        assert!(!is_within("example.com", ".example.com"));
    }

    #[test]
    fn a_wildcard_is_excluded_when_it_covers_an_excluded_name() {
        assert!(touches("*.example.com", "secret.example.com"));
        assert!(touches("*.example.com", ".secret.example.com"));
        assert!(touches("*.example.com", "example.com"));
        assert!(!touches("*.example.com", "secret.example.org"));
        assert!(!touches("*.example.com", "a.secret.example.com"));
    }

    #[test]
    fn a_uri_base_without_a_dot_is_one_host() {
        assert!(is_uri_host("host.example.com", "host.example.com"));
        assert!(!is_uri_host("my.host.example.com", "host.example.com"));
        assert!(is_uri_host("my.host.example.com", ".example.com"));
        assert!(!is_uri_host("example.com", ".example.com"));
    }

    #[test]
    fn names_that_are_no_host_names_are_refused() {
        for text in [
            "",
            ".",
            "a..b",
            ".a",
            "a.",
            "a b",
            "a\0b",
            "*",
            "*.",
            "a.*.b",
            "**.a",
            "a/b",
            "a@b",
            "https://a",
            "-\u{E9}",
        ] {
            assert_eq!(dns_name(text), Err(RejectReason::Malformed), "{text:?}");
        }
        let long_label = "a".repeat(64);
        assert!(dns_name(&long_label).is_err());
        assert!(dns_name(&"a.".repeat(127)).is_err());
        assert_eq!(dns_name("EXAMPLE.Com").as_deref(), Ok("example.com"));
    }
}
