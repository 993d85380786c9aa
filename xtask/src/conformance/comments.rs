//! The comments above tests that say which rules they show.
//!
//! `// shows: VCI 17, HAIP 2 (vector), OIDF oid4vp-1final-wallet-happy-flow`, on one or several lines directly above
//! `#[test]`; in brackets what speaks for it, where the file's name does not say so.

use crate::command::Outcome;

/// A test shows a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) section: String,
    pub(crate) line: String,
    /// Path of the source in the workspace.
    pub(crate) file: String,
    pub(crate) test: String,
    pub(crate) evidence: Evidence,
}

/// What a test checks against, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Evidence {
    /// Software that was not written here.
    Peer,
    /// An official test vector or example.
    Vector,
    /// Parties, stubs and expectations of this project.
    Own,
}

impl Evidence {
    const MARKS: [(&'static str, Self); 3] = [
        ("peer", Self::Peer),
        ("vector", Self::Vector),
        ("own", Self::Own),
    ];

    /// The word for it.
    pub(crate) fn mark(self) -> &'static str {
        let known = Self::MARKS.iter().find(|(_, evidence)| *evidence == self);
        known.map_or("", |(mark, _)| mark)
    }

    /// What the names of a file and its folders say: `issuance_peer.rs`, `crypto_vectors/jws.rs`.
    fn of(file: &str) -> Self {
        let mut words = file.split(['/', '_', '.']);
        let says = |word: &str, mark: &str| word.strip_suffix('s').unwrap_or(word) == mark;
        let said = words.find_map(|word| Self::MARKS.iter().find(|(mark, _)| says(word, mark)));
        said.map_or(Self::Own, |(_, evidence)| *evidence)
    }
}

/// The rules that the tests of one source show.
pub(crate) fn read(file: &str, source: &str) -> Outcome<Vec<Shown>> {
    let mut shown = Vec::new();
    let mut pending = Vec::new();
    let mut is_test = false;
    for (index, line) in source.lines().map(str::trim).enumerate() {
        let complain = |what: &str| format!("{file}:{}: {what}", index + 1);
        if let Some(items) = line.strip_prefix("// shows:") {
            for item in items.split(',') {
                let item = parse(item.trim());
                pending.push(
                    item.ok_or_else(|| complain("`shows:` takes «VCI 17, HAIP 2 (vector)»"))?,
                );
            }
        } else if line == "#[test]" {
            is_test = true;
        } else if !line.starts_with("//") && !line.starts_with("#[") {
            let name = line
                .strip_prefix("fn ")
                .and_then(|rest| rest.split('(').next());
            match name {
                Some(name) if is_test => {
                    shown.extend(pending.drain(..).map(|(section, line, evidence)| Shown {
                        section,
                        line,
                        file: file.to_owned(),
                        test: name.to_owned(),
                        evidence: evidence.unwrap_or(Evidence::of(file)),
                    }));
                }
                _ if pending.is_empty() => {}
                _ => return Err(complain("`shows:` stands above no test")),
            }
            is_test = false;
        }
    }
    Ok(shown)
}

/// `VCI 17` or `VCI 17 (vector)`.
fn parse(item: &str) -> Option<(String, String, Option<Evidence>)> {
    let mut words = item.split(' ');
    let (section, line) = (words.next()?, words.next()?);
    let mark = match words.next() {
        None => None,
        Some(word) => {
            let mark = word.strip_prefix('(')?.strip_suffix(')')?;
            let known = Evidence::MARKS.iter().find(|(known, _)| *known == mark)?;
            Some(known.1)
        }
    };
    let is_whole = words.next().is_none() && !section.is_empty() && !line.is_empty();
    is_whole.then(|| (section.to_owned(), line.to_owned(), mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(file: &str, source: &str) -> Vec<(String, String, Evidence)> {
        let shown = read(file, source).unwrap_or_default();
        let told = |shown: Shown| {
            (
                shown.test,
                format!("{} {}", shown.section, shown.line),
                shown.evidence,
            )
        };
        shown.into_iter().map(told).collect()
    }

    #[test]
    fn comments_above_a_test_are_its_own() {
        let source = "// shows: VCI 1, VP 2 (vector)\n// shows: OIDF a-b_c\n#[test]\n#[cfg(unix)]\nfn a() {\n}\n\n\
            #[test]\nfn b() {}\n    /// What it does.\n    // shows: HAIP 3\n    #[test]\n    fn c() {}\n";
        let expected = [
            ("a", "VCI 1", Evidence::Own),
            ("a", "VP 2", Evidence::Vector),
            ("a", "OIDF a-b_c", Evidence::Own),
            ("c", "HAIP 3", Evidence::Own),
        ];
        let expected = expected.map(|(test, line, how)| (test.to_owned(), line.to_owned(), how));
        assert_eq!(of("wallet-core/src/a.rs", source), expected);
    }

    #[test]
    fn the_name_of_the_file_says_what_speaks_for_its_tests() {
        let source = "// shows: VCI 1\n#[test]\nfn a() {}";
        let how = |file: &str| of(file, source)[0].2;
        assert_eq!(how("wallet-core/tests/issuance_peer.rs"), Evidence::Peer);
        assert_eq!(
            how("wallet-core/tests/crypto_vectors/jws.rs"),
            Evidence::Vector
        );
        assert_eq!(how("wallet-core/src/speer/vectorial.rs"), Evidence::Own);
    }

    #[test]
    fn a_comment_that_is_not_understood_is_refused() {
        for wrong in [
            "",
            "VCI",
            "VCI 1,",
            "VCI 1 2",
            "VCI 1 (guess)",
            "VCI 1 (own) x",
            "VCI 1 own",
        ] {
            let source = format!("// shows: {wrong}\n#[test]\nfn a() {{}}");
            assert!(read("a.rs", &source).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_comment_above_no_test_is_refused() {
        for wrong in [
            "fn a() {}",
            "",
            "\n#[test]\nfn a() {}",
            "#[test]\n\nfn a() {}",
        ] {
            let source = format!("// shows: VCI 1\n{wrong}\n");
            assert!(read("a.rs", &source).is_err(), "{wrong}");
        }
    }
}
