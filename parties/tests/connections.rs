//! The HTTP server of the parties.
#![allow(clippy::unwrap_used, missing_docs)]

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;
use wallet_parties::Parties;

const CALLERS: usize = 32;

/// The status line of an answer, and the connection, which stays open.
fn ask(host: &str) -> io::Result<(String, BufReader<TcpStream>)> {
    let mut connection = TcpStream::connect(host)?;
    connection.set_read_timeout(Some(Duration::from_secs(10)))?;
    let request = format!("GET /control/requests HTTP/1.1\r\nhost: {host}\r\n\r\n");
    connection.write_all(request.as_bytes())?;
    let mut connection = BufReader::new(connection);
    let mut line = String::new();
    connection.read_line(&mut line)?;
    Ok((line, connection))
}

#[test]
fn who_keeps_a_connection_open_lets_nobody_wait() {
    let parties = Parties::start().unwrap();
    let host = parties.issuer.base_url().strip_prefix("http://").unwrap();
    let last_was_answered = Barrier::new(CALLERS);
    let call = || {
        let answer = ask(host);
        last_was_answered.wait();
        answer.unwrap().0
    };
    thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(call)).collect();
        for caller in callers {
            assert_eq!(caller.join().unwrap(), "HTTP/1.1 200 OK\r\n");
        }
    });
}
