//! `docs/conformance.md`.

use std::fmt::Write;

use super::checklist::{Line, Section};
use super::comments::{Evidence, Shown};
use crate::command::Outcome;

const HEAD: &str = "# What the standards ask of a holder, and the test that shows it

*Written by `cargo xtask conformance` from `docs/conformance/checklist.json` and from the comments `// shows: VCI 17` above the
tests. Do not edit; a test checks that it is up to date.*

One line per rule, in our own words, with the section it comes from, the tests that would fail without it and what speaks for
it: a **peer** is software that was not written here, a **vector** an official example or test vector, **own** everything
else. *Open* is what no test shows, a line or a part of one, with the reason.

Sections are those of OpenID4VCI 1.0, OpenID4VP 1.0, HAIP 1.0 and RFC 9901, and of the drafts of SD-JWT VC and Token Status
List of August 2026. HAIP 1.0 pins SD-JWT VC -13 and Token Status List -14: what they allow is accepted, and no newer rule makes
such a credential fail by default.

Not here are DIDs and their methods, proofs of a ledger, the holder's identities, and W3C credentials as JWT beyond what these
standards say of a format: DID Core, ERC-1056, ERC-1484, EIP-1186 and VC-JOSE-COSE have no list of rules. Their tests stand beside
the code, with what official vectors and other implementations there are.

| | lines | shown | by a peer | by a vector | by our own only | open |
| --- | --- | --- | --- | --- | --- | --- |
";

/// Writes the page, or complains about lines that are neither shown nor open.
pub(crate) fn write(sections: &[Section], shown: &[Shown]) -> Outcome<String> {
    let (mut counts, mut tables) = (String::new(), String::new());
    let mut silent = Vec::new();
    for Section {
        key,
        title,
        about,
        lines,
    } in sections
    {
        let about = if about.is_empty() {
            String::new()
        } else {
            format!("{about}\n\n")
        };
        let head = "| line | rule | section | shown by | how |\n| --- | --- | --- | --- | --- |\n";
        put(
            &mut tables,
            format_args!("\n## {key}: {title}\n\n{about}{head}"),
        );
        let mut best = Vec::new();
        for line in lines {
            let tests = tests_of(key, line, shown);
            if tests.is_empty() && line.open.is_none() {
                silent.push(format!("{key} {}", line.line));
            }
            best.push(tests.first().map(|test| test.evidence));
            put(&mut tables, format_args!("{}", row(line, &tests)));
        }
        let count = |how: Option<Evidence>| best.iter().filter(|best| **best == how).count();
        let (peer, vector) = (count(Some(Evidence::Peer)), count(Some(Evidence::Vector)));
        let (own, open, all) = (count(Some(Evidence::Own)), count(None), lines.len());
        let done = all - open;
        put(
            &mut counts,
            format_args!(
                "| {key}: {title} | {all} | {done} | {peer} | {vector} | {own} | {open} |\n"
            ),
        );
    }
    if silent.is_empty() {
        Ok(format!("{HEAD}{counts}{tables}"))
    } else {
        Err(format!(
            "no test shows and no reason excuses: {}",
            silent.join(", ")
        ))
    }
}

/// The tests that show a line, the strongest first.
fn tests_of<'a>(key: &str, line: &Line, shown: &'a [Shown]) -> Vec<&'a Shown> {
    let is_of = |shown: &&Shown| shown.section == key && shown.line == line.line;
    let mut tests: Vec<&Shown> = shown.iter().filter(is_of).collect();
    tests.sort_by_key(|shown| shown.evidence);
    tests
}

fn row(line: &Line, tests: &[&Shown]) -> String {
    let Line {
        line: name,
        rule,
        section,
        open,
        part,
    } = line;
    let (mut shown, how) = match (tests, open) {
        ([], reason) => (reason.clone().unwrap_or_default(), "*open*".to_owned()),
        (tests, _) => {
            let names = tests
                .iter()
                .map(|shown| format!("`{}::{}`", shown.file, shown.test));
            let mut how: Vec<&str> = tests.iter().map(|shown| shown.evidence.mark()).collect();
            how.dedup();
            (names.collect::<Vec<_>>().join("<br>"), how.join(", "))
        }
    };
    if let Some(part) = part {
        put(&mut shown, format_args!("<br>*open:* {part}"));
    }
    format!("| {name} | {rule} | {section} | {shown} | {how} |\n")
}

/// Writing to a string does not fail.
fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(open: Option<&str>) -> [Section; 1] {
        let line = |line: &str, open: Option<&str>| Line {
            line: line.into(),
            rule: "a rule".into(),
            section: "VP 5".into(),
            open: open.map(str::to_owned),
            part: None,
        };
        [Section {
            key: "VP".into(),
            title: "Showing".into(),
            about: String::new(),
            lines: vec![line("1", None), line("2", open)],
        }]
    }

    fn shown(line: &str, test: &str, evidence: Evidence) -> Shown {
        Shown {
            section: "VP".into(),
            line: line.into(),
            file: "a.rs".into(),
            test: test.into(),
            evidence,
        }
    }

    #[test]
    fn lines_are_shown_or_open() {
        let tests = [
            shown("1", "own", Evidence::Own),
            shown("1", "other", Evidence::Peer),
        ];
        let page = write(&section(Some("later")), &tests).unwrap_or_default();
        assert!(
            page.contains("| VP: Showing | 2 | 1 | 1 | 0 | 0 | 1 |"),
            "{page}"
        );
        let first = "| 1 | a rule | VP 5 | `a.rs::other`<br>`a.rs::own` | peer, own |";
        assert!(page.contains(first), "{page}");
        assert!(
            page.contains("| 2 | a rule | VP 5 | later | *open* |"),
            "{page}"
        );
    }

    #[test]
    fn what_is_open_of_a_line_is_said_beside_its_tests() {
        let mut sections = section(Some("later"));
        sections[0].lines[0].part = Some("of another format".into());
        let page = write(&sections, &[shown("1", "a", Evidence::Own)]).unwrap_or_default();
        assert!(
            page.contains("`a.rs::a`<br>*open:* of another format | own |"),
            "{page}"
        );
    }

    #[test]
    fn a_line_neither_shown_nor_open_is_complained_about() {
        let tests = [shown("1", "a", Evidence::Own)];
        assert_eq!(
            write(&section(None), &tests),
            Err("no test shows and no reason excuses: VP 2".into())
        );
    }

    #[test]
    fn a_test_puts_the_excuse_aside() {
        let tests = [
            shown("1", "a", Evidence::Own),
            shown("2", "b", Evidence::Vector),
        ];
        let page = write(&section(Some("later")), &tests).unwrap_or_default();
        assert!(
            page.contains("`a.rs::b` | vector |") && !page.contains("later"),
            "{page}"
        );
    }
}
