//! `cargo xtask bench dudect`: whether the time `wallet-bbs` takes depends on a secret, by the statistics of dudect (Reparaz,
//! Balasch, Verbauwhede, «Dude, is my code constant time?», 2016).

use std::process::Command;

use super::{DUDECT, build, kotlin, output_of};
use crate::command::Outcome;

/// Works with names like this leak on purpose and have to be found.
const LEAKING: &str = "leaking";
/// Above this |t| times differ, as dudect judges.
const LEAKS: f64 = 10.0;
/// Above this |t| there may be something: more measurements tell.
const DOUBTFUL: f64 = 4.5;
/// Fewer measurements of a kind say nothing.
const ENOUGH: usize = 500;
/// How often slow measurements are cut off at another place.
const CUTS: u32 = 100;

/// Seconds for each work, unless told otherwise.
const SECONDS: u32 = 30;

/// Measures, prints what came out, and fails if the time of something depends on a secret or a leak was not found.
pub(super) fn test(arguments: &[&str]) -> Outcome {
    let seconds = match arguments {
        [] => Ok(SECONDS),
        ["--seconds", seconds] => seconds.parse().map_err(|_| "--seconds needs a number"),
        _ => Err("the only argument is --seconds N"),
    }?;
    let program = build(DUDECT)?;
    let lines = output_of(Command::new(program).arg(seconds.to_string()))?;
    let works = read(&lines)?;
    println!("{}\n", kotlin::machine());
    println!("{HEAD}");
    let failures: Vec<_> = works.iter().filter(|work| !report(work)).collect();
    match failures[..] {
        [] => Ok(()),
        [..] => {
            let names = failures.iter().map(|work| work.work.as_str());
            Err(format!(
                "not as it should be: {}",
                Vec::from_iter(names).join(" ")
            ))
        }
    }
}

const HEAD: &str = "\
Microseconds on the processor. Difference: random secrets less the one that is always the same, of the comparison with the
largest |t|, and its standard error.

work             measurements    median  difference     error    |t|";

/// Prints a line; whether the work is as it should be.
fn report(measured: &Measured) -> bool {
    let Measured { work, times } = measured;
    let count = times.len();
    let Some(compared) = compare(times) else {
        println!("{work:<18}{count:>11}  TOO FEW, take more seconds");
        return false;
    };
    let verdict = judge(work, compared.t());
    let found = match (&verdict, found_after(times)) {
        (Verdict::Found, Some(count)) => format!(" within {count}"),
        _ => String::new(),
    };
    println!(
        "{work:<18}{count:>11}{:>10.1}{:>12.3}{:>10.3}{:>7.1}  {}{found}",
        median(times) / 1000.0,
        compared.difference / 1000.0,
        compared.error / 1000.0,
        compared.t().abs(),
        verdict.text(),
    );
    matches!(
        verdict,
        Verdict::Silent | Verdict::Doubtful | Verdict::Found
    )
}

/// What |t| says.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Silent,
    Doubtful,
    Leaks,
    /// What leaks on purpose was found, or not.
    Found,
    Missed,
}

impl Verdict {
    fn text(&self) -> &'static str {
        match self {
            Self::Silent => "nothing seen",
            Self::Doubtful => "DOUBTFUL, take more seconds",
            Self::Leaks => "LEAKS",
            Self::Found => "leaks on purpose, found",
            Self::Missed => "leaks on purpose, NOT FOUND",
        }
    }
}

fn judge(work: &str, t: f64) -> Verdict {
    match (work.starts_with(LEAKING), t.abs()) {
        (true, LEAKS..) => Verdict::Found,
        (true, _) => Verdict::Missed,
        (false, LEAKS..) => Verdict::Leaks,
        (false, DOUBTFUL..) => Verdict::Doubtful,
        (false, _) => Verdict::Silent,
    }
}

/// The nanoseconds of a work with the secret that is always the same, and with random ones, in the order they were measured.
struct Measured {
    work: String,
    times: Vec<(Kind, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Fixed,
    Random,
}

/// Reads the lines of the program: work, kind, nanoseconds.
fn read(lines: &str) -> Outcome<Vec<Measured>> {
    let mut all: Vec<Measured> = Vec::new();
    for line in lines.lines() {
        let (work, time) = parse(line).ok_or(format!("not a measurement: {line}"))?;
        match all.last_mut() {
            Some(last) if last.work == work => last.times.push(time),
            _ => all.push(Measured {
                work: work.to_owned(),
                times: vec![time],
            }),
        }
    }
    Ok(all)
}

fn parse(line: &str) -> Option<(&str, (Kind, f64))> {
    let mut words = line.split(' ');
    let work = words.next()?;
    let kind = match words.next()? {
        "0" => Kind::Fixed,
        "1" => Kind::Random,
        _ => return None,
    };
    let nanoseconds = words.next()?.parse().ok()?;
    words
        .next()
        .is_none()
        .then_some((work, (kind, nanoseconds)))
}

/// How many, their mean, and the sum of squared differences from it (Welford).
#[derive(Clone, Copy, Default)]
struct Moments {
    count: usize,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn of(times: impl Iterator<Item = f64>) -> Self {
        times.fold(Self::default(), |before, time| {
            let count = before.count + 1;
            let delta = time - before.mean;
            let mean = before.mean + delta / count as f64;
            let squares = before.squares + delta * (time - mean);
            Self {
                count,
                mean,
                squares,
            }
        })
    }

    /// The variance of the mean.
    fn error(self) -> f64 {
        self.squares / (self.count as f64 - 1.0) / self.count as f64
    }
}

/// Two means beside each other.
#[derive(Clone, Copy)]
struct Comparison {
    /// Of the random ones, how much longer they take.
    difference: f64,
    /// The standard error of that.
    error: f64,
}

impl Comparison {
    /// By Welch; `None` with too few of a kind.
    fn new(times: impl Iterator<Item = (Kind, f64)> + Clone, enough: usize) -> Option<Self> {
        let of = |kind| {
            let times = times.clone().filter(move |(other, _)| *other == kind);
            Moments::of(times.map(|(_, time)| time))
        };
        let (fixed, random) = (of(Kind::Fixed), of(Kind::Random));
        (fixed.count >= enough && random.count >= enough).then(|| Self {
            difference: random.mean - fixed.mean,
            error: (fixed.error() + random.error()).sqrt(),
        })
    }

    fn t(self) -> f64 {
        match self.error > 0.0 {
            true => self.difference / self.error,
            // All alike.
            false if self.difference == 0.0 => 0.0,
            false => f64::INFINITY.copysign(self.difference),
        }
    }
}

/// The comparison with the largest |t|: of all measurements, and of those below each cut, for what interrupts hits the
/// slow ones most. Cuts are those of dudect, at `1 - 0.5^(10·i/100)` of all, whatever their kind.
fn compare(times: &[(Kind, f64)]) -> Option<Comparison> {
    let sorted = sorted(times);
    let cut = |step: u32| {
        let share = 1.0 - 0.5_f64.powf(10.0 * f64::from(step) / f64::from(CUTS));
        sorted.get((sorted.len() as f64 * share) as usize).copied()
    };
    let cuts = (1..=CUTS).filter_map(cut).chain([f64::INFINITY]);
    let below = |cut| {
        let times = times.iter().copied();
        Comparison::new(times.filter(move |(_, time)| *time < cut), ENOUGH)
    };
    let compared = cuts.filter_map(below);
    compared.max_by(|one, other| one.t().abs().total_cmp(&other.t().abs()))
}

fn sorted(times: &[(Kind, f64)]) -> Vec<f64> {
    let mut sorted: Vec<_> = times.iter().map(|(_, time)| *time).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Of whatever kind; there is one at least.
fn median(times: &[(Kind, f64)]) -> f64 {
    sorted(times)[times.len() / 2]
}

/// Within how many measurements a leak was found: 1,000, 2,000, 4,000 and so on are tried, and all.
fn found_after(times: &[(Kind, f64)]) -> Option<usize> {
    let counts = std::iter::successors(Some(2 * ENOUGH), |count| Some(2 * count));
    let mut counts = counts
        .take_while(|count| *count < times.len())
        .chain([times.len()]);
    counts.find(|count| compare(&times[..*count]).is_some_and(|found| found.t().abs() > LEAKS))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Numbers that look random (xorshift64*), between 0 and 1.
    fn numbers() -> impl Iterator<Item = f64> {
        let step = |state: &u64| {
            let state = state ^ state >> 12;
            let state = state ^ state << 25;
            Some(state ^ state >> 27)
        };
        let states = std::iter::successors(Some(0x9e37_79b9_7f4a_7c15_u64), step);
        states
            .map(|state| (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / 2_f64.powi(53))
    }

    /// 1000 ns and up to 100 more, and what `more` says; one in ten is interrupted for up to 1 ms.
    fn times(more: impl Fn(Kind) -> f64) -> Vec<(Kind, f64)> {
        let mut numbers = numbers();
        let mut next = || numbers.next().unwrap();
        let mut time = |_| {
            let kind = if next() < 0.5 {
                Kind::Fixed
            } else {
                Kind::Random
            };
            let interrupt = if next() < 0.1 { 1e6 * next() } else { 0.0 };
            (kind, 1000.0 + 100.0 * next() + interrupt + more(kind))
        };
        (0..20_000).map(&mut time).collect()
    }

    /// The first example in Wikipedia's article «Welch's t-test»: -2.46 with means of 20.8 and 23.0.
    #[test]
    fn t_is_that_of_a_published_example() {
        let random = [
            27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7,
            21.4,
        ];
        let fixed = [
            27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5,
            24.4,
        ];
        let all = random.map(|time| (Kind::Random, time));
        let all = all.into_iter().chain(fixed.map(|time| (Kind::Fixed, time)));
        let compared = Comparison::new(all, 15).unwrap();
        assert_eq!(format!("{:.2}", compared.t()), "-2.46");
        assert_eq!(format!("{:.1}", compared.difference), "-2.2");
    }

    #[test]
    fn times_that_depend_on_nothing_are_not_doubted() {
        let compared = compare(&times(|_| 0.0)).unwrap();
        assert_eq!(judge("sign", compared.t()), Verdict::Silent);
        assert_eq!(found_after(&times(|_| 0.0)), None);
    }

    /// Ten nanoseconds are lost in interrupts of a millisecond unless slow measurements are cut off.
    #[test]
    fn a_leak_far_below_the_noise_of_interrupts_is_found() {
        let leaking = |kind| if kind == Kind::Random { 10.0 } else { 0.0 };
        let times = times(leaking);
        let uncut = Comparison::new(times.iter().copied(), ENOUGH).unwrap();
        assert!(uncut.t().abs() < DOUBTFUL, "{}", uncut.t());
        let compared = compare(&times).unwrap();
        assert_eq!(judge("sign", compared.t()), Verdict::Leaks);
        assert_eq!(judge("leaking_branch", compared.t()), Verdict::Found);
        assert!(compared.difference > 0.0);
        assert!(found_after(&times).is_some_and(|count| count < times.len()));
    }

    #[test]
    fn a_leak_on_purpose_that_is_not_found_is_no_success() {
        assert_eq!(judge("leaking_branch", 9.0), Verdict::Missed);
        assert_eq!(judge("sign", -9.0), Verdict::Doubtful);
    }

    #[test]
    fn too_few_measurements_are_not_compared() {
        assert!(compare(&times(|_| 0.0)[..ENOUGH]).is_none());
    }

    #[test]
    fn lines_are_gathered_by_work_and_others_refused() {
        let works = read("sign 0 12\nsign 1 13\nprove 1 14\n").unwrap();
        let counts: Vec<_> = works
            .iter()
            .map(|work| (&*work.work, work.times.len()))
            .collect();
        assert_eq!(counts, [("sign", 2), ("prove", 1)]);
        assert_eq!(works[0].times[1], (Kind::Random, 13.0));
        for line in ["sign", "sign 2 1", "sign 0 x", "sign 0 1 2"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
