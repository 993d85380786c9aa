//! What an app's [`HttpClient`] must hold to, as a test the app can run.
//!
//! [`check`] calls the client against a server on this device that misbehaves on request. It needs the feature
//! `test-doubles`, opens loopback sockets and takes a few seconds.
//!
//! ```no_run
//! # use wallet_core::http::{HttpClient, conformance};
//! # async fn test(client: &dyn HttpClient) -> std::io::Result<()> {
//! let report = conformance::check(client).await?;
//! assert!(report.broken.is_empty(), "{report:?}");
//! # Ok(()) }
//! ```

mod server;

use super::{HttpClient, HttpError, HttpRequest, HttpResponse, Method, Policy, Purpose};
use server::Server;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

/// The body limit of the checks.
const MAX_BYTES: usize = 64 * 1024;

/// How much later than its limit a client may answer on a busy machine.
const GRACE: Duration = Duration::from_secs(2);

/// A rule of [`HttpClient`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// A good answer comes back whole: status, body, final URL, header names in lower case.
    Answer,
    /// A body of exactly the limit comes back.
    ExactLimit,
    /// A POST arrives with its headers and body as given.
    Post,
    /// Error statuses are answers, not errors.
    ErrorStatus,
    /// Redirects come back as they are and are not followed.
    NoRedirect,
    /// Cookies are not kept.
    NoCookies,
    /// Nothing is answered from a cache, and no conditional request is made.
    NoCache,
    /// No header tells about the holder or the phone, and the user agent is the one given.
    NoTellingHeaders,
    /// Reading stops at the limit, whether the server announced the length or not, with [`HttpError::TooLarge`].
    MaxBytes,
    /// The limit holds for the decompressed body too.
    Bomb,
    /// The total time is a limit, also for a server that sends slowly; [`HttpError::Timeout`].
    TotalTime,
    /// A request is sent once: not again after 401, 503 or a broken connection.
    NoRetry,
    /// A refused connection is [`HttpError::NotSent`].
    NotSent,
    /// A connection that breaks after the request was sent is [`HttpError::SentOrUnknown`].
    SentOrUnknown,
    /// With private addresses forbidden nothing is sent to one; [`HttpError::AddressNotAllowed`].
    PrivateAddress,
    /// The address connected to, where it is told, is the right one.
    PeerAddress,
}

/// What the checks found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The rules that were broken.
    pub broken: Vec<Rule>,
    /// Whether the client tells the address it connected to. Where it does not, the core reports every answer as not
    /// checked.
    pub tells_address: bool,
}

/// Runs every check, one after the other.
///
/// # Errors
/// Where this device gives no loopback socket.
pub async fn check(client: &dyn HttpClient) -> io::Result<Report> {
    let bench = Bench {
        client,
        server: Server::start()?,
    };
    let checks = [
        (Rule::Answer, bench.answer().await),
        (Rule::ExactLimit, bench.exact_limit().await),
        (Rule::Post, bench.post().await),
        (Rule::ErrorStatus, bench.error_status().await),
        (Rule::NoRedirect, bench.no_redirect().await),
        (Rule::NoCookies, bench.no_cookies().await),
        (Rule::NoCache, bench.no_cache().await),
        (Rule::MaxBytes, bench.max_bytes().await),
        (Rule::Bomb, bench.bomb().await),
        (Rule::TotalTime, bench.total_time().await),
        (Rule::NoRetry, bench.no_retry().await),
        (Rule::NotSent, bench.not_sent().await?),
        (Rule::SentOrUnknown, bench.sent_or_unknown().await),
        (Rule::PrivateAddress, bench.private_address().await),
        (Rule::PeerAddress, bench.peer_address().await),
        // Last, because it looks at every request of the others.
        (Rule::NoTellingHeaders, bench.no_telling_headers()),
    ];
    Ok(Report {
        broken: checks
            .into_iter()
            .filter(|(_, holds)| !holds)
            .map(|(rule, _)| rule)
            .collect(),
        tells_address: bench
            .get("/ok")
            .await
            .is_ok_and(|r| r.peer_address.is_some()),
    })
}

type Answer = Result<HttpResponse, HttpError>;

struct Bench<'a> {
    client: &'a dyn HttpClient,
    server: Server,
}

impl Bench<'_> {
    fn request(&self, method: Method, path: &str) -> HttpRequest {
        let mut headers = vec![
            ("user-agent".to_owned(), "conformance".to_owned()),
            ("accept-encoding".to_owned(), "identity".to_owned()),
            ("accept".to_owned(), "application/json".to_owned()),
        ];
        let mut body = Vec::new();
        if method == Method::Post {
            headers.push(("content-type".to_owned(), "text/x-conformance".to_owned()));
            body = b"a=\x00\xFF".to_vec();
        }
        HttpRequest {
            purpose: Purpose::Metadata,
            method,
            url: self.server.url(path),
            headers,
            body,
            policy: Policy {
                max_bytes: MAX_BYTES,
                total_seconds: 2,
                allow_private_addresses: true,
            },
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.client.send(self.request(Method::Get, path)).await
    }

    async fn send_post(&self, path: &str) -> Answer {
        self.client.send(self.request(Method::Post, path)).await
    }

    async fn answer(&self) -> bool {
        self.get("/ok").await.is_ok_and(|r| {
            let header = ("x-mixed-case".to_owned(), "Yes".to_owned());
            r.status == 200
                && r.body == b"{}"
                && r.final_url == self.server.url("/ok")
                && r.headers.contains(&header)
        })
    }

    async fn exact_limit(&self) -> bool {
        let answer = self.get("/exact").await;
        answer.is_ok_and(|r| r.body.len() == MAX_BYTES)
    }

    async fn post(&self) -> bool {
        let answer = self.send_post("/ok").await;
        let seen = self.server.seen("/ok");
        answer.is_ok_and(|r| r.status == 200)
            && seen.iter().any(|one| {
                one.method == "POST"
                    && one.body == b"a=\x00\xFF"
                    && one.header("content-type") == Some("text/x-conformance")
                    && one.header("accept") == Some("application/json")
            })
    }

    async fn error_status(&self) -> bool {
        let answer = self.get("/missing").await;
        answer.is_ok_and(|r| r.status == 404 && r.body == b"no")
    }

    async fn no_redirect(&self) -> bool {
        let found = self.get("/moved").await;
        let kept = self.send_post("/moved-keep").await;
        let is_unchanged = |answer: Answer, path: &str, status: u16| {
            answer.is_ok_and(|r| r.status == status && r.final_url == self.server.url(path))
        };
        is_unchanged(found, "/moved", 302)
            && is_unchanged(kept, "/moved-keep", 307)
            && self.server.seen("/landed").is_empty()
    }

    async fn no_cookies(&self) -> bool {
        let first = self.get("/set-cookie").await;
        let second = self.get("/set-cookie").await;
        let seen = self.server.seen("/set-cookie");
        first.is_ok()
            && second.is_ok()
            && seen.len() == 2
            && seen.iter().all(|one| one.header("cookie").is_none())
    }

    async fn no_cache(&self) -> bool {
        let first = self.get("/cached").await;
        let second = self.get("/cached").await;
        let seen = self.server.seen("/cached");
        first.is_ok()
            && second.is_ok()
            && seen.len() == 2
            && seen.iter().all(|one| {
                one.header("if-none-match").is_none() && one.header("if-modified-since").is_none()
            })
    }

    async fn max_bytes(&self) -> bool {
        let too_large = Some(HttpError::TooLarge);
        self.get("/large").await.err() == too_large && self.get("/endless").await.err() == too_large
    }

    async fn bomb(&self) -> bool {
        match self.get("/bomb").await {
            Ok(r) => r.body.len() <= MAX_BYTES,
            Err(error) => error == HttpError::TooLarge,
        }
    }

    async fn total_time(&self) -> bool {
        for path in ["/silent", "/drip"] {
            let mut request = self.request(Method::Get, path);
            request.policy.total_seconds = 1;
            let start = Instant::now();
            let error = self.client.send(request).await.err();
            if error != Some(HttpError::Timeout) || start.elapsed() > Duration::from_secs(1) + GRACE
            {
                return false;
            }
        }
        true
    }

    async fn no_retry(&self) -> bool {
        for path in ["/unauthorized", "/unavailable", "/broken-once"] {
            // How it answers is the matter of other rules.
            let _answer = self.send_post(path).await;
            let _answer = self.get(path).await;
            if self.server.seen(path).len() != 2 {
                return false;
            }
        }
        true
    }

    async fn not_sent(&self) -> io::Result<bool> {
        // A port that was free a moment ago and is closed again.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let mut request = self.request(Method::Post, "/");
        request.url = format!("http://127.0.0.1:{port}/");
        Ok(self.client.send(request).await.err() == Some(HttpError::NotSent))
    }

    async fn sent_or_unknown(&self) -> bool {
        let answer = self.send_post("/broken").await;
        answer.err() == Some(HttpError::SentOrUnknown)
    }

    async fn private_address(&self) -> bool {
        let mut request = self.request(Method::Get, "/private");
        request.policy.allow_private_addresses = false;
        let error = self.client.send(request).await.err();
        error == Some(HttpError::AddressNotAllowed) && self.server.seen("/private").is_empty()
    }

    async fn peer_address(&self) -> bool {
        self.get("/ok").await.is_ok_and(|r| {
            r.peer_address
                .is_none_or(|address| address == Ipv4Addr::LOCALHOST)
        })
    }

    fn no_telling_headers(&self) -> bool {
        let telling = [
            "accept-language",
            "referer",
            "origin",
            "cookie",
            "from",
            "x-requested-with",
            "dnt",
        ];
        self.server.all_seen().iter().all(|one| {
            one.header("user-agent") == Some("conformance")
                && telling.iter().all(|name| one.header(name).is_none())
        })
    }
}

#[cfg(test)]
mod tests;
