//! The phone's network: real requests, remembered, and faults at will.

use crate::http::Client;
use async_trait::async_trait;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use wallet_core::http::{HttpClient, HttpError, HttpRequest, HttpResponse, Method, Purpose};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is sent and answered.
    Answered,
    /// It is sent and the answer is lost.
    AnswerLost,
    /// It is never sent.
    NotSent,
}

type Rule = Box<dyn Fn(&HttpRequest) -> Fate + Send + Sync>;
type Answers = Box<dyn Fn(&HttpRequest) -> Option<Result<HttpResponse, HttpError>> + Send + Sync>;

#[derive(Default)]
pub struct Network {
    client: Client,
    requests: Mutex<Vec<HttpRequest>>,
    rule: Mutex<Option<Rule>>,
    answers: Mutex<Option<Answers>>,
}

impl Network {
    /// Every request so far, whatever became of it.
    pub fn requests(&self) -> Vec<HttpRequest> {
        self.requests.lock().unwrap().clone()
    }

    /// How many requests there were.
    pub fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }

    /// `purpose method path` of every request, without what is random in it.
    pub fn lines(&self) -> Vec<String> {
        self.requests().iter().map(line).collect()
    }

    /// The bodies posted to verifiers.
    pub fn answers(&self) -> Vec<Vec<u8>> {
        let all = self.requests().into_iter();
        all.filter(|request| request.purpose == Purpose::Response)
            .map(|request| request.body)
            .collect()
    }

    /// What is to happen to requests from now on. The rule may look around before it decides.
    pub fn set_rule(&self, rule: impl Fn(&HttpRequest) -> Fate + Send + Sync + 'static) {
        *self.rule.lock().unwrap() = Some(Box::new(rule));
    }

    /// Requests of this purpose have this fate.
    pub fn doom(&self, purpose: Purpose, fate: Fate) {
        self.set_rule(move |request| match request.purpose == purpose {
            true => fate,
            false => Fate::Answered,
        });
    }

    /// What the app's client answers from now on without asking anybody; `None` goes to the real server.
    pub fn answer_with(
        &self,
        answers: impl Fn(&HttpRequest) -> Option<Result<HttpResponse, HttpError>>
        + Send
        + Sync
        + 'static,
    ) {
        *self.answers.lock().unwrap() = Some(Box::new(answers));
    }

    pub fn calm(&self) {
        *self.rule.lock().unwrap() = None;
        *self.answers.lock().unwrap() = None;
    }
}

fn line(request: &HttpRequest) -> String {
    let url = url_parts(&request.url);
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    format!("{:?} {method} {}{}", request.purpose, url.0, url.1)
}

/// Host, and the path with random names replaced by `*`.
fn url_parts(url: &str) -> (String, String) {
    let rest = url.split_once("://").unwrap().1;
    let (host, path) = rest.split_once('/').unwrap();
    let host = host.split(':').next().unwrap();
    assert!(!path.contains('?'), "a query: {path}");
    let path = path.split('/').map(|part| match part.len() > 30 {
        true => "*",
        false => part,
    });
    (
        host.to_owned(),
        format!("/{}", path.collect::<Vec<_>>().join("/")),
    )
}

#[async_trait]
impl HttpClient for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.requests.lock().unwrap().push(request.clone());
        let fate = match &*self.rule.lock().unwrap() {
            Some(rule) => rule(&request),
            None => Fate::Answered,
        };
        yield_once().await;
        if fate == Fate::NotSent {
            return Err(HttpError::NotSent);
        }
        let made_up = match &*self.answers.lock().unwrap() {
            Some(answers) => answers(&request),
            None => None,
        };
        let answer = match made_up {
            Some(answer) => answer,
            None => self.client.send(request).await,
        };
        yield_once().await;
        match fate {
            Fate::Answered => answer,
            _ => Err(HttpError::SentOrUnknown),
        }
    }
}

/// Gives the caller of `poll` a chance to drop the future here.
pub async fn yield_once() {
    struct Once(bool);
    impl Future for Once {
        type Output = ();
        fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
            if std::mem::replace(&mut self.0, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        }
    }
    Once(false).await;
}
