//! A wallet in a folder of its own, and everything it ever said.

use serde_json::Value;
use std::cell::RefCell;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;
use wallet_parties::Parties;
use wallet_parties::issuer::OfferOptions;

pub(crate) const PASSPHRASE: &str = "quiet otters fold seven paper boats";

/// How a run of the binary ended.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// What it printed, where it did what it should.
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.stdout
    }

    /// The one document on stdout; nothing but it.
    pub(crate) fn document(self) -> Value {
        assert_eq!(self.stderr, "", "nothing on stderr when all is well");
        serde_json::from_str(&self.done()).unwrap()
    }

    /// The error document on stderr, of exactly the promised shape.
    pub(crate) fn error(&self) -> Value {
        assert_eq!(self.code, 1, "{}{}", self.stdout, self.stderr);
        let document: Value = serde_json::from_str(&self.stderr).unwrap();
        assert_eq!(members(&document), ["error"]);
        let error = document["error"].clone();
        assert_eq!(members(&error), ["code", "category", "retryable", "rule"]);
        error
    }

    /// The code of the error.
    pub(crate) fn refused(&self) -> String {
        self.error()["code"].as_str().unwrap().to_owned()
    }

    /// Called wrongly: exit code 2 and a reason, nothing on stdout.
    pub(crate) fn is_usage_error(&self) {
        assert_eq!(self.code, 2, "{}{}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "");
        assert_ne!(self.stderr, "");
    }
}

/// The names of an object's members, in order.
pub(crate) fn members(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// A folder with a passphrase, perhaps trust anchors, and a store in the making.
pub(crate) struct Bench {
    folder: TempDir,
    anchors: Vec<PathBuf>,
    said: RefCell<String>,
}

impl Bench {
    pub(crate) fn new(anchors: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("passphrase"), format!("{PASSPHRASE}\n")).unwrap();
        let write = |(number, pem): (usize, &&str)| {
            let path = folder.path().join(format!("anchor-{number}.pem"));
            fs::write(&path, pem).unwrap();
            path
        };
        let anchors = anchors.iter().enumerate().map(write).collect();
        Self {
            folder,
            anchors,
            said: RefCell::default(),
        }
    }

    /// A wallet that trusts the parties, with a store.
    pub(crate) fn with_store(parties: &Parties) -> Self {
        let bench = Self::new(&[&parties.anchors.issuer_pem, &parties.anchors.verifier_pem]);
        bench.run(&["init"]).done();
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and returns its path as text.
    pub(crate) fn file(&self, name: &str, contents: &str) -> String {
        let path = self.path(name);
        fs::write(&path, contents).unwrap();
        path.display().to_string()
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path("store")
    }

    /// Runs a command on the store with the passphrase file, on loopback.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, "")
    }

    /// The same with `--json`.
    pub(crate) fn json(&self, arguments: &[&str]) -> Run {
        let mut all = vec!["--json"];
        all.extend(arguments);
        self.run(&all)
    }

    /// The same, with something typed.
    pub(crate) fn run_with(&self, arguments: &[&str], typed: &str) -> Run {
        let mut all = vec![
            "--passphrase-file".to_owned(),
            path_text(&self.path("passphrase")),
        ];
        all.extend(self.common());
        all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self.start(&all, typed)
    }

    /// Runs a command on the store; how it is unlocked is in `arguments`.
    pub(crate) fn run_as(&self, arguments: &[&str]) -> Run {
        let mut all = self.common();
        all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self.start(&all, "")
    }

    fn common(&self) -> Vec<String> {
        let mut all = vec!["--allow-loopback-http".to_owned()];
        all.extend(["--store".to_owned(), path_text(&self.store())]);
        for anchor in &self.anchors {
            all.extend(["--trust-anchor".to_owned(), path_text(anchor)]);
        }
        all
    }

    fn start(&self, arguments: &[String], typed: &str) -> Run {
        let run = wallet(arguments, typed);
        let mut said = self.said.borrow_mut();
        said.push_str(&run.stdout);
        said.push_str(&run.stderr);
        run
    }

    /// Receives a card of the parties and returns its id.
    pub(crate) fn receive(&self, parties: &Parties, card: &str, more: &[&str]) -> String {
        let offer = parties.issuer.offer(&OfferOptions::of(card)).unwrap();
        let mut arguments = vec!["receive", offer.uri.as_str()];
        arguments.extend(more);
        let document = self.json(&arguments).document();
        document["credentials"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The cards in the store.
    pub(crate) fn cards(&self) -> Vec<Value> {
        let list = self.json(&["list"]).document();
        list["credentials"].as_array().unwrap().clone()
    }

    /// Everything the binary printed so far, on stdout and stderr.
    pub(crate) fn said(&self) -> String {
        self.said.borrow().clone()
    }
}

/// Runs the binary and no more.
pub(crate) fn wallet<S: AsRef<std::ffi::OsStr>>(arguments: &[S], typed: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wallet"))
        .args(arguments)
        .env_remove("WALLET_STORE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that does not read may have ended already.
    let _ = stdin.write_all(typed.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn path_text(path: &Path) -> String {
    path.display().to_string()
}

/// The bytes of every file in a folder.
pub(crate) fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    all.sort();
    all
}

/// The recovery code in what `init` or `change-passphrase` printed for people.
pub(crate) fn recovery_code(printed: &str) -> String {
    let is_code = |line: &&str| {
        let groups: Vec<&str> = line.split('-').collect();
        groups.len() >= 6 && groups.iter().all(|group| group.len() == 4)
    };
    let mut codes = printed.lines().map(str::trim).filter(is_code);
    let code = codes.next().unwrap().to_owned();
    assert_eq!(codes.next(), None, "it is printed once");
    code
}
