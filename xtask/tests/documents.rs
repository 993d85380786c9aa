//! The documents name tests; here it is checked that those exist, so that no page promises what nobody shows.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust and Kotlin source of the project.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", "build"].contains(&name.as_str())
                && !name.starts_with('.')
            {
                sources(&path, found);
            }
        } else if name.ends_with(".rs") || name.ends_with(".kt") {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
}

/// Name of each test, with the sources that have one of that name.
fn tests() -> HashMap<String, Vec<String>> {
    let mut all = Vec::new();
    sources(&root(), &mut all);
    let mut tests: HashMap<String, Vec<String>> = HashMap::new();
    for source in all {
        let mut names = HashSet::new();
        let mut is_test = false;
        for line in source.lines().map(str::trim) {
            if ["#[test]", "@Test"].contains(&line) {
                is_test = true;
            } else if let (true, Some(name)) = (is_test, test_name(line)) {
                names.insert(name.to_owned());
                is_test = false;
            }
        }
        for name in names {
            tests.entry(name).or_default().push(source.clone());
        }
    }
    assert!(tests.len() > 500, "the sources were not found");
    tests
}

/// `fn name()` in Rust, ``fun `a sentence`()`` in Kotlin.
fn test_name(line: &str) -> Option<&str> {
    match line.strip_prefix("fn ") {
        Some(rest) => rest.split('(').next(),
        None => line.strip_prefix("fun `")?.split('`').next(),
    }
}

/// The cells of each row of a page's tables whose first cell fits.
fn rows(page: &str, is_row: impl Fn(&str) -> bool) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("docs").join(page)).unwrap();
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
        inner
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    let lines = text.lines().filter(|line| line.starts_with('|'));
    lines.map(cells).filter(|cells| is_row(&cells[0])).collect()
}

/// What stands in backticks.
fn named(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// `wrong_secret` → `WrongSecret`; Kotlin says `WRONG_SECRET`.
fn variant(code: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    code.split('_').map(word).collect()
}

#[test]
fn every_error_code_is_reached_by_the_test_its_line_names() {
    let tests = tests();
    let rows = rows("errors.md", |cell| cell.starts_with('`'));
    assert!(rows.len() > 100);
    for row in rows {
        let (code, test) = (named(&row[0])[0], named(&row[5])[0]);
        let sources = tests.get(test);
        let sources = sources.unwrap_or_else(|| panic!("{code}: there is no test {test}"));
        let (in_code, in_text) = (format!("::{}", variant(code)), format!("\"{code}\""));
        let in_kotlin = format!("ErrorCode.{}", code.to_uppercase());
        let is_reached = |source: &String| {
            let ways = [&in_code, &in_text, &in_kotlin];
            ways.into_iter().any(|way| source.contains(way.as_str()))
        };
        assert!(
            sources.iter().any(is_reached),
            "{test} does not reach {code}"
        );
    }
}

/// Each section of the checklist, with the number of its lines.
const CHECKLIST: [(&str, usize); 7] = [
    ("VCI", 48),
    ("VP", 49),
    ("HAIP", 26),
    ("SDJWT", 32),
    ("BBS", 24),
    ("HOSTILE", 27),
    ("OIDF", 17 + 5 + 10),
];

#[test]
fn the_checklist_is_whole() {
    let text = fs::read_to_string(root().join("docs/conformance/checklist.json")).unwrap();
    let sections: serde_json::Value = serde_json::from_str(&text).unwrap();
    let sections = sections.as_array().unwrap();
    assert_eq!(sections.len(), CHECKLIST.len());
    for (section, (key, count)) in sections.iter().zip(CHECKLIST) {
        let lines = section["lines"].as_array().unwrap();
        assert_eq!((section["key"].as_str(), lines.len()), (Some(key), count));
        let mut last = 0;
        for line in lines {
            let name = line["line"].as_str().unwrap();
            assert!(!line["rule"].as_str().unwrap().is_empty(), "{key} {name}");
            if key == "OIDF" {
                continue;
            }
            let number: u32 = name.parse().unwrap();
            // Numbers do not change: in BBS, some are left out.
            assert!(
                number == last + 1 || key == "BBS" && number > last,
                "{key} {name}"
            );
            last = number;
        }
    }
}

#[test]
fn the_page_on_conformance_is_what_the_tests_say() {
    let xtask = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["conformance", "--check"])
        .output();
    let output = xtask.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn no_file_keeps_the_marks_of_a_merge() {
    let list = Command::new("git")
        .args(["grep", "-lE", "^(<<<<<<<|>>>>>>>) "])
        .current_dir(root())
        .output()
        .unwrap();
    assert_eq!(
        list.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&list.stdout)
    );
}
