//! What is printed: tables and lines for people, one JSON document for programs.

use crate::failure::Failure;
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;
use wallet_core::text::display_text;

/// Longest claim value printed in a table.
const MAX_VALUE: usize = 80;

/// Width of tables where there is no terminal to ask.
const PLAIN_WIDTH: u16 = 120;

/// Where results go.
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// A line for people; nothing with `--json`.
    pub(crate) fn line(&self, text: impl AsRef<str>) {
        if !self.json {
            println!("{}", text.as_ref());
        }
    }

    /// A table for people; nothing with `--json`.
    pub(crate) fn table(&self, headings: &[&str], rows: Vec<Vec<String>>) {
        if !self.json {
            println!("{}", table(headings, rows));
        }
    }

    /// The document of `--json`; nothing without.
    pub(crate) fn document(&self, document: &Value) {
        if self.json {
            println!("{document:#}");
        }
    }

    pub(crate) fn failure(&self, failure: &Failure) {
        if self.json {
            eprintln!("{}", failure.json());
        } else {
            eprintln!("wallet: {}", failure.text());
        }
    }
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
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    display_text(&text, MAX_VALUE)
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
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_printed_in_utc() {
        assert_eq!(time_text(0), "1970-01-01 00:00 UTC");
        assert_eq!(time_text(951_782_400), "2000-02-29 00:00 UTC");
        assert_eq!(time_text(1_795_295_700), "2026-11-21 20:35 UTC");
        assert_eq!(time_text(-1), "1969-12-31 23:59 UTC");
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
