//! The guides show code; here it is checked that it is the code that is compiled and run elsewhere, letter by letter.
//!
//! Above a block of code stands where it is from: `<!-- from: path/of/a/file -->`, or `path#name` for the lines between
//! `guide: name` and `guide: end` in that file. Kotlin and Swift that cannot be compiled here say why: `<!-- not compiled: … -->`.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A block of code of a page.
struct Block {
    language: String,
    /// What the comment above it says, if there is one.
    comment: Option<String>,
    lines: Vec<String>,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut before = "";
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let comment = before.strip_prefix("<!-- ");
            blocks.push(Block {
                language: language.to_owned(),
                comment: comment.map(|rest| rest.trim_end_matches(" -->").to_owned()),
                lines: lines
                    .by_ref()
                    .take_while(|line| !line.starts_with("```"))
                    .map(str::to_owned)
                    .collect(),
            });
        }
        before = line;
    }
    blocks
}

/// The lines of `source` a page shows: all, or those of one region, without the indentation they share.
fn shown(source: &str, region: Option<&str>) -> Vec<String> {
    let Some(region) = region else {
        return source.lines().map(str::to_owned).collect();
    };
    let marks = |line: &str, name: &str| {
        let mark = line
            .trim()
            .trim_start_matches(['/', '<', '!', '-', '#', ' ']);
        mark.trim_end_matches(['-', '>', ' ']) == format!("guide: {name}")
    };
    let lines: Vec<&str> = source
        .lines()
        .skip_while(|line| !marks(line, region))
        .skip(1)
        .take_while(|line| !marks(line, "end"))
        .collect();
    let indentation = |line: &&str| line.len() - line.trim_start().len();
    let filled = lines.iter().filter(|line| !line.trim().is_empty());
    let shared = filled.map(indentation).min().unwrap_or(0);
    let cut = |line: &&str| line.get(shared..).unwrap_or("").to_owned();
    lines.iter().map(cut).collect()
}

/// What is wrong with a block: nothing, or a sentence.
fn fault(block: &Block, read: impl Fn(&str) -> Option<String>) -> Option<String> {
    let comment = block.comment.as_deref().unwrap_or("");
    let Some(from) = comment.strip_prefix("from: ") else {
        let is_code = ["kotlin", "swift"].contains(&block.language.as_str());
        let is_free = !is_code || comment.starts_with("not compiled: ");
        return (!is_free).then(|| format!("{} without a source", block.language));
    };
    let (path, region) = match from.split_once('#') {
        Some((path, region)) => (path, Some(region)),
        None => (from, None),
    };
    let Some(source) = read(path) else {
        return Some(format!("there is no {path}"));
    };
    let expected = shown(&source, region);
    if expected.is_empty() {
        return Some(format!("nothing is marked so: {from}"));
    }
    (expected != block.lines).then(|| {
        let wanted = expected.join("\n");
        format!("{from} says otherwise; it should be:\n{wanted}")
    })
}

#[test]
fn code_in_the_guides_is_code_that_is_compiled() {
    for (guide, least) in [("docs/android.md", 11), ("docs/ios.md", 13)] {
        let page = fs::read_to_string(root().join(guide)).unwrap();
        let blocks = blocks(&page);
        let faults: Vec<_> = blocks
            .iter()
            .filter_map(|block| fault(block, |path| fs::read_to_string(root().join(path)).ok()))
            .collect();
        assert!(faults.is_empty(), "{}", faults.join("\n\n"));
        let is_shown = |block: &&Block| {
            block
                .comment
                .as_ref()
                .is_some_and(|it| it.starts_with("from: "))
        };
        assert!(blocks.iter().filter(is_shown).count() >= least, "{guide}");
    }
}

#[test]
fn a_block_that_differs_has_no_source_or_names_none_is_a_fault() {
    let source =
        "class A {\n    // guide: two\n    fun b() {\n        c()\n    }\n    // guide: end\n}\n";
    let read = |path: &str| (path == "a.kt").then(|| source.to_owned());
    let fault_of = |page: &str| {
        let found = blocks(page);
        assert_eq!(found.len(), 1);
        fault(&found[0], read).is_some()
    };
    assert!(!fault_of(
        "<!-- from: a.kt#two -->\n```kotlin\nfun b() {\n    c()\n}\n```\n"
    ));
    assert!(fault_of(
        "<!-- from: a.kt#two -->\n```kotlin\nfun b() {\n    d()\n}\n```\n"
    ));
    assert!(fault_of(
        "<!-- from: a.kt#two -->\n```kotlin\nfun b() {\n    c()\n```\n"
    ));
    assert!(fault_of("<!-- from: a.kt#three -->\n```kotlin\n```\n"));
    assert!(fault_of("<!-- from: b.kt -->\n```xml\n<b/>\n```\n"));
    assert!(fault_of("Text.\n```kotlin\nfun b()\n```\n"));
    assert!(fault_of("Text.\n```swift\nfunc b()\n```\n"));
    assert!(!fault_of(
        "<!-- not compiled: needs androidx -->\n```kotlin\nfun b()\n```\n"
    ));
    assert!(!fault_of("```sh\nls\n```\n"));
}
