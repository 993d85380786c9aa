//! `cargo xtask bench kotlin`: what a call through the Kotlin library costs beside the same work in Rust.

mod pairs;

use std::path::PathBuf;
use std::process::Command;

use super::output_of;
use crate::command::{Outcome, cargo, run, target};
use crate::{kotlin, native};
use pairs::{KOTLIN, Pairs, RUST};

/// A presentation through Kotlin takes at most this many times as long.
const PRESENTATION: f64 = 1.15;
/// Two cards of 5 MB are stored, looked at and shown through Kotlin within this, in nanoseconds.
const LARGE: f64 = 300e6;
/// What is done with them.
const LARGE_WORKS: [&str; 3] = ["large_store_2", "large_look_2", "large_show_2"];
/// Below this many nanoseconds it is the cost of the call alone, and a ratio says nothing.
const LEAST: f64 = 50.0;

/// Builds both halves, lets them take turns, prints what came out, and fails where a budget was passed.
pub(super) fn compare() -> Outcome {
    let overhead = build()?;
    let lines = std::path::absolute(target().join("overhead.jsonl"))
        .map_err(|error| format!("target: {error}"))?;
    kotlin::overhead(&overhead, &lines)?;
    let text =
        std::fs::read_to_string(&lines).map_err(|error| format!("{}: {error}", lines.display()))?;
    let pairs = Pairs::read(&text)?;
    println!("{}\n\n{}", machine(), table(&pairs));
    judge(&pairs)
}

/// Builds the Rust half with the `mobile` profile, and the library whose functions both halves call.
fn build() -> Outcome<PathBuf> {
    native::build()?;
    let mobile = ["--quiet", "--profile", "mobile", "-p", "wallet-glue"];
    let glue = ["--lib", "--crate-type", "cdylib"];
    let glue = [&["rustc"], &mobile[..], &glue].concat();
    let overhead = [&["build"], &mobile[..], &["--example", "overhead"]].concat();
    for arguments in [glue, overhead] {
        let mut command = cargo(&arguments);
        native::compile_as_shipped(&mut command);
        run(command)?;
    }
    std::path::absolute(target().join("mobile/examples/overhead"))
        .map_err(|error| format!("target: {error}"))
}

/// When and on what this ran.
pub(super) fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let information = read("/proc/cpuinfo");
    let mut lines = information.lines();
    let model = lines.find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let load = read("/proc/loadavg");
    let date = output_of(Command::new("date").args(["-u", "+%F"])).unwrap_or_default();
    format!(
        "{}, {processors} processors ({}), load average at the end {}",
        date.trim(),
        model.map_or("unknown", |(_, model)| model),
        load.split(' ').next().unwrap_or_default()
    )
}

fn table(pairs: &Pairs) -> String {
    let mut text = format!(
        "{:<15}{:>8}{:>12}{:>12}{:>12}{:>12}{:>9}\n",
        "microseconds", "rounds", "Rust", "p95", "Kotlin", "p95", "ratio"
    );
    for work in pairs.works() {
        let (Some(rust), Some(kotlin)) = (pairs.times(work, RUST), pairs.times(work, KOTLIN))
        else {
            continue;
        };
        let micros = |nanos: f64| nanos / 1000.0;
        let ratio = match rust.median {
            least if least < LEAST => String::new(),
            median => format!("{:.2}x", kotlin.median / median),
        };
        let line = format!(
            "{work:<15}{:>8}{:>12.2}{:>12.2}{:>12.2}{:>12.2}{ratio:>9}",
            kotlin.rounds,
            micros(rust.median),
            micros(rust.p95),
            micros(kotlin.median),
            micros(kotlin.p95),
        );
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// Whether the budgets are held, line by line; an error where one is not.
fn judge(pairs: &Pairs) -> Outcome {
    let median = |work, peer| {
        let times = pairs.times(work, peer);
        times
            .map(|times| times.median)
            .ok_or(format!("{work} was not measured"))
    };
    let ratio = median("presentation", KOTLIN)? / median("presentation", RUST)?;
    println!("a presentation: {ratio:.2}x, at most {PRESENTATION}x");
    let mut large = 0.0;
    for work in LARGE_WORKS {
        large += median(work, KOTLIN)?;
    }
    let (large, most) = (large / 1e6, LARGE / 1e6);
    println!("two cards of 5 MB stored, looked at and shown: {large:.0} ms, at most {most} ms");
    if ratio <= PRESENTATION && large <= most {
        Ok(())
    } else {
        Err("a budget is not held".into())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// What is said of a presentation so many times as long, and of large cards that took so many milliseconds each time.
    fn judged(presentation: f64, large: f64) -> Outcome {
        let line =
            |peer, work, ns: f64| format!(r#"{{"peer":"{peer}","work":"{work}","ns":{ns}}}"#);
        let mut lines = vec![
            line(RUST, "presentation", 1e6),
            line(KOTLIN, "presentation", presentation * 1e6),
        ];
        lines.extend(LARGE_WORKS.map(|work| line(KOTLIN, work, large * 1e6)));
        judge(&Pairs::read(&lines.join("\n")).unwrap())
    }

    #[test]
    fn both_budgets_are_held_up_to_their_figure() {
        assert!(judged(1.15, 100.0).is_ok());
        assert!(judged(1.16, 100.0).is_err());
        assert!(judged(1.15, 100.1).is_err());
    }

    #[test]
    fn what_was_not_measured_is_not_held() {
        assert!(judge(&Pairs::read("").unwrap()).is_err());
    }
}
