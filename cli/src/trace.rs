//! `--trace FILE`: one line per request, without any value that could be personal or secret.

use async_trait::async_trait;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use wallet_core::http::{HttpClient, HttpError, HttpRequest, HttpResponse, Method};

/// Whom the holder showed something to is nobody else's business.
fn private() -> OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a line per request to a file and passes the request on.
pub(crate) struct TracingClient<C> {
    inner: C,
    file: Option<Mutex<File>>,
}

impl<C> TracingClient<C> {
    /// Traces to `file`, if given.
    pub(crate) fn new(inner: C, file: Option<&Path>) -> std::io::Result<Self> {
        let file = file
            .map(|path| private().create(true).append(true).open(path))
            .transpose()?;
        Ok(Self {
            inner,
            file: file.map(Mutex::new),
        })
    }

    fn line(&self, text: &str) {
        if let Some(file) = &self.file {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = writeln!(file, "{text}");
        }
    }
}

#[async_trait]
impl<C: HttpClient> HttpClient for TracingClient<C> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
        };
        let head = format!(
            "{method} {:?} {} sent={}",
            request.purpose,
            origin(&request.url),
            request.body.len()
        );
        let answer = self.inner.send(request).await;
        match &answer {
            Ok(answer) => self.line(&format!(
                "{head} status={} received={}",
                answer.status,
                answer.body.len()
            )),
            Err(error) => self.line(&format!("{head} error={error:?}")),
        }
        answer
    }
}

/// Scheme, host and port: paths and queries can hold codes and nonces.
fn origin(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| "?".to_owned(), |url| url.origin().ascii_serialization())
}
