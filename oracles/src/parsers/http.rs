//! Which addresses may be called, and what of an answer is believed.

use super::fixture::{Answers, Decisions, lines, text};
use std::net::IpAddr;
use url::Url;
use wallet_core::http::{
    FetchSettings, Fetcher, HttpResponse, Purpose, is_global, max_bytes, well_known,
};

const PUBLIC: FetchSettings = FetchSettings {
    allow_loopback_http: false,
};
const WITH_LOOPBACK: FetchSettings = FetchSettings {
    allow_loopback_http: true,
};

/// What may be called is https to a public name without user information, however it is spelled.
pub(super) fn url(input: &[u8]) {
    let Some(text) = text(input) else { return };
    if let Ok(url) = PUBLIC.check_url(text) {
        assert_is_public(&url, text);
        assert!(WITH_LOOPBACK.check_url(text).is_ok());
        assert_eq!(PUBLIC.check_url(url.as_str()).as_ref(), Ok(&url));
        if let Some(address) = well_known(text, "openid-credential-issuer") {
            match PUBLIC.check_url(&address) {
                Ok(address) => assert_eq!(address.host(), url.host()),
                // What is put in may make it longer than any address that is called.
                Err(_) => assert!(address.len() > 4096),
            }
        }
    } else if let Ok(url) = WITH_LOOPBACK.check_url(text) {
        let host = url.host_str().unwrap();
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let is_loopback = name == "localhost"
            || name.ends_with(".localhost")
            || name
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        assert!(
            is_loopback,
            "only this device is added by the setting: {host}"
        );
    }
}

fn assert_is_public(url: &Url, text: &str) {
    assert_eq!(url.scheme(), "https");
    assert_eq!(
        (url.username(), url.password(), url.fragment()),
        ("", None, None)
    );
    let host = url.host_str().unwrap();
    assert!(host.parse::<IpAddr>().is_err() && !host.starts_with('['));
    assert!(host.contains('.') && !host.ends_with('.') && host.is_ascii());
    assert!(host != "localhost" && !host.ends_with(".localhost"));
    assert!(text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control()));
    // The last label of a number would be an address to other resolvers.
    let last = host.rsplit('.').next().unwrap();
    assert!(!last.bytes().all(|byte| byte.is_ascii_digit()));
}

/// Of any answer, only one from the asked address, from a public peer and within the size is believed.
pub(super) fn fetch(input: &[u8]) {
    let [decisions, url, final_url, peer, content_type, body] = lines(input);
    let (Some(url), Some(final_url), Some(content_type)) =
        (text(url), text(final_url), text(content_type))
    else {
        return;
    };
    let mut decisions = Decisions::new(decisions);
    let status = [200, 200, 200, 204, 302, 304, 400, 500][decisions.below(8)];
    let peer_address: Option<IpAddr> = text(peer).and_then(|peer| peer.parse().ok());
    if let Some(IpAddr::V4(v4)) = peer_address {
        assert_eq!(is_global(v4.into()), is_global(v4.to_ipv6_mapped().into()));
    }
    let mut headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
    headers.push(("set-cookie".to_owned(), "a=b".to_owned()));
    let client = Answers::new([HttpResponse {
        status,
        headers,
        body: body.to_vec(),
        final_url: final_url.to_owned(),
        peer_address,
    }]);
    let fetcher = Fetcher::new(&client, PUBLIC);
    let Ok(fetched) = pollster::block_on(fetcher.get(Purpose::Metadata, url, "application/json"))
    else {
        return;
    };
    assert_is_public(&PUBLIC.check_url(url).unwrap(), url);
    assert_eq!((status, fetched.status()), (200, 200));
    assert!(final_url.is_empty() || Url::parse(final_url).is_ok());
    assert!(peer_address.is_none_or(is_global));
    assert_eq!(fetched.address_checked(), peer_address.is_some());
    assert_eq!(fetched.content_type(), Some("application/json"));
    assert_eq!(fetched.header("set-cookie"), None);
    assert!(fetched.body().len() <= max_bytes(Purpose::Metadata));
    let _ = fetched.json_object();
}
