//! An HTTP client without a network: answers from a table of functions and remembers every request.

use crate::http::{HttpClient, HttpError, HttpRequest, HttpResponse, Method};
use async_trait::async_trait;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Mutex;

type Answer = Box<dyn Fn(&HttpRequest, usize) -> Result<HttpResponse, HttpError> + Send + Sync>;

/// Answers by URL; an unknown URL is a 404.
#[derive(Default)]
pub(super) struct Scripted {
    answers: BTreeMap<String, Answer>,
    log: Mutex<Vec<HttpRequest>>,
}

impl Scripted {
    /// Answers requests for `url` with `answer`, which is given how often it was asked before.
    pub(super) fn on(
        &mut self,
        url: &str,
        answer: impl Fn(&HttpRequest, usize) -> HttpResponse + Send + Sync + 'static,
    ) {
        self.answers.insert(
            url.to_owned(),
            Box::new(move |request, count| Ok(answer(request, count))),
        );
    }

    /// Fails requests for `url`.
    pub(super) fn fail(&mut self, url: &str, error: HttpError) {
        self.answers
            .insert(url.to_owned(), Box::new(move |_, _| Err(error)));
    }

    /// Answers with this JSON.
    pub(super) fn json(&mut self, url: &str, status: u16, value: Value) {
        self.on(url, move |_, _| json(status, &value));
    }

    /// All requests so far.
    pub(super) fn log(&self) -> Vec<HttpRequest> {
        self.log.lock().unwrap().clone()
    }

    /// The requests for one URL.
    pub(super) fn requests(&self, url: &str) -> Vec<HttpRequest> {
        let mut log = self.log();
        log.retain(|request| request.url == url);
        log
    }

    /// The URLs asked for, in order.
    pub(super) fn urls(&self) -> Vec<String> {
        self.log().into_iter().map(|request| request.url).collect()
    }
}

#[async_trait]
impl HttpClient for Scripted {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let count = self.requests(&request.url).len();
        self.log.lock().unwrap().push(request.clone());
        let mut response = match self.answers.get(&request.url) {
            Some(answer) => answer(&request, count)?,
            None => respond(404, "text/plain", Vec::new()),
        };
        if response.final_url.is_empty() {
            response.final_url = request.url;
        }
        Ok(response)
    }
}

/// An answer of any content type.
pub(super) fn respond(status: u16, content_type: &str, body: Vec<u8>) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body,
        final_url: String::new(),
        peer_address: Some([93, 184, 216, 34].into()),
    }
}

/// A JSON answer.
pub(super) fn json(status: u16, value: &Value) -> HttpResponse {
    respond(
        status,
        "application/json",
        serde_json::to_vec(value).unwrap(),
    )
}

/// The JSON object a request carries.
pub(super) fn body_object(request: &HttpRequest) -> Map<String, Value> {
    assert_eq!(request.method, Method::Post);
    serde_json::from_slice(&request.body).unwrap()
}

/// The form a request carries.
pub(super) fn body_form(request: &HttpRequest) -> Vec<(String, String)> {
    assert_eq!(
        header(request, "content-type"),
        Some("application/x-www-form-urlencoded")
    );
    url::form_urlencoded::parse(&request.body)
        .into_owned()
        .collect()
}

/// A header of a request.
pub(super) fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let found = request.headers.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}
