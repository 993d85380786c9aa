//! The reports that Maven's Surefire writes: one XML file for each test class.

use std::fs;
use std::path::Path;

use crate::command::Outcome;
use crate::stages::Totals;

/// Adds the tests of all reports in `folder`.
pub(super) fn count(folder: &Path, totals: &mut Totals) -> Outcome {
    let files = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for file in files.filter_map(Result::ok) {
        let path = file.path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            let report = fs::read_to_string(&path);
            let report = report.map_err(|error| format!("{}: {error}", path.display()))?;
            count_report(&report, totals)
                .ok_or_else(|| format!("{}: no report", path.display()))?;
        }
    }
    Ok(())
}

/// Adds what the root element says, such as `<testsuite … tests="5" errors="1" skipped="0" failures="1">`.
fn count_report(report: &str, totals: &mut Totals) -> Option<()> {
    let (_, suite) = report.split_once("<testsuite ")?;
    let (attributes, _) = suite.split_once('>')?;
    let [tests, errors, failures, skipped] =
        ["tests", "errors", "failures", "skipped"].map(|name| number(attributes, name));
    let (failed, skipped) = (errors? + failures?, skipped?);
    totals.passed += tests?.checked_sub(failed + skipped)?;
    totals.failed += failed;
    totals.skipped += skipped;
    Some(())
}

fn number(attributes: &str, name: &str) -> Option<usize> {
    let (_, value) = attributes.split_once(&format!(" {name}=\""))?;
    value.split_once('"')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passed_failed_and_skipped_tests_are_added_up() {
        let mut totals = Totals::default();
        let report = r#"<?xml version="1.0" encoding="UTF-8"?>
            <testsuite xmlns:xsi="x" name="UnlockTest" time="7.1" tests="11" errors="1" skipped="2" failures="3" flakes="0">
              <testcase name="a" tests="90"/>
            </testsuite>"#;
        assert_eq!(count_report(report, &mut totals), Some(()));
        assert_eq!(count_report(report, &mut totals), Some(()));
        let expected = Totals {
            passed: 10,
            failed: 8,
            skipped: 4,
        };
        assert_eq!(totals, expected);
    }

    #[test]
    fn what_is_no_report_is_not_taken_for_an_empty_one() {
        for report in [
            "",
            "<testsuite name=\"A\">",
            "<testsuite tests=\"1\" errors=\"x\">",
        ] {
            assert_eq!(
                count_report(report, &mut Totals::default()),
                None,
                "{report}"
            );
        }
    }
}
