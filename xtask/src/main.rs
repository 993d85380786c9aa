//! The project's own commands: `cargo xtask peers | test | demo | conformance | bindings | kotlin | swift | install | app | soak |
//! fuzz | golden | deny | bench | size`.
#![forbid(unsafe_code)]

mod bench;
mod bindings;
mod command;
mod conformance;
mod constant_time;
mod demo;
mod deny;
mod fuzz;
mod golden;
mod kotlin;
mod native;
mod packages;
mod peers;
mod size;
mod stages;
mod swift;
mod test;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND

  peers   install the packages of the independent peers in test-fixtures/peers and of contracts/ (needs Node.js and npm)
  test    everything a change must pass: format, lints, all tests, documents, the demo
  demo    play the demo and check what it reports
  conformance
          write docs/conformance.md from the comments `// shows:` above the tests; --check: compare only
  bindings
          generate the code of the Kotlin and Swift libraries from bindings/ffi, and docs/facade; --check: compare only;
          --released: the facade of a release, which breaks from now on only with a line in CHANGELOG.md
  kotlin  build the Kotlin libraries and run their tests (needs Maven and a JDK)
  install put the Kotlin library for the JVM, with the native library of this machine in it, into the local Maven
          repository (needs Maven and a JDK)
  swift   build the Swift library and the view models of ios-demo and run their tests (needs `peers`, and Swift 6 or root
          rights to make a Debian root with it)
  app     the app of android-demo in a window, with an issuer and verifiers on this machine
  soak    [TIMES]: unlock and close, receive and show through Kotlin and watch memory; 10000 times unless told otherwise
  fuzz    [--seconds N | --minutes N] [TARGET…]: the targets of fuzz/ under libFuzzer, N seconds each or N minutes
          shared by all; 60 seconds each unless told otherwise
  golden  FOLDER: new golden stores of this version of the format (see test-fixtures/golden)
  deny    licences, sources, banned crates and advisories (needs cargo-deny)
  bench   measure side by side with the peers of benchmarks/ [--runs N] [--json]; bench kotlin: calls
          through the Kotlin library beside the same work in Rust; bench bbs: BBS beside other crates and the curve's limit;
          bench ledger: proofs of a chain's state beside Keccak alone and another resolver;
          bench dudect [--seconds N]: whether its time depends on a secret, 30 seconds for each work unless told otherwise
  size    what the native library weighs, by section and by crate; fails when it grew over what was reached";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["peers"] => peers::install(),
        ["test"] => test::run_all(),
        ["demo"] => demo::smoke(),
        ["bindings"] => bindings::write(),
        ["bindings", "--released"] => bindings::release(),
        ["bindings", "--check"] => bindings::check(),
        ["kotlin"] => kotlin::test(),
        ["install"] => kotlin::install(),
        ["swift"] => swift::test(),
        ["app"] => kotlin::app(),
        ["soak"] => kotlin::soak("10000"),
        ["soak", times] => kotlin::soak(times),
        ["conformance"] => conformance::write(),
        ["conformance", "--check"] => conformance::check(),
        ["fuzz", ref arguments @ ..] => fuzz::run(arguments),
        ["golden", folder] => golden::make(folder),
        ["deny"] => deny::run(),
        ["size"] => size::report(),
        ["bench", ref options @ ..] => bench::run_all(options),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}
