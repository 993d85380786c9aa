//! The parties with a chain, for the Swift tests. They run here: the Debian root has no Node.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::command::Outcome;

/// Parties that serve until this is dropped, or this process dies.
pub(super) struct Chain {
    process: Child,
    folder: PathBuf,
}

impl Chain {
    /// Starts them. They need `cargo xtask peers`, and say so.
    pub(super) fn start(target: &Path) -> Outcome<Self> {
        let failed = |error| format!("the parties with a chain: {error}");
        let folder = target.join("swift-chain");
        let mut serve = Command::new(target.join("debug/wallet-parties"));
        serve.args(["serve", "--json", "--ledger", "--dir"]);
        serve.arg(&folder);
        serve.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut chain = Self {
            process: serve.spawn().map_err(failed)?,
            folder,
        };
        // The line is printed when the folder is written and they listen.
        let mut line = String::new();
        let said = chain.process.stdout.as_mut().map(BufReader::new);
        let said = said.map_or(Ok(0), |mut said| said.read_line(&mut line));
        match said.map_err(failed)? {
            0 => Err("the parties with a chain did not start".into()),
            _ => Ok(chain),
        }
    }

    /// Where they wrote what an app pins.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // They end when their standard input closes.
        drop(self.process.stdin.take());
        let _reaped = self.process.wait();
    }
}
