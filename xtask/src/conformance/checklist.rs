//! The rules a wallet is measured by.

use serde::Deserialize;

use crate::command::Outcome;

/// The rules of one text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Section {
    /// What the comments call it.
    pub(crate) key: String,
    pub(crate) title: String,
    /// A word on where the rules are from, if there is one.
    pub(crate) about: String,
    pub(crate) lines: Vec<Line>,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    /// Its number, or its name.
    pub(crate) line: String,
    pub(crate) rule: String,
    /// Where it is written.
    pub(crate) section: String,
    /// Why no test shows it. A test that does puts it aside.
    pub(crate) open: Option<String>,
    /// What of it no test shows, where tests show the rest, and why.
    pub(crate) part: Option<String>,
}

/// Reads the checklist; no section and no line comes twice.
pub(crate) fn parse(text: &str) -> Outcome<Vec<Section>> {
    let sections: Vec<Section> =
        serde_json::from_str(text).map_err(|error| format!("the checklist: {error}"))?;
    let keys = sections.iter().map(|section| &section.key);
    let names = sections.iter().flat_map(|section| {
        section
            .lines
            .iter()
            .map(|line| format!("{} {}", section.key, line.line))
    });
    for mut names in [keys.cloned().collect::<Vec<_>>(), names.collect()] {
        names.sort();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("the checklist has {} twice", twice[0]));
        }
    }
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_twice() {
        let section = |key: &str, lines: &str| {
            format!(r#"{{"key": "{key}", "title": "", "about": "", "lines": [{lines}]}}"#)
        };
        let line = r#"{"line": "1", "rule": "r", "section": ""}"#;
        let twice = format!("{line}, {line}");
        assert!(parse(&format!("[{}]", section("VP", line))).is_ok());
        assert!(parse(&format!("[{}]", section("VP", &twice))).is_err());
        let (vp, other) = (section("VP", ""), section("VP", line));
        assert!(parse(&format!("[{vp}, {other}]")).is_err());
    }
}
