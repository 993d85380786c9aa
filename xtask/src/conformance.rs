//! `cargo xtask conformance`: writes `docs/conformance.md` from the checklist and the `// shows:` comments of the tests.

mod checklist;
mod comments;
mod page;

use std::fs;
use std::path::Path;

use crate::command::{Outcome, root};
use checklist::Section;
use comments::Shown;

/// The rules.
const CHECKLIST: &str = "docs/conformance/checklist.json";

/// What is written.
const PAGE: &str = "docs/conformance.md";

/// The folders whose tests may show a line.
const TESTED: [&str; 6] = [
    "cli",
    "oracles",
    "parties",
    "wallet-core",
    "wallet-primitives",
    "xtask",
];

/// Writes the page.
pub(crate) fn write() -> Outcome {
    let page = generate()?;
    fs::write(root().join(PAGE), page).map_err(|error| format!("{PAGE}: {error}"))
}

/// Compares the page with what would be written.
pub(crate) fn check() -> Outcome {
    if generate()? == read(&root().join(PAGE))? {
        return Ok(());
    }
    Err(format!(
        "{PAGE} is not what the tests say: run `cargo xtask conformance`"
    ))
}

fn generate() -> Outcome<String> {
    let sections = checklist::parse(&read(&root().join(CHECKLIST))?)?;
    let mut shown = Vec::new();
    for folder in TESTED {
        scan(folder, &mut shown)?;
    }
    let unknown = unknown(&sections, &shown);
    if unknown.is_empty() {
        page::write(&sections, &shown)
    } else {
        Err(unknown.join("\n"))
    }
}

/// A complaint for each comment that names a line there is not.
fn unknown(sections: &[Section], shown: &[Shown]) -> Vec<String> {
    let is_line = |shown: &&Shown| {
        let section = sections.iter().find(|section| section.key == shown.section);
        section.is_some_and(|section| section.lines.iter().any(|line| line.line == shown.line))
    };
    let wrong = shown.iter().filter(|shown| !is_line(shown));
    wrong
        .map(
            |Shown {
                 section,
                 line,
                 file,
                 test,
                 ..
             }| {
                format!("{file}: {test} names {section} {line}, which {CHECKLIST} does not have")
            },
        )
        .collect()
}

/// Reads the comments of every source in `folder`, in alphabetical order of the paths.
fn scan(folder: &str, shown: &mut Vec<Shown>) -> Outcome {
    let failed = |error| format!("{folder}: {error}");
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join(folder)).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        names.push((
            entry.file_name().to_string_lossy().into_owned(),
            entry.path(),
        ));
    }
    names.sort();
    for (name, path) in names {
        let inner = format!("{folder}/{name}");
        let is_foreign = name.starts_with('.') || ["target", "node_modules"].contains(&&*name);
        if path.is_dir() && !is_foreign {
            scan(&inner, shown)?;
        } else if name.ends_with(".rs") {
            shown.extend(comments::read(&inner, &read(&path)?)?);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_that_names_no_line_is_refused() {
        let sections = checklist::parse(
            r#"[{"key": "VP", "title": "", "about": "", "lines": [{"line": "1", "rule": "r", "section": ""}]}]"#,
        );
        let sections = sections.unwrap_or_default();
        let complaints = |items: &str| {
            let source = format!("// shows: {items}\n#[test]\nfn a() {{}}\n");
            unknown(
                &sections,
                &comments::read("a.rs", &source).unwrap_or_default(),
            )
        };
        assert!(complaints("VP 1").is_empty());
        for wrong in ["VP 2", "VCI 1"] {
            assert!(complaints(wrong)[0].contains(wrong), "{wrong}");
        }
    }
}
