//! The suite itself: a plain client passes, and each way of breaking a rule is found.
#![allow(clippy::unwrap_used)]
use super::*;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;
use url::Url;

/// A client on std, with a fault.
struct PlainClient {
    fault: Option<Rule>,
    jar: Mutex<Vec<(String, HttpResponse)>>,
}

impl PlainClient {
    fn new(fault: Option<Rule>) -> Self {
        Self {
            fault,
            jar: Mutex::default(),
        }
    }

    fn has(&self, fault: Rule) -> bool {
        self.fault == Some(fault)
    }

    fn exchange(&self, request: &HttpRequest) -> Answer {
        let private_allowed =
            request.policy.allow_private_addresses || self.has(Rule::PrivateAddress);
        if !private_allowed {
            return Err(HttpError::AddressNotAllowed);
        }
        let url = Url::parse(&request.url).unwrap();
        let address = url.socket_addrs(|| None).unwrap()[0];
        let seconds = if self.has(Rule::TotalTime) {
            60
        } else {
            request.policy.total_seconds
        };
        let deadline = Instant::now() + Duration::from_secs(seconds.into());
        let mut stream = TcpStream::connect(address).map_err(|_| {
            if self.has(Rule::NotSent) {
                HttpError::SentOrUnknown
            } else {
                HttpError::NotSent
            }
        })?;
        stream.write_all(&self.wire(request, &url)).unwrap();
        let raw = self.read(&mut stream, request, deadline)?;
        self.parse(&raw, request, address.ip())
    }

    fn wire(&self, request: &HttpRequest, url: &Url) -> Vec<u8> {
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
        };
        let mut head = format!("{method} {} HTTP/1.1\r\nhost: x\r\n", url.path());
        for (name, value) in &request.headers {
            if self.has(Rule::Post) && name == "content-type" {
                continue;
            }
            head += &format!("{name}: {value}\r\n");
        }
        if self.has(Rule::NoTellingHeaders) {
            head += "accept-language: ko\r\n";
        }
        if self.has(Rule::NoCookies) && !self.jar.lock().unwrap().is_empty() {
            head += "cookie: id=1\r\n";
        }
        head += &format!("content-length: {}\r\n\r\n", request.body.len());
        [head.as_bytes(), &request.body].concat()
    }

    fn read(
        &self,
        stream: &mut TcpStream,
        request: &HttpRequest,
        deadline: Instant,
    ) -> Result<Vec<u8>, HttpError> {
        let mut raw = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(HttpError::Timeout);
            }
            stream.set_read_timeout(Some(left)).unwrap();
            match stream.read(&mut chunk) {
                Ok(0) => return Ok(raw),
                Ok(n) => raw.extend(&chunk[..n]),
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return Err(HttpError::Timeout);
                }
                Err(_) => return Err(HttpError::SentOrUnknown),
            }
            let body = raw
                .windows(4)
                .position(|w| w == b"\r\n\r\n")
                .map_or(0, |at| raw.len() - at - 4);
            if body > request.policy.max_bytes && !self.has(Rule::MaxBytes) {
                return Err(HttpError::TooLarge);
            }
            if self.has(Rule::MaxBytes) && body > 1024 * 1024 {
                return Ok(raw);
            }
        }
    }

    fn parse(&self, raw: &[u8], request: &HttpRequest, peer: std::net::IpAddr) -> Answer {
        let Some(at) = raw.windows(4).position(|w| w == b"\r\n\r\n") else {
            return Err(if self.has(Rule::SentOrUnknown) {
                HttpError::NotSent
            } else {
                HttpError::SentOrUnknown
            });
        };
        let head = String::from_utf8(raw[..at].to_vec()).unwrap();
        let mut body = raw[at + 4..].to_vec();
        let status = head[9..12].parse().unwrap();
        if self.has(Rule::ErrorStatus) && status >= 400 {
            return Err(HttpError::NotSent);
        }
        let headers: Vec<(String, String)> = head
            .lines()
            .skip(1)
            .filter_map(|l| l.split_once(": "))
            .map(|(n, v)| {
                let name = if self.has(Rule::Answer) {
                    n.to_owned()
                } else {
                    n.to_ascii_lowercase()
                };
                (name, v.to_owned())
            })
            .collect();
        if self.has(Rule::Bomb) && head.contains("gzip") {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(&body[..])
                .read_to_end(&mut plain)
                .unwrap();
            body = plain;
        }
        if self.has(Rule::ExactLimit) && body.len() == request.policy.max_bytes {
            body.pop();
        }
        let wrong: std::net::IpAddr = "10.0.0.1".parse().unwrap();
        Ok(HttpResponse {
            status,
            headers,
            body,
            final_url: request.url.clone(),
            peer_address: Some(if self.has(Rule::PeerAddress) {
                wrong
            } else {
                peer
            }),
        })
    }
}

#[async_trait::async_trait]
impl HttpClient for PlainClient {
    async fn send(&self, request: HttpRequest) -> Answer {
        let cached = |jar: &Mutex<Vec<(String, HttpResponse)>>| {
            let jar = jar.lock().unwrap();
            jar.iter()
                .find(|(url, _)| *url == request.url)
                .map(|(_, r)| r.clone())
        };
        if self.has(Rule::NoCache)
            && let Some(response) = cached(&self.jar)
        {
            return Ok(response);
        }
        let mut answer = self.exchange(&request);
        if self.has(Rule::NoRetry) && answer.as_ref().is_ok_and(|r| r.status == 503) {
            answer = self.exchange(&request);
        }
        if self.has(Rule::NoRedirect) && answer.as_ref().is_ok_and(|r| r.status == 302) {
            let mut next = request.clone();
            next.url = Url::parse(&request.url)
                .unwrap()
                .join("/landed")
                .unwrap()
                .into();
            answer = self.exchange(&next);
        }
        if let Ok(response) = &answer {
            self.jar
                .lock()
                .unwrap()
                .push((request.url.clone(), response.clone()));
        }
        answer
    }
}

fn broken(fault: Option<Rule>) -> Vec<Rule> {
    let client = PlainClient::new(fault);
    let report = pollster::block_on(check(&client)).unwrap();
    assert!(report.tells_address);
    report.broken
}

#[test]
fn a_client_without_faults_passes() {
    assert_eq!(broken(None), []);
}

#[test]
fn each_fault_is_found() {
    let rules = [
        Rule::Answer,
        Rule::ExactLimit,
        Rule::Post,
        Rule::ErrorStatus,
        Rule::NoRedirect,
        Rule::NoCookies,
        Rule::NoCache,
        Rule::NoTellingHeaders,
        Rule::MaxBytes,
        Rule::Bomb,
        Rule::TotalTime,
        Rule::NoRetry,
        Rule::NotSent,
        Rule::SentOrUnknown,
        Rule::PrivateAddress,
        Rule::PeerAddress,
    ];
    std::thread::scope(|scope| {
        for rule in rules {
            scope.spawn(move || {
                let broken = broken(Some(rule));
                assert!(broken.contains(&rule), "{rule:?} in {broken:?}");
            });
        }
    });
}
