//! A real Ethereum node on loopback (`test-fixtures/peers/evm`), for tests and the demo.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::{Value, json};

use crate::control;
use crate::refused::{OrRefuse, Refused, Result, ensure};

/// A node with a chain of its own in memory, on a free loopback port. It mines a block for each transaction and calls the newest
/// block final. It ends when dropped, and when this process dies.
pub struct EvmNode {
    process: Child,
    // Held open: the node ends when it closes.
    stdin: Option<ChildStdin>,
    url: String,
}

impl EvmNode {
    /// Starts a node whose clock begins now.
    ///
    /// # Errors
    /// Says so if the peers' packages are not installed, or if Node or the node's binary is absent.
    pub fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// Starts a node whose genesis has this time, in seconds; its clock goes on from there.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_at(genesis_time: u64) -> Result<Self> {
        Self::start_with(&[("TIMESTAMP", &genesis_time.to_string())])
    }

    /// The same with the environment variables that `node.mjs` names.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(environment: &[(&str, &str)]) -> Result<Self> {
        let mut command = script("node.mjs")?;
        command.env("STOP_WITH_STDIN", "1");
        command.envs(environment.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().or_refuse(NO_NODE)?;
        let stdin = process.stdin.take();
        let stdout = process.stdout.take().or_refuse("no pipe from the node")?;
        let mut node = Self {
            process,
            stdin,
            url: String::new(),
        };
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        read.or_refuse("the node says nothing")?;
        let ready: Value = serde_json::from_str(&line).or_refuse("the node did not start")?;
        let url = ready["url"].as_str().or_refuse("the node names no URL")?;
        node.url = url.to_owned();
        Ok(node)
    }

    /// `http://127.0.0.1:PORT`: its JSON-RPC endpoint.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Calls one method of its JSON-RPC interface, anvil's own (`anvil_mine`, `evm_setAutomine`) among them.
    ///
    /// # Errors
    /// What the node answered.
    pub fn call(&self, method: &str, params: &Value) -> Result<Value> {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let mut answer = control::post(&self.url, &request)?;
        match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => Err(Refused::because(format!("{method}: {answer}"))),
        }
    }

    /// Mines empty blocks.
    ///
    /// # Errors
    /// What the node answered.
    pub fn mine(&self, blocks: u32) -> Result<()> {
        self.call("anvil_mine", &json!([format!("{blocks:#x}")]))
            .map(drop)
    }

    /// Puts the ERC-1056 registry and identities in many states on this node and resolves them with npm `ethr-did-resolver`:
    /// what `did-ethr.mjs` prints.
    ///
    /// # Errors
    /// Says what failed there.
    pub fn did_ethr_identities(&self) -> Result<Value> {
        run_on(self, &[])
    }

    /// What npm `ethr-did-resolver` says now of these identities (by name) and this registry.
    ///
    /// # Errors
    /// Says what failed there.
    pub fn resolve_did_ethr(&self, names: &[&str], registry: &str) -> Result<Value> {
        run_on(self, &[&names.join(","), registry])
    }
}

impl Drop for EvmNode {
    fn drop(&mut self) {
        // The pipe closes, upon which the script ends the node and itself; if it cannot, it is ended.
        drop(self.stdin.take());
        let _reaped = self.process.wait();
    }
}

const NO_NODE: &str = "node cannot be started (is Node.js installed?)";

fn run_on(node: &EvmNode, arguments: &[&str]) -> Result<Value> {
    let mut command = script("did-ethr.mjs")?;
    command.arg(node.url()).args(arguments);
    let output = command.output().or_refuse(NO_NODE)?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure(output.status.success(), &format!("did-ethr.mjs: {said}"))?;
    serde_json::from_slice(&output.stdout).or_refuse("the peer's answer is not JSON")
}

fn script(name: &str) -> Result<Command> {
    let dir = folder();
    ensure(
        dir.join("node_modules").is_dir(),
        "the peers' packages are not installed: run `cargo xtask peers`",
    )?;
    let mut command = Command::new("node");
    command.current_dir(&dir).arg(name);
    Ok(command)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-fixtures/peers/evm")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::EvmNode;
    use serde_json::json;

    #[test]
    fn a_node_of_our_own_calls_its_newest_block_final() {
        let node = EvmNode::start_at(1_767_225_600).unwrap();
        node.mine(3).unwrap();
        let block = node
            .call("eth_getBlockByNumber", &json!(["finalized", false]))
            .unwrap();
        assert_eq!(block["number"], "0x3");
        assert!(node.call("debug_nothing", &json!([])).is_err());
    }
}
