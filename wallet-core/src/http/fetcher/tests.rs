#![allow(clippy::unwrap_used)]
use super::super::{HttpError, UrlFault};
use super::*;
use crate::error::{Category, ErrorCode, WalletError};
use std::sync::Mutex;

const URL: &str = "https://issuer.example.org/.well-known/x";

type Answer = dyn Fn(&HttpRequest) -> Result<HttpResponse, HttpError> + Send + Sync;

/// Answers every request alike and keeps what it was asked.
struct Scripted {
    answer: Box<Answer>,
    seen: Mutex<Vec<HttpRequest>>,
}

impl Scripted {
    fn new(
        answer: impl Fn(&HttpRequest) -> Result<HttpResponse, HttpError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            answer: Box::new(answer),
            seen: Mutex::default(),
        }
    }

    fn with(change: impl Fn(&mut HttpResponse) + Send + Sync + 'static) -> Self {
        Self::new(move |request| {
            let mut response = good(request);
            change(&mut response);
            Ok(response)
        })
    }

    fn get(&self, url: &str, settings: FetchSettings) -> Result<Fetched, FetchError> {
        pollster::block_on(Fetcher::new(self, settings).get(Purpose::Metadata, url, JSON))
    }

    fn fault(&self) -> FetchFault {
        self.get(URL, FetchSettings::default())
            .err()
            .unwrap()
            .fault()
    }
}

#[async_trait::async_trait]
impl HttpClient for Scripted {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = (self.answer)(&request);
        self.seen.lock().unwrap().push(request);
        answer
    }
}

fn good(request: &HttpRequest) -> HttpResponse {
    HttpResponse {
        status: 200,
        headers: vec![(
            "Content-Type".to_owned(),
            "Application/JSON; charset=utf-8".to_owned(),
        )],
        body: br#"{"a":1}"#.to_vec(),
        final_url: request.url.clone(),
        peer_address: Some("93.184.215.14".parse().unwrap()),
    }
}

const LOOPBACK: FetchSettings = FetchSettings {
    allow_loopback_http: true,
};

#[test]
fn a_good_answer_is_read() {
    let client = Scripted::with(|_| {});
    let fetched = client.get(URL, FetchSettings::default()).unwrap();
    assert_eq!(fetched.json_object().unwrap()["a"], 1);
    assert_eq!(fetched.content_type(), Some("application/json"));
    assert!(fetched.address_checked());
}

// shows: HOSTILE 16
#[test]
fn nothing_is_sent_to_a_url_that_is_not_allowed() {
    let client = Scripted::with(|_| {});
    let error = client
        .get("http://issuer.example.org/", FetchSettings::default())
        .err()
        .unwrap();
    assert_eq!(error.fault(), FetchFault::Url(UrlFault::Scheme));
    assert!(!error.may_have_been_sent());
    assert!(client.seen.lock().unwrap().is_empty());
}

// shows: VCI 46, VP 33, SDJWT 23, HOSTILE 16
#[test]
fn every_redirect_status_is_refused() {
    for status in [300, 301, 302, 303, 304, 307, 308, 399] {
        let client = Scripted::with(move |r| r.status = status);
        assert_eq!(client.fault(), FetchFault::Redirect, "{status}");
    }
}

#[test]
fn an_answer_from_another_url_is_a_redirect() {
    for url in [
        "https://issuer.example.org/.well-known/y",
        "https://issuer.example.org/.well-known/x?y",
        "https://evil.example/.well-known/x",
        "http://issuer.example.org/.well-known/x",
        "",
        "not a url",
    ] {
        let client = Scripted::with(move |r| r.final_url = url.to_owned());
        assert_eq!(client.fault(), FetchFault::Redirect, "{url}");
    }
}

#[test]
fn a_spelling_of_the_same_url_is_no_redirect() {
    let client =
        Scripted::with(|r| r.final_url = "https://ISSUER.example.org:443/.well-known/x".to_owned());
    assert!(client.get(URL, FetchSettings::default()).is_ok());
}

// shows: SDJWT 23, HOSTILE 16, HOSTILE 17
#[test]
fn a_name_that_leads_to_a_local_address_is_refused() {
    for address in [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
    ] {
        let client = Scripted::with(move |r| r.peer_address = Some(address.parse().unwrap()));
        assert_eq!(client.fault(), FetchFault::Address, "{address}");
        // The switch opens this device by its own names, not other names that lead here.
        let error = client.get(URL, LOOPBACK).err().unwrap();
        assert_eq!(error.fault(), FetchFault::Address, "{address}");
    }
}

#[test]
fn a_loopback_name_that_leads_elsewhere_is_refused() {
    for address in ["10.0.0.1", "192.168.1.1", "93.184.215.14", "fd00::1"] {
        let client = Scripted::with(move |r| r.peer_address = Some(address.parse().unwrap()));
        let error = client.get("http://localhost:1/", LOOPBACK).err().unwrap();
        assert_eq!(error.fault(), FetchFault::Address, "{address}");
    }
    let client = Scripted::with(|r| r.peer_address = Some("127.0.0.1".parse().unwrap()));
    assert!(client.get("http://localhost:1/", LOOPBACK).is_ok());
}

#[test]
fn an_unknown_address_is_reported() {
    let client = Scripted::with(|r| r.peer_address = None);
    let fetched = client.get(URL, FetchSettings::default()).unwrap();
    assert!(!fetched.address_checked());
}

// shows: VCI 46, SDJWT 23, HOSTILE 16
#[test]
fn a_body_over_the_limit_of_its_purpose_is_refused() {
    let limit = max_bytes(Purpose::Metadata);
    let client = Scripted::with(move |r| r.body = vec![b' '; limit]);
    assert!(client.get(URL, FetchSettings::default()).is_ok());
    let client = Scripted::with(move |r| r.body = vec![b' '; limit + 1]);
    assert_eq!(client.fault(), FetchFault::TooLarge);
}

#[test]
fn get_wants_status_200() {
    for status in [100, 201, 204, 206, 400, 401, 404, 500, 503] {
        let client = Scripted::with(move |r| r.status = status);
        assert_eq!(client.fault(), FetchFault::Status(status));
    }
}

#[test]
fn get_wants_the_content_type_it_asked_for() {
    for value in [
        "text/html",
        "application/jsonx",
        "application",
        "",
        ";application/json",
    ] {
        let client = Scripted::with(move |r| {
            r.headers = vec![("content-type".to_owned(), value.to_owned())];
        });
        assert_eq!(client.fault(), FetchFault::ContentType, "{value}");
    }
    let client = Scripted::with(|r| r.headers.clear());
    assert_eq!(client.fault(), FetchFault::ContentType);

    let client = Scripted::with(|_| {});
    let accepts = "application/jwt, application/json";
    let fetcher = Fetcher::new(&client, FetchSettings::default());
    assert!(pollster::block_on(fetcher.get(Purpose::Metadata, URL, accepts)).is_ok());
}

#[test]
fn post_returns_error_answers_because_oauth_errors_are_json() {
    let client = Scripted::with(|r| {
        r.status = 400;
        r.body = br#"{"error":"invalid_grant"}"#.to_vec();
    });
    let fetcher = Fetcher::new(&client, FetchSettings::default());
    let answer = pollster::block_on(fetcher.post(
        Purpose::Token,
        URL,
        &[("dpop", "abc")],
        "application/x-www-form-urlencoded",
        b"grant_type=x".to_vec(),
    ))
    .unwrap();
    assert_eq!(answer.json_object().unwrap()["error"], "invalid_grant");
    let error = answer.require_success().err().unwrap();
    assert_eq!(error.status(), Some(400));
}

#[test]
fn json_is_read_strictly() {
    for body in [
        &b"{\"a\":1,\"a\":2}"[..],
        b"[]",
        b"{} x",
        b"{\"a\":\xFF}",
        b"",
    ] {
        let client = Scripted::with(move |r| r.body = body.to_vec());
        let fetched = client.get(URL, FetchSettings::default()).unwrap();
        let fault = fetched.json_object().err().unwrap().fault();
        assert!(matches!(fault, FetchFault::Json(_)), "{fault:?}");
    }
}

// shows: HOSTILE 15
#[test]
fn requests_carry_the_policy_and_a_constant_set_of_headers() {
    let client = Scripted::with(|_| {});
    client
        .get(&format!("{URL}#f"), FetchSettings::default())
        .unwrap();
    let seen = client.seen.lock().unwrap();
    let request = seen.first().unwrap();
    assert_eq!(request.url, URL);
    assert_eq!(
        request.policy,
        Policy {
            max_bytes: 256 * 1024,
            total_seconds: 10,
            allow_private_addresses: false
        }
    );
    let names: Vec<_> = request.headers.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(names, ["user-agent", "accept-encoding", "accept"]);
}

#[test]
fn private_addresses_are_allowed_to_the_client_for_this_device_only() {
    let client = Scripted::with(|r| r.peer_address = None);
    client.get("http://127.0.0.1:1/", LOOPBACK).unwrap();
    client.get(URL, LOOPBACK).unwrap();
    let allowed: Vec<_> = client
        .seen
        .lock()
        .unwrap()
        .iter()
        .map(|r| r.policy.allow_private_addresses)
        .collect();
    assert_eq!(allowed, [true, false]);
}

// shows: HOSTILE 15
#[test]
fn headers_that_tell_about_the_holder_or_split_the_request_cannot_be_sent() {
    let client = Scripted::with(|_| {});
    let fetcher = Fetcher::new(&client, FetchSettings::default());
    for header in [
        ("cookie", "a=b"),
        ("accept-language", "ko"),
        ("referer", "x"),
        ("host", "evil.example"),
        ("user-agent", "me"),
        ("Authorization", "Bearer x"),
        ("content-type", "text/plain"),
        ("authorization", "Bearer x\r\ncookie: a"),
        ("authorization", "Bearer \u{FC}"),
    ] {
        let result =
            pollster::block_on(fetcher.post(Purpose::Token, URL, &[header], JSON, Vec::new()));
        assert_eq!(
            result.err().unwrap().fault(),
            FetchFault::Header,
            "{header:?}"
        );
    }
    assert!(client.seen.lock().unwrap().is_empty());
}

#[test]
fn only_harmless_answer_headers_are_kept() {
    let client = Scripted::with(|r| {
        for (name, value) in [
            ("Set-Cookie", "id=1".to_owned()),
            ("DPoP-Nonce", "n".to_owned()),
            ("retry-after", "x".repeat(5000)),
        ] {
            r.headers.push((name.to_owned(), value));
        }
    });
    let fetched = client.get(URL, FetchSettings::default()).unwrap();
    assert_eq!(fetched.header("dpop-nonce"), Some("n"));
    assert_eq!(fetched.header("set-cookie"), None);
    assert_eq!(fetched.header("retry-after"), None);
}

#[test]
fn each_client_error_keeps_what_it_says_about_sending() {
    for (error, sent, code) in [
        (HttpError::NotSent, false, ErrorCode::NetworkFailed),
        (HttpError::Tls, false, ErrorCode::NetworkFailed),
        (HttpError::SentOrUnknown, true, ErrorCode::NetworkFailed),
        (HttpError::Timeout, true, ErrorCode::NetworkTimeout),
        (HttpError::Cancelled, true, ErrorCode::UserCancelled),
        (HttpError::HostFailed, true, ErrorCode::HostFailed),
        (HttpError::TooLarge, true, ErrorCode::TooLarge),
        (HttpError::AddressNotAllowed, true, ErrorCode::UrlNotAllowed),
    ] {
        let client = Scripted::new(move |_| Err(error));
        let error = client.get(URL, FetchSettings::default()).err().unwrap();
        assert_eq!(error.may_have_been_sent(), sent, "{error}");
        assert_eq!(WalletError::from(error).code(), code);
    }
}

#[test]
fn the_party_that_gave_the_url_is_named_and_the_url_is_not() {
    let client = Scripted::with(|r| r.status = 302);
    let fetcher = Fetcher::new(&client, FetchSettings::default());
    for (purpose, category) in [
        (Purpose::Metadata, Category::Issuer),
        (Purpose::RequestUri, Category::Verifier),
    ] {
        let error = pollster::block_on(fetcher.get(purpose, URL, JSON))
            .err()
            .unwrap();
        assert!(!format!("{error} {error:?}").contains("example"));
        let error = WalletError::from(error);
        assert_eq!(error.code(), ErrorCode::RedirectRefused);
        assert_eq!(error.category(), category);
        assert!(!format!("{error:?}").contains("example"));
    }
}
