//! Reading vector files.

use serde_json::Value;
use std::path::PathBuf;

/// The parsed file below `test-fixtures/vectors/`.
pub(crate) fn read(path: &str) -> Value {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../test-fixtures/vectors");
    let bytes = std::fs::read(folder.join(path)).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Every test of a Wycheproof file with its group; as many as the file says it has.
pub(crate) fn wycheproof(name: &str) -> Vec<(Value, Value)> {
    let file = read(&format!("wycheproof/{name}_test.json"));
    let mut tests = Vec::new();
    for group in file["testGroups"].as_array().unwrap() {
        let mut header = group.clone();
        header["tests"] = Value::Null;
        for test in group["tests"].as_array().unwrap() {
            tests.push((header.clone(), test.clone()));
        }
    }
    assert_eq!(tests.len(), file["numberOfTests"]);
    tests
}

/// Whether the vector must be accepted. `acceptable` does not occur in the files used here.
pub(crate) fn is_valid(test: &Value) -> bool {
    match test["result"].as_str().unwrap() {
        "valid" => true,
        "invalid" => false,
        other => panic!("unexpected result {other}"),
    }
}

pub(crate) fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// What vectors were run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) accepted: usize,
    pub(crate) refused: usize,
    pub(crate) skipped: usize,
}

impl Tally {
    pub(crate) fn count(&mut self, accepted: bool) {
        if accepted {
            self.accepted += 1;
        } else {
            self.refused += 1;
        }
    }

    /// Checks the numbers; the expected ones were counted in the files, not taken from a run.
    pub(crate) fn assert(&self, accepted: usize, refused: usize, skipped: usize) {
        let expected = Self {
            accepted,
            refused,
            skipped,
        };
        assert_eq!(*self, expected);
    }
}
