//! The corpus of the fuzzer on a stable compiler: every entry through its target, and a little fuzzing.
//!
//! `FUZZ_SEED` makes another run, `FUZZ_MILLIS` is the time spent on each target. See fuzz/README.md.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use wallet_oracles::mutate::Mutator;
use wallet_oracles::parsers::{TARGETS, Target};

/// The same run each time: a gate says the same twice. What is new is for `cargo xtask fuzz` to find.
const SEED: u64 = 20_261_122;

/// Time for each target: all of them stay well below a minute.
const MILLIS: u64 = 1000;

/// Most bytes of the whole corpus, which everybody clones.
const MAX_CORPUS_BYTES: usize = 1024 * 1024;

fn fuzz_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// The entries of a target, by name.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz_folder().join("corpus").join(target);
    let files = std::fs::read_dir(&folder);
    let files = files.unwrap_or_else(|_| panic!("no corpus in {}", folder.display()));
    let mut entries: Vec<_> = files
        .map(|file| file.unwrap().path())
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read(path).unwrap(),
            )
        })
        .collect();
    entries.sort();
    entries
}

fn names_in(folder: &str) -> BTreeSet<String> {
    let files = std::fs::read_dir(fuzz_folder().join(folder)).unwrap();
    files
        .map(|file| file.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn every_target_has_a_corpus_and_a_program_and_neither_is_without_a_target() {
    let targets: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(targets.len(), TARGETS.len(), "two targets have one name");
    assert_eq!(names_in("corpus"), targets);
    assert_eq!(names_in("fuzz_targets"), targets);
    let manifest = std::fs::read_to_string(fuzz_folder().join("Cargo.toml")).unwrap();
    for target in &targets {
        let entries = corpus(target);
        assert!(!entries.is_empty(), "{target} has an empty corpus");
        assert!(
            manifest.contains(&format!("name = \"{target}\"")),
            "{target} is not in fuzz/Cargo.toml"
        );
    }
}

#[test]
fn the_corpus_stays_small() {
    let entries = TARGETS.iter().flat_map(|(name, _)| corpus(name));
    let bytes: usize = entries.map(|(_, bytes)| bytes.len()).sum();
    assert!(bytes <= MAX_CORPUS_BYTES, "{bytes} bytes");
}

#[test]
fn every_entry_of_the_corpus_is_handled() {
    for (name, target) in TARGETS {
        for (entry, bytes) in corpus(name) {
            let outcome = catch_unwind(AssertUnwindSafe(|| target(&bytes)));
            assert!(outcome.is_ok(), "fuzz/corpus/{name}/{entry}");
        }
    }
}

#[test]
fn mutations_of_the_corpus_are_handled() {
    let seed = number("FUZZ_SEED").unwrap_or(SEED);
    let time = Duration::from_millis(number("FUZZ_MILLIS").unwrap_or(MILLIS));
    println!("FUZZ_SEED={seed}");
    for (name, target) in TARGETS {
        let executions = fuzz(name, *target, seed, time);
        println!("{name}: {executions} executions");
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

fn fuzz(name: &str, target: Target, seed: u64, time: Duration) -> u64 {
    let entries = corpus(name);
    let mut mutator = Mutator::new(seed);
    let end = Instant::now() + time;
    let mut executions = 0;
    while Instant::now() < end {
        let (_, input) = &entries[mutator.below(entries.len())];
        let (_, other) = &entries[mutator.below(entries.len())];
        let input = mutator.mutate(input, other);
        executions += 1;
        if catch_unwind(AssertUnwindSafe(|| target(&input))).is_err() {
            let folder = fuzz_folder().join("artifacts").join(name);
            std::fs::create_dir_all(&folder).unwrap();
            let file = folder.join(format!("mutated-{seed}-{executions}"));
            std::fs::write(&file, &input).unwrap();
            panic!("{name} broke; the input is in {}", file.display());
        }
    }
    executions
}
