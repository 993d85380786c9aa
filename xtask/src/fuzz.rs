//! The targets of `fuzz/` under libFuzzer, with the compiler everything else is built with: no nightly, no cargo-fuzz.
//!
//! The flags are those cargo-fuzz 0.13 passes; `RUSTC_BOOTSTRAP` lets a stable compiler take `-Zsanitizer`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::{Outcome, cargo, root};

/// Seconds for each target, unless told otherwise.
const SECONDS: u32 = 60;

/// How long the targets run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    /// Seconds for each of them.
    Each(u32),
    /// Seconds for all of them, shared evenly.
    All(u32),
}

impl Time {
    /// Seconds for each of `targets` targets.
    fn each(self, targets: usize) -> u32 {
        let targets = u32::try_from(targets).unwrap_or(u32::MAX);
        let seconds = match self {
            Self::Each(seconds) => seconds,
            Self::All(seconds) => seconds / targets.max(1),
        };
        // libFuzzer takes 0 for «for ever».
        seconds.max(1)
    }
}

/// Coverage for libFuzzer's feedback, and AddressSanitizer for the C code and `unsafe` of dependencies.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Zsanitizer=address";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    time: Time,
    /// Empty: all.
    targets: Vec<String>,
}

impl Plan {
    fn parse(arguments: &[&str]) -> Outcome<Self> {
        let mut plan = Self {
            time: Time::Each(SECONDS),
            targets: Vec::new(),
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match *argument {
                option @ ("--seconds" | "--minutes") => {
                    let number = arguments.next().and_then(|number| number.parse().ok());
                    let number: u32 = number.ok_or(format!("{option} needs a number"))?;
                    plan.time = match option {
                        "--seconds" => Time::Each(number),
                        _ => Time::All(number.saturating_mul(60)),
                    };
                }
                option if option.starts_with('-') => {
                    return Err(format!("no such option: {option}"));
                }
                target => plan.targets.push(target.to_owned()),
            }
        }
        Ok(plan)
    }

    /// The targets to run, in alphabetical order.
    fn choose(&self, known: &[String]) -> Outcome<Vec<String>> {
        if let Some(unknown) = self.targets.iter().find(|target| !known.contains(target)) {
            return Err(format!(
                "no such target: {unknown}; there are: {}",
                known.join(" ")
            ));
        }
        let is_wanted = |name: &&String| self.targets.is_empty() || self.targets.contains(name);
        Ok(known.iter().filter(is_wanted).cloned().collect())
    }
}

/// Builds the targets and runs one after the other. Inputs that break a target are kept in `fuzz/artifacts`, new
/// interesting ones in `fuzz/target/corpus`.
pub(crate) fn run(arguments: &[&str]) -> Outcome {
    let plan = Plan::parse(arguments)?;
    let folder = root().join("fuzz");
    let targets = plan.choose(&known_targets(&folder)?)?;
    let triple = host_triple()?;
    build(&targets, &triple)?;
    let programs = folder.join("target").join(triple).join("release");
    let seconds = plan.time.each(targets.len());
    let mut broken = Vec::new();
    for target in &targets {
        match fuzz(&folder, &programs, target, seconds) {
            Ok(summary) => println!("{target}: {summary}"),
            Err(reason) => {
                println!("{target}: BROKEN: {reason}");
                broken.push(target.as_str());
            }
        }
    }
    println!(
        "{} passed, {} failed, {seconds} seconds each",
        targets.len() - broken.len(),
        broken.len()
    );
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("broken: {}", broken.join(" ")))
    }
}

fn known_targets(folder: &Path) -> Outcome<Vec<String>> {
    let read = |error| format!("fuzz/fuzz_targets: {error}");
    let mut names = Vec::new();
    for file in fs::read_dir(folder.join("fuzz_targets")).map_err(read)? {
        let path = file.map_err(read)?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

/// Sanitizers need the target named, so that build scripts are built without them.
fn host_triple() -> Outcome<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output();
    let output = output.map_err(|error| format!("rustc cannot be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "rustc does not name its host".into())
}

fn build(targets: &[String], triple: &str) -> Outcome {
    let mut command = cargo(&["build", "--release", "--target", triple]);
    command.args([
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--target-dir",
        "fuzz/target",
    ]);
    for target in targets {
        command.args(["--bin", target]);
    }
    command.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", FLAGS);
    crate::command::run(command)
}

/// Runs one target; the answer is libFuzzer's last word.
fn fuzz(folder: &Path, programs: &Path, target: &str, seconds: u32) -> Outcome<String> {
    let found = make_folder(&folder.join("target/corpus").join(target))?;
    let artifacts = make_folder(&folder.join("artifacts").join(target))?;
    let log = make_folder(&folder.join("target/logs"))?.join(format!("{target}.log"));
    let failed = |error| format!("{}: {error}", log.display());
    let output = File::create(&log).map_err(failed)?;
    let mut command = Command::new(programs.join(target));
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        // The vault's files are written for every input; a disk would be the bottleneck.
        command.env("TMPDIR", memory);
    }
    let status = command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-dict={}", folder.join("wallet.dict").display()))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-max_len=16384", "-timeout=10", "-rss_limit_mb=2048"])
        // Rust code is linked from crates that were built apart; duplicates of a name are no fault.
        .env("ASAN_OPTIONS", "detect_odr_violation=0")
        .args([&found, &folder.join("corpus").join(target)])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(output)
        .status()
        .map_err(|error| format!("cannot be started: {error}"))?;
    let log_text = fs::read(&log).map_err(failed)?;
    let log_text = String::from_utf8_lossy(&log_text);
    if !status.success() {
        let is_reason = |line: &&str| line.contains("panicked at") || line.contains("ERROR: ");
        let reason = log_text
            .lines()
            .find(is_reason)
            .unwrap_or("no reason given");
        return Err(format!("{reason} (see {})", log.display()));
    }
    Ok(last_word(&log_text).unwrap_or("done").to_owned())
}

/// `Done 12345 runs in 61 second(s)`.
fn last_word(log: &str) -> Option<&str> {
    log.lines().rev().find(|line| line.starts_with("Done "))
}

fn make_folder(path: &Path) -> Outcome<PathBuf> {
    match fs::create_dir_all(path) {
        Ok(()) => Ok(path.to_owned()),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read() {
        let plan = Plan::parse(&["jws", "--seconds", "5", "jwe"]);
        let expected = Plan {
            time: Time::Each(5),
            targets: vec!["jws".into(), "jwe".into()],
        };
        assert_eq!(plan, Ok(expected));
        let time = |arguments: &[&str]| Plan::parse(arguments).map(|plan| plan.time);
        assert_eq!(time(&[]), Ok(Time::Each(SECONDS)));
        assert_eq!(time(&["--minutes", "20"]), Ok(Time::All(1200)));
        for wrong in [&["--seconds"][..], &["--minutes", "x"], &["--fast"]] {
            assert!(Plan::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn minutes_are_shared_by_all_targets() {
        assert_eq!(Time::All(1200).each(48), 25);
        assert_eq!(Time::All(60).each(1), 60);
        assert_eq!(Time::All(60).each(100), 1);
        assert_eq!(Time::Each(5).each(48), 5);
    }

    #[test]
    fn only_known_targets_are_run() {
        let known = ["jwe".to_owned(), "jws".to_owned()];
        let choose = |names: &[&str]| Plan::parse(names).and_then(|plan| plan.choose(&known));
        assert_eq!(choose(&[]), Ok(known.to_vec()));
        assert_eq!(choose(&["jws"]), Ok(vec!["jws".to_owned()]));
        assert!(choose(&["jws", "x509"]).is_err());
    }
}
