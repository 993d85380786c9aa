//! Stages of a run with their times, and the totals of all tests.

use std::fmt::{self, Display, Write};
use std::time::{Duration, Instant};

use crate::command::Outcome;

/// How many tests there were.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

impl Display for Totals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(
            formatter,
            "{passed} passed, {failed} failed, {skipped} skipped"
        )
    }
}

impl Totals {
    /// What `tests` count is printed in the end, whatever their outcome.
    pub(crate) fn printed(tests: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        let mut totals = Self::default();
        let outcome = tests(&mut totals);
        println!("{totals}");
        outcome
    }

    /// Adds what one line of a test program says, e.g. `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(crate) fn count(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result: ") else {
            return;
        };
        for part in result.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(what)) = (words.next(), words.next()) else {
                continue;
            };
            let Ok(number) = number.parse::<usize>() else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }
}

/// A run in stages. A stage that fails does not keep the later ones from running.
#[derive(Default)]
pub(crate) struct Stages {
    done: Vec<(&'static str, Duration, Outcome)>,
    pub(crate) totals: Totals,
}

impl Stages {
    /// Runs one stage.
    pub(crate) fn run(&mut self, name: &'static str, stage: impl FnOnce(&mut Totals) -> Outcome) {
        println!("==> {name}");
        let begin = Instant::now();
        let failed_before = self.totals.failed;
        let outcome = stage(&mut self.totals);
        if let Err(reason) = &outcome {
            println!("{name} FAILED: {reason}");
            // What failed without failing a test counts as one.
            if self.totals.failed == failed_before {
                self.totals.failed += 1;
            }
        }
        self.done.push((name, begin.elapsed(), outcome));
    }

    /// Prints times and totals; the totals are the last line.
    pub(crate) fn finish(self) -> Outcome {
        let mut table = String::new();
        let mut failed = Vec::new();
        for (name, time, outcome) in &self.done {
            let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
            // Writing to a string cannot fail.
            let _written = writeln!(table, "{name:<13} {:>7.1} s  {verdict}", time.as_secs_f64());
            if outcome.is_err() {
                failed.push(*name);
            }
        }
        println!("\n{table}");
        if !failed.is_empty() {
            eprintln!("xtask: failed: {}", failed.join(", "));
        }
        println!("{}", self.totals);
        if failed.is_empty() && self.totals.failed == 0 && self.totals.passed > 0 {
            Ok(())
        } else {
            Err("not everything passed".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_of_cargo_test_are_added_up_and_others_ignored() {
        let mut totals = Totals::default();
        for line in [
            "running 4 tests",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.10s",
            "test a::failed ... ok",
            "test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 0 filtered out; finished in 12.34s",
            "",
        ] {
            totals.count(line);
        }
        let expected = Totals {
            passed: 5,
            failed: 5,
            skipped: 1,
        };
        assert_eq!(totals, expected);
    }

    #[test]
    fn a_failed_stage_fails_the_run_even_if_every_test_passed() {
        let mut stages = Stages::default();
        stages.run("tests", |totals| {
            totals.passed += 1;
            Ok(())
        });
        stages.run("lints", |_| Err("a warning".into()));
        assert_eq!(stages.totals.failed, 1);
        assert!(stages.finish().is_err());
    }

    #[test]
    fn a_run_without_any_test_is_a_failure() {
        assert!(Stages::default().finish().is_err());
    }
}
