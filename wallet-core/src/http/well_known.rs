//! Well-known addresses (RFC 8615) of identifiers that have a path of their own.

/// The address with `/.well-known/<name>` put between host and path of `identifier`, a final slash of the path dropped
/// (RFC 8414 3.1, OpenID4VCI 1.0 12.2.2, SD-JWT VC 4.1); `None` if `identifier` is no URL or has a query or fragment.
#[must_use]
pub fn well_known(identifier: &str, name: &str) -> Option<String> {
    if identifier.contains(['?', '#']) {
        return None;
    }
    let (scheme, rest) = identifier.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = path.strip_suffix('/').unwrap_or(path);
    Some(format!("{scheme}://{authority}/.well-known/{name}{path}"))
}

#[cfg(test)]
mod tests {
    use super::well_known;

    #[test]
    fn the_name_goes_between_host_and_path() {
        let cases = [
            (
                "https://example.com",
                "https://example.com/.well-known/jwt-vc-issuer",
            ),
            (
                "https://example.com/",
                "https://example.com/.well-known/jwt-vc-issuer",
            ),
            (
                "https://example.com/tenant/1234",
                "https://example.com/.well-known/jwt-vc-issuer/tenant/1234",
            ),
            (
                "https://example.com:8443/tenant/1234/",
                "https://example.com:8443/.well-known/jwt-vc-issuer/tenant/1234",
            ),
        ];
        for (identifier, expected) in cases {
            assert_eq!(
                well_known(identifier, "jwt-vc-issuer").as_deref(),
                Some(expected)
            );
        }
    }

    #[test]
    fn what_is_no_identifier_has_no_such_address() {
        for text in [
            "example.com",
            "urn:example",
            "https://a.example?x",
            "https://a.example/#x",
        ] {
            assert_eq!(well_known(text, "jwt-vc-issuer"), None);
        }
    }
}
