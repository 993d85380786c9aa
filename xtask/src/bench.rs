//! `cargo xtask bench`: the same work by wallet-core and its peers, side by side. benchmarks/README.md says what is done.

mod dudect;
mod goals;
mod kotlin;
mod ledger;
#[cfg(test)]
mod profiles;
mod samples;

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::command::{Outcome, cargo, root, run};
use crate::native;
use goals::{GOALS, Goal};
use samples::{OURS, Samples};

/// The packages under `benchmarks/`, in the order they take turns.
const PACKAGES: [&str; 4] = ["ours", "askar", "sqlcipher", "sd-jwt-rs"];

/// The package with BBS beside other crates, and that with BBS beside itself: each runs alone.
const BBS: &str = "bbs";
const DUDECT: &str = "dudect";

/// What the caller wants.
struct Options {
    runs: usize,
    json: bool,
}

impl Options {
    fn parse(arguments: &[&str]) -> Outcome<Self> {
        let mut options = Self {
            runs: 7,
            json: false,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match *argument {
                "--json" => options.json = true,
                "--runs" => {
                    let runs = arguments.next().and_then(|runs| runs.parse().ok());
                    options.runs = runs
                        .filter(|runs| *runs > 0)
                        .ok_or("--runs needs a number")?;
                }
                other => return Err(format!("unknown argument {other}")),
            }
        }
        Ok(options)
    }
}

/// Builds all packages, lets their processes take turns, and prints what came out.
pub(crate) fn run_all(arguments: &[&str]) -> Outcome {
    match arguments {
        ["kotlin"] => return kotlin::compare(),
        ["bbs"] => return bbs(),
        ["ledger"] => return ledger::run(),
        ["dudect", options @ ..] => return dudect::test(options),
        _ => {}
    }
    let options = Options::parse(arguments)?;
    let programs = PACKAGES
        .iter()
        .map(|package| build(package))
        .collect::<Outcome<Vec<_>>>()?;
    let mut samples = Samples::default();
    for run in 1..=options.runs {
        for (package, program) in PACKAGES.iter().zip(&programs) {
            eprintln!("run {run} of {}: {package}", options.runs);
            samples.add(&output_of(&mut Command::new(program))?)?;
        }
    }
    let size = std::fs::metadata(&programs[0]).map_err(|error| format!("size: {error}"))?;
    if options.json {
        println!("{}", json_report(&samples, options.runs, size.len()));
    } else {
        print!("{}", table(&samples, options.runs));
        println!("\nbinary of benchmarks/ours: {} bytes", size.len());
    }
    Ok(())
}

/// BBS beside the limit of the curve and other crates, which take turns in one program, and the steps of a presentation.
fn bbs() -> Outcome {
    let presentation = build(OURS)?;
    let program = build(BBS)?;
    println!(
        "{}\n\n{}\n{}",
        kotlin::machine(),
        output_of(Command::new(presentation).arg("bbs-2023"))?,
        output_of(&mut Command::new(program))?
    );
    Ok(())
}

/// Builds a package in its own folder with the `mobile` profile; its program.
fn build(package: &str) -> Outcome<PathBuf> {
    let folder = root().join("benchmarks").join(package);
    let target = folder.join("target");
    let mut command = cargo(&["build", "--quiet", "--profile", "mobile"]);
    if ![OURS, BBS, DUDECT].contains(&package) {
        // Ours follows the workspace; the peers stay what they were, with the SQLite they ask for.
        command.arg("--locked").env("LIBSQLITE3_FLAGS", "");
    }
    native::compile_as_shipped(&mut command);
    command
        .current_dir(&folder)
        .arg("--target-dir")
        .arg(&target);
    run(command)?;
    Ok(target.join("mobile").join(format!("bench-{package}")))
}

fn output_of(program: &mut Command) -> Outcome<String> {
    let name = program.get_program().display().to_string();
    let output = program
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name} ended with {}: {errors}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{name} printed no text"))
}

fn milliseconds(microseconds: f64) -> String {
    format!("{:.3}", microseconds / 1000.0)
}

const HEAD: &str = "milliseconds: median, least and most on the wall; median on the processor (cpu).
Ratios: median of the peer / median of ours. Comparisons are held by the processor, limits by the wall.
";

fn line(cells: [&str; 9]) -> String {
    let [work, peer, wall, min, max, cpu, by_wall, by_cpu, goal] = cells;
    let line = format!(
        "{work:<17} {peer:<9} {wall:>9} {min:>9} {max:>9} {cpu:>9} {by_wall:>7} {by_cpu:>7}  {goal}"
    );
    line.trim_end().to_owned() + "\n"
}

fn table(samples: &Samples, runs: usize) -> String {
    let mut text = format!("{runs} runs in turn; {HEAD}\n");
    text += &line([
        "work", "peer", "median", "min", "max", "cpu", "wall", "cpu", "to hold",
    ]);
    for work in samples.works() {
        for (place, (peer, figures)) in samples.of_work(work).into_iter().enumerate() {
            let ratios = samples.ratios(work, peer).filter(|_| peer != OURS);
            let (by_wall, by_cpu) = ratios.map_or_else(Default::default, |(wall, cpu)| {
                (format!("{wall:.2}x"), format!("{cpu:.2}x"))
            });
            text += &line([
                if place == 0 { work } else { "" },
                peer,
                &milliseconds(figures.wall),
                &milliseconds(figures.min),
                &milliseconds(figures.max),
                &milliseconds(figures.cpu),
                &by_wall,
                &by_cpu,
                &judged(samples, work, peer),
            ]);
        }
    }
    text
}

/// What is to be held and whether it is; empty where nothing is.
fn judged(samples: &Samples, work: &str, peer: &str) -> String {
    let goal = GOALS.iter().find(|goal| goal.is_about(work, peer));
    let judged = goal.and_then(|goal| Some((goal.demand(), goal.is_held(samples)?)));
    judged.map_or_else(String::new, |(demand, is_held)| {
        let verdict = if is_held { "held" } else { "NOT HELD" };
        format!("{demand:<9} {verdict}")
    })
}

fn json_report(samples: &Samples, runs: usize, size: u64) -> Value {
    let figure = |work: &str, peer: &str, figures: samples::Figures| {
        let ratios = samples.ratios(work, peer);
        json!({
            "work": work, "peer": peer, "median_us": figures.wall, "min_us": figures.min,
            "max_us": figures.max, "cpu_us": figures.cpu,
            "wall_ratio": ratios.map(|ratios| ratios.0), "cpu_ratio": ratios.map(|ratios| ratios.1),
        })
    };
    let figures: Vec<Value> = samples
        .works()
        .flat_map(|work| samples.of_work(work).into_iter().map(move |of| (work, of)))
        .map(|(work, (peer, figures))| figure(work, peer, figures))
        .collect();
    let goal = |goal: &Goal| {
        Some(json!({
            "work": goal.work, "peer": goal.peer, "to_hold": goal.demand(),
            "held": goal.is_held(samples)?,
        }))
    };
    let goals: Vec<Value> = GOALS.iter().filter_map(goal).collect();
    json!({"runs": runs, "figures": figures, "goals": goals, "binary_bytes": size})
}
