//! The gate for constant time of `wallet-bbs`: its tests of that under valgrind, on the profile that ships.

use crate::command::{Outcome, cargo, target};
use crate::native;
use crate::packages::{ensure, says};
use crate::stages::Totals;

/// How many tests there are: a filter that matches none would be green.
const TESTS: usize = 14;

/// Runs the tests on valgrind's processor as it is, and as if it had ADX.
pub(crate) fn tests(totals: &mut Totals) -> Outcome {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!("not run: only known on Linux with x86-64");
        return Ok(());
    }
    let is_there = || {
        says("valgrind", &["--version"], |version| {
            version.starts_with("valgrind")
        })
    };
    ensure(
        &["valgrind"],
        is_there,
        "constant time cannot be tested here",
    )?;
    let folder = target().join("valgrind");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for processor in ["plain", "adx"] {
        let package = ["test", "--profile", "mobile", "-p", "wallet-bbs", "--lib"];
        let features = ["--features", "draft-pseudonym"];
        let arguments = ["constant_time", "--", "--test-threads=1"];
        let mut command = cargo(&[&package[..], &features, &arguments].concat());
        native::compile_as_shipped(&mut command);
        command.env("WALLET_BBS_VALGRIND", processor);
        // Into a file: what the tests of leaks make it report is no news, they count it. Named by a variable, for Cargo
        // splits the runner at spaces.
        let log = folder.join(format!("wallet-bbs-{processor}.log"));
        command.env("WALLET_BBS_VALGRIND_LOG", &log);
        let valgrind = "valgrind --quiet --error-limit=no --log-file=%q{WALLET_BBS_VALGRIND_LOG}";
        command.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", valgrind);
        let before = totals.passed;
        let outcome = crate::test::count(command, totals);
        let passed = totals.passed - before;
        let enough = || match passed {
            TESTS.. => Ok(()),
            _ => Err(format!("{passed} of {TESTS} tests ran")),
        };
        let log = log.display();
        outcome.and_then(|()| enough()).map_err(|reason| {
            format!("{reason}; what valgrind reported, expected leaks included: {log}")
        })?;
    }
    Ok(())
}
