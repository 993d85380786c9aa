//! `cargo xtask deny`: apart from `test`, because it needs a tool of its own and the network.

use std::process::{Command, ExitCode};

/// Runs cargo-deny with deny.toml.
pub(crate) fn run() -> ExitCode {
    let status = Command::new("cargo")
        .args(["deny", "--all-features", "check"])
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        // Cargo says 101 for a subcommand it does not have.
        Ok(status) if status.code() == Some(101) => {
            eprintln!("cargo-deny is missing: cargo install cargo-deny --locked");
            ExitCode::FAILURE
        }
        _ => ExitCode::FAILURE,
    }
}
