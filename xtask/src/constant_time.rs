//! The gate for constant time of `wallet-bbs`: its tests of that under valgrind, on the profile that ships.

use crate::command::{Outcome, cargo};
use crate::packages::{ensure, says};
use crate::stages::Totals;

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
    for processor in ["plain", "adx"] {
        let package = ["test", "--profile", "mobile", "-p", "wallet-bbs", "--lib"];
        let arguments = ["constant_time", "--", "--test-threads=1"];
        let mut command = cargo(&[&package[..], &arguments].concat());
        command.env("WALLET_BBS_VALGRIND", processor);
        // What the tests of leaks make it report is no news: they count it.
        let valgrind = "valgrind --quiet --error-limit=no --log-file=/dev/null";
        command.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", valgrind);
        crate::test::count(command, totals)?;
    }
    Ok(())
}
