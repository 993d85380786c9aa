//! The app's HTTP client, as in the Kotlin half: how long it takes is taken off, and verifiers are answered from memory.

use crate::common::Loopback;
use crate::holder::Failure;
use async_trait::async_trait;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use wallet_core::http::{
    HttpClient, HttpError, HttpRequest, HttpResponse, Method, Policy, Purpose,
};

/// The real network; only what a verifier gives and is sent stays here.
#[derive(Default)]
pub(crate) struct Network(Mutex<State>);

#[derive(Default)]
struct State {
    taken: Duration,
    fetched: Option<HttpResponse>,
    answer: Option<HttpRequest>,
}

impl Network {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long it took since it was asked last.
    pub(crate) fn take(&self) -> Duration {
        std::mem::take(&mut self.state().taken)
    }

    /// Fetches what is at this address, so that it is here when the wallet wants it.
    pub(crate) async fn fetch(&self, url: &str) -> Result<(), Failure> {
        let request = HttpRequest {
            purpose: Purpose::RequestUri,
            method: Method::Get,
            url: url.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            policy: Policy {
                max_bytes: 1 << 20,
                total_seconds: 10,
                allow_private_addresses: true,
            },
        };
        let fetched = Loopback.send(request).await;
        self.state().fetched = Some(fetched.map_err(|_| "nothing was fetched")?);
        Ok(())
    }

    /// Sends the verifier what the wallet sent.
    pub(crate) async fn deliver(&self) -> Result<(), Failure> {
        let answer = self.state().answer.take().ok_or("nothing was sent")?;
        let delivered = Loopback.send(answer).await;
        let delivered = delivered.map_err(|_| "nothing was delivered")?;
        match delivered.status {
            200 => Ok(()),
            status => Err(format!("the verifier answered {status}").into()),
        }
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        match request.purpose {
            Purpose::RequestUri => self.state().fetched.take().ok_or(HttpError::NotSent),
            Purpose::Response => {
                let final_url = request.url.clone();
                self.state().answer = Some(request);
                Ok(HttpResponse {
                    status: 200,
                    headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                    body: b"{}".to_vec(),
                    final_url,
                    peer_address: None,
                })
            }
            _ => Loopback.send(request).await,
        }
    }
}

#[async_trait]
impl HttpClient for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let begin = Instant::now();
        let answer = self.answer(request).await;
        self.state().taken += begin.elapsed();
        answer
    }
}
