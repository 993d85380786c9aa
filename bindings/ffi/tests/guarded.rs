//! A panic never crosses: every exported function that can fail goes through the guard, and the guard says nothing but where.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wallet_ffi::{WalletError, caught, caught_async};

/// What a function that can fail must go through.
const GUARDS: [&str; 4] = ["caught(", "caught_async(", ".call(", ".call_async("];

#[test]
fn every_exported_function_that_can_fail_goes_through_the_guard() {
    let mut seen = 0;
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let source = fs::read_to_string(&file).unwrap();
        let functions = exported(&source);
        seen += functions.len();
        let found = unguarded(&functions, &guards(&source));
        assert_eq!(found, [""; 0], "{}", file.display());
    }
    assert!(seen > 20, "{seen} functions: are they still found?");
}

#[test]
fn a_function_without_the_guard_is_found() {
    let source = "\
#[uniffi::export]
pub fn alone() -> Result<(), WalletError> {
    work()
}
#[uniffi::export]
#[must_use]
pub fn cannot_fail() -> u32 {
    7
}
fn not_exported() -> Result<(), WalletError> {
    work()
}
#[uniffi::export]
impl Wallet {
    /// Guarded.
    pub fn good(&self) -> Result<(), WalletError> {
        self.call(|core| work(core))
    }
    pub fn by_a_helper(&self) -> Result<u32, WalletError> {
        self.look_at(length)
    }
    pub async fn bad(
        &self,
    ) -> Result<(), WalletError> {
        work().await
    }
}
impl Wallet {
    fn look_at<R>(&self, look: impl FnOnce(&Self) -> R) -> Result<R, WalletError> {
        caught(|| Ok(look(self)))
    }
}
#[uniffi::export(foreign)]
pub trait Clock {
    fn now(&self) -> Result<i64, ClockError>;
}
";
    let functions = exported(source);
    assert_eq!(functions.len(), 5);
    assert_eq!(unguarded(&functions, &guards(source)), ["alone", "bad"]);
}

#[test]
fn a_panic_is_the_error_bug() {
    let bug = |error: WalletError| assert_eq!(error.fault().code, "bug");
    bug(caught::<()>(|| panic!("text")).unwrap_err());
    bug(block_on(caught_async::<()>(async { panic!("text") })).unwrap_err());
    assert_eq!(caught(|| Ok(7)), Ok(7));
}

/// The hook is the process's: the panics happen in a process of their own, whose output is read.
#[test]
fn a_panic_is_written_down_as_a_place_without_its_text() {
    if std::env::var_os("WALLET_PANICS").is_some() {
        caught::<()>(|| panic!("Erika Mustermann")).unwrap_err();
        block_on(caught_async::<()>(async { panic!("Erika Mustermann") })).unwrap_err();
        return;
    }
    let name = "a_panic_is_written_down_as_a_place_without_its_text";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env("WALLET_PANICS", "1")
        .env("RUST_BACKTRACE", "full")
        .output()
        .unwrap();
    let output = [child.stdout, child.stderr].concat();
    let output = String::from_utf8_lossy(&output);
    assert!(child.status.success(), "{output}");
    assert_eq!(output.matches("wallet: bug at ").count(), 2, "{output}");
    assert!(output.contains("guarded.rs:"), "{output}");
    assert!(!output.contains("Erika"), "{output}");
}

/// Runs a future that is ready at once.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(work).poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => unreachable!("it waits for nothing"),
    }
}

/// All source files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let below = folders.iter().flat_map(|folder| sources(folder));
    files.into_iter().chain(below).collect()
}

/// The exported functions of formatted source text: alone, and those of exported `impl` blocks. Not the app's traits.
fn exported(source: &str) -> Vec<String> {
    let mut functions = Vec::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if !line.starts_with("#[uniffi::export") {
            continue;
        }
        let noise = |line: &&str| line.starts_with("#[") || line.starts_with("///");
        let Some(item) = lines.find(|line| !noise(line)) else {
            break;
        };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "}").collect();
        if item.starts_with("impl ") {
            functions.extend(methods(&body));
        } else if !item.contains("trait ") {
            functions.push([&[item], &body[..]].concat().join("\n"));
        }
    }
    functions
}

/// The methods in an `impl` block.
fn methods(block: &[&str]) -> Vec<String> {
    let texts = block.split(|line| *line == "    }");
    let starts =
        |line: &&str| line.starts_with("    pub fn") || line.starts_with("    pub async fn");
    texts
        .filter_map(|text| Some(text[text.iter().position(starts)?..].join("\n")))
        .collect()
}

/// What a function of this file may go through: the guards, and functions of the file that go through one.
fn guards(source: &str) -> Vec<String> {
    let functions = source.split("fn ").skip(1);
    let guarded = functions.filter(|text| GUARDS[..2].iter().any(|guard| text.contains(guard)));
    let calls = guarded.map(|function| format!(".{}(", name(function)));
    GUARDS.into_iter().map(str::to_owned).chain(calls).collect()
}

/// The names of those that can fail and are not guarded.
fn unguarded<'a>(functions: &'a [String], guards: &[String]) -> Vec<&'a str> {
    let functions = functions.iter().filter(|function| {
        let (signature, body) = function.split_once("{\n").unwrap();
        signature.contains("-> Result<") && !guards.iter().any(|guard| body.contains(guard))
    });
    let name = |function: &'a String| name(function.split_once("fn ").unwrap().1);
    functions.map(name).collect()
}

/// The name at the start of what follows `fn`.
fn name(function: &str) -> &str {
    &function[..function.find(['(', '<']).unwrap_or_default()]
}
