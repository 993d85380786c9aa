//! A web of scripted answers.

use crate::http::{FetchSettings, Fetcher, HttpClient, HttpError, HttpRequest, HttpResponse};
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::Mutex;

/// Answers what it knows and keeps what it was asked.
#[derive(Default)]
pub(in crate::formats::sd_jwt_vc) struct Web {
    pages: HashMap<String, Vec<u8>>,
    pub(in crate::formats::sd_jwt_vc) asked: Mutex<Vec<String>>,
}

impl Web {
    pub(in crate::formats::sd_jwt_vc) fn new() -> Self {
        Self::default()
    }

    pub(in crate::formats::sd_jwt_vc) fn with(mut self, url: &str, page: impl ToString) -> Self {
        self.pages
            .insert(url.to_owned(), page.to_string().into_bytes());
        self
    }

    pub(in crate::formats::sd_jwt_vc) fn fetcher(&self) -> Fetcher<'_> {
        Fetcher::new(self, FetchSettings::default())
    }
}

#[async_trait]
impl HttpClient for Web {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.asked.lock().unwrap().push(request.url.clone());
        let page = self.pages.get(&request.url);
        Ok(HttpResponse {
            status: if page.is_some() { 200 } else { 404 },
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: page.cloned().unwrap_or_default(),
            final_url: request.url,
            peer_address: None,
        })
    }
}
