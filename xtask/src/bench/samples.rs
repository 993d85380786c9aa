//! What the processes reported, and its median, least and most.

use serde_json::Value;

use crate::command::Outcome;

/// The peer the others are compared with.
pub(super) const OURS: &str = "ours";

/// The times of one peer at one work, in microseconds.
struct Series {
    work: String,
    peer: String,
    times: Vec<f64>,
}

/// All times, in the order the works and peers were first seen.
#[derive(Default)]
pub(super) struct Samples {
    series: Vec<Series>,
}

/// A series summed up, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Figures {
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

impl Samples {
    /// Adds the lines one process printed: `{"peer":…,"work":…,"us":…}` each.
    pub(super) fn add(&mut self, lines: &str) -> Outcome {
        for line in lines.lines() {
            let value: Value =
                serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?;
            let (Some(peer), Some(work), Some(time)) = (
                value["peer"].as_str(),
                value["work"].as_str(),
                value["us"].as_f64(),
            ) else {
                return Err(format!("not a figure: {line}"));
            };
            let known = self
                .series
                .iter_mut()
                .find(|series| series.peer == peer && series.work == work);
            match known {
                Some(series) => series.times.push(time),
                None => self.series.push(Series {
                    work: work.to_owned(),
                    peer: peer.to_owned(),
                    times: vec![time],
                }),
            }
        }
        Ok(())
    }

    /// Every work, once.
    pub(super) fn works(&self) -> impl Iterator<Item = &str> {
        let is_first = |(place, series): &(usize, &Series)| {
            self.series.iter().position(|s| s.work == series.work) == Some(*place)
        };
        let series = self.series.iter().enumerate();
        series
            .filter(is_first)
            .map(|(_, series)| series.work.as_str())
    }

    /// The peers that did a work.
    pub(super) fn of_work(&self, work: &str) -> Vec<(&str, Figures)> {
        self.series
            .iter()
            .filter(|series| series.work == work)
            .map(|series| (series.peer.as_str(), summed_up(&series.times)))
            .collect()
    }

    pub(super) fn figures(&self, work: &str, peer: &str) -> Option<Figures> {
        let mut peers = self.of_work(work).into_iter();
        peers.find(|(name, _)| *name == peer).map(|found| found.1)
    }

    /// How many times as long as ours a peer's median is.
    pub(super) fn ratio(&self, work: &str, peer: &str) -> Option<f64> {
        Some(self.figures(work, peer)?.median / self.figures(work, OURS)?.median)
    }
}

/// `times` is not empty.
fn summed_up(times: &[f64]) -> Figures {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let middle = times.len() / 2;
    let median = if times.len() % 2 == 1 {
        times[middle]
    } else {
        f64::midpoint(times[middle - 1], times[middle])
    };
    Figures {
        median,
        min: times[0],
        max: times[times.len() - 1],
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_the_two_in_the_middle() {
        assert_eq!(summed_up(&[3.0, 9.0, 1.0]).median, 3.0);
        assert_eq!(summed_up(&[3.0, 9.0, 1.0, 4.0]).median, 3.5);
        assert_eq!(summed_up(&[3.0, 9.0, 1.0]).min, 1.0);
        assert_eq!(summed_up(&[3.0, 9.0, 1.0]).max, 9.0);
    }

    #[test]
    fn lines_of_several_runs_are_gathered_by_work_and_peer() {
        let mut samples = Samples::default();
        for (ours, askar) in [(10, 40), (20, 60), (30, 80)] {
            let line = |peer, us| format!(r#"{{"peer":"{peer}","work":"get","us":{us}}}"#);
            samples
                .add(&format!(
                    "{}\n{}\n",
                    line("ours", ours),
                    line("askar", askar)
                ))
                .unwrap();
        }
        samples
            .add(r#"{"peer":"ours","work":"unlock","us":5}"#)
            .unwrap();
        assert_eq!(samples.works().collect::<Vec<_>>(), ["get", "unlock"]);
        assert_eq!(samples.ratio("get", "askar"), Some(3.0));
        assert_eq!(samples.ratio("unlock", "askar"), None);
    }

    #[test]
    fn a_line_that_is_no_figure_is_refused() {
        for line in ["hello", "{}", r#"{"peer":"ours","work":"get","us":"10"}"#] {
            assert!(Samples::default().add(line).is_err(), "{line}");
        }
    }
}
