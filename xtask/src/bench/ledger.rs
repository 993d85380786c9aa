//! `cargo xtask bench ledger`: proofs of a chain's state beside Keccak over the same bytes, and a did:ethr from a node beside
//! another resolver.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::Value;

use super::samples::OURS;
use super::{build, kotlin, output_of};
use crate::command::{Outcome, root};

const ROUNDS: &str = "25";
/// The identity of 20 changes.
const IDENTITY: &str = "long";

pub(super) fn run() -> Outcome {
    let program = build(OURS)?;
    let proofs = output_of(Command::new(&program).arg("ledger"))?;
    let node = Node::start()?;
    let made = output_of(peer("did-ethr.mjs").arg(&node.url))?;
    let made: Value = serde_json::from_str(&made).map_err(|error| format!("the peer: {error}"))?;
    let registry = made["registry"].as_str().unwrap_or_default();
    let timed = output_of(peer("did-ethr.mjs").args([&node.url, IDENTITY, registry, ROUNDS]))?;
    let resolved = output_of(Command::new(&program).args(["ledger-rpc", &node.url, &timed]))?;
    println!(
        "{}\n\n{proofs}\n{ROUNDS} rounds one after the other, the peer first; milliseconds on the wall.\n\n{resolved}",
        kotlin::machine()
    );
    Ok(())
}

fn peers() -> PathBuf {
    root().join("test-fixtures/peers/evm")
}

fn peer(script: &str) -> Command {
    let mut command = Command::new("node");
    command.current_dir(peers()).arg(script);
    command
}

/// A node on loopback (test-fixtures/peers/evm/README.md), which ends when its input closes.
struct Node {
    process: Child,
    stdin: Option<ChildStdin>,
    url: String,
}

impl Node {
    fn start() -> Outcome<Self> {
        if !peers().join("node_modules").is_dir() {
            return Err("the peers are not installed: run `cargo xtask peers`".to_owned());
        }
        let mut command = peer("node.mjs");
        command.env("STOP_WITH_STDIN", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| format!("node: {error}"))?;
        let stdin = process.stdin.take();
        let stdout = process.stdout.take();
        let mut node = Self {
            process,
            stdin,
            url: String::new(),
        };
        let mut line = String::new();
        if let Some(stdout) = stdout {
            let read = BufReader::new(stdout).read_line(&mut line);
            read.map_err(|error| format!("node: {error}"))?;
        }
        let ready: Value = serde_json::from_str(&line).map_err(|_| "the node did not start")?;
        node.url = ready["url"].as_str().unwrap_or_default().to_owned();
        Ok(node)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _reaped = self.process.wait();
    }
}
