//! A small HTTP server on a free loopback port that remembers every request it saw.

use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use serde::Serialize;
use serde_json::{Map, Value};
use tiny_http::{Header, Response};

use crate::encoding::json_object;
use crate::refused::{OrRefuse, Result, ensure};

const MAX_BODY: u64 = 16 << 20;
const WORKERS: usize = 2;

/// One request a party saw. Header *names* only: values may be secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordedRequest {
    /// `GET`, `POST` …
    pub method: String,
    /// The path without query.
    pub path: String,
    /// Names of the query parameters.
    pub query: Vec<String>,
    /// Header names in lower case, in the order they came.
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
    server: Arc<tiny_http::Server>,
    workers: Vec<JoinHandle<()>>,
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
        let server = tiny_http::Server::http("127.0.0.1:0").or_refuse("no port")?;
        let address = server.server_addr().to_ip().or_refuse("no address")?;
        Ok(Self {
            server: Arc::new(server),
            workers: Vec::new(),
            port: address.port(),
            requests: Arc::default(),
        })
    }

    /// `http://localhost:PORT`: a name, because wallets refuse IP literals.
    pub(crate) fn base_url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub(crate) fn start(&mut self, handler: impl Fn(&Request) -> Answer + Send + Sync + 'static) {
        let handler = Arc::new(handler);
        for _ in 0..WORKERS {
            let (server, requests) = (self.server.clone(), self.requests.clone());
            let handler = handler.clone();
            self.workers.push(std::thread::spawn(move || {
                while let Ok(raw) = server.recv() {
                    serve(raw, &requests, handler.as_ref());
                }
            }));
        }
    }

    /// Everything seen so far, oldest first.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.requests).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for _ in 0..self.workers.len() {
            self.server.unblock();
        }
        for worker in self.workers.drain(..) {
            // A worker that panicked has ended too.
            let _ended = worker.join();
        }
    }
}

fn serve(
    mut raw: tiny_http::Request,
    requests: &Mutex<Vec<RecordedRequest>>,
    handler: &(impl Fn(&Request) -> Answer + ?Sized),
) {
    let answer = match receive(&mut raw) {
        Ok(request) => {
            if !request.path.starts_with(CONTROL) {
                lock(requests).push(RecordedRequest {
                    method: request.method.clone(),
                    path: request.path.clone(),
                    query: request.query.iter().map(|(n, _)| n.clone()).collect(),
                    headers: request.headers.iter().map(|(n, _)| n.clone()).collect(),
                });
            }
            if request.path == REQUESTS {
                Answer::json(200, &serde_json::json!(*lock(requests)))
            } else {
                handler(&request)
            }
        }
        Err(refused) => Answer::error(400, "invalid_request", refused.reason()),
    };
    let mut response = Response::from_data(answer.body).with_status_code(answer.status);
    let own = [
        ("Content-Type", answer.content_type.to_owned()),
        ("Cache-Control", "no-store".to_owned()),
    ];
    for (name, value) in own.into_iter().chain(answer.headers) {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    // A wallet that hung up does not concern the server.
    let _sent = raw.respond(response);
}

fn receive(raw: &mut tiny_http::Request) -> Result<Request> {
    let (path, query) = match raw.url().split_once('?') {
        Some((path, query)) => (path.to_owned(), query.to_owned()),
        None => (raw.url().to_owned(), String::new()),
    };
    let mut body = Vec::new();
    let mut reader = raw.as_reader().take(MAX_BODY + 1);
    reader.read_to_end(&mut body).or_refuse("body")?;
    ensure(body.len() as u64 <= MAX_BODY, "the body is too large")?;
    let headers = raw.headers().iter().map(|header| {
        let name = header.field.as_str().as_str().to_ascii_lowercase();
        (name, header.value.as_str().to_owned())
    });
    Ok(Request {
        method: raw.method().to_string(),
        path,
        query: url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: headers.collect(),
        body,
    })
}

/// A panic elsewhere must not hide what was recorded.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
