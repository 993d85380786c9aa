//! Independent peers in `test-fixtures/peers/`, made of other people's packages and run by Node: an issuer, a verifier and an
//! oracle for DCQL, an Ethereum node. For tests; `cargo xtask peers` installs what they need.

mod evm;
mod files;

pub use evm::EvmNode;
pub use files::PeerPki;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::control;
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// A peer serving on a free loopback port; it ends when dropped, and when this process dies.
pub struct NodePeer {
    _process: Process,
    url: String,
}

impl NodePeer {
    /// Starts `issuer.mjs` or `verifier.mjs` with the keys in `pki`; their comments name the control endpoints.
    ///
    /// # Errors
    /// Says so if the peers' packages are not installed, or if Node is absent.
    pub fn start(script: &str, pki: &PeerPki) -> Result<Self> {
        Self::serve(script, pki, Transport::Http, &[])
    }

    /// The same with environment variables, e.g. `REQUIRE_DPOP` = `1`.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(script: &str, pki: &PeerPki, environment: &[(&str, &str)]) -> Result<Self> {
        Self::serve(script, pki, Transport::Http, environment)
    }

    /// The same over https, with the certificate `tls.pem`. Its control endpoints are behind https too, so they are the
    /// caller's to call.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_https(script: &str, pki: &PeerPki) -> Result<Self> {
        Self::serve(script, pki, Transport::Https, &[])
    }

    fn serve(
        script: &str,
        pki: &PeerPki,
        transport: Transport,
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        let (process, _stdin, mut stdout) =
            Process::start(script, Some((pki.dir(), transport)), environment)?;
        let mut line = String::new();
        stdout
            .read_line(&mut line)
            .or_refuse("the peer says nothing")?;
        let ready: Value = serde_json::from_str(&line).or_refuse("the peer did not start")?;
        let url = ready["url"].as_str().or_refuse("the peer names no URL")?;
        Ok(Self {
            url: url.to_owned(),
            _process: process,
        })
    }

    /// `http://localhost:PORT`, or `https://…`
    pub fn url(&self) -> &str {
        &self.url
    }

    /// GET of a control endpoint, e.g. `/control/offer?tx_code=1`.
    pub fn control(&self, path: &str) -> Result<Value> {
        control::get(&format!("{}{path}", self.url))
    }

    /// POST of JSON to a control endpoint.
    pub fn control_with(&self, path: &str, body: &Value) -> Result<Value> {
        control::post(&format!("{}{path}", self.url), body)
    }
}

/// A script that answers line by line.
struct Oracle {
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    // After the pipes: they close first, then the process is awaited.
    _process: Process,
}

impl Oracle {
    fn start(script: &str) -> Result<Self> {
        let (process, stdin, stdout) = Process::start(script, None, &[])?;
        Ok(Self {
            stdin: stdin.or_refuse("no pipe to the oracle")?,
            stdout,
            _process: process,
        })
    }

    fn ask(&mut self, line: &Value) -> Result<Value> {
        writeln!(self.stdin, "{line}").or_refuse("the oracle is gone")?;
        let mut answer = String::new();
        self.stdout
            .read_line(&mut answer)
            .or_refuse("the oracle is gone")?;
        serde_json::from_str(&answer).or_refuse("the oracle's answer is not JSON")
    }
}

/// The npm package `dcql` behind a pipe: which credentials answer a query.
pub struct DcqlOracle(Oracle);

impl DcqlOracle {
    /// Starts the oracle.
    pub fn start() -> Result<Self> {
        Oracle::start("dcql-oracle.mjs").map(Self)
    }

    /// Asks about one query. `credentials` have the package's own form (see `dcql-oracle.mjs`, as has the answer).
    pub fn ask(&mut self, query: &Value, credentials: &[Value]) -> Result<Value> {
        self.0
            .ask(&json!({"query": query, "credentials": credentials}))
    }
}

/// Digital Bazaar's packages for bbs-2023 and ecdsa-sd-2023 behind a pipe.
pub struct DataIntegrityOracle(Oracle);

impl DataIntegrityOracle {
    /// Starts the oracle. Documents by address (contexts beyond the W3C's, controllers) are all it knows of the network.
    pub fn start(documents: &Value) -> Result<Self> {
        let mut oracle = Oracle::start("../vc-di-js/oracle.mjs")?;
        oracle.ask(&json!({"do": "know", "documents": documents}))?;
        Ok(Self(oracle))
    }

    /// Asks one thing, as the comment of `oracle.mjs` says; what failed there is refused here.
    pub fn ask(&mut self, question: &Value) -> Result<Value> {
        let answer = self.0.ask(question)?;
        match (&answer["verified"], &answer["error"]) {
            (Value::Null, Value::String(error)) => Err(Refused::because(error.clone())),
            _ => Ok(answer),
        }
    }
}

/// How a peer serves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Transport {
    Http,
    Https,
}

/// A child process that is ended on drop.
struct Process {
    child: Child,
    /// Held open: a peer ends when it closes.
    _stdin: Option<ChildStdin>,
}

impl Process {
    /// Starts a script. A server (one with a PKI) keeps its pipe here; of another it is handed out.
    fn start(
        script: &str,
        server: Option<(&Path, Transport)>,
        environment: &[(&str, &str)],
    ) -> Result<(Self, Option<ChildStdin>, BufReader<ChildStdout>)> {
        let dir = peers_dir();
        ensure(
            dir.join("node_modules").is_dir() && dir.join("../vc-di-js/node_modules").is_dir(),
            "the peers' packages are not installed: run `cargo xtask peers`",
        )?;
        let mut command = Command::new("node");
        command.current_dir(&dir).arg(script);
        command.envs(environment.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some((pki, transport)) = server {
            command.env("PKI", pki).env("STOP_WITH_STDIN", "1");
            if transport == Transport::Https {
                // The peer calls itself, too.
                let own_ca = pki.join("ca.pem");
                command.env("TLS", "1").env("NODE_EXTRA_CA_CERTS", own_ca);
            }
        }
        let mut child = command
            .spawn()
            .or_refuse("node cannot be started (is Node.js installed?)")?;
        let mut stdin = child.stdin.take();
        let stdout = child.stdout.take().or_refuse("no pipe from the peer")?;
        let kept = if server.is_some() { stdin.take() } else { None };
        let process = Self {
            child,
            _stdin: kept,
        };
        Ok((process, stdin, BufReader::new(stdout)))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn peers_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-fixtures/peers/oid4vc-js")
}
