//! A server on loopback that misbehaves by path. It speaks HTTP by hand: a decent server would not send such answers.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use crate::http::lock;
use crate::refused::{OrRefuse, Result};

const MAX_BODY: u64 = 4 << 20;
/// An endless answer ends here, should a client never hang up.
const ENDLESS: usize = 64 << 20;
/// Between two bytes of a dripping answer.
const DRIP: Duration = Duration::from_millis(200);

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// `GET`, `POST` …
    pub method: String,
    /// The path with the query.
    pub target: String,
    /// Header names in lower case, with values, in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

type Compute = Arc<dyn Fn(&Received) -> Vec<u8> + Send + Sync>;

/// What happens to who asks for a path.
#[derive(Clone)]
pub enum Trick {
    /// A well-formed answer with whatever content.
    Answer {
        /// The status.
        status: u16,
        /// The content type.
        content_type: &'static str,
        /// The body.
        body: Vec<u8>,
    },
    /// The same with status 200 and a body made from the request.
    Computed(&'static str, Compute),
    /// 302 to this address.
    Redirect(String),
    /// A body without end.
    Endless(&'static str),
    /// One byte now and then.
    Drip(&'static str),
    /// No answer at all; the connection stays open.
    Silent,
    /// A gzip body, although none was asked for.
    Compressed(&'static str, Vec<u8>),
    /// More is announced than comes.
    CutShort(&'static str),
}

impl Trick {
    /// JSON with status 200.
    pub fn json(body: &Value) -> Self {
        Self::text("application/json", body.to_string())
    }

    /// Any text with status 200.
    pub fn text(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self::Answer {
            status: 200,
            content_type,
            body: body.into(),
        }
    }

    /// JSON made from the request.
    pub fn computed(make: impl Fn(&Received) -> Value + Send + Sync + 'static) -> Self {
        let make = move |received: &Received| make(received).to_string().into_bytes();
        Self::Computed("application/json", Arc::new(make))
    }

    /// A JSON object of `bytes` bytes.
    pub fn large(content_type: &'static str, bytes: usize) -> Self {
        let filling = "x".repeat(bytes.saturating_sub(8));
        Self::text(content_type, format!(r#"{{"x":"{filling}"}}"#))
    }

    /// A JSON object with arrays in arrays.
    pub fn deep(content_type: &'static str, depth: usize) -> Self {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        Self::text(content_type, format!(r#"{{"x":{open}{close}}}"#))
    }
}

struct Shared {
    tricks: Mutex<HashMap<String, Trick>>,
    seen: Mutex<Vec<Received>>,
    stopped: AtomicBool,
}

/// The running server; it stops when dropped.
pub struct Hostile {
    port: u16,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Hostile {
    /// Starts on a free port of 127.0.0.1; every path answers 404 until it has a trick.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").or_refuse("no port")?;
        let port = listener.local_addr().or_refuse("no address")?.port();
        let shared = Arc::new(Shared {
            tricks: Mutex::default(),
            seen: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let handler = shared.clone();
        let accepting = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if handler.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), handler) = (stream, handler.clone()) else {
                    continue;
                };
                // Each on its own: a silent connection must not keep the others waiting. It ends with the server.
                std::thread::spawn(move || serve(stream, &handler));
            }
        });
        Ok(Self {
            port,
            shared,
            accepting: Some(accepting),
        })
    }

    /// Scheme, name and port.
    pub fn base_url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// From now on `path` does this, whatever query it has.
    pub fn set(&self, path: &str, trick: Trick) {
        lock(&self.shared.tricks).insert(path.to_owned(), trick);
    }

    /// Everything that came, oldest first.
    pub fn seen(&self) -> Vec<Received> {
        lock(&self.shared.seen).clone()
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the accepting thread; it does not matter whether it hears of it in time.
        let _woken = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(accepting) = self.accepting.take() {
            let _ended = accepting.join();
        }
    }
}

fn serve(stream: TcpStream, shared: &Shared) {
    // A client that hung up, or sent nonsense, gets no answer; nobody waits for the result.
    let _done = answer(stream, shared);
}

fn answer(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let Some(received) = receive(&stream)? else {
        return Ok(());
    };
    let path = received.target.split('?').next().unwrap_or_default();
    let trick = lock(&shared.tricks).get(path).cloned();
    lock(&shared.seen).push(received.clone());
    match trick {
        None => whole(&mut stream, 404, "text/plain", "", b"not found"),
        Some(Trick::Answer {
            status,
            content_type,
            body,
        }) => whole(&mut stream, status, content_type, "", &body),
        Some(Trick::Computed(content_type, make)) => {
            whole(&mut stream, 200, content_type, "", &make(&received))
        }
        Some(Trick::Redirect(to)) => {
            let location = format!("Location: {to}\r\n");
            whole(&mut stream, 302, "text/plain", &location, b"")
        }
        Some(Trick::Compressed(content_type, body)) => {
            let encoding = "Content-Encoding: gzip\r\n";
            whole(&mut stream, 200, content_type, encoding, &body)
        }
        Some(Trick::CutShort(content_type)) => {
            head(&mut stream, 200, content_type, "Content-Length: 5000\r\n")?;
            stream.write_all(b"{")
        }
        Some(Trick::Endless(content_type)) => {
            head(&mut stream, 200, content_type, "Connection: close\r\n")?;
            let filling = [b' '; 16 * 1024];
            for _ in 0..ENDLESS / filling.len() {
                stream.write_all(&filling)?;
            }
            Ok(())
        }
        Some(Trick::Drip(content_type)) => {
            head(&mut stream, 200, content_type, "Connection: close\r\n")?;
            while !shared.stopped.load(Ordering::SeqCst) {
                stream.write_all(b" ")?;
                std::thread::sleep(DRIP);
            }
            Ok(())
        }
        Some(Trick::Silent) => {
            while !shared.stopped.load(Ordering::SeqCst) {
                std::thread::sleep(DRIP);
            }
            Ok(())
        }
    }
}

fn head(
    stream: &mut TcpStream,
    status: u16,
    content_type: &str,
    more: &str,
) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nSet-Cookie: id={status}\r\nETag: \"id\"\r\n{more}\r\n"
    )
}

fn whole(
    stream: &mut TcpStream,
    status: u16,
    content_type: &str,
    more: &str,
    body: &[u8],
) -> std::io::Result<()> {
    let length = body.len();
    let more = format!("Content-Length: {length}\r\nConnection: close\r\n{more}");
    head(stream, status, content_type, &more)?;
    stream.write_all(body)
}

fn receive(stream: &TcpStream) -> std::io::Result<Option<Received>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let (method, target) = (method.to_owned(), target.to_owned());
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: u64 = length
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = Vec::new();
    reader.take(length.min(MAX_BODY)).read_to_end(&mut body)?;
    Ok(Some(Received {
        method,
        target,
        headers,
        body,
    }))
}
