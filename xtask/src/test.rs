//! `cargo xtask test`: everything a change must pass.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::command::{Outcome, cargo, run};
use crate::stages::{Stages, Totals};
use crate::{bindings, constant_time, demo, kotlin, peers, size, swift};

/// Runs all stages and prints the totals.
pub(crate) fn run_all() -> Outcome {
    let mut stages = Stages::default();
    stages.run("format", |_| run(cargo(&["fmt", "--all", "--check"])));
    stages.run("lints", |_| {
        let arguments = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ];
        run(cargo(&arguments))
    });
    stages.run("peers", |_| peers::install());
    stages.run("tests", |totals| {
        tests(&["test", "--workspace", "--no-fail-fast"], totals)
    });
    // The library without its allocator, so that a spy can take its place.
    stages.run("residue", |totals| {
        let package = ["test", "-p", "wallet-ffi", "--no-default-features"];
        tests(&[&package[..], &["--test", "residue"]].concat(), totals)
    });
    stages.run("constant-time", constant_time::tests);
    stages.run("bindings", |_| bindings::check());
    // Its build is the one the next stage tests.
    stages.run("size", |_| size::report());
    stages.run("kotlin", kotlin::tests);
    stages.run("swift", swift::tests);
    stages.run("demo", |_| demo::smoke());
    stages.run("documents", |_| {
        let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
        doc.env("RUSTDOCFLAGS", "-D warnings");
        run(doc)
    });
    stages.finish()
}

/// Runs `cargo test`; what passed is counted and not shown.
fn tests(arguments: &[&str], totals: &mut Totals) -> Outcome {
    count(cargo(arguments), totals)
}

/// Runs a command that is `cargo test`.
pub(crate) fn count(mut command: Command, totals: &mut Totals) -> Outcome {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("cargo: {error}"))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(|error| format!("output of the tests: {error}"))?;
            totals.count(&line);
            if !line.ends_with("... ok") && !line.is_empty() {
                println!("{line}");
            }
        }
    }
    let status = child.wait().map_err(|error| format!("cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo test ended with {status}"))
    }
}
