//! `cargo xtask swift`: builds the Swift library and the view models of the app over it, and runs their tests against the library
//! that ships and the parties as a process; by the Swift on the `PATH`, or by Debian's in a root of its own.

mod chain;
mod debian;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::{Outcome, cargo, root, run, target};
use crate::native;
use crate::stages::Totals;

/// The Swift packages, and where in the target folder each is built.
const PACKAGES: [(&str, &str); 2] = [
    ("bindings/swift", "swift"),
    ("ios-demo/ViewModels", "swift-demo"),
];

/// The library again, with modules that stand in for Apple's.
const STAND_INS: (&str, &str) = ("bindings/swift/StandIns", "swift-stand-ins");

/// Runs the tests and prints how many passed.
pub(crate) fn test() -> Outcome {
    Totals::printed(tests)
}

/// Builds, runs the tests and adds them to `totals`. A run that tested nothing is a failure; on a machine that cannot run any,
/// it is one skipped test, and a failure in CI.
pub(crate) fn tests(totals: &mut Totals) -> Outcome {
    let is_here = swift_is_here();
    if !is_here && !debian::can_be_entered() {
        let reason = "Swift is not tested: it needs Swift 6 on the PATH, or root rights to make a Debian root with it";
        if std::env::var_os("CI").is_some() {
            return Err(reason.into());
        }
        println!("skipped: {reason}");
        totals.skipped += 1;
        return Ok(());
    }
    native::build()?;
    run(cargo(&[
        "build",
        "--quiet",
        "-p",
        "wallet-parties",
        "-p",
        "wallet-glue",
    ]))?;
    let (project, target) = (absolute(&root())?, absolute(&target())?);
    let libraries = libraries(&target)?;
    // The node comes for Linux alone.
    let chain = cfg!(target_os = "linux").then(|| chain::Chain::start(&target));
    let chain = chain.transpose()?;
    // A Mac has Apple's own.
    let stand_ins = cfg!(target_os = "linux").then_some(STAND_INS);
    for (package, scratch) in PACKAGES.into_iter().chain(stand_ins) {
        let swift = match is_here {
            true => Command::new("swift"),
            false => debian::command("swift", &debian::root()?, &[&project, &target])?,
        };
        let scratch = target.join(scratch);
        prepare(&scratch, &project)?;
        let mut swift = with_arguments(swift, &project.join(package), &scratch, &libraries);
        swift.env("WALLET_PARTIES", target.join("debug/wallet-parties"));
        if let Some(chain) = &chain {
            swift.env("WALLET_LEDGER", chain.folder());
        }
        let before = *totals;
        watched(swift, totals).map_err(|reason| format!("{package}: {reason}"))?;
        if totals.passed == before.passed {
            return Err(format!("{package}: no Swift test ran"));
        }
    }
    Ok(())
}

/// What Swift builds knows where it was built: it cannot be used in another place.
fn prepare(scratch: &Path, project: &Path) -> Outcome {
    let failed = |error| format!("{}: {error}", scratch.display());
    let (stamp, place) = (scratch.join("built-in"), project.display().to_string());
    if fs::read_to_string(&stamp).is_ok_and(|built| built == place) {
        return Ok(());
    }
    if scratch.is_dir() {
        fs::remove_dir_all(scratch).map_err(failed)?;
    }
    fs::create_dir_all(scratch).map_err(failed)?;
    fs::write(&stamp, place).map_err(failed)
}

/// A folder with the library that ships and that of the glue tests, and no other of these names.
fn libraries(target: &Path) -> Outcome<PathBuf> {
    let folder = target.join("swift-libraries");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for (profile, name) in [("mobile", "wallet_ffi"), ("debug", "wallet_glue")] {
        let library = native::library(profile, name);
        let file = library.file_name().ok_or("a library without a name")?;
        fs::copy(&library, folder.join(file))
            .map_err(|error| format!("{}: {error}", library.display()))?;
    }
    Ok(folder)
}

/// `swift test` of this package with the libraries in this folder.
fn with_arguments(mut swift: Command, package: &Path, scratch: &Path, libraries: &Path) -> Command {
    swift
        .arg("test")
        .arg("--package-path")
        .arg(package)
        .arg("--scratch-path")
        .arg(scratch)
        // One after the other: all at once, with a process of the parties each, they wait for each other beyond their time limits.
        .args(["--disable-sandbox", "--disable-xctest", "--no-parallel"]);
    swift.args(["-Xlinker", "-L", "-Xlinker"]).arg(libraries);
    swift
        .args(["-Xlinker", "-rpath", "-Xlinker"])
        .arg(libraries);
    // Cargo names its own folders there, and they come before those of the linker.
    swift.env_remove("LD_LIBRARY_PATH");
    swift
}

/// Runs `swift test`; what passed is counted and not shown.
fn watched(mut swift: Command, totals: &mut Totals) -> Outcome {
    swift.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = swift.spawn().map_err(|error| format!("swift: {error}"))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(|error| format!("output of the tests: {error}"))?;
            count(&line, totals);
            if !line.starts_with(['◇', '✔', '↳', '[']) && !line.is_empty() {
                println!("{line}");
            }
        }
    }
    let status = child.wait().map_err(|error| format!("swift: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("swift test ended with {status}")),
    }
}

/// Adds what one line of Swift Testing says, e.g. `✔ Test "A rule" passed after 0.046 seconds.`
fn count(line: &str, totals: &mut Totals) {
    let Some((mark, test)) = line.split_once(" Test ") else {
        return;
    };
    // The last line is about all of them.
    if test.starts_with("run with ") {
        return;
    }
    match mark {
        "✔" if test.contains(" passed after ") => totals.passed += 1,
        "✘" if test.contains(" failed after ") => totals.failed += 1,
        "➜" if test.contains(" skipped") => totals.skipped += 1,
        _ => {}
    }
}

/// Whether there is a Swift that can compile the package.
fn swift_is_here() -> bool {
    let told = Command::new("swift").arg("--version").output();
    told.is_ok_and(|told| {
        told.status.success() && is_recent(&String::from_utf8_lossy(&told.stdout))
    })
}

/// Of what `swift --version` says, such as `Swift version 6.0.3 (swift-6.0.3-RELEASE)`.
fn is_recent(told: &str) -> bool {
    let version = told.split_once("Swift version ").map(|(_, rest)| rest);
    let major = version.and_then(|version| version.split(['.', ' ', '-']).next());
    major.is_some_and(|major| major.parse::<u32>().is_ok_and(|major| major >= 6))
}

/// For programs that start elsewhere.
fn absolute(path: &Path) -> Outcome<PathBuf> {
    path.canonicalize()
        .map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests_of_the_project {
    use super::*;

    #[test]
    fn passed_failed_and_skipped_tests_are_told_apart_and_the_sum_is_not_counted() {
        let mut totals = Totals::default();
        for line in [
            "◇ Test \"A rule\" started.",
            "✔ Test \"A rule\" passed after 0.046 seconds.",
            "✔ Test \"Another\" passed after 0.046 seconds.",
            "✘ Test \"A third\" recorded an issue at ATests.swift:80:9: Expectation failed: a → false",
            "✘ Test \"A third\" failed after 8.348 seconds with 17 issues.",
            "➜ Test \"A fourth\" skipped: \"not here\"",
            "✘ Suite \"All\" failed after 8.349 seconds with 17 issues.",
            "✘ Test run with 4 tests failed after 8.851 seconds with 31 issues.",
        ] {
            count(line, &mut totals);
        }
        let expected = Totals {
            passed: 2,
            failed: 1,
            skipped: 1,
        };
        assert_eq!(totals, expected);
    }

    #[test]
    fn a_swift_that_is_too_old_is_none() {
        assert!(is_recent(
            "Swift version 6.0.3 (swift-6.0.3-RELEASE)\nTarget: x86_64"
        ));
        assert!(is_recent(
            "swift-driver version: 1.115 Apple Swift version 6.2 (swiftlang-6.2)"
        ));
        assert!(!is_recent("Swift version 5.10.1 (swift-5.10.1-RELEASE)"));
        assert!(!is_recent("no such program"));
    }
}
