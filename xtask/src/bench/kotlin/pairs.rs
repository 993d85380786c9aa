//! What both halves reported of each work, and its median and 95th percentile.

use serde_json::Value;

use crate::command::Outcome;

/// The half that calls through Kotlin.
pub(super) const KOTLIN: &str = "kotlin";
/// The half that does not.
pub(super) const RUST: &str = "rust";

/// All samples in nanoseconds, by work and half, in the order they were first seen.
#[derive(Default)]
pub(super) struct Pairs(Vec<(String, String, Vec<f64>)>);

/// Samples summed up, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Times {
    pub(super) rounds: usize,
    pub(super) median: f64,
    pub(super) p95: f64,
}

impl Pairs {
    /// Reads lines of `{"peer":…,"work":…,"ns":…}`.
    pub(super) fn read(lines: &str) -> Outcome<Self> {
        let mut pairs = Self::default();
        for line in lines.lines() {
            let value: Value =
                serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?;
            let (Some(peer), Some(work), Some(nanos)) = (
                value["peer"].as_str(),
                value["work"].as_str(),
                value["ns"].as_f64(),
            ) else {
                return Err(format!("not a sample: {line}"));
            };
            pairs.series(work, peer).push(nanos);
        }
        Ok(pairs)
    }

    fn series(&mut self, work: &str, peer: &str) -> &mut Vec<f64> {
        let mut all = self.0.iter();
        let place = all.position(|(of, by, _)| of == work && by == peer);
        let place = place.unwrap_or_else(|| {
            self.0.push((work.to_owned(), peer.to_owned(), Vec::new()));
            self.0.len() - 1
        });
        &mut self.0[place].2
    }

    /// Every work that was done through Kotlin.
    pub(super) fn works(&self) -> impl Iterator<Item = &str> {
        let kotlin = self.0.iter().filter(|(_, peer, _)| peer == KOTLIN);
        kotlin.map(|(work, _, _)| work.as_str())
    }

    /// `None` where the work was not measured.
    pub(super) fn times(&self, work: &str, peer: &str) -> Option<Times> {
        let mut all = self.0.iter();
        let (_, _, samples) = all.find(|(of, by, _)| of == work && by == peer)?;
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |percent: usize| sorted[(sorted.len() * percent).div_ceil(100) - 1];
        Some(Times {
            rounds: sorted.len(),
            median: at(50),
            p95: at(95),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn samples_are_gathered_by_work_and_half() {
        let line = |peer, ns| format!(r#"{{"peer":"{peer}","work":"nop","ns":{ns}}}"#);
        let lines: Vec<_> = (1..=20)
            .flat_map(|ns| [line(KOTLIN, ns * 10), line(RUST, ns)])
            .collect();
        let pairs = Pairs::read(&lines.join("\n")).unwrap();
        assert_eq!(pairs.works().collect::<Vec<_>>(), ["nop"]);
        let times = |rounds, median, p95| {
            Some(Times {
                rounds,
                median,
                p95,
            })
        };
        assert_eq!(pairs.times("nop", RUST), times(20, 10.0, 19.0));
        assert_eq!(pairs.times("nop", KOTLIN), times(20, 100.0, 190.0));
        assert_eq!(pairs.times("error", RUST), None);
    }

    #[test]
    fn a_line_that_is_no_sample_is_refused() {
        for line in ["hello", "{}", r#"{"peer":"rust","work":"nop"}"#] {
            assert!(Pairs::read(line).is_err(), "{line}");
        }
    }
}
