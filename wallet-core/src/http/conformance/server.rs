//! A server on this device that misbehaves on request, and remembers what it was asked.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Longest the server keeps a client waiting that has no time limit of its own.
pub(super) const PATIENCE: Duration = Duration::from_secs(6);

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) path: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Listens until dropped.
pub(super) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    is_over: Arc<AtomicBool>,
}

impl Server {
    pub(super) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let server = Self {
            address: listener.local_addr()?,
            seen: Arc::default(),
            is_over: Arc::default(),
        };
        let (seen, is_over) = (Arc::clone(&server.seen), Arc::clone(&server.is_over));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                let seen = Arc::clone(&seen);
                // A client that hangs up early is part of the plan.
                thread::spawn(move || serve(stream, &seen).ok());
            }
        });
        Ok(server)
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Every request so far to `path`.
    pub(super) fn seen(&self, path: &str) -> Vec<Seen> {
        let all = lock(&self.seen);
        all.iter().filter(|one| one.path == path).cloned().collect()
    }

    pub(super) fn all_seen(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
    }
}

fn lock(seen: &Mutex<Vec<Seen>>) -> MutexGuard<'_, Vec<Seen>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Seen>>) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let Some(request) = read(&mut stream)? else {
        return Ok(());
    };
    let path = request.path.clone();
    lock(seen).push(request);
    answer(&mut stream, &path)
}

fn read(stream: &mut TcpStream) -> io::Result<Option<Seen>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > 16 * 1024 || stream.read(&mut byte)? == 0 {
            return Ok(None);
        }
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head);
    let mut lines = head.lines();
    let mut start = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (start.next(), start.next());
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut seen = Seen {
        method: method.unwrap_or_default().to_owned(),
        path: path.unwrap_or_default().to_owned(),
        headers,
        body: Vec::new(),
    };
    let length = seen.header("content-length").and_then(|n| n.parse().ok());
    stream
        .take(length.unwrap_or(0))
        .read_to_end(&mut seen.body)?;
    Ok(Some(seen))
}

fn answer(stream: &mut TcpStream, path: &str) -> io::Result<()> {
    match path {
        "/ok" => send(stream, "200 OK", "X-Mixed-Case: Yes\r\n", b"{}"),
        "/exact" => send(stream, "200 OK", "", &[b' '; super::MAX_BYTES]),
        "/missing" => send(stream, "404 Not Found", "", b"no"),
        "/unauthorized" => send(
            stream,
            "401 Unauthorized",
            "WWW-Authenticate: Basic realm=\"x\"\r\n",
            b"",
        ),
        "/unavailable" => send(stream, "503 Service Unavailable", "Retry-After: 0\r\n", b""),
        "/moved" => send(stream, "302 Found", "Location: /landed\r\n", b""),
        "/moved-keep" => send(
            stream,
            "307 Temporary Redirect",
            "Location: /landed\r\n",
            b"",
        ),
        "/landed" => send(stream, "200 OK", "", b"{}"),
        "/set-cookie" => send(stream, "200 OK", "Set-Cookie: id=1; Path=/\r\n", b"{}"),
        "/cached" => send(
            stream,
            "200 OK",
            "Cache-Control: max-age=3600\r\nETag: \"1\"\r\n",
            b"{}",
        ),
        "/large" => send(stream, "200 OK", "", &[b' '; super::MAX_BYTES + 1]),
        "/bomb" => send(
            stream,
            "200 OK",
            "Content-Encoding: gzip\r\n",
            &gzip_of_zeros(8 * 1024 * 1024)?,
        ),
        "/endless" => {
            head(stream, "200 OK", "")?;
            until_patience_ends(|| stream.write_all(&[b' '; 4096]))
        }
        "/silent" => {
            thread::sleep(PATIENCE);
            Ok(())
        }
        "/drip" => {
            head(stream, "200 OK", "")?;
            until_patience_ends(|| {
                thread::sleep(Duration::from_millis(100));
                stream.write_all(b" ")
            })
        }
        // "/broken": the request was read, the connection closes without a word.
        _ => Ok(()),
    }
}

/// An answer without a length: it ends when the connection does.
fn head(stream: &mut TcpStream, status: &str, headers: &str) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Connection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())
}

fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> io::Result<()> {
    let headers = format!("{headers}Content-Length: {}\r\n", body.len());
    head(stream, status, &headers)?;
    stream.write_all(body)?;
    stream.flush()
}

fn until_patience_ends(mut step: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        step()?;
    }
    Ok(())
}

fn gzip_of_zeros(len: usize) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; len])?;
    encoder.finish()
}
