//! The corpus of the fuzzer on a stable compiler: every entry through its target, and a little fuzzing.
//!
//! `FUZZ_SEED` makes another run, `FUZZ_MILLIS` is the time spent on each target. See fuzz/README.md.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use wallet_bbs::{Commitment, Pseudonym, PublicKey, Signature, Suite};
use wallet_core::cbor;
use wallet_core::did::{Did, DidDocument, DidUrl, authentication_key};
use wallet_core::trust::status::{BitstringEntry, BitstringList, StatusArray};
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

fn some_are_taken(name: &str, is_taken: impl Fn(&[u8]) -> bool) {
    let entries = corpus(name);
    let taken = entries.iter().filter(|(_, bytes)| is_taken(bytes)).count();
    assert!(taken > 0 && taken < entries.len(), "{name}: {taken} taken");
}

/// A target whose entries are all refused would stop at the door.
#[test]
fn the_corpus_holds_what_is_taken_and_what_is_refused() {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap_or_default();
    let did = |bytes: &[u8]| {
        let url = DidUrl::parse(&text(bytes));
        url.is_ok_and(|url| authentication_key(&url).is_ok())
    };
    let cbor = |bytes: &[u8]| cbor::check(bytes, 1 << 16).is_ok();
    let array = |bytes: &[u8]| {
        let (first, rest) = bytes.split_first().unwrap();
        let bits = [1, 2, 4, 8].get(usize::from(*first));
        bits.is_some_and(|bits| StatusArray::inflate(*bits, rest).is_ok())
    };
    let bitstring = |bytes: &[u8]| {
        let input = text(bytes);
        let (entries, list) = input.split_once('\n').unwrap_or_default();
        let entries = serde_json::from_str(entries).unwrap_or_default();
        let entries = BitstringEntry::read(&entries).unwrap_or_default();
        let list = BitstringList::decode(list);
        list.is_ok_and(|list| entries.iter().any(|entry| list.get(entry).is_ok()))
    };
    let bbs_key = |bytes: &[u8]| PublicKey::from_bytes(Suite::Sha256, bytes).is_ok();
    let bbs_signature = |bytes: &[u8]| Signature::from_bytes(&bytes[1..]).is_ok();
    some_are_taken("bbs_key", bbs_key);
    some_are_taken("bbs_signature", bbs_signature);
    let bbs_commitment = |bytes: &[u8]| Commitment::from_bytes(&bytes[1..]).is_ok();
    let bbs_pseudonym =
        |bytes: &[u8]| bytes.len() > 49 && Pseudonym::from_bytes(&bytes[1..49]).is_ok();
    some_are_taken("bbs_commitment", bbs_commitment);
    some_are_taken("bbs_pseudonym", bbs_pseudonym);
    let document = |bytes: &[u8]| {
        let input = text(bytes);
        let (did, document) = input.split_once('\n').unwrap_or_default();
        Did::parse(did).is_ok_and(|did| DidDocument::parse(&did, document.as_bytes()).is_ok())
    };
    some_are_taken("did_document", document);
    some_are_taken("did_web", document);
    some_are_taken("did_url", did);
    some_are_taken("cbor", cbor);
    some_are_taken("status_array", array);
    some_are_taken("bitstring", bitstring);
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
