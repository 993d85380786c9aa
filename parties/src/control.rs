//! Calls of control endpoints, which are not part of any protocol.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::refused::{OrRefuse, Result, ensure};

const TIMEOUT: Duration = Duration::from_secs(30);

/// GET of `http://HOST:PORT/…`.
pub fn get(url: &str) -> Result<Value> {
    call("GET", url, "")
}

/// POST of JSON to `http://HOST:PORT/…`.
pub fn post(url: &str, body: &Value) -> Result<Value> {
    call("POST", url, &body.to_string())
}

/// GET as a browser does it whose holder consents: where the answer redirects to.
pub fn browse(url: &str) -> Result<String> {
    let (head, body) = exchange("GET", url, "")?;
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let location = lines.find(|(name, _)| name.eq_ignore_ascii_case("location"));
    let (_, location) = location.or_refuse(&format!("no redirect but {body}"))?;
    Ok(location.trim().to_owned())
}

/// GET of a document in text, as a party fetches it from another.
pub(crate) fn document(url: &str) -> Result<String> {
    let (head, body) = exchange("GET", url, "")?;
    let status = head.lines().next().unwrap_or_default();
    ensure(
        status.contains(" 200 "),
        "the server answered with an error",
    )?;
    Ok(body)
}

fn call(method: &str, url: &str, body: &str) -> Result<Value> {
    let (head, body) = exchange(method, url, body)?;
    let status = head.lines().next().unwrap_or_default();
    ensure(
        status.contains(" 200 "),
        &format!("the server answered {body}"),
    )?;
    serde_json::from_str(&body).or_refuse("the server's answer is not JSON")
}

/// Head and body of the answer. HTTP/1.0, so that it ends with the connection and is in one piece.
fn exchange(method: &str, url: &str, body: &str) -> Result<(String, String)> {
    let rest = url.strip_prefix("http://").or_refuse("not a http URL")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).or_refuse("nobody answers there")?;
    stream
        .set_read_timeout(Some(TIMEOUT))
        .or_refuse("timeout")?;
    let length = body.len();
    let request = format!(
        "{method} /{path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream
        .write_all(request.as_bytes())
        .or_refuse("the server is gone")?;
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .or_refuse("the server does not answer")?;
    let (head, body) = answer.split_once("\r\n\r\n").or_refuse("no HTTP answer")?;
    Ok((head.to_owned(), body.to_owned()))
}
