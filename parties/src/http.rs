//! A small HTTP server on a free loopback port that remembers every request it saw.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::encoding::json_object;
use crate::refused::{OrRefuse, Result, ensure};

const MAX_BODY: usize = 16 << 20;

/// One request a party saw. Header *names* only: values may be secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordedRequest {
    /// `GET`, `POST` …
    pub method: String,
    /// The path without query.
    pub path: String,
    /// Names of the query parameters.
    pub query: Vec<String>,
    /// Header names in lower case.
    pub headers: Vec<String>,
}

/// A received request.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All query parameters; one sent twice is refused (RFC 6749 section 3.1).
    pub(crate) fn query_object(&self) -> Result<Map<String, Value>> {
        let mut all = Map::new();
        for (name, value) in &self.query {
            let before = all.insert(name.clone(), value.clone().into());
            ensure(before.is_none(), "a parameter was sent twice")?;
        }
        Ok(all)
    }

    /// Whether the sender named this media type among those it takes.
    pub(crate) fn accepts(&self, media_type: &str) -> bool {
        let accept = self.header("accept").unwrap_or_default();
        accept
            .split(',')
            .any(|one| one.split(';').next().map(str::trim) == Some(media_type))
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn has_content_type(&self, expected: &str) -> bool {
        let sent = self.header("content-type").unwrap_or_default();
        sent.split(';').next().map(str::trim) == Some(expected)
    }

    /// The body as JSON object.
    pub(crate) fn json(&self) -> Result<Map<String, Value>> {
        ensure(
            self.has_content_type("application/json"),
            "content type is not application/json",
        )?;
        json_object(&self.body)
    }

    /// The body as form; a parameter sent twice is refused (RFC 6749 section 3.2).
    pub(crate) fn form(&self) -> Result<Map<String, Value>> {
        ensure(
            self.has_content_type("application/x-www-form-urlencoded"),
            "content type is not application/x-www-form-urlencoded",
        )?;
        let mut form = Map::new();
        for (name, value) in url::form_urlencoded::parse(&self.body) {
            let before = form.insert(name.into_owned(), value.into_owned().into());
            ensure(before.is_none(), "a parameter was sent twice")?;
        }
        Ok(form)
    }
}

/// An answer.
pub(crate) struct Answer {
    status: u16,
    content_type: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::bytes(status, "application/json", body.to_string().into_bytes())
    }

    pub(crate) fn bytes(status: u16, content_type: &'static str, body: Vec<u8>) -> Self {
        Self {
            status,
            content_type,
            headers: Vec::new(),
            body,
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::bytes(status, "", Vec::new())
    }

    /// An OAuth error answer (RFC 6749 section 5.2).
    pub(crate) fn error(status: u16, code: &str, description: &str) -> Self {
        let body = serde_json::json!({"error": code, "error_description": description});
        Self::json(status, &body)
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A running server; it stops when dropped.
pub(crate) struct Server {
    runtime: Runtime,
    listener: Option<TcpListener>,
    port: u16,
    requests: Arc<Mutex<Vec<RecordedRequest>>>,
}

/// Paths below this prefix steer the party from outside; they belong to no protocol and are not recorded.
pub(crate) const CONTROL: &str = "/control/";
/// What was recorded, as JSON.
const REQUESTS: &str = "/control/requests";

impl Server {
    /// Takes a free port of 127.0.0.1. Requests are answered from `start` on.
    pub(crate) fn bind() -> Result<Self> {
        let mut threads = Builder::new_multi_thread();
        let runtime = threads.worker_threads(1).enable_io().build();
        let runtime = runtime.or_refuse("no threads")?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.or_refuse("no port")?;
        let port = listener.local_addr().or_refuse("no address")?.port();
        Ok(Self {
            runtime,
            listener: Some(listener),
            port,
            requests: Arc::default(),
        })
    }

    /// `http://localhost:PORT`: a name, because wallets refuse IP literals.
    pub(crate) fn base_url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub(crate) fn start(&mut self, handler: impl Fn(&Request) -> Answer + Send + Sync + 'static) {
        let party = Arc::new(Party {
            handler: Box::new(handler),
            requests: self.requests.clone(),
        });
        if let Some(listener) = self.listener.take() {
            self.runtime.spawn(accept(listener, party));
        }
    }

    /// Everything seen so far, oldest first.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.requests).clone()
    }
}

/// What answers.
struct Party {
    handler: Box<dyn Fn(&Request) -> Answer + Send + Sync>,
    requests: Arc<Mutex<Vec<RecordedRequest>>>,
}

impl Party {
    fn answer(&self, request: &Request) -> Answer {
        if !request.path.starts_with(CONTROL) {
            lock(&self.requests).push(RecordedRequest {
                method: request.method.clone(),
                path: request.path.clone(),
                query: request.query.iter().map(|(n, _)| n.clone()).collect(),
                headers: request.headers.iter().map(|(n, _)| n.clone()).collect(),
            });
        }
        if request.path == REQUESTS {
            Answer::json(200, &serde_json::json!(*lock(&self.requests)))
        } else {
            (self.handler)(request)
        }
    }
}

/// Serves each connection by itself, so that none waits for another one to be closed.
async fn accept(listener: TcpListener, party: Arc<Party>) {
    while let Ok((stream, _)) = listener.accept().await {
        let party = party.clone();
        tokio::spawn(async move {
            let service = service_fn(|request| serve(request, party.clone()));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A wallet that hung up does not concern the server.
            let _ended = connection.await;
        });
    }
}

async fn serve(
    raw: hyper::Request<Incoming>,
    party: Arc<Party>,
) -> core::result::Result<hyper::Response<Full<Bytes>>, Infallible> {
    let answer = match receive(raw).await {
        Ok(request) => tokio::task::spawn_blocking(move || party.answer(&request))
            .await
            .unwrap_or_else(|_panicked| Answer::empty(500)),
        Err(refused) => Answer::error(400, "invalid_request", refused.reason()),
    };
    let mut response = hyper::Response::new(Full::from(answer.body));
    *response.status_mut() = hyper::StatusCode::from_u16(answer.status).unwrap_or_default();
    let own = [
        ("content-type", answer.content_type.to_owned()),
        ("cache-control", "no-store".to_owned()),
    ];
    for (name, value) in own.into_iter().chain(answer.headers) {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    Ok(response)
}

async fn receive(raw: hyper::Request<Incoming>) -> Result<Request> {
    let (head, body) = raw.into_parts();
    let body = Limited::new(body, MAX_BODY).collect().await;
    let body = body.ok().or_refuse("the body is too large or broke off")?;
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    });
    let query = head.uri.query().unwrap_or_default();
    Ok(Request {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: headers.collect(),
        body: body.to_bytes().to_vec(),
    })
}

/// A panic elsewhere must not hide what was recorded.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
