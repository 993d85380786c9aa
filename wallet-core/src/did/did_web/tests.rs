//! Where did:web leads, and what a host may not do.
#![allow(clippy::unwrap_used)]

use super::super::tests::vector;
use super::super::{DidTrust, resolve};
use super::*;
use crate::clock::UnixTime;
use crate::http::{
    FetchFault, FetchSettings, Fetcher, HttpClient, HttpError, HttpRequest, HttpResponse, UrlFault,
};
use async_trait::async_trait;
use serde_json::json;
use std::sync::Mutex;

const DID: &str = "did:web:issuer.example:people:one";
const URL: &str = "https://issuer.example/people/one/did.json";

/// A web server that answers everything with one document, changed.
struct Host {
    change: fn(&mut HttpResponse),
    seen: Mutex<Vec<HttpRequest>>,
}

impl Host {
    fn with(change: fn(&mut HttpResponse)) -> Self {
        let seen = Mutex::default();
        Self { change, seen }
    }

    fn resolve(&self, did: &str, settings: FetchSettings) -> Result<ResolvedDid, DidError> {
        let fetcher = Fetcher::new(self, settings);
        let with = Resolving::new(&fetcher, UnixTime::from_secs(1_790_000_000));
        let did = Did::parse(did)?;
        pollster::block_on(resolve(&did, &DidTrust::default(), &with))
    }

    fn error(&self) -> DidError {
        self.resolve(DID, FetchSettings::default()).unwrap_err()
    }
}

#[async_trait]
impl HttpClient for Host {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let mut response = HttpResponse {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/did+json".to_owned())],
            body: json!({"id": DID}).to_string().into_bytes(),
            final_url: request.url.clone(),
            peer_address: Some("93.184.215.14".parse().unwrap()),
        };
        self.seen.lock().unwrap().push(request);
        (self.change)(&mut response);
        match response.status {
            0 => Err(HttpError::AddressNotAllowed),
            1 => Err(HttpError::TooLarge),
            _ => Ok(response),
        }
    }
}

#[test]
fn the_addresses_of_the_specifications_examples_are_found() {
    for name in ["05", "06", "07"] {
        let text = vector(&format!("did-web/example-{name}.txt"));
        let (did, url) = text.trim().split_once("\n -> ").unwrap();
        let address = Address::of(&Did::parse(did).unwrap()).unwrap();
        assert_eq!(address.url(false), url);
    }
    for did in vector("did-web/example-04.txt").split_whitespace() {
        Address::of(&Did::parse(did).unwrap()).unwrap();
    }
}

#[test]
fn the_document_comes_with_the_host_that_was_believed() {
    let host = Host::with(|_| {});
    let resolved = host.resolve(DID, FetchSettings::default()).unwrap();
    assert_eq!(resolved.document().id(), DID);
    assert_eq!(
        resolved.evidence(),
        &Evidence::TransportOnly {
            host: "issuer.example".to_owned()
        }
    );
    assert_eq!(resolved.as_of(), Some(UnixTime::from_secs(1_790_000_000)));
    let seen = host.seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].url, URL);
    assert_eq!(seen[0].purpose, Purpose::Did);
}

#[test]
fn an_identifier_with_odd_escapes_or_no_address_makes_no_request() {
    for id in [
        "issuer.example%2Fadmin",
        "issuer.example%3A",
        "issuer.example%3A0",
        "issuer.example%3A080",
        "issuer.example%3A65536",
        "issuer.example%3A80%3A80",
        "issuer.example%40evil.example",
        "issuer.example%00",
        "issuer%2Eexample",
        "user%3Apassword%40issuer.example",
        "%5B%3A%3A1%5D",
        "issuer.example:..:secret",
        "issuer.example:.:a",
        "issuer.example:%2e%2e:a",
        "issuer.example:a%2Fb",
        "issuer.example:a%3Fb",
        "issuer.example::a",
        ".issuer.example",
        "issuer..example",
        "-issuer.example",
        "issuer_.example",
    ] {
        let host = Host::with(|_| {});
        let refused = host.resolve(&format!("did:web:{id}"), FetchSettings::default());
        assert_eq!(refused, Err(DidError::Address), "{id}");
        assert!(host.seen.lock().unwrap().is_empty());
    }
}

#[test]
fn a_private_or_local_name_is_not_asked() {
    for (id, fault) in [
        ("127.0.0.1", UrlFault::IpLiteral),
        ("10.0.0.1", UrlFault::IpLiteral),
        ("0x7f000001", UrlFault::IpLiteral),
        ("2130706433", UrlFault::IpLiteral),
        ("localhost", UrlFault::LocalName),
        ("localhost%3A8080", UrlFault::LocalName),
        ("router", UrlFault::LocalName),
        ("printer.local", UrlFault::LocalName),
        ("db.internal", UrlFault::LocalName),
    ] {
        let host = Host::with(|_| {});
        let refused = host.resolve(&format!("did:web:{id}"), FetchSettings::default());
        let Err(DidError::Fetch(error)) = refused else {
            panic!("{id}: {refused:?}");
        };
        assert_eq!(error.fault(), FetchFault::Url(fault), "{id}");
        assert!(host.seen.lock().unwrap().is_empty());
    }
}

#[test]
fn only_a_demo_asks_this_device_itself() {
    let host = Host::with(|response| {
        response.body = json!({"id": "did:web:localhost%3A8080"})
            .to_string()
            .into_bytes();
        response.peer_address = Some("127.0.0.1".parse().unwrap());
    });
    let settings = FetchSettings {
        allow_loopback_http: true,
    };
    let resolved = host.resolve("did:web:localhost%3A8080", settings).unwrap();
    assert_eq!(resolved.evidence().host(), Some("localhost:8080"));
    let seen = host.seen.lock().unwrap();
    assert_eq!(seen[0].url, "http://localhost:8080/.well-known/did.json");
}

type Change = fn(&mut HttpResponse);

#[test]
fn a_host_that_misbehaves_is_refused() {
    let cases: [(&str, Change, FetchFault); 7] = [
        ("redirect", |r| r.status = 302, FetchFault::Redirect),
        (
            "redirect that was followed",
            |r| r.final_url = "https://evil.example/did.json".to_owned(),
            FetchFault::Redirect,
        ),
        (
            "private address",
            |r| r.peer_address = Some("192.168.0.1".parse().unwrap()),
            FetchFault::Address,
        ),
        (
            "more than the limit in one answer",
            |r| r.body = vec![b' '; 256 * 1024 + 1],
            FetchFault::TooLarge,
        ),
        (
            "100 MB, which a client stops reading",
            |r| r.status = 1,
            FetchFault::TooLarge,
        ),
        ("an error", |r| r.status = 500, FetchFault::Status(500)),
        (
            "another content",
            |r| r.headers = vec![("content-type".to_owned(), "text/html".to_owned())],
            FetchFault::ContentType,
        ),
    ];
    for (name, change, fault) in cases {
        let DidError::Fetch(error) = Host::with(change).error() else {
            panic!("{name}");
        };
        assert_eq!(error.fault(), fault, "{name}");
    }
    let refused_by_client = Host::with(|r| r.status = 0).error();
    assert!(matches!(refused_by_client, DidError::Fetch(_)));
}

#[test]
fn a_document_of_another_did_is_refused() {
    let other = Host::with(|r| {
        r.body = json!({"id": "did:web:issuer.example:people:two"})
            .to_string()
            .into_bytes();
    });
    assert_eq!(other.error(), DidError::AnotherSubject);
    let none = Host::with(|r| r.body = b"{}".to_vec());
    assert_eq!(none.error(), DidError::AnotherSubject);
    let no_json = Host::with(|r| r.body = b"<html>".to_vec());
    assert!(matches!(no_json.error(), DidError::Json(_)));
}
