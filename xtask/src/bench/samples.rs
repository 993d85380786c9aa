//! What the processes reported, and its median, least and most.

use serde_json::Value;

use crate::command::Outcome;

/// The peer the others are compared with.
pub(super) const OURS: &str = "ours";

/// The times of one peer at one work, in microseconds.
struct Series {
    work: String,
    peer: String,
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

/// All times, in the order the works and peers were first seen.
#[derive(Default)]
pub(super) struct Samples {
    series: Vec<Series>,
}

/// A series summed up, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Figures {
    /// Median time on the wall, and its least and most.
    pub(super) wall: f64,
    pub(super) min: f64,
    pub(super) max: f64,
    /// Median time on all processors.
    pub(super) cpu: f64,
}

impl Samples {
    /// Adds the lines one process printed: `{"peer":…,"work":…,"us":…,"cpu_us":…}` each.
    pub(super) fn add(&mut self, lines: &str) -> Outcome {
        for line in lines.lines() {
            let value: Value =
                serde_json::from_str(line).map_err(|error| format!("{line}: {error}"))?;
            let (Some(peer), Some(work), Some(wall), Some(cpu)) = (
                value["peer"].as_str(),
                value["work"].as_str(),
                value["us"].as_f64(),
                value["cpu_us"].as_f64(),
            ) else {
                return Err(format!("not a figure: {line}"));
            };
            let series = self.series_of(work, peer);
            series.wall.push(wall);
            series.cpu.push(cpu);
        }
        Ok(())
    }

    fn series_of(&mut self, work: &str, peer: &str) -> &mut Series {
        let is_it = |series: &Series| series.peer == peer && series.work == work;
        let known = self.series.iter().position(is_it);
        let place = known.unwrap_or(self.series.len());
        if known.is_none() {
            self.series.push(Series {
                work: work.to_owned(),
                peer: peer.to_owned(),
                wall: Vec::new(),
                cpu: Vec::new(),
            });
        }
        &mut self.series[place]
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
            .map(|series| (series.peer.as_str(), summed_up(series)))
            .collect()
    }

    pub(super) fn figures(&self, work: &str, peer: &str) -> Option<Figures> {
        let mut peers = self.of_work(work).into_iter();
        peers.find(|(name, _)| *name == peer).map(|found| found.1)
    }

    /// How many times as long as ours a peer takes: medians on the wall, and on all processors.
    pub(super) fn ratios(&self, work: &str, peer: &str) -> Option<(f64, f64)> {
        let (theirs, ours) = (self.figures(work, peer)?, self.figures(work, OURS)?);
        Some((theirs.wall / ours.wall, theirs.cpu / ours.cpu))
    }
}

fn summed_up(series: &Series) -> Figures {
    Figures {
        wall: median(&series.wall),
        min: series.wall.iter().copied().fold(f64::INFINITY, f64::min),
        max: series.wall.iter().copied().fold(0.0, f64::max),
        cpu: median(&series.cpu),
    }
}

/// `times` is not empty.
fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let middle = times.len() / 2;
    if times.len() % 2 == 1 {
        times[middle]
    } else {
        f64::midpoint(times[middle - 1], times[middle])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_the_two_in_the_middle() {
        assert_eq!(median(&[3.0, 9.0, 1.0]), 3.0);
        assert_eq!(median(&[3.0, 9.0, 1.0, 4.0]), 3.5);
    }

    #[test]
    fn lines_of_several_runs_are_gathered_by_work_and_peer() {
        let mut samples = Samples::default();
        let line =
            |peer, us, cpu| format!(r#"{{"peer":"{peer}","work":"get","us":{us},"cpu_us":{cpu}}}"#);
        for (ours, askar) in [(10, 40), (20, 60), (30, 80)] {
            let lines = [line("ours", ours, 5), line("askar", askar, 20)];
            samples.add(&lines.join("\n")).unwrap();
        }
        samples
            .add(r#"{"peer":"ours","work":"unlock","us":5,"cpu_us":5}"#)
            .unwrap();
        assert_eq!(samples.works().collect::<Vec<_>>(), ["get", "unlock"]);
        assert_eq!(samples.ratios("get", "askar"), Some((3.0, 4.0)));
        assert_eq!(samples.ratios("unlock", "askar"), None);
        let ours = samples.figures("get", "ours").unwrap();
        assert_eq!((ours.min, ours.wall, ours.max), (10.0, 20.0, 30.0));
    }

    #[test]
    fn a_line_that_is_no_figure_is_refused() {
        for line in ["hello", "{}", r#"{"peer":"ours","work":"get","us":1}"#] {
            assert!(Samples::default().add(line).is_err(), "{line}");
        }
    }
}
