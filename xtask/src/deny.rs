//! `cargo xtask deny`: apart from `test`, because it needs a tool of its own and the network.

use crate::command::{Outcome, cargo};

/// Runs cargo-deny with deny.toml.
pub(crate) fn run() -> Outcome {
    let status = cargo(&["deny", "--all-features", "check"]).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        // Cargo says 101 for a subcommand it does not have.
        Ok(status) if status.code() == Some(101) => {
            Err("cargo-deny is missing: cargo install cargo-deny --locked".into())
        }
        Ok(status) => Err(format!("cargo deny ended with {status}")),
        Err(error) => Err(format!("cargo cannot be started: {error}")),
    }
}
