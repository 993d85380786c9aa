//! The project's own commands: `cargo xtask <command>`.

mod deny;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  deny    licences, sources, banned crates and advisories (needs cargo-deny)";

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("deny") => deny::run(),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
