//! The benchmarks' packages are outside the workspace, so each repeats the `mobile` profile. These tests compare.
#![allow(clippy::unwrap_used)]

use super::{BBS, DUDECT, PACKAGES};
use crate::command::root;
use std::collections::BTreeSet;
use std::path::Path;

/// The settings under `[table]`, without comments and empty lines.
fn table(manifest: &Path, table: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(manifest).unwrap();
    let lines = text.lines().map(str::trim);
    lines
        .skip_while(|line| *line != format!("[{table}]"))
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_benchmark_is_built_with_the_profile_that_ships() {
    for name in ["profile.release", "profile.mobile"] {
        let expected = table(&root().join("Cargo.toml"), name);
        assert!(!expected.is_empty(), "{name}");
        for package in PACKAGES.into_iter().chain([BBS, DUDECT]) {
            let manifest = root().join("benchmarks").join(package).join("Cargo.toml");
            assert_eq!(table(&manifest, name), expected, "{package} {name}");
        }
    }
}

/// The peers' own libraries and the level chosen for them: 2, and 3 where ours has it. Ours is built as it ships.
fn measured_crates(package: &str) -> (&'static [&'static str], u8) {
    match package {
        "askar" => (&["aries-askar", "askar-crypto", "askar-storage"], 2),
        "sd-jwt-rs" => (&["jsonwebtoken", "sd-jwt-rs"], 2),
        BBS => (&["affinidi-bbs", "bls12_381_plus", "zkryptium"], 3),
        _ => (&[], 2),
    }
}

/// What is built for speed with us is built for speed with the peers, wherever they use the same crate.
#[test]
fn every_benchmark_has_the_exceptions_of_that_profile_for_the_crates_it_uses() {
    let all = table(&root().join("Cargo.toml"), "profile.mobile.package");
    assert!(!all.is_empty());
    for package in PACKAGES.into_iter().chain([BBS, DUDECT]) {
        let folder = root().join("benchmarks").join(package);
        let lock = std::fs::read_to_string(folder.join("Cargo.lock")).unwrap();
        let is_used = |setting: &&String| {
            let name = setting.split_whitespace().next().unwrap();
            lock.contains(&format!("name = \"{name}\"\n"))
        };
        let mut expected: BTreeSet<String> = all.iter().filter(is_used).cloned().collect();
        let (names, level) = measured_crates(package);
        for name in names {
            expected.insert(format!("{name} = {{ opt-level = {level} }}"));
        }
        let found = table(&folder.join("Cargo.toml"), "profile.mobile.package");
        assert_eq!(found, expected, "{package}");
    }
}
