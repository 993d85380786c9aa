//! What is printed: tables and lines for people, one JSON document for programs.

use crate::failure::Failure;
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;
use std::cell::Cell;
use std::fmt::Display;
use std::io::{BufRead as _, IsTerminal as _, Read as _, Write as _};
use wallet_core::clock::UnixTime;
use wallet_core::text::display_text;
use zeroize::Zeroizing;

/// Longest claim value printed in a table.
const MAX_VALUE: usize = 48;

/// Longest answer to a question that is read.
const MAX_ANSWER: u64 = 256;

/// Longest foreign name or identifier printed.
const MAX_NAME: usize = 200;

/// Width of tables where there is no terminal to ask.
const PLAIN_WIDTH: u16 = 120;

/// Where lines and tables for people go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum People {
    Stdout,
    Stderr,
    Nowhere,
}

/// Where results go.
pub(crate) struct Output {
    json: bool,
    people: People,
    /// Whether something could not be written: whoever read it has gone.
    is_broken: Cell<bool>,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self {
            json,
            people: if json {
                People::Nowhere
            } else {
                People::Stdout
            },
            is_broken: Cell::new(false),
        }
    }

    /// The same, for a command that asks the holder: with `--json` too nobody is asked without seeing what about, so it
    /// goes to stderr, unless the answer comes from a program.
    pub(crate) fn for_asking(&self) -> Self {
        let is_person = std::io::stdin().is_terminal();
        Self {
            json: self.json,
            people: match self.people {
                People::Nowhere if is_person => People::Stderr,
                people => people,
            },
            is_broken: Cell::new(self.is_broken.get()),
        }
    }

    /// Whether what was printed may not have been read by anyone.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.get()
    }

    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// A line for people; nothing with `--json`.
    pub(crate) fn line(&self, text: impl AsRef<str>) {
        self.for_people(text.as_ref());
    }

    /// A table for people; nothing with `--json`.
    pub(crate) fn table(&self, headings: &[&str], rows: Vec<Vec<String>>) {
        if self.people != People::Nowhere {
            self.for_people(table(headings, rows));
        }
    }

    /// The document of `--json`; nothing without.
    pub(crate) fn document(&self, document: &Value) {
        if self.json {
            self.stdout(json_text(&format!("{document:#}")).as_str());
        }
    }

    /// A line on stdout, with `--json` too.
    pub(crate) fn stdout(&self, text: impl Display) {
        if writeln!(std::io::stdout().lock(), "{text}").is_err() {
            self.is_broken.set(true);
        }
    }

    /// Something the holder should know apart from the result.
    pub(crate) fn note(&self, text: &str) {
        if self.people != People::Nowhere {
            stderr(format_args!("wallet: {text}"));
        }
    }

    /// Asks on stderr and reads one line of stdin; nothing typed is an empty answer.
    pub(crate) fn ask(&self, question: &str) -> Result<String, Failure> {
        let failed = |error: std::io::Error| Failure::Other(format!("cannot ask: {error}"));
        if self.people != People::Nowhere {
            let mut stderr = std::io::stderr().lock();
            write!(stderr, "{question}").map_err(failed)?;
            stderr.flush().map_err(failed)?;
        }
        let mut answer = String::new();
        let mut typed = std::io::stdin().lock().take(MAX_ANSWER);
        typed.read_line(&mut answer).map_err(failed)?;
        Ok(answer.trim().to_owned())
    }

    pub(crate) fn failure(&self, failure: &Failure) {
        if self.json {
            stderr(failure.json());
        } else {
            stderr(format_args!("wallet: {}", failure.text()));
        }
    }

    fn for_people(&self, text: impl Display) {
        let text = obeyed_by_no_terminal(&text.to_string());
        match self.people {
            People::Stdout => self.stdout(text),
            People::Stderr => stderr(text),
            People::Nowhere => {}
        }
    }
}

/// Whether a terminal would do something else with a character than show it, or show others in another order: escape
/// sequences (also of one character, U+0080 to U+009F) and bidirectional controls.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The last line of defence: foreign text is made safe where it is put into lines and cells.
fn obeyed_by_no_terminal(text: &str) -> String {
    let shown = |c| {
        if c != '\n' && is_obeyed(c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(shown).collect()
}

/// JSON text with the same characters escaped, which it may hold in strings only (RFC 8259 7).
pub(crate) fn json_text(text: &str) -> Zeroizing<String> {
    let mut safe = Zeroizing::new(String::with_capacity(text.len()));
    for c in text.chars() {
        if c != '\n' && is_obeyed(c) {
            safe.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    safe
}

/// A name or identifier somebody else chose, on one line.
pub(crate) fn foreign(text: &str) -> String {
    display_text(text, MAX_NAME)
}

/// Where stderr is closed there is no one left to tell.
fn stderr(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

fn table(headings: &[&str], rows: Vec<Vec<String>>) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(headings)
        .add_rows(rows);
    if table.width().is_none() {
        table.set_width(PLAIN_WIDTH);
    }
    table
}

/// A claim's value on one line, made safe and short.
pub(crate) fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => embedded(text).unwrap_or_else(|| display_text(text, MAX_VALUE)),
        other => display_text(&other.to_string(), MAX_VALUE),
    }
}

/// What a `data:` URL holds: nobody reads its base64.
fn embedded(text: &str) -> Option<String> {
    let (head, data) = text.strip_prefix("data:")?.split_once(',')?;
    let media_type = head.split(';').next().unwrap_or_default();
    let bytes = if head.ends_with(";base64") {
        data.trim_end_matches('=').len() * 3 / 4
    } else {
        data.len()
    };
    let media_type = display_text(media_type, MAX_VALUE / 2);
    Some(format!("({media_type}, {bytes} bytes)"))
}

/// Paths on one line; those with the same beginning together: `name, address (region, locality)`.
pub(crate) fn paths_text(paths: &[Value]) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let is_name = |segment: &Value| segment.is_string();
    for path in paths {
        let (first, rest) = match path.as_array().and_then(|path| path.split_first()) {
            Some((first, rest)) if rest.first().is_some_and(is_name) => (
                path_text(&Value::Array(vec![first.clone()])),
                path_text(&Value::Array(rest.to_vec())),
            ),
            _ => (path_text(path), String::new()),
        };
        match groups.iter_mut().find(|(name, _)| *name == first) {
            Some((_, inner)) => inner.push(rest),
            None => groups.push((first, vec![rest])),
        }
    }
    let texts = groups.into_iter().map(|(first, mut inner)| {
        inner.retain(|rest| !rest.is_empty());
        match inner.as_slice() {
            [] => first,
            [one] => format!("{first}.{one}"),
            _ => format!("{first} ({})", inner.join(", ")),
        }
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// A claims path pointer as people read it: `address.locality`, `nationalities[0]`.
pub(crate) fn path_text(path: &Value) -> String {
    let mut text = String::new();
    for segment in path.as_array().into_iter().flatten() {
        match segment {
            Value::String(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(&display_text(key, MAX_VALUE));
            }
            Value::Number(index) => text.push_str(&format!("[{index}]")),
            _ => text.push_str("[*]"),
        }
    }
    text
}

/// How many copies, in words.
pub(crate) fn copies_text(count: impl TryInto<u64>) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let word = if count == 1 { "copy" } else { "copies" };
    format!("{count} {word}")
}

/// The time evidence speaks of, in words.
pub(crate) fn as_of_text(time: Option<UnixTime>) -> String {
    match time {
        Some(time) => time_text(time.as_secs()),
        None => "a time that nobody vouches for".to_owned(),
    }
}

/// Seconds since the epoch as a date and time in UTC.
pub(crate) fn time_text(seconds: i64) -> String {
    // Howard Hinnant's civil_from_days, for the proleptic Gregorian calendar.
    let days = seconds.div_euclid(86_400) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let second_of_day = seconds.rem_euclid(86_400);
    let (hour, minute) = (second_of_day / 3600, second_of_day / 60 % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_printed_in_utc() {
        assert_eq!(time_text(0), "1970-01-01 00:00 UTC");
        assert_eq!(time_text(951_782_400), "2000-02-29 00:00 UTC");
        assert_eq!(time_text(1_795_295_700), "2026-11-21 21:15 UTC");
        assert_eq!(time_text(-1), "1969-12-31 23:59 UTC");
    }

    #[test]
    fn nothing_printed_is_obeyed_by_a_terminal_and_json_stays_the_same() {
        let text = "a\u{1b}[2Jb\u{9b}1mc\u{7}\u{202e}d\u{2066}e\r\nf";
        let shown = obeyed_by_no_terminal(text);
        assert_eq!(
            shown,
            "a\u{fffd}[2Jb\u{fffd}1mc\u{fffd}\u{fffd}d\u{fffd}e\u{fffd}\nf"
        );
        let document = json!({ text: text });
        let json = json_text(&format!("{document:#}"));
        assert!(json.chars().all(|c| c == '\n' || !is_obeyed(c)), "{json:?}");
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), document);
    }

    #[test]
    fn pictures_are_named_not_printed() {
        let picture = json!("data:image/png;base64,AAECAwQ=");
        assert_eq!(value_text(&picture), "(image/png, 5 bytes)");
        assert_eq!(value_text(&json!("database")), "database");
        assert_eq!(value_text(&json!("홍길동")), "홍길동");
        let long = value_text(&json!("x".repeat(1000)));
        assert!(long.chars().count() <= MAX_VALUE + 1, "{long}");
    }

    #[test]
    fn paths_with_the_same_beginning_are_printed_together() {
        let paths = [
            json!(["name"]),
            json!(["address", "region"]),
            json!(["sex"]),
            json!(["address", "locality"]),
            json!(["age_equal_or_over", "19"]),
            json!(["conditions", 0]),
            json!(["classes", null, "code"]),
        ];
        assert_eq!(
            paths_text(&paths),
            "name, address (region, locality), sex, age_equal_or_over.19, conditions[0], classes[*].code"
        );
    }

    #[test]
    fn paths_are_printed_as_people_write_them() {
        assert_eq!(
            path_text(&json!(["address", "locality"])),
            "address.locality"
        );
        assert_eq!(path_text(&json!(["nationalities", 0])), "nationalities[0]");
        assert_eq!(
            path_text(&json!(["degrees", null, "type"])),
            "degrees[*].type"
        );
    }
}
